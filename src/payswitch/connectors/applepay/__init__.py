"""Apple Pay on the web. See README.md."""
