"""Refunds: asked for by the shop, sent under one number until the channel has settled them, and shown to operators."""
