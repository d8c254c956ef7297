"""Identifiers: sortable by time, unguessable enough to be unique, injectable for replayable tests."""

from __future__ import annotations

import random
import secrets
from typing import Protocol

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford base 32: no I, L, O, U, so that a number read over the phone survives."""


class IdSource(Protocol):
    """Where new identifiers and tokens come from."""

    def new(self, prefix: str, now_ms: int) -> str:
        """A fresh id: `prefix` + 10 characters of time + 12 of randomness; sorts by creation time."""
        ...

    def token(self) -> str:
        """A secret of at least 128 bits for links and keys; URL-safe."""
        ...

    def nonce(self) -> str:
        """32 hexadecimal characters for request signatures."""
        ...


def _encode(value: int, length: int) -> str:
    characters = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))


class SystemIds:
    """Ids and tokens from the operating system's randomness."""

    def new(self, prefix: str, now_ms: int) -> str:
        return prefix + _encode(now_ms, 10) + _encode(secrets.randbits(60), 12)

    def token(self) -> str:
        return secrets.token_urlsafe(24)

    def nonce(self) -> str:
        return secrets.token_hex(16)


class SeededIds:
    """Ids from one seed: the same run again gives the same ids. For tests and simulation only."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def new(self, prefix: str, now_ms: int) -> str:
        return prefix + _encode(now_ms, 10) + _encode(self._random.getrandbits(60), 12)

    def token(self) -> str:
        return f"{self._random.getrandbits(160):040x}"

    def nonce(self) -> str:
        return f"{self._random.getrandbits(128):032x}"
