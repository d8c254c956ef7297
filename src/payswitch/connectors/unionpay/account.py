"""One UnionPay merchant account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.x509 import Certificate

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.unionpay.certificates import load_bundle
from payswitch.connectors.unionpay.signing import RequestSigner
from payswitch.connectors.unionpay.signing_pair import SigningPair, pair_from_pem, pair_from_pfx
from payswitch.connectors.unionpay.verifying import Verifier
from payswitch.kit.clock import Clock

PRODUCTION: Final = "https://gateway.95516.com"
_FILE_GATEWAYS: Final = {
    PRODUCTION: "https://filedownload.95516.com/",
    "https://gateway.test.95516.com": "https://filedownload.test.95516.com/",
}
_PEM_KEYS: Final = ("sign_certificate", "sign_private_key")
_PFX_KEYS: Final = ("sign_pfx_base64", "sign_pfx_password")
SHOWN_KEYS: Final = frozenset(
    {"gateway", "file_gateway", "mer_id", "accept_expired_certificates", "check_sign_cert_cn", "app_mode"}
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = SHOWN_KEYS | {*_PEM_KEYS, *_PFX_KEYS, "root_certificates"}
_CERTIFICATE_HINT: Final = "商户签名证书（cer/PEM），或改用 sign_pfx_base64 与 sign_pfx_password"
_KEY_HINT: Final = "商户签名私钥（PEM，无密码）"
_PFX_HINT: Final = "商户签名证书 .pfx 文件的 base64"
_ROOTS_HINT: Final = "CFCA 中级证书与根证书（acp_prod_middle.cer、acp_prod_root.cer）的 PEM"


class UnionPayAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ready to use."""

    gateway: str
    """Scheme, host and possibly a prefix, without a slash at the end."""
    file_gateway: str
    """Where bills are fetched; empty when not configured and not derivable."""
    mer_id: str
    signer: RequestSigner
    verifier: Verifier
    app_mode: str
    """For the customer's app: `00` production, `01` test."""


class _Reader(AccountReader):
    """What an account of this family has besides."""

    def url(self, key: str, default: str) -> str:
        value = self.text(key, default)
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            self.problems.append(
                f"{key} must be an http(s) URL without query / {key} 必须是不带参数的 http(s) 地址"
                f"，production 生产环境: {default or PRODUCTION}"
            )
        return value

    def unknown_keys(self) -> None:
        for key in sorted(set(self._account) - _KNOWN_KEYS):
            self.problems.append(f"{key} is not a key of a unionpay account / unionpay 账户没有 {key} 这一项")


def read_account(channel_id: str, account: Account, *, clock: Clock) -> UnionPayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account)
    gateway = _read_gateway(reader)
    file_gateway = reader.url("file_gateway", _FILE_GATEWAYS.get(gateway, ""))
    mer_id = reader.required("mer_id", "银联商户号，15 位")
    pair = _read_pair(reader)
    roots = reader.parsed("root_certificates", load_bundle, _ROOTS_HINT)
    app_mode = reader.one_of("app_mode", ("00", "01"), "00")
    accept_expired = reader.one_of("accept_expired_certificates", ("true", "false"), "false")
    # UnionPay's own test system has signed with certificates that do not name UnionPay.
    check_owner = reader.one_of("check_sign_cert_cn", ("true", "false"), _yes_no(gateway == PRODUCTION))
    reader.unknown_keys()
    if reader.problems or pair is None or roots is None:
        raise AccountProblem(channel_id, reader.problems)
    return UnionPayAccount(
        gateway=gateway,
        file_gateway=file_gateway,
        mer_id=mer_id,
        signer=RequestSigner(mer_id=mer_id, cert_id=pair.cert_id, key=pair.key),
        verifier=_verifier(roots, pair, accept_expired=accept_expired, check_owner=check_owner, clock=clock),
        app_mode=app_mode,
    )


def _yes_no(value: bool) -> str:
    return "true" if value else "false"


def _verifier(
    roots: list[Certificate], pair: SigningPair, *, accept_expired: str, check_owner: str, clock: Clock
) -> Verifier:
    return Verifier(
        roots,
        own_public_pem=pair.key.public_pem,
        accept_expired=accept_expired == "true",
        check_owner=check_owner == "true",
        clock=clock,
    )


def _read_gateway(reader: _Reader) -> str:
    gateway = reader.url("gateway", PRODUCTION).rstrip("/")
    if "/gateway/api" in gateway:
        reader.problems.append(
            "gateway is the host only, without /gateway/api/... / gateway 只填主机地址，不带 /gateway/api 路径"
        )
    return gateway


def _read_pair(reader: _Reader) -> SigningPair | None:
    """The merchant's certificate and private key, from PEM texts or from the .pfx that CFCA delivers."""
    pfx = any(reader.text(key) for key in _PFX_KEYS)
    if pfx and any(reader.text(key) for key in _PEM_KEYS):
        reader.problems.append(
            "give either sign_certificate and sign_private_key or sign_pfx_base64 and sign_pfx_password, not both / "
            "sign_certificate、sign_private_key 与 sign_pfx_base64、sign_pfx_password 只能二选一"
        )
        return None
    if pfx:
        password = reader.text("sign_pfx_password")
        return reader.parsed("sign_pfx_base64", lambda text: pair_from_pfx(text, password), _PFX_HINT)
    certificate = reader.required("sign_certificate", _CERTIFICATE_HINT)
    private = reader.required("sign_private_key", _KEY_HINT)
    if not certificate or not private:
        return None
    return reader.parsed(
        "sign_private_key", lambda text: pair_from_pem(certificate, text), f"{_KEY_HINT}；{_CERTIFICATE_HINT}"
    )
