"""Drills and the demo: a real service, a real sandbox, simulated shoppers and a shop, over loopback HTTP only."""
