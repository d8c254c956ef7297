"""The SMS that banks send. Here the code is always the same, and everybody may read the messages on the admin page."""

from __future__ import annotations

from collections import deque

import msgspec

SMS_CODE = "888888"
_REMEMBERED = 1_000
WRONG_TRIES = 3
"""After so many wrong codes the bank wants no more."""


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    mobile: str
    """Masked: a sandbox log is a log."""
    bank: str
    purpose: str
    """`agreement` or `payment`."""
    about: str
    """The agreement's customer, or the payment's number."""
    code: str
    at_ms: int


class SmsLog:
    """What went out, newest last. In memory: a restart forgets it."""

    def __init__(self) -> None:
        self.sent: deque[Sms] = deque(maxlen=_REMEMBERED)

    def send(self, *, account: str, mobile: str, bank: str, purpose: str, about: str, at_ms: int) -> None:
        hidden = f"{mobile[:3]}****{mobile[-4:]}"
        self.sent.append(
            Sms(account=account, mobile=hidden, bank=bank, purpose=purpose, about=about, code=SMS_CODE, at_ms=at_ms)
        )
