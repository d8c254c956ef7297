"""What is signed, and how: MD5 over text and key (V1), SHA256withRSA (V2).

Both versions sign the same text: every parameter but `sign` and `sign_type`, without empty ones, sorted by name, as
`name=value` joined with `&`, values raw (before URL encoding), in UTF-8.

MD5 is the protocol's choice. Its weakness that matters here is not the hash: values are not escaped, so one text can
be cut into fields in more than one way. `notify.py` refuses messages of which that could be true.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

UNSIGNED: Final = frozenset({"sign", "sign_type"})


def signed_text(params: Mapping[str, str], *, blank_is_empty: bool = False) -> str:
    """The text that is signed. V2 platforms leave out values of nothing but white space, too."""
    kept = sorted(
        (name, value)
        for name, value in params.items()
        if name not in UNSIGNED and (value.strip() if blank_is_empty else value)
    )
    return "&".join(f"{name}={value}" for name, value in kept)


def md5_sign(params: Mapping[str, str], key: str) -> str:
    """V1: MD5 over the text with the merchant's key directly behind it, in lower-case hex."""
    text = signed_text(params) + key
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def md5_matches(params: Mapping[str, str], key: str) -> bool:
    """Whether `sign` is this key's over these parameters. Some platforms write the digits in upper case."""
    claimed = params.get("sign", "").lower()
    return hmac.compare_digest(md5_sign(params, key).encode(), claimed.encode("utf-8", "surrogatepass"))


def rsa_message(params: Mapping[str, str]) -> bytes:
    """V2: the bytes under SHA256withRSA."""
    return signed_text(params, blank_is_empty=True).encode("utf-8", "surrogatepass")
