"""What a payment is and may become. Pure: no framework, no asyncio, no clock, no randomness, no I/O."""
