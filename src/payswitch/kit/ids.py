"""Identifiers: sortable by time, unguessable enough to be unique, injectable for replayable tests."""

from __future__ import annotations

import random
import secrets
from functools import lru_cache
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


_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
"""Two characters for every ten bits: ids are made several times per payment."""


def _encode(value: int, pairs: int) -> str:
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(10 * (pairs - 1), -1, -10)])


@lru_cache(maxsize=8)
def _time_part(now_ms: int) -> str:
    return _encode(now_ms, 5)


def lowest_id(prefix: str, at_ms: int) -> str:
    """No id of that moment or later sorts before this one: where a read of what is recent begins."""
    return prefix + _time_part(at_ms)


def made_at_ms(name: str, prefix: str) -> int | None:
    """The moment in the name of an id with this prefix; None when it is no such id."""
    time_part = name.removeprefix(prefix)[:10]
    if not name.startswith(prefix) or len(time_part) != 10 or not set(time_part) <= set(_ALPHABET):
        return None
    moment = 0
    for character in time_part:
        moment = moment * 32 + _ALPHABET.index(character)
    return moment


class SystemIds:
    """Ids and nonces from a generator seeded by the operating system; tokens from the operating system itself.

    Ids must be unique, not secret: who may read what is decided by API keys. Asking the kernel for every one of the
    ten per payment was 4 % of the payment path.
    """

    def __init__(self) -> None:
        self._random = random.Random(secrets.randbits(256))

    def new(self, prefix: str, now_ms: int) -> str:
        return prefix + _time_part(now_ms) + _encode(self._random.getrandbits(60), 6)

    def token(self) -> str:
        return secrets.token_urlsafe(24)

    def nonce(self) -> str:
        return f"{self._random.getrandbits(128):032x}"


class SeededIds:
    """Ids from one seed: the same run again gives the same ids. For tests and simulation only."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def new(self, prefix: str, now_ms: int) -> str:
        return prefix + _time_part(now_ms) + _encode(self._random.getrandbits(60), 6)

    def token(self) -> str:
        return f"{self._random.getrandbits(160):040x}"

    def nonce(self) -> str:
        return f"{self._random.getrandbits(128):032x}"
