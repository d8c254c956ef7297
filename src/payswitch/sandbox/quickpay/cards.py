"""Cards that behave in a particular way, by their last four digits. Any other card simply pays.

A card's bank is told by its first six digits (`sandbox/banks.py`).
"""

from __future__ import annotations

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


def masked(card_no: str) -> str:
    return f"{card_no[:6]}{'*' * (len(card_no) - 10)}{card_no[-4:]}"
