"""One Apple Pay account: our identity at Apple, and the acquirer who debits. Every problem named at once."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from cryptography.x509 import Certificate, NameOID

from payswitch.connectors.acp.account import ACP_KEYS, AcpAccount, AcpReader
from payswitch.connectors.acp.certificates import valid_from_ms, valid_until_ms
from payswitch.connectors.applepay.hosts import APPLES, GATEWAYS, session_url
from payswitch.connectors.applepay.products import TokenBusiness
from payswitch.connectors.client_tls import problem_of
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.transport import ClientTls
from payswitch.kit.clock import Clock, iso_utc
from payswitch.kit.crypto import load_certificate
from payswitch.kit.secrets import Secret

SHOWN_KEYS: Final = frozenset(
    {
        "gateway",
        "mer_id",
        "accept_expired_certificates",
        "check_sign_cert_cn",
        "merchant_identifier",
        "display_name",
        "domains",
        "apple_region",
        "base_url_tls",
        "networks",
        "token_field",
        "biz_type",
        "txn_type",
        "txn_sub_type",
    }
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = ACP_KEYS | SHOWN_KEYS | {"merchant_certificate", "merchant_private_key", "ca_certificate"}
_DOMAIN: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_FIELD: Final = re.compile(r"[A-Za-z][0-9A-Za-z]{0,39}")
_CODE: Final = re.compile(r"[0-9]{2}")
_BIZ: Final = re.compile(r"[0-9]{6}")
_LONGEST_NAME: Final = 64
"""Characters that Apple's sheet shows of `displayName` [O]."""
_IDENTITY_HINT: Final = "Apple Pay 商户身份证书（Merchant Identity Certificate，PEM）"


class AppleDesk(msgspec.Struct, frozen=True, kw_only=True):
    """Where merchant sessions come from, and as whom we ask for them."""

    merchant_identifier: str
    display_name: str
    domains: frozenset[str]
    """The pages that are registered with Apple, in lower case."""
    hosts: frozenset[str]
    """The only hosts that a browser may name."""
    url: str
    """The one address that is called, whatever the browser names."""
    tls: ClientTls


class ApplePayAccount(AcpAccount, frozen=True, kw_only=True):
    """An account that is ready to use. The acquirer's part is UnionPay's."""

    apple: AppleDesk
    business: TokenBusiness
    networks: frozenset[str]
    """Card networks that the acquirer takes, in lower case."""


