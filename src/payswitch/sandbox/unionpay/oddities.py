"""Knobs for what sources disagree about, and for UnionPay's known strange moments. No faults: a fault is an illness,
these are how a healthy UnionPay may behave."""

from __future__ import annotations

import msgspec

from payswitch.sandbox.unionpay.codes import MESSAGES

_LAGS = ("34", "03", "04", "05")
_SUCCESSES = ("00", "A6")


class Oddities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one account of UnionPay behaves. The defaults are what published messages show."""

    lag_code: str = "05"
    """What a query says about a transaction that has just succeeded: `34` (not found), `03`, `04` or `05` ..."""
    lag_s: float = 0.0
    """... and for how long, before it says the truth."""
    debit_code: str = "00"
    """How a debit (付款码) that was not declined is answered: `00` (taken), `03`, `04` or `05`; the query tells."""
    success_code: str = "00"
    """`00`, or `A6`, the success with a flaw: both mean that the money is there."""
    unpaid_code: str = "05"
    """What a query says about an order that nobody has paid yet: `05` (seen in published answers about codes), or
    `34`."""
    overdue_code: str = "01"
    """What a query says after `payTimeout` about an order that nobody paid. Not confirmed: any that is neither `00`
    nor `A6`."""
    default_valid_s: float = 3_600.0
    """How long an order without `payTimeout` can be paid. Not confirmed."""
    late_netbank_s: float = 0.0
    """For how long after `payTimeout` a bank's own page may still bring money. UnionPay never tells the merchant of
    such money; a query says `42`."""
    late_refund_s: float = 5 * 86_400.0
    """When UnionPay has paid late money back, counted from its arrival (about five working days)."""

    def __post_init__(self) -> None:
        """ValueError (msgspec turns it into a ValidationError) for behaviour that UnionPay never shows."""
        for name, value, allowed in (
            ("lag_code", self.lag_code, _LAGS),
            ("debit_code", self.debit_code, ("00", *_LAGS[1:])),
            ("success_code", self.success_code, _SUCCESSES),
            ("unpaid_code", self.unpaid_code, ("05", "34")),
            ("overdue_code", self.overdue_code, tuple(code for code in MESSAGES if code not in _SUCCESSES)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}")
        if min(self.lag_s, self.default_valid_s, self.late_netbank_s, self.late_refund_s) < 0:
            raise ValueError("times are not negative")
