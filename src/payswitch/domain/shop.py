"""店铺: a merchant's integration unit, its keys, and the shops that are none."""

from __future__ import annotations

import msgspec

TEST_SHOP_PREFIX = "test:"
"""Begins the shop id of channel tests; no configured shop's id can (a colon is no part of one)."""


def tested_channel(shop_id: str) -> str | None:
    """The channel that a test payment is pinned to; None for a payment of a real shop."""
    return shop_id.removeprefix(TEST_SHOP_PREFIX) if shop_id.startswith(TEST_SHOP_PREFIX) else None


class Shop(msgspec.Struct, frozen=True, kw_only=True):
    """店铺: a merchant's integration unit."""

    shop_id: str
    merchant_id: str
    name: str
    notify_url: str | None = None
    """Where events go when the payment names no other place."""
    accept_late_s: int | None = None
    """迟到成功: for so long after a payment has expired its shop still wants the order if the money arrives; None: what
    arrives after the closing goes back."""


class ShopKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key of a shop, by its SHA-256: the key itself is nowhere here."""

    fingerprint: str
    shop_id: str
    created_at_ms: int
    revoked_at_ms: int | None
