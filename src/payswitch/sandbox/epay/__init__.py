"""易支付's stand-in: an epay platform that speaks V1 (MD5) and V2 (RSA), written from the protocol's documents.

Kept empty of imports on purpose: `sandbox.keys` needs this family's key struct, and the wire needs everything else.
"""
