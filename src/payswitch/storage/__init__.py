"""Where everything that must survive a `kill -9` lives. The only package that speaks SQL."""
