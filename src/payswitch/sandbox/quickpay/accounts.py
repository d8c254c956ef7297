"""New 收银宝 accounts for a sandbox world."""

from __future__ import annotations

from payswitch.sandbox.banks import BANKS
from payswitch.sandbox.quickpay.keys import make_quickpay_keys
from payswitch.sandbox.world import AccountSpec

WALLETS = ("wechat", "alipay", "unionpay", "bank", "ecny")


def quickpay_account(
    channel_id: str,
    base_url: str,
    *,
    name: str = "通联收银宝沙箱",
    sign_type: str = "RSA",
    bank: str = "",
    ecny_paytype: str = "S01",
    key_bits: int = 2048,
) -> AccountSpec:
    """A new account. With a `bank` it takes only that bank's cards for quick pay, as a bank's own channel would."""
    keys = make_quickpay_keys(sign_type=sign_type, bank=bank, ecny_paytype=ecny_paytype, key_bits=key_bits)
    return AccountSpec(channel_id=channel_id, name=name, base_url=base_url, wallets=WALLETS, keys=keys)


def five_banks(base_url: str, *, sign_type: str = "MD5", key_bits: int = 2048) -> list[AccountSpec]:
    """One account per bank: `quickpay-icbc`, ... MD5 by default, because RSA keys are dear to make."""
    return [
        quickpay_account(
            f"quickpay-{bank.slug}",
            base_url,
            name=f"{bank.name}·快捷",
            sign_type=sign_type,
            bank=bank.slug,
            ecny_paytype="",
            key_bits=key_bits,
        )
        for bank in BANKS
    ]
