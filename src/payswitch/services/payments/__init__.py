"""Payments as customers and shops meet them: create, launch, confirm, switch, refresh; and what the shop is told."""
