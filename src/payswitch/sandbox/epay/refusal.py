"""A "no" of the platform: a code that says nothing, and Chinese words that say why."""

from __future__ import annotations

FAILED = -1


class EpayRefusal(Exception):
    """Raised anywhere in a call's work; becomes the answer `{"code": ..., "msg": ...}`."""

    def __init__(self, message: str, code: int = FAILED, *, door: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.door = door
        """The caller is not known to be the merchant: such answers are not signed."""
