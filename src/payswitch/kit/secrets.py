"""Secrets that cannot be printed by accident."""

from __future__ import annotations

import hashlib
import hmac


class Secret:
    """A secret text. `str()`, `repr()` and logs show `***`; only `reveal()` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)


def fingerprint(token: str) -> str:
    """SHA-256 in hex: how API keys are stored. Enough for random keys of 128 bits; not for passwords."""
    return hashlib.sha256(token.encode()).hexdigest()
