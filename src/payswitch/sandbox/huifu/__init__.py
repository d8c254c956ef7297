"""A stand-in for Huifu 斗拱: an independent second implementation of the aggregated-payment wire.

Nothing is imported here: `sandbox.keys` knows this family's keys, and the wire knows `sandbox.keys`.
"""
