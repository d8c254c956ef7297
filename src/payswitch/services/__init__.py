"""Use cases: one thing that happens to a payment = one function = one commit. No I/O of its own but the ports."""
