"""回放: recorded decisions, evaluated as if another policy had made them (off-policy). Possible because every
decision of ours records the probability with which it was made; no guess, but only where the two policies overlap.
"""
