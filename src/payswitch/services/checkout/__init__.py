"""The hosted checkout and what it can offer: methods, bank cards signed up once, Apple Pay, WeChat sign-in."""
