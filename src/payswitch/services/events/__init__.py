"""Events on their way to the shop, from the outbox to its address."""
