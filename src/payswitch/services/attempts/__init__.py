"""Attempts at channels: the rounds of a plan, the one funnel for results, the sweeper that finishes what is left."""
