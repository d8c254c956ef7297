"""PaySwitch: a payment switch (多支付自动切换) that keeps a shop's income flowing when a channel falls sick."""

__version__ = "0.1.0"
