"""The operators' desk: finding a payment, its timeline, its evidence, and what can be done about it."""
