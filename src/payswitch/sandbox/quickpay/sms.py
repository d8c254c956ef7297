"""The SMS that banks send, and the inbox of every phone. The code is always the same here; who asks for the inbox of
one phone (`?mobile=`) reads what its owner would."""

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


class _Sent(msgspec.Struct, frozen=True):
    mobile: str
    sms: Sms


class SmsLog:
    """What went out, newest last. In memory: a restart forgets it."""

    def __init__(self) -> None:
        self._sent: deque[_Sent] = deque(maxlen=_REMEMBERED)

    def of(self, mobile: str | None) -> list[Sms]:
        """What this phone got; everything for None."""
        return [entry.sms for entry in self._sent if mobile in (None, entry.mobile)]

    def send(self, *, account: str, mobile: str, bank: str, purpose: str, about: str, at_ms: int) -> None:
        hidden = f"{mobile[:3]}****{mobile[-4:]}"
        sms = Sms(account=account, mobile=hidden, bank=bank, purpose=purpose, about=about, code=SMS_CODE, at_ms=at_ms)
        self._sent.append(_Sent(mobile, sms))
