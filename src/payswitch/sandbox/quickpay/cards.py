"""The banks whose cards exist in the sandbox, and cards that behave in a particular way.

A card's bank is told by its first six digits (BIN), its behaviour by its last four. Any other card simply pays.
"""

from __future__ import annotations

import msgspec


class SandboxBank(msgspec.Struct, frozen=True, kw_only=True):
    slug: str
    name: str
    code: str
    """As 收银宝 writes it."""
    bins: tuple[str, ...]


BANKS = (
    SandboxBank(slug="icbc", name="中国工商银行", code="01020000", bins=("622202", "621226")),
    SandboxBank(slug="ccb", name="中国建设银行", code="01050000", bins=("621700", "622700")),
    SandboxBank(slug="abc", name="中国农业银行", code="01030000", bins=("622848", "622845")),
    SandboxBank(slug="cmb", name="招商银行", code="03080000", bins=("622588", "621486")),
    SandboxBank(slug="boc", name="中国银行", code="01040000", bins=("621661", "621660")),
)

NO_MONEY = "0001"
SLOW = "0002"
"""The bank takes `SETTLE_S` to say yes: "processing" until then."""
RISKY = "0003"
LOST = "0004"
"""The card was reported lost."""
SETTLE_S = 3.0

REFUSALS = {
    NO_MONEY: ("3999", "账户余额不足"),
    RISKY: ("3889", "交易存在风险，银行拒绝"),
    LOST: ("3999", "该卡已挂失"),
}
"""Last four digits -> what the bank says when it is asked to debit."""


def bank_of_card(card_no: str) -> SandboxBank | None:
    return next((bank for bank in BANKS if card_no[:6] in bank.bins), None)


def bank_named(slug: str) -> SandboxBank:
    return next(bank for bank in BANKS if bank.slug == slug)


def masked(card_no: str) -> str:
    return f"{card_no[:6]}{'*' * (len(card_no) - 10)}{card_no[-4:]}"
