"""Reading an account's configuration: every key is parsed once here, and every problem is found at start-up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import Certificate, load_pem_x509_certificates

from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.wechatpay.key_pairs import check_not_ours, check_pair
from payswitch.connectors.wechatpay.login import LOGIN_KEYS, LoginAccount, read_login
from payswitch.connectors.wechatpay.parties import DirectMerchant, PartnerMerchant, Party
from payswitch.connectors.wechatpay.v2_account import V2_KEYS, V2Account, read_v2
from payswitch.connectors.wechatpay.verifying import PUBLIC_KEY_PREFIX, KeyRing, is_certificate_serial
from payswitch.kit.crypto import KeyFormatError, SigningKey, VerifyingKey
from payswitch.kit.secrets import Secret

DEFAULT_BASE_URL: Final = "https://api.mch.weixin.qq.com"

SHOWN_KEYS: Final = frozenset(
    {
        "base_url",
        "backup_base_url",
        "appid",
        "mchid",
        "mini_appid",
        "sp_mchid",
        "sp_appid",
        "sub_mchid",
        "sub_appid",
        "openid_of",
        "app_partnerid_of",
        "merchant_serial_no",
        "base_url_tls",
        "v2_sign_type",
        "wechatpay_public_key_id",
        "login_base_url",
        "login_api_base_url",
    }
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = (
    SHOWN_KEYS
    | V2_KEYS
    | LOGIN_KEYS
    | {"merchant_private_key", "api_v3_key", "wechatpay_public_key", "platform_certificates"}
)
_PARTNER_KEYS: Final = ("sp_mchid", "sp_appid", "sub_mchid", "sub_appid", "openid_of", "app_partnerid_of")
"""Any of them makes the account one under a service provider (服务商模式)."""
_APPID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_MCHID = re.compile(r"[0-9]{1,32}")
_PUBLIC_KEY_ID = re.compile(r"PUB_KEY_ID_[0-9A-Za-z]{1,64}")


@dataclass(frozen=True)
class WechatAccount:
    """One merchant account, ready to use. Its `repr` shows no key."""

    base_url: str
    backup_base_url: str | None
    """The same ledger at WeChat's other site: asked when the first cannot be reached. See `hosts.py`."""
    party: Party
    """Whose account it is, in either mode."""
    merchant_serial_no: str
    signing_key: SigningKey = field(repr=False)
    api_v3_key: Secret
    key_ring: KeyRing = field(repr=False)
    v2: V2Account | None = None
    """For 付款码; None: the account has no APIv2 key, and sells nothing that needs one."""
    login: LoginAccount | None = None
    """For the openid of who opens a checkout inside WeChat; None: shops send it."""


def read_account(channel_id: str, account: Account, *, needs_v2: bool = False) -> WechatAccount:
    """Parse the `[channels.account]` table. Raises AccountProblem with *all* problems, never quoting a secret."""
    reader = _Reader(account, needs_v2=needs_v2)
    result = reader.read()
    if reader.problems or result is None:
        raise AccountProblem(channel_id, reader.problems)
    return result


