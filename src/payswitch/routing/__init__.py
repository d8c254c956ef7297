"""The brain: which channel, in which order, and why. Pure: no I/O, no clock, no randomness of its own.

Everything it needs comes in as arguments: facts about the payment, the channels, the time, and one salt.
Same facts + same policy version + same salt = same plan.
"""
