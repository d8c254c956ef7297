"""The gateway's side of signatures: it knows the merchant's public key (or the common MD5 key) and signs with its own.

Rule (Allinpay 收银宝 documentation): all non-empty fields but `sign`, sorted by name, `k=v` joined by `&`; RSA is
SHA1withRSA and base64, MD5 adds `key=<key>` to the fields before sorting and writes hexadecimal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from payswitch.kit.crypto import SigningKey, VerifyingKey, generate_private_pem
from payswitch.sandbox.keys import signing_key, verifying_key
from payswitch.sandbox.quickpay.keys import QuickpayKeys

_WRONG_MD5_KEY = "a-stranger-key"


def joined(fields: Mapping[str, str]) -> bytes:
    pairs = [(name, value) for name, value in fields.items() if name != "sign" and value]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs)).encode()


def md5(fields: Mapping[str, str], key: str) -> str:
    return hashlib.md5(joined({**fields, "key": key}), usedforsecurity=False).hexdigest().upper()


class Stranger:
    """Somebody who is not Allinpay. The key is made only when first needed: it takes a tenth of a second."""

    @cached_property
    def key(self) -> SigningKey:
        return SigningKey(generate_private_pem())


class Seals:
    """One merchant's seals, keys parsed once."""

    def __init__(self, keys: QuickpayKeys, stranger: Stranger) -> None:
        self._md5_key = keys.md5_key
        self._stranger = stranger
        self._merchant: VerifyingKey | None = None
        self._own: SigningKey | None = None
        if not keys.md5_key:
            self._merchant = verifying_key(keys.merchant_public_key)
            self._own = signing_key(keys.allinpay_private_key)

    def genuine(self, form: Mapping[str, str]) -> bool:
        """Whether the merchant signed this request. A missing `signtype` means MD5."""
        kind = form.get("signtype") or "MD5"
        if self._merchant is None:
            return kind == "MD5" and form.get("sign", "").upper() == md5(form, self._md5_key)
        return kind == "RSA" and self._merchant.verify_sha1(joined(form), form.get("sign", ""))

    def sign(self, fields: Mapping[str, str], *, forged: bool = False) -> str:
        """`forged`: as a stranger would, whose key no merchant knows."""
        if self._own is None:
            return md5(fields, _WRONG_MD5_KEY if forged else self._md5_key)
        key = self._stranger.key if forged else self._own
        return key.sign_sha1(joined(fields))

    @property
    def signtype(self) -> str:
        return "MD5" if self._own is None else "RSA"
