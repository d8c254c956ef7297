"""Policies: drafts, simulation on recorded decisions, what is in force where, and a payment tried on paper."""
