"""One merchant of the platform: its keys, parsed once, and the signatures of both protocol versions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import cached_property

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.epay.keys import EpayKeys
from payswitch.sandbox.epay.refusal import EpayRefusal
from payswitch.sandbox.keys import signing_key, verifying_key
from payswitch.sandbox.world import AccountSpec

_OUTSIDE = ("sign", "sign_type")
CLOCK_SKEW_S = 300
STRANGER_KEY = "StrangersKeyThatNoMerchantHas000"


def content(params: Mapping[str, object]) -> str:
    """The text under both versions' signatures, as the platform's PHP builds it: sorted, no empty values, no lists."""
    parts = []
    for name in sorted(params):
        value = params[name]
        if name in _OUTSIDE or value is None or isinstance(value, list | dict) or str(value).strip() == "":
            continue
        parts.append(f"{name}={value}")
    return "&".join(parts)


def md5(params: Mapping[str, object], key: str) -> str:
    return hashlib.md5((content(params) + key).encode(), usedforsecurity=False).hexdigest()


class Stranger:
    """Somebody who is not the platform; the RSA key is made when first needed."""

    @cached_property
    def key(self) -> SigningKey:
        return SigningKey(generate_private_pem())


class EpayMerchant:
    """What the platform knows of one merchant."""

    def __init__(self, spec: AccountSpec, stranger: Stranger) -> None:
        if not isinstance(spec.keys, EpayKeys):
            raise TypeError(f"{spec.channel_id} is no epay account")
        self.spec = spec
        self.keys = spec.keys
        self._stranger = stranger

    @property
    def signs_answers(self) -> bool:
        return self.keys.version == "2"

    def check_key(self, params: Mapping[str, str]) -> None:
        """V1's api.php: the key itself is the password."""
        given = params.get("key", "")
        if self.keys.version != "1" or not hmac.compare_digest(given.encode(), self.keys.key.encode()):
            raise EpayRefusal("商户密钥错误", -3, door=True)

    def check_md5(self, params: Mapping[str, str]) -> None:
        if self.keys.version != "1" or params.get("sign_type", "MD5") != "MD5":
            raise EpayRefusal("签名类型错误", door=True)
        if not hmac.compare_digest(md5(params, self.keys.key).encode(), params.get("sign", "").encode()):
            raise EpayRefusal("签名校验失败，请返回重试！", door=True)

    def check_rsa(self, params: Mapping[str, str], now_ms: int) -> None:
        if self.keys.version != "2":
            raise EpayRefusal("商户未生成RSA密钥对，不能使用V2接口", door=True)
        if not verifying_key(self.keys.merchant_public_key).verify(content(params).encode(), params.get("sign", "")):
            raise EpayRefusal("RSA签名校验失败", door=True)
        timestamp = params.get("timestamp", "")
        fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
        if not fresh or abs(now_ms // 1_000 - int(timestamp)) > CLOCK_SKEW_S:
            raise EpayRefusal("时间戳错误，请检查服务器时间", door=True)

    def sign(self, params: Mapping[str, object], *, forged: bool = False) -> dict[str, object]:
        """The message with the platform's signature (or a stranger's) in this merchant's version."""
        if self.keys.version == "1":
            key = STRANGER_KEY if forged else self.keys.key
            return {**params, "sign": md5(params, key), "sign_type": "MD5"}
        signer = self._stranger.key if forged else signing_key(self.keys.platform_private_key)
        return {**params, "sign": signer.sign(content(params).encode()), "sign_type": "RSA"}
