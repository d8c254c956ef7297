"""One account at an epay platform, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.kit.secrets import Secret

SHOWN_KEYS: Final = frozenset(
    {
        "base_url",
        "pid",
        "version",
        "create",
        "allow_plain_http",
        "refund_ok_codes",
        "partial_refunds",
        "repeat_refunds",
        "refunded_means_whole",
        "close_is_final",
        "list_pages",
    }
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = SHOWN_KEYS | {"key", "merchant_private_key", "platform_public_key"}
_LIST_PAGES: Final = "100"
_PAGES: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_NO_YES: Final = ("no", "yes")


class V1Secrets(msgspec.Struct, frozen=True):
    """The merchant's key: it signs, and (the protocol's weakness) it also travels with every query and refund."""

    key: Secret


class V2Secrets(msgspec.Struct, frozen=True):
    """The merchant signs with its own key; the platform with its."""

    signing: SigningKey
    verifying: VerifyingKey


class EpayAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ready to use. README.md explains each setting."""

    base_url: str
    """Without a slash at its end."""
    pid: str
    secrets: V1Secrets | V2Secrets
    creates_by_call: bool
    refund_ok_codes: frozenset[str]
    partial_refunds: bool
    repeat_refunds: bool
    refunded_means_whole: bool
    close_is_final: bool
    list_pages: int
    """At most so many pages of the order list are asked for in order to find one day."""


class _Reader(AccountReader):
    """What an account of this family has besides."""

    def yes(self, key: str) -> bool:
        return self.one_of(key, _NO_YES) == "yes"

    def pages(self) -> int:
        value = self.text("list_pages", _LIST_PAGES)
        if _PAGES.fullmatch(value) is None:
            self.problems.append("list_pages must be a number from 1 to 9999 / list_pages 须为 1 到 9999 的整数")
            return 1
        return int(value)

    def base_url(self) -> str:
        value = self.required("base_url", "平台网址，例如 https://pay.example.com，不带 submit.php").rstrip("/")
        plain_allowed = self.one_of("allow_plain_http", ("false", "true")) == "true"
        if not value:
            return value
        if not _is_site(value):
            self.problems.append(
                "base_url must be the platform's http(s) address without a file or query, e.g. https://pay.example.com"
                " / base_url 应为平台网址，不带文件名和参数"
            )
        elif value.startswith("http://") and not plain_allowed:
            self.problems.append(
                "base_url is not https: the merchant's key and unsigned answers would travel in the clear; use https, "
                'or say allow_plain_http = "true" if you accept that / base_url 不是 https，密钥会明文传输；'
                '请改用 https，或明确设置 allow_plain_http = "true"'
            )
        return value

    def unknown_keys(self) -> None:
        for key in sorted(set(self._account) - _KNOWN_KEYS):
            self.problems.append(f"{key} is not a key of an epay account / epay 账户没有 {key} 这一项")


def _is_site(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_ok = parts.port != 0
    except ValueError:
        return False
    whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and port_ok
    plain = value.isascii() and value.isprintable() and " " not in value
    return whole and plain and not parts.query and not parts.fragment and not parts.path.endswith(".php")


def read_account(channel_id: str, account: Account) -> EpayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account)
    base_url = reader.base_url()
    pid = reader.required("pid", "商户ID，平台商户后台可见")
    version = reader.one_of("version", ("1", "2"))
    secrets = _read_v2(reader) if version == "2" else _read_v1(reader)
    creates_by_call = reader.one_of("create", ("mapi", "submit")) == "mapi"
    refund_ok_codes = reader.one_of("refund_ok_codes", ("1", "0,1"))
    settings = {
        name: reader.yes(name)
        for name in ("partial_refunds", "repeat_refunds", "refunded_means_whole", "close_is_final")
    }
    list_pages = reader.pages()
    reader.unknown_keys()
    if reader.problems or secrets is None:
        raise AccountProblem(channel_id, reader.problems)
    return EpayAccount(
        base_url=base_url,
        pid=pid,
        secrets=secrets,
        creates_by_call=creates_by_call,
        refund_ok_codes=frozenset(refund_ok_codes.split(",")),
        list_pages=list_pages,
        **settings,
    )


def _read_v1(reader: _Reader) -> V1Secrets | None:
    key = reader.required("key", "商户密钥（V1 MD5），平台商户后台可见")
    return V1Secrets(Secret(key)) if key else None


def _read_v2(reader: _Reader) -> V2Secrets | None:
    signing = reader.parsed("merchant_private_key", SigningKey, "商户私钥（V2 RSA），在平台商户后台生成")
    verifying = reader.parsed("platform_public_key", VerifyingKey, "平台公钥（不是商户公钥）")
    if signing is None or verifying is None:
        return None
    if signing.public_pem == verifying.pem:
        reader.problems.append(
            "platform_public_key is the merchant's own public key; take the platform's from its merchant page / "
            "platform_public_key 填成了商户公钥，请复制平台公钥"
        )
    return V2Secrets(signing, verifying)
