"""Codes of an authenticator app (TOTP, RFC 6238) and recovery codes, with the time given from outside."""

from __future__ import annotations

import hmac
from typing import Final

import pyotp

STEP_MS: Final = 30_000
DRIFT_STEPS: Final = 1
"""A phone's clock may be half a minute off."""
RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RECOVERY_CHARACTERS: Final = 16
"""79 bits: a plain hash of it cannot be searched."""


def new_secret() -> str:
    """160 bits from the operating system, base 32, as every app reads it."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """`otpauth://...`: what the app's camera reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now_ms: int) -> int | None:
    """The time step that this code belongs to, around now; None when it is none of them. The caller remembers it: a
    code counts once."""
    now = now_ms // STEP_MS
    generator = pyotp.TOTP(secret)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # Every step is compared, whatever matched before: the time of the answer tells nothing.
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def recovery_code(random_text: str) -> str:
    """`XXXX-XXXX-XXXX-XXXX` made of a random token."""
    number = int.from_bytes(hmac.digest(random_text.encode(), b"payswitch recovery code", "sha256"), "big")
    characters = []
    for _ in range(_RECOVERY_CHARACTERS):
        number, place = divmod(number, len(_RECOVERY_ALPHABET))
        characters.append(_RECOVERY_ALPHABET[place])
    text = "".join(characters)
    return "-".join(text[i : i + 4] for i in range(0, _RECOVERY_CHARACTERS, 4))


def plain(code: str) -> str:
    """A code as somebody typed it, without what they put between the characters."""
    return "".join(character for character in code if character.isalnum()).upper()