class _Reader:
    """Collects problems instead of stopping at the first."""

    def __init__(self, account: Account, *, needs_v2: bool) -> None:
        self._account = account
        self._needs_v2 = needs_v2
        self.problems: list[str] = []

    def read(self) -> WechatAccount | None:
        for name in sorted(set(self._account) - _KNOWN_KEYS):
            self._problem(name, "unknown key; is it spelt right?", "未知的配置项，请检查拼写")
        party = self._party()
        base_url = self._base_url("base_url", DEFAULT_BASE_URL)
        backup_base_url = self._base_url("backup_base_url", None)
        serial_no = self._serial()
        signing_key = self._signing_key()
        check_pair(self._account, serial_no, signing_key, self._problem)
        api_v3_key = self._api_v3_key()
        key_ring = self._key_ring()
        check_not_ours(self._account, signing_key, self._problem)
        v2 = self._v2()
        login = read_login(self._account, self._base_url, self._problem)
        if base_url is None or signing_key is None or api_v3_key is None:
            return None
        return WechatAccount(
            base_url=base_url,
            backup_base_url=backup_base_url,
            party=party,
            merchant_serial_no=serial_no,
            signing_key=signing_key,
            api_v3_key=api_v3_key,
            key_ring=key_ring,
            v2=v2,
            login=login,
        )

    def _v2(self) -> V2Account | None:
        return read_v2(
            self._account,
            base_url_tls=self._base_url("base_url_tls", None),
            needed=self._needs_v2,
            pair_is_wrong=any(problem.startswith("merchant_") for problem in self.problems),
            problem=self._problem,
        )

    def _party(self) -> Party:
        if not any(self._account.get(name, "").strip() for name in _PARTNER_KEYS):
            return DirectMerchant(mchid=self._mchid("mchid"), appid=self._appid("appid"), mini_appid=self._mini_appid())
        for name in ("appid", "mchid"):
            if self._account.get(name, "").strip():
                self._problem(
                    name,
                    "belongs to a merchant's own account; under a service provider give sp_ and sub_ only",
                    "直连商户的配置项，服务商模式只填 sp_ 与 sub_ 各项",
                )
        sub_appid = self._appid("sub_appid") if self._account.get("sub_appid", "").strip() else ""
        openid_of_sub = self._sub_or_sp("openid_of", default="sub" if sub_appid else "sp")
        if openid_of_sub and not sub_appid:
            self._problem("openid_of", "an openid of sub needs sub_appid", "openid 属于子商户时须配置 sub_appid")
        return PartnerMerchant(
            sp_mchid=self._mchid("sp_mchid"),
            sp_appid=self._appid("sp_appid"),
            sub_mchid=self._mchid("sub_mchid"),
            sub_appid=sub_appid,
            mini_appid=self._mini_appid(),
            openid_of_sub=openid_of_sub,
            partner_id_of_sub=self._sub_or_sp("app_partnerid_of", default="sub"),
        )

    def _appid(self, name: str) -> str:
        return self._matching(name, _APPID, "expected an app id such as wx8888888888888888", "应为公众账号 ID")

    def _mini_appid(self) -> str:
        return self._appid("mini_appid") if self._account.get("mini_appid", "").strip() else ""

    def _mchid(self, name: str) -> str:
        return self._matching(name, _MCHID, "expected the merchant number, digits only", "应为商户号（数字）")

    def _sub_or_sp(self, name: str, *, default: str) -> bool:
        """Whether the sub-merchant is meant rather than the service provider."""
        text = self._account.get(name, "").strip() or default
        if text not in ("sub", "sp"):
            self._problem(name, "must be sub or sp", "只能是 sub（子商户）或 sp（服务商）")
        return text == "sub"

    def _problem(self, name: str, english: str, chinese: str) -> None:
        self.problems.append(f"{name}: {english} / {chinese}")

    def _text(self, name: str) -> str:
        """The value without blanks around it; a missing one is a problem."""
        text = self._account.get(name, "").strip()
        if not text:
            self._problem(name, "is missing", "缺失")
        return text

    def _matching(self, name: str, pattern: re.Pattern[str], english: str, chinese: str) -> str:
        text = self._text(name)
        if text and pattern.fullmatch(text) is None:
            self._problem(name, english, chinese)
        return text

    def _base_url(self, name: str, default: str | None) -> str | None:
        text = self._account.get(name, "").strip().rstrip("/") or default
        if text is None:
            return None
        if not _is_origin(text):
            self._problem(name, "expected https://host[:port] without a path", "应为不带路径的 https://主机[:端口]")
            return None
        return text

    def _serial(self) -> str:
        serial = self._text("merchant_serial_no").upper()
        if serial and not is_certificate_serial(serial):
            self._problem(
                "merchant_serial_no",
                "expected the merchant API certificate's serial number in hexadecimal",
                "应为商户 API 证书的十六进制序列号",
            )
        return serial

    def _signing_key(self) -> SigningKey | None:
        text = self._text("merchant_private_key")
        if not text:
            return None
        try:
            return SigningKey(text)
        except KeyFormatError as error:
            self.problems.append(f"merchant_private_key: {error}")
            return None

    def _api_v3_key(self) -> Secret | None:
        text = self._text("api_v3_key")
        if not text:
            return None
        if len(text) != 32 or not text.isascii():
            self._problem("api_v3_key", "must be exactly 32 ASCII characters", "必须为 32 个 ASCII 字符")
            return None
        return Secret(text)

    def _key_ring(self) -> KeyRing:
        ring = KeyRing()
        key_id = self._account.get("wechatpay_public_key_id", "").strip()
        key_text = self._account.get("wechatpay_public_key", "").strip()
        certificates = self._account.get("platform_certificates", "").strip()
        if not (key_id or key_text or certificates):
            self._problem(
                "wechatpay_public_key_id",
                "give wechatpay_public_key_id with wechatpay_public_key, or platform_certificates, or both",
                "请配置微信支付公钥及其 ID，或平台证书，或两者",
            )
        if key_id or key_text:
            self._add_public_key(ring, key_id, key_text)
        if certificates:
            self._add_certificates(ring, certificates)
        return ring

    def _add_public_key(self, ring: KeyRing, key_id: str, key_text: str) -> None:
        if not key_id or not key_text:
            missing = "wechatpay_public_key" if key_id else "wechatpay_public_key_id"
            self._problem(
                missing, "is missing; the public key and its id belong together", "缺失，公钥与其 ID 须成对配置"
            )
            return
        if _PUBLIC_KEY_ID.fullmatch(key_id) is None:
            self._problem(
                "wechatpay_public_key_id", f"expected {PUBLIC_KEY_PREFIX}...", f"应以 {PUBLIC_KEY_PREFIX} 开头"
            )
        try:
            ring.add_public_key(key_id, VerifyingKey(key_text))
        except KeyFormatError as error:
            self.problems.append(f"wechatpay_public_key: {error}")

    def _add_certificates(self, ring: KeyRing, text: str) -> None:
        certificates: list[Certificate]
        try:
            certificates = load_pem_x509_certificates(text.encode("ascii", "replace"))
            ring.add_certificates(certificates)
        except (ValueError, UnsupportedAlgorithm):
            # KeyFormatError is a ValueError too: a certificate over something other than RSA.
            self._problem(
                "platform_certificates",
                "not readable: expected one or more PEM certificates over RSA keys",
                "无法读取，应为一个或多个 PEM 格式的 RSA 证书",
            )


def _is_origin(url: str) -> bool:
    """Scheme, host and perhaps a port: the path belongs to the call and is part of what is signed."""
    try:
        parts = urlsplit(url)
        rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not any(rest)
    except ValueError:
        return False
