"""Signatures of the v3 wire: who sent this request, and WeChat's own signature under what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.sandbox.wechatpay.account import Signer, WechatAccount
from payswitch.sandbox.wechatpay.errors import Refusal

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
"""How the signatures begin with which WeChat tests whether its clients verify (official)."""
SKEW_S = 300
"""Requests older or newer than five minutes are refused (official documentation)."""
_PAIR = re.compile(r'(\w+)="([^"]*)"')
_SHOWN_CHARACTERS = 128
_MAX_NONCE = 32


class RawRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request exactly as it arrived: signatures are over bytes, not over meanings."""

    method: str
    target: str
    """Path and query, percent-encoded as sent."""
    headers: Mapping[str, str]
    """aiohttp's case-insensitive mapping."""
    body: bytes


def read_authorization(header: str) -> dict[str, str] | None:
    """The pairs of the Authorization header, in whatever order; None if it is of another scheme."""
    scheme, _, rest = header.partition(" ")
    return dict(_PAIR.findall(rest)) if scheme == SCHEME else None


def check_request(request: RawRequest, account: WechatAccount, pairs: Mapping[str, str], now_ms: int) -> None:
    """Refuses everything that the merchant of this account did not sign, here and now."""
    _check_headers(request, account)
    missing = [name for name in ("nonce_str", "signature", "timestamp", "serial_no") if not pairs.get(name)]
    if missing:
        raise Refusal("SIGN_ERROR", f"Http头Authorization中缺少{'、'.join(missing)}")
    if pairs["serial_no"].upper() != account.keys.merchant_serial_no:
        raise Refusal("SIGN_ERROR", "商户证书序列号有误。请使用签名私钥匹配的证书序列号")
    if len(pairs["nonce_str"]) > _MAX_NONCE:
        raise Refusal("SIGN_ERROR", "Http头Authorization中的nonce_str过长")
    if not pairs["timestamp"].isdigit() or abs(now_ms / 1_000 - int(pairs["timestamp"])) > SKEW_S:
        raise Refusal("SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    message = b"\n".join(
        [
            request.method.encode(),
            request.target.encode(),
            pairs["timestamp"].encode(),
            pairs["nonce_str"].encode(),
            request.body,
            b"",
        ]
    )
    if not account.merchant.verify(message, pairs["signature"]):
        raise Refusal("SIGN_ERROR", detail=_sign_detail(request, message))


def _check_headers(request: RawRequest, account: WechatAccount) -> None:
    if not request.headers.get("User-Agent") or not request.headers.get("Accept"):
        raise Refusal("PARAM_ERROR", "Http头缺少Accept或User-Agent")
    if request.method == "POST" and "json" not in request.headers.get("Content-Type", ""):
        raise Refusal("PARAM_ERROR", "Http头Content-Type必须为application/json")
    if account.signer(request.headers.get("Wechatpay-Serial", "")) is None:
        raise Refusal("PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误")


def _sign_detail(request: RawRequest, message: bytes) -> dict[str, object]:
    """What WeChat shows to a developer whose signature does not match: the beginning of what it verified."""
    shown = message.decode("utf-8", "replace")
    return {
        "location": "authorization",
        "field": "signature",
        "detail": {"issue": "sign not match"},
        "sign_information": {
            "method": request.method,
            "url": request.target,
            "sign_message_length": len(message),
            "truncated_sign_message": shown[:_SHOWN_CHARACTERS],
        },
    }


def signed_headers(signer: Signer, body: bytes, *, clock: Clock, ids: IdSource, probe: bool = False) -> dict[str, str]:
    """The five headers under which WeChat answers and notifies. `probe`: with WeChat's deliberately wrong signature."""
    timestamp = str(clock.now_ms() // 1_000)
    nonce = ids.nonce()
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    signature = signer.key.sign(message)
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": PROBE_PREFIX + signature[len(PROBE_PREFIX) :] if probe else signature,
        "Wechatpay-Serial": signer.serial,
        "Wechatpay-Signature-Type": SCHEME,
    }
