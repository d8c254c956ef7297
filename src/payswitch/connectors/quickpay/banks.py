"""The banks whose cards can be signed up for quick pay: names, codes, limits.

The codes are the national issuer codes (人行联行行别, four digits) as 收银宝 writes them, eight digits. The limits are
**not** any bank's published figures: every merchant's contract has its own. They are cautious starting values; an
account sets its own with `bank_limits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class Bank(StrEnum):
    ICBC = "icbc"
    CCB = "ccb"
    ABC = "abc"
    CMB = "cmb"
    BOC = "boc"


class BankTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What one bank allows for quick pay."""

    bank: Bank
    name_zh: str
    name_en: str
    code: str
    single_limit_fen: int
    """The largest single payment."""
    daily_limit_fen: int
    """All payments of one card on one Beijing day. Known only to the bank: kept here for people and for a channel's
    `daily_cap_fen`."""


def _terms(bank: Bank, name_zh: str, name_en: str, code: str) -> BankTerms:
    return BankTerms(
        bank=bank,
        name_zh=name_zh,
        name_en=name_en,
        code=code,
        single_limit_fen=500_000,
        daily_limit_fen=1_000_000,
    )


BANKS: Final[Mapping[Bank, BankTerms]] = {
    terms.bank: terms
    for terms in (
        _terms(Bank.ICBC, "工商银行", "Industrial and Commercial Bank of China", "01020000"),
        _terms(Bank.CCB, "建设银行", "China Construction Bank", "01050000"),
        _terms(Bank.ABC, "农业银行", "Agricultural Bank of China", "01030000"),
        _terms(Bank.CMB, "招商银行", "China Merchants Bank", "03080000"),
        _terms(Bank.BOC, "中国银行", "Bank of China", "01040000"),
    )
}


def bank_of_code(code: str) -> Bank | None:
    """By 收银宝's bank code; its first four digits name the bank."""
    return next((terms.bank for terms in BANKS.values() if code and terms.code[:4] == code[:4]), None)
