"""Tools without payment words: clock, ids, money, crypto, secrets, retry schedules, logging."""
