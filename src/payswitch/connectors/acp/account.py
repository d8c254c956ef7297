"""What every account that speaks ACP has: the gateway, the merchant, our signature and UnionPay's."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.x509 import Certificate

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.acp.signing import RequestSigner
from payswitch.connectors.acp.signing_pair import SigningPair, pair_from_pem, pair_from_pfx
from payswitch.connectors.acp.verifying import Verifier
from payswitch.connectors.contract import Account
from payswitch.kit.bundles import load_bundle
from payswitch.kit.clock import Clock

PRODUCTION: Final = "https://gateway.95516.com"
_PEM_KEYS: Final = ("sign_certificate", "sign_private_key")
_PFX_KEYS: Final = ("sign_pfx_base64", "sign_pfx_password")
ACP_KEYS: Final = frozenset(
    {
        "gateway",
        "mer_id",
        *_PEM_KEYS,
        *_PFX_KEYS,
        "root_certificates",
        "accept_expired_certificates",
        "check_sign_cert_cn",
    }
)
"""The keys that `AcpReader.acp` reads."""
_CERTIFICATE_HINT: Final = "商户签名证书（cer/PEM），或改用 sign_pfx_base64 与 sign_pfx_password"
_KEY_HINT: Final = "商户签名私钥（PEM，无密码）"
_PFX_HINT: Final = "商户签名证书 .pfx 文件的 base64"
_ROOTS_HINT: Final = "CFCA 中级证书与根证书（acp_prod_middle.cer、acp_prod_root.cer）的 PEM"


class AcpAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an account that signs, sends and verifies messages."""

    gateway: str
    """Scheme, host and possibly a prefix, without a slash at the end."""
    mer_id: str
    signer: RequestSigner
    verifier: Verifier


class AcpReader(AccountReader):
    """Reads an account of one connector of this family; `connector` is its name, for the messages."""

    def __init__(self, account: Account, connector: str) -> None:
        super().__init__(account)
        self._connector = connector

    def url(self, key: str, default: str) -> str:
        value = self.text(key, default)
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
            self.problems.append(
                f"{key} must be an http(s) URL without query / {key} 必须是不带参数的 http(s) 地址"
                f"，production 生产环境: {default or PRODUCTION}"
            )
        return value

    def unknown_keys(self, known: frozenset[str]) -> None:
        for key in sorted(set(self._account) - known):
            self.problems.append(
                f"{key} is not a key of a {self._connector} account / {self._connector} 账户没有 {key} 这一项"
            )

    def acp(self, *, clock: Clock) -> AcpAccount | None:
        """Every key in `ACP_KEYS`. None only when there are problems."""
        gateway = self._gateway()
        mer_id = self.required("mer_id", "银联商户号，15 位")
        pair = self._pair()
        roots = self.parsed("root_certificates", load_bundle, _ROOTS_HINT)
        accept_expired = self.one_of("accept_expired_certificates", ("true", "false"), "false")
        # UnionPay's own test system has signed with certificates that do not name UnionPay.
        check_owner = self.one_of("check_sign_cert_cn", ("true", "false"), _yes_no(gateway == PRODUCTION))
        if pair is None or roots is None:
            return None
        return AcpAccount(
            gateway=gateway,
            mer_id=mer_id,
            signer=RequestSigner(mer_id=mer_id, cert_id=pair.cert_id, key=pair.key),
            verifier=_verifier(roots, pair, accept_expired=accept_expired, check_owner=check_owner, clock=clock),
        )

    def _gateway(self) -> str:
        gateway = self.url("gateway", PRODUCTION).rstrip("/")
        if "/gateway/api" in gateway:
            self.problems.append(
                "gateway is the host only, without /gateway/api/... / gateway 只填主机地址，不带 /gateway/api 路径"
            )
        return gateway

    def _pair(self) -> SigningPair | None:
        """The merchant's certificate and private key, from PEM texts or from the .pfx that CFCA delivers."""
        pfx = any(self.text(key) for key in _PFX_KEYS)
        if pfx and any(self.text(key) for key in _PEM_KEYS):
            self.problems.append(
                "give either sign_certificate and sign_private_key or sign_pfx_base64 and sign_pfx_password, not both /"
                " sign_certificate、sign_private_key 与 sign_pfx_base64、sign_pfx_password 只能二选一"
            )
            return None
        if pfx:
            password = self.text("sign_pfx_password")
            return self.parsed("sign_pfx_base64", lambda text: pair_from_pfx(text, password), _PFX_HINT)
        certificate = self.required("sign_certificate", _CERTIFICATE_HINT)
        private = self.required("sign_private_key", _KEY_HINT)
        if not certificate or not private:
            return None
        return self.parsed(
            "sign_private_key", lambda text: pair_from_pem(certificate, text), f"{_KEY_HINT}；{_CERTIFICATE_HINT}"
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
