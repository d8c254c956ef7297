"""What 付款码 needs besides the API v3 keys: the APIv2 key, and the merchant certificate for reversals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from payswitch.connectors import client_tls
from payswitch.connectors.contract import Account
from payswitch.connectors.transport import ClientTls
from payswitch.connectors.wechatpay.v2_signing import SignType
from payswitch.kit.secrets import Secret

V2_KEYS: Final = frozenset({"api_v2_key", "v2_sign_type", "merchant_certificate", "base_url_tls", "ca_certificate"})
KEY_CHARACTERS: Final = 32
"""The console takes 32 letters and digits as the APIv2 key, as for the APIv3 key."""

Problem = Callable[[str, str, str], None]
"""Key, what is wrong in English, the same in Chinese."""


@dataclass(frozen=True)
class V2Account:
    """Ready to use. Its `repr` shows no key."""

    key: Secret
    sign_type: SignType
    tls: ClientTls = field(repr=False)
    base_url_tls: str | None
    """Where reversals go, if not to the same hosts as everything else: a sandbox has a port for them."""


def read_v2(
    account: Account, *, base_url_tls: str | None, needed: bool, pair_is_wrong: bool, problem: Problem
) -> V2Account | None:
    """The V2 side of an account; None when it has none. `needed`: the channel sells what cannot do without it.
    `pair_is_wrong`: certificate or private key were found wrong already, and are not told of twice."""
    key = account.get("api_v2_key", "").strip()
    if not key:
        if needed:
            problem(
                "api_v2_key",
                "is missing: wechat_code is paid over API V2 (merchant console, API security, APIv2 key)",
                "缺失：付款码支付走 APIv2，请在商户平台 → API 安全设置 APIv2 密钥",
            )
        return None
    if len(key) != KEY_CHARACTERS or not key.isascii():
        problem("api_v2_key", "must be exactly 32 ASCII characters", "必须为 32 个 ASCII 字符")
    tls = _tls(account)
    _check_tls(tls, pair_is_wrong, problem)
    return V2Account(key=Secret(key), sign_type=_sign_type(account, problem), tls=tls, base_url_tls=base_url_tls)


def _sign_type(account: Account, problem: Problem) -> SignType:
    text = account.get("v2_sign_type", "").strip() or SignType.MD5.value
    if text not in [kind.value for kind in SignType]:
        problem("v2_sign_type", "must be MD5 or HMAC-SHA256", "只能是 MD5 或 HMAC-SHA256")
        return SignType.MD5
    return SignType(text)


def _tls(account: Account) -> ClientTls:
    """The merchant API certificate, which reversals show."""
    return ClientTls(
        certificate_pem=account.get("merchant_certificate", "").strip(),
        private_key_pem=Secret(account.get("merchant_private_key", "").strip()),
        trusted_ca_pem=account.get("ca_certificate", "").strip(),
    )


def _check_tls(tls: ClientTls, pair_is_wrong: bool, problem: Problem) -> None:
    """A debit that could not be reversed must not be begun."""
    if not tls.certificate_pem:
        problem(
            "merchant_certificate",
            "is missing: a reversal shows the merchant API certificate (apiclient_cert.pem)",
            "缺失：撤销需要商户 API 证书（apiclient_cert.pem）",
        )
    elif not pair_is_wrong and (wrong := client_tls.problem_of(tls)):
        english, _, chinese = wrong.partition(" / ")
        problem("merchant_certificate", english, chinese)
