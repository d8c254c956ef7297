"""Passwords: Argon2id, off the event loop and a few at a time.

One hash takes about 50 ms and 64 MiB on purpose. A crowd of guesses must not take the processor or the memory from the
payments: they wait in line, and whoever counts the guesses makes the line short.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LEAST_CHARACTERS: Final = 10
MOST_CHARACTERS: Final = 128
AT_ONCE: Final = 2
"""Hashes at the same time: 128 MiB at most."""

_SIMPLE: Final = re.compile(r"(.)\1*|0?123456789\d*|9876543210?|abcdefghij\w*|qwertyuiop\w*", re.IGNORECASE)
_WELL_KNOWN: Final = frozenset(
    {
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "5201314520",
        "a1234567890",
        "aa12345678",
        "abc1234567",
        "admin12345",
        "admin123456",
        "administrator",
        "asdfghjkl1",
        "asdfghjkl;",
        "changeme123",
        "iloveyou12",
        "letmein123",
        "p@ssw0rd123",
        "p@ssword123",
        "password12",
        "password123",
        "password1234",
        "qwerty12345",
        "welcome123",
        "woaini1314",
        "woaini5201314",
        "zxcvbnm123",
    }
)


class Passwords:
    """Hashes and checks. Owned by one event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Tests may give a hasher with less work; everybody else takes the library's parameters (RFC 9106, low
        memory)."""
        self._hasher = hasher or PasswordHasher()
        self._line = asyncio.Semaphore(AT_ONCE)
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        async with self._line:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password. Without a stored one it takes as long and is False: the time of the answer
        does not tell who exists."""
        async with self._line:
            if self._nobodys is None:
                self._nobodys = await asyncio.to_thread(self._hasher.hash, "nobody has this password")
            found = await asyncio.to_thread(self._verify, stored or self._nobodys, password)
        return found and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed with less work than is asked for today."""
        return self._hasher.check_needs_rehash(stored)


def password_problem(password: str, *names: str) -> tuple[str, str] | None:
    """Why this is no good password (English, Chinese); None when nothing is wrong with it. Length counts, not kinds of
    characters."""
    lower = password.lower()
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return (
            f"must have {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters; a short sentence is a good one",
            f"须为 {LEAST_CHARACTERS} 到 {MOST_CHARACTERS} 个字符，可用一句话",
        )
    if any(len(name) >= 3 and name.lower() in lower for name in names):
        return "must not contain the name of its user", "不得包含用户名"
    if _SIMPLE.fullmatch(lower) or lower in _WELL_KNOWN:
        return "is one that everybody tries first", "过于常见，容易被猜到"
    return None
