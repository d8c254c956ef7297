"""Knobs for what sources disagree about, and for Alipay's known strange moments. No faults: a fault is an illness,
these are how a healthy Alipay may behave."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class CloseBeforeScan(StrEnum):
    """What close or cancel does to a number whose trade does not exist yet. Sources disagree, so both exist here."""

    PAYABLE = "payable"
    """Nothing: the code stays payable until it expires, and a debit that arrives later debits."""
    TOMBSTONE = "tombstone"
    """The number is dead: whoever scans later reads "this trade is closed", although close answered NOT_EXIST."""


class Oddities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one application at Alipay is treated."""

    close_before_scan: CloseBeforeScan = CloseBeforeScan.PAYABLE
    cancel_retries: int = 0
    """So many cancels of one trade answer `retry_flag=Y` and do nothing; the next one does it."""

    def __post_init__(self) -> None:
        """ValueError (msgspec turns it into a ValidationError) for what Alipay never does."""
        if self.cancel_retries < 0:
            raise ValueError("cancel_retries is not negative")
