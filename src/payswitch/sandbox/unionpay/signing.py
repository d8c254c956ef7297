"""Signature 5.1.0 with signMethod 01, and the two texts that messages travel as.

Written from the published facts, independently of the connector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from payswitch.kit.crypto import SigningKey, VerifyingKey

SIGNATURE = "signature"
CERTIFICATE = "signPubKeyCert"

Fields = dict[str, str]


def digest(fields: Mapping[str, str]) -> bytes:
    """What is signed: lower-case hexadecimal SHA-256 of `k=v&k=v`, sorted by name, raw values, UTF-8.

    Empty values and the signature itself are left out; everything else counts, certificates too.
    """
    named = sorted((name, value) for name, value in fields.items() if value and name != SIGNATURE)
    text = "&".join(f"{name}={value}" for name, value in named)
    return hashlib.sha256(text.encode()).hexdigest().encode("ascii")


def signed(fields: Mapping[str, str], key: SigningKey, certificate: str) -> Fields:
    """A message of UnionPay's: with the certificate, then the signature, as real ones end."""
    message = {name: fields[name] for name in sorted(fields) if fields[name]} | {CERTIFICATE: certificate}
    return message | {SIGNATURE: key.sign(digest(message))}


def is_signed_by(fields: Mapping[str, str], key: VerifyingKey) -> bool:
    return key.verify(digest(fields), fields.get(SIGNATURE, ""))


def answer_body(fields: Mapping[str, str]) -> bytes:
    """`k=v&k=v` with the values as they are, not escaped: a value may hold `&` and `=` inside of braces."""
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()
