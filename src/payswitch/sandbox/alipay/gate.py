"""The gateway's door: who is calling, is the call complete, is it really theirs.

The order of the checks is the real one as far as it is known: the application id first, so that an unsigned call of
an unknown application hears `isv.invalid-app-id`. Whatever is refused here is answered unsigned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import datetime

import msgspec

from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.sandbox.alipay.certificates import certificate_sn, root_sn
from payswitch.sandbox.alipay.codes import gateway
from payswitch.sandbox.alipay.parameters import codec
from payswitch.sandbox.alipay.signing import request_content

_TIMESTAMP_SHAPE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_REQUIRED = (
    ("method", "isv.missing-method"),
    ("sign_type", "isv.missing-signature-type"),
    ("sign", "isv.missing-signature"),
    ("timestamp", "isv.missing-timestamp"),
    ("version", "isv.missing-version"),
)


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """One application's keys, parsed once. The three serial numbers are there in certificate mode only."""

    app_id: str
    application: VerifyingKey
    """Verifies what the merchant signs."""
    alipay: SigningKey
    """Signs answers and notifications."""
    app_cert_sn: str | None = None
    alipay_cert_sn: str | None = None
    alipay_root_cert_sn: str | None = None

    @property
    def certificate_mode(self) -> bool:
        return self.app_cert_sn is not None


def public_key_mode(app_id: str, application_public_pem: str, alipay_private_pem: str) -> Keys:
    return Keys(app_id=app_id, application=VerifyingKey(application_public_pem), alipay=SigningKey(alipay_private_pem))


def certificate_mode(
    app_id: str, app_certificate: str, alipay_certificate: str, alipay_root_certificate: str, alipay_private_pem: str
) -> Keys:
    return Keys(
        app_id=app_id,
        application=VerifyingKey(app_certificate),
        alipay=SigningKey(alipay_private_pem),
        app_cert_sn=certificate_sn(app_certificate),
        alipay_cert_sn=certificate_sn(alipay_certificate),
        alipay_root_cert_sn=root_sn(alipay_root_certificate),
    )


def check_call(params: Mapping[str, str], keys: Keys, methods: Set[str]) -> None:
    """Everything between "the application is known" and "the call is theirs". GatewayRefused otherwise.

    `methods` are the ones that can be called in this way: through the gateway, or as a signed link or order string.
    """
    for name, sub_code in _REQUIRED:
        if not params.get(name):
            raise gateway(sub_code)
    if params["method"] not in methods:
        raise gateway("isv.invalid-method")
    _check_forms(params)
    _check_certificates(params, keys)
    _check_signature(params, keys)


def _check_forms(params: Mapping[str, str]) -> None:
    if params["sign_type"] != "RSA2":
        raise gateway("isv.invalid-signature-type")
    if params["version"] != "1.0":
        raise gateway("isv.invalid-parameter", "version只支持1.0")
    if (params.get("format") or "JSON").upper() != "JSON":
        raise gateway("isv.invalid-format")
    if not _is_timestamp(params["timestamp"]):
        raise gateway("isv.invalid-timestamp")


def _is_timestamp(text: str) -> bool:
    if not _TIMESTAMP_SHAPE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_certificates(params: Mapping[str, str], keys: Keys) -> None:
    if not keys.certificate_mode:
        return
    if not params.get("app_cert_sn"):
        raise gateway("isv.missing-app-cert-sn")
    if not params.get("alipay_root_cert_sn"):
        raise gateway("isv.missing-alipay-root-cert-sn")
    if params["app_cert_sn"] != keys.app_cert_sn:
        raise gateway("isv.app-cert-not-exist")
    if params["alipay_root_cert_sn"] != keys.alipay_root_cert_sn:
        raise gateway("isv.invalid-alipay-root-cert-sn")


def _check_signature(params: Mapping[str, str], keys: Keys) -> None:
    try:
        content = request_content(params, codec(params.get("charset") or "utf-8"))
    except UnicodeEncodeError as error:
        raise gateway("isv.invalid-charset") from error
    if not keys.application.verify(content, params["sign"]):
        raise gateway(
            "isv.invalid-signature",
            "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配",
        )
