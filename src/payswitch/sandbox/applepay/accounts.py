"""New Apple Pay accounts for a sandbox's world."""

from __future__ import annotations

from payswitch.sandbox.applepay.keys import make_applepay_keys
from payswitch.sandbox.world import AccountSpec

DOMAIN = "shop.example.com"
"""The page that a new account has registered with Apple."""


def applepay_account(
    base_url: str,
    account_id: str,
    *,
    name: str = "Apple Pay 沙箱",
    domains: tuple[str, ...] = (DOMAIN,),
    key_bits: int = 2048,
) -> AccountSpec:
    """A new merchant at Apple and at an acquirer. Takes a second: six RSA keys."""
    return AccountSpec(
        channel_id=account_id,
        name=name,
        base_url=base_url.rstrip("/"),
        wallets=(),
        keys=make_applepay_keys(account_id, domains, key_bits=key_bits),
    )