class _Reader(AcpReader):
    """What an Apple Pay account has besides."""

    def matching(self, key: str, pattern: re.Pattern[str], default: str, hint: str) -> str:
        value = self.text(key, default)
        if not pattern.fullmatch(value):
            self.problems.append(f"{key} must look like {default} / {key} 格式不正确：{hint}")
        return value

    def words(self, key: str, default: str = "") -> frozenset[str]:
        """A list with commas or blanks between, in lower case."""
        return frozenset(self.text(key, default).lower().replace(",", " ").split())

    def domains(self) -> frozenset[str]:
        self.required("domains", "已在 Apple 登记的网页域名，逗号分隔")
        found = self.words("domains")
        if not all(_DOMAIN.fullmatch(domain) for domain in found):
            self.problems.append(
                "domains must be host names without https:// and path, with commas between / "
                "domains 只填域名，不带 https:// 和路径，多个用逗号分隔"
            )
        return found

    def display_name(self) -> str:
        name = self.required("display_name", "Apple Pay 付款单上显示的店铺名称")
        if len(name) > _LONGEST_NAME:
            self.problems.append(
                f"display_name has more than {_LONGEST_NAME} characters / display_name 最多 {_LONGEST_NAME} 个字符"
            )
        return name

    def identity(self, merchant_identifier: str, *, now_ms: int, trusted: str) -> ClientTls | None:
        """The Merchant Identity certificate and its key: readable, a pair, in its time, and this merchant's."""
        certificate = self.parsed("merchant_certificate", load_certificate, _IDENTITY_HINT)
        key = self.required("merchant_private_key", "商户身份证书的私钥（PEM，无密码）")
        if certificate is None or not key:
            return None
        tls = ClientTls(
            certificate_pem=self.text("merchant_certificate"), private_key_pem=Secret(key), trusted_ca_pem=trusted
        )
        problem = problem_of(tls)
        if problem:
            self.problems.append(f"merchant_certificate, merchant_private_key: {problem}")
        self._check_dates(certificate, now_ms)
        self._check_owner(certificate, merchant_identifier)
        return tls

    def _check_dates(self, certificate: Certificate, now_ms: int) -> None:
        until_ms = valid_until_ms(certificate)
        if now_ms > until_ms:
            self.problems.append(
                f"merchant_certificate expired on {iso_utc(until_ms)}; make a new one in Apple's developer account / "
                f"merchant_certificate 已于 {iso_utc(until_ms)} 过期，请在 Apple 开发者账户重新生成"
            )
        elif now_ms < valid_from_ms(certificate):
            self.problems.append(
                "merchant_certificate is not valid yet; is the clock right? / merchant_certificate 尚未生效，请检查时钟"
            )

    def _check_owner(self, certificate: Certificate, merchant_identifier: str) -> None:
        """Apple writes the merchant identifier into the certificate as UID [C]; one without it is left to Apple."""
        names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.USER_ID)]
        if merchant_identifier and names and merchant_identifier not in names:
            self.problems.append(
                "merchant_certificate is another merchant identifier's / "
                "merchant_certificate 不属于 merchant_identifier"
            )

    def sandbox_host(self) -> str:
        """`host[:port]` of `base_url_tls`; empty: Apple's own hosts."""
        gateway = self.text("base_url_tls").rstrip("/")
        if not gateway:
            return ""
        scheme, _, host = gateway.partition("://")
        if scheme != "https" or not re.fullmatch(r"[0-9A-Za-z.-]+(:[0-9]{1,5})?", host):
            self.problems.append("base_url_tls must be https://host[:port] / base_url_tls 只能是 https://主机[:端口]")
        return host


def read_account(channel_id: str, account: Account, *, clock: Clock) -> ApplePayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account, "applepay")
    acp = reader.acp(clock=clock)
    apple = _apple(reader, clock)
    business = _business(reader)
    networks = reader.words("networks", "chinaUnionPay")
    reader.unknown_keys(_KNOWN_KEYS)
    if reader.problems or acp is None or apple is None:
        raise AccountProblem(channel_id, reader.problems)
    return ApplePayAccount(
        gateway=acp.gateway,
        mer_id=acp.mer_id,
        signer=acp.signer,
        verifier=acp.verifier,
        apple=apple,
        business=business,
        networks=networks,
    )


def _apple(reader: _Reader, clock: Clock) -> AppleDesk | None:
    identifier = reader.required("merchant_identifier", "Apple 商户标识，形如 merchant.com.example.shop")
    display_name = reader.display_name()
    domains = reader.domains()
    region = reader.one_of("apple_region", tuple(GATEWAYS))
    sandbox = reader.sandbox_host()
    tls = reader.identity(identifier, now_ms=clock.now_ms(), trusted=reader.text("ca_certificate"))
    if tls is None:
        return None
    return AppleDesk(
        merchant_identifier=identifier,
        display_name=display_name,
        domains=domains,
        hosts=APPLES | {sandbox} if sandbox else APPLES,
        url=session_url(sandbox or GATEWAYS.get(region, "")),
        tls=tls,
    )


def _business(reader: _Reader) -> TokenBusiness:
    return TokenBusiness(
        token_field=reader.matching("token_field", _FIELD, "applePayToken", "收单机构报文中承载令牌的字段名"),
        biz_type=reader.matching("biz_type", _BIZ, "000201", "收单机构约定的 bizType"),
        txn_type=reader.matching("txn_type", _CODE, "01", "收单机构约定的 txnType"),
        sub_type=reader.matching("txn_sub_type", _CODE, "01", "收单机构约定的 txnSubType"),
    )
