"""New UnionPay accounts for a sandbox's world."""

from __future__ import annotations

from payswitch.sandbox.unionpay.keys import make_unionpay_keys
from payswitch.sandbox.world import AccountSpec

GATEWAY_WALLETS = ("unionpay", "bank")
"""Who can pay on UnionPay's own page: the 云闪付 app, and a bank's own page (网银)."""
HANDSET_WALLETS = ("apple_pay", "huawei_pay", "mi_pay", "samsung_pay", "vivo_pay")
"""Who besides 云闪付 can pay a `tn` in a shop's app."""


def unionpay_account(
    base_url: str,
    account_id: str,
    *,
    name: str = "银联沙箱",
    expired_certificate: bool = False,
    key_bits: int = 2048,
) -> AccountSpec:
    """A new merchant. `expired_certificate`: UnionPay signs with an out-of-date certificate, as its test host does.

    Takes about half a second: five RSA keys.
    """
    return AccountSpec(
        channel_id=account_id,
        name=name,
        base_url=base_url.rstrip("/"),
        wallets=GATEWAY_WALLETS + HANDSET_WALLETS,
        keys=make_unionpay_keys(expired=expired_certificate, key_bits=key_bits),
    )
