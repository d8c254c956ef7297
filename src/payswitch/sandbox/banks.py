"""The banks of the sandbox: whose cards customers sign up for quick pay, or have behind their wallets."""

from __future__ import annotations

import zlib
from typing import Final

import msgspec

QUICKPAY_PREFIX: Final = "quickpay_"
"""Quick pay's products name the bank: `quickpay_icbc`."""
CARD_WALLETS: Final = frozenset({"wechat", "alipay", "unionpay", "bank"})
"""Wallets that a customer's own bank card stands behind; credit (花呗) and e-CNY have none."""


class SandboxBank(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    code: str
    """As 收银宝 writes it."""
    bins: tuple[str, ...]


BANKS: Final = (
    SandboxBank(slug="icbc", name="中国工商银行", code="01020000", bins=("622202", "621226")),
    SandboxBank(slug="ccb", name="中国建设银行", code="01050000", bins=("621700", "622700")),
    SandboxBank(slug="abc", name="中国农业银行", code="01030000", bins=("622848", "622845")),
    SandboxBank(slug="cmb", name="招商银行", code="03080000", bins=("622588", "621486")),
    SandboxBank(slug="boc", name="中国银行", code="01040000", bins=("621661", "621660")),
)
SLUGS: Final = tuple(bank.slug for bank in BANKS)


def bank_of_card(card_no: str) -> SandboxBank | None:
    return next((bank for bank in BANKS if card_no[:6] in bank.bins), None)


def bank_of_product(product: str | None) -> str:
    """The bank that a call is about, as far as a channel's server can tell; empty: it cannot."""
    slug = (product or "").removeprefix(QUICKPAY_PREFIX)
    return slug if slug in SLUGS else ""


def card_behind(wallet: str, payer: str, chosen: str | None = None) -> str:
    """Which bank's card a customer's wallet debits: the one they have chosen, or always the same one of theirs.

    One customer in six pays out of the wallet's own balance (零钱, 余额): no bank has a part in it.
    """
    if wallet not in CARD_WALLETS:
        return ""
    if chosen is not None:
        return chosen
    drawn = zlib.crc32(payer.encode()) % (len(SLUGS) + 1)
    return SLUGS[drawn] if drawn < len(SLUGS) else ""
