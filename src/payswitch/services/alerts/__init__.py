"""Alerts: what is looked at, who is told, and what people do about it."""
