"""What Alipay's gateway signs and verifies: RSA2 over sorted `k=v` pairs, or over the raw bytes of an answer.

Written from the protocol's description, independently of the connector: two implementations that agree by
copying each other would prove nothing.
"""

from __future__ import annotations

from collections.abc import Mapping


def request_content(params: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """The signed text of a request: everything but `sign` (`sign_type` stays), empty values dropped, sorted by
    name, values raw (not URL-encoded), in the request's charset. UnicodeEncodeError if the charset lacks a character.
    """
    return _pairs(params, dropped=("sign",)).encode(charset)


def notify_content(params: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """The signed text of a notification: here `sign_type` is dropped as well, unlike in a request."""
    return _pairs(params, dropped=("sign", "sign_type")).encode(charset)


def _pairs(params: Mapping[str, str], *, dropped: tuple[str, ...]) -> str:
    return "&".join(f"{name}={params[name]}" for name in sorted(params) if params[name] and name not in dropped)
