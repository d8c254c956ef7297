"""API V2's signatures: a keyed digest over all fields, by both sides with the same key (APIv2 密钥)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum

from payswitch.kit.secrets import Secret


class SignType(StrEnum):
    """签名类型. The answer is signed in the way that the request was."""

    MD5 = "MD5"
    HMAC_SHA256 = "HMAC-SHA256"


def sign(fields: Mapping[str, str], key: Secret, kind: SignType) -> str:
    """In capitals, over `a=1&b=2&key=...`: sorted by name, empty fields and `sign` itself left out."""
    secret = key.reveal()
    named = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name])
    text = f"{named}&key={secret}".encode()
    if kind is SignType.HMAC_SHA256:
        return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text).hexdigest().upper()  # noqa: S324 - WeChat's protocol, not our choice


def is_genuine(fields: Mapping[str, str], key: Secret, kind: SignType) -> bool:
    """Whether the message was signed with our key. One without a signature is not."""
    said = fields.get("sign", "")
    return said.isascii() and hmac.compare_digest(sign(fields, key, kind), said.upper())
