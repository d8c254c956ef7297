"""RSA2 both ways: what is signed, in which order, and how an answer's origin is judged.

RSA2 is SHA256withRSA (PKCS#1 v1.5), base64. The signed text is every non-empty parameter, sorted by name, as
`name=value` joined with `&`, values raw (before URL encoding), in UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.kit.clock import Clock, beijing
from payswitch.kit.crypto import SigningKey, VerifyingKey

UNSIGNED_IN_REQUESTS: Final = frozenset({"sign"})
UNSIGNED_IN_NOTIFICATIONS: Final = frozenset({"sign", "sign_type"})
"""Requests are signed with `sign_type` in the text, trade notifications without it. (Notifications of 生活号 keep
it; they are none of ours and fail here.)"""

WIRE_TIME: Final = "%Y-%m-%d %H:%M:%S"
"""Alipay's time format, always Beijing time."""


def signed_text(params: Mapping[str, str], unsigned: frozenset[str], *, keep_empty: bool = False) -> bytes:
    """The bytes that are signed: sorted, without the names that stay out and (in requests) without empty values."""
    kept = sorted((name, value) for name, value in params.items() if (value or keep_empty) and name not in unsigned)
    return "&".join(f"{name}={value}" for name, value in kept).encode()


class RequestSigner:
    """Completes and signs the parameters of one application's requests."""

    def __init__(self, *, app_id: str, key: SigningKey, app_cert_sn: str, root_cert_sn: str, clock: Clock) -> None:
        """The serial numbers are empty in public-key mode."""
        self._app_id = app_id
        self._key = key
        self._app_cert_sn = app_cert_sn
        self._root_cert_sn = root_cert_sn
        self._clock = clock

    def signed(self, method: str, biz_content: str, **urls: str | None) -> dict[str, str]:
        """All parameters of a request, `sign` last. `urls`: `notify_url`, `return_url` where the method has them."""
        params = {
            "app_id": self._app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": beijing(self._clock.now_ms()).strftime(WIRE_TIME),
            "version": "1.0",
            "app_cert_sn": self._app_cert_sn,
            "alipay_root_cert_sn": self._root_cert_sn,
            **{name: url or "" for name, url in urls.items()},
            "biz_content": biz_content,
        }
        filled = {name: value for name, value in params.items() if value}
        filled["sign"] = self._key.sign(signed_text(filled, UNSIGNED_IN_REQUESTS))
        return filled


class Trust(StrEnum):
    """Where a message comes from."""

    GENUINE = "genuine"
    """Signed by Alipay's key for this account."""
    UNSIGNED = "unsigned"
    """No signature at all, as the gateway's own errors often come: a hint, never evidence."""
    FORGED = "forged"
    """A signature that is not Alipay's over these bytes, or a certificate that is not the configured one."""


class Verifier(msgspec.Struct, frozen=True, kw_only=True):
    """Alipay's side of one account: its public key and, in certificate mode, that certificate's serial number."""

    key: VerifyingKey
    cert_sn: str = ""

    def judge_answer(self, content: bytes, sign: str, cert_sn: str) -> Trust:
        """For answers to our calls. In certificate mode the answer must name the configured certificate."""
        if not sign:
            return Trust.UNSIGNED
        if self.cert_sn and cert_sn != self.cert_sn:
            return Trust.FORGED
        return Trust.GENUINE if self.key.verify(content, sign) else Trust.FORGED

    def judge_notification(self, params: Mapping[str, str]) -> Trust:
        """For notifications, which need not name a certificate; if they do, it must be the configured one.

        Alipay's own SDKs disagree about empty values in a notification (Java keeps them, PHP drops them), so both
        texts are tried. That gives nothing away: an added field without a value is the same as no field here.
        """
        sign = params.get("sign", "")
        if not sign:
            return Trust.UNSIGNED
        if self.cert_sn and params.get("alipay_cert_sn", self.cert_sn) != self.cert_sn:
            return Trust.FORGED
        texts = (signed_text(params, UNSIGNED_IN_NOTIFICATIONS, keep_empty=keep) for keep in (True, False))
        return Trust.GENUINE if any(self.key.verify(text, sign) for text in texts) else Trust.FORGED
