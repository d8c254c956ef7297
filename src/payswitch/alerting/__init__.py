"""告警 (the thinking part): when to speak, of what, to whom, in which words. Pure: no I/O, no clock, no randomness."""
