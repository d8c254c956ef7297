"""One 收银宝 account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.codes import CodeClass
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.quickpay.banks import BANKS, Bank, BankTerms
from payswitch.connectors.quickpay.codes import OVERRIDABLE, Codes
from payswitch.connectors.quickpay.signing import Md5Signatures, RsaSignatures, Signatures
from payswitch.kit.addresses import is_web_address
from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.kit.secrets import Secret
from payswitch.kit.tables import unknown_names

PRODUCTION: Final = "https://vsp.allinpay.com/apiweb"
BILL_URL: Final = "https://cus.allinpay.com/cusapi/trxfile/get"
"""Another host than everything else [O]. Test: `https://syb-test.allinpay.com/vsppcusapi/trxfile/get`."""

SHOWN_KEYS: Final = frozenset(
    (
        "base_url",
        "cusid",
        "appid",
        "orgid",
        "sign_type",
        "sub_appid",
        "mini_sub_appid",
        "ecny_paytype",
        "trade_path",
        "expiry_field",
        "trxstatus_classes",
        "bank",
        "bank_limits",
        "payment_sms",
        "bill_url",
    )
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = dict.fromkeys((*SHOWN_KEYS, "merchant_private_key", "allinpay_public_key", "md5_key"))
_SIGN_TYPES: Final = ("RSA", "MD5")
_TRADE_PATHS: Final = ("unitorder", "tranx")
_EXPIRY_FIELDS: Final = ("expiretime", "validtime")
_PAYMENT_SMS: Final = ("yes", "no")
_OVERRIDE: Final = re.compile(r"(?P<code>[0-9]{4})=(?P<name>[a-z0-9]+)")
_LIMIT: Final = re.compile(r"(?P<bank>[a-z]+)=(?P<single>[1-9][0-9]{0,11})/(?P<daily>[1-9][0-9]{0,11})")
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,32}")


class QuickpayAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ready to use. Holds parsed keys only; its `repr` shows none."""

    base_url: str
    bill_url: str
    cusid: str
    appid: str
    orgid: str
    """Empty unless the merchant belongs to a group or an agent."""
    signatures: Signatures
    sub_appids: Mapping[str, str]
    """WeChat's appid by paytype (W02: the official account's, W06: the mini program's), where configured."""
    ecny_paytype: str
    trade_path: str
    expiry_field: str
    codes: Codes
    banks: Mapping[Bank, BankTerms]
    """The banks whose cards this account takes, with this contract's limits."""
    payment_sms: bool
    """False: the contract debits when a quick payment is applied for, without an SMS code."""


class _Reader(AccountReader):
    """What an account of this family has besides."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.problems += unknown_names(account, _KNOWN_KEYS)

    def number(self, key: str, hint: str) -> str:
        value = self.required(key, hint)
        if value and not _NUMBER.fullmatch(value):
            self.problems.append(f"{key} must be letters and digits / {key} 只能由字母和数字组成：{hint}")
        return value

    def address(self, key: str, production: str) -> str:
        value = self.text(key, production).rstrip("/")
        if not is_web_address(value):
            self.problems.append(
                f"{key} must be an http(s) address without query / {key} 必须是不带参数的 http(s) 地址，"
                f"production 生产环境: {production}"
            )
        return value

    def parts(self, key: str, pattern: re.Pattern[str], hint: str) -> list[re.Match[str]]:
        """A comma-separated list, every part of one form."""
        found = []
        for part in filter(None, (piece.strip() for piece in self.text(key).split(","))):
            match = pattern.fullmatch(part)
            if match is None:
                self.problems.append(f"{key} must be written like {hint} / {key} 的写法：{hint}")
                break
            found.append(match)
        return found


def read_account(channel_id: str, account: Account) -> QuickpayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account)
    base_url = reader.address("base_url", PRODUCTION)
    bill_url = reader.address("bill_url", BILL_URL)
    cusid = reader.number("cusid", "收银宝商户号")
    appid = reader.number("appid", "收银宝应用 ID")
    signatures = _read_signatures(reader)
    trade_path = reader.one_of("trade_path", _TRADE_PATHS)
    expiry_field = reader.one_of("expiry_field", _EXPIRY_FIELDS)
    codes = Codes(_read_overrides(reader))
    banks = _read_banks(reader)
    payment_sms = reader.one_of("payment_sms", _PAYMENT_SMS) == "yes"
    if reader.problems or signatures is None:
        raise AccountProblem(channel_id, reader.problems)
    return QuickpayAccount(
        base_url=base_url,
        bill_url=bill_url,
        cusid=cusid,
        appid=appid,
        orgid=reader.text("orgid"),
        signatures=signatures,
        sub_appids={"W02": reader.text("sub_appid"), "W06": reader.text("mini_sub_appid")},
        ecny_paytype=reader.text("ecny_paytype"),
        trade_path=trade_path,
        expiry_field=expiry_field,
        codes=codes,
        banks=banks,
        payment_sms=payment_sms,
    )


def _read_signatures(reader: _Reader) -> Signatures | None:
    kind = reader.text("sign_type", "RSA").upper()
    if kind == "SM2":
        reader.problems.append("sign_type SM2 is not built; use RSA / 暂不支持国密 SM2 签名，请改用 RSA")
        return None
    if kind not in _SIGN_TYPES:
        reader.problems.append("sign_type must be RSA or MD5 / sign_type 只能是 RSA 或 MD5")
        return None
    if kind == "MD5":
        key = reader.required("md5_key", "MD5 签名密钥 (sign_type = MD5)")
        return Md5Signatures(Secret(key)) if key else None
    return _read_rsa(reader)


def _read_rsa(reader: _Reader) -> Signatures | None:
    own = reader.parsed("merchant_private_key", SigningKey, "商户 RSA 私钥，PKCS#1 或 PKCS#8")
    allinpay = reader.parsed("allinpay_public_key", VerifyingKey, "通联 RSA 公钥（不是商户公钥）")
    if own is None or allinpay is None:
        return None
    if allinpay.pem == own.public_pem:
        reader.problems.append(
            "allinpay_public_key is the merchant's own public key; take Allinpay's / "
            "allinpay_public_key 填成了商户公钥，请填通联公钥"
        )
    return RsaSignatures(own, allinpay)


def _read_overrides(reader: _Reader) -> dict[str, CodeClass]:
    """`3045=cust,3099=switch`: what the merchant knows from Allinpay and this connector does not."""
    hint = "3045=cust,3099=switch"
    overrides: dict[str, CodeClass] = {}
    for match in reader.parts("trxstatus_classes", _OVERRIDE, hint):
        if not match["code"].startswith(OVERRIDABLE):
            reader.problems.append(
                "trxstatus_classes may class codes that begin with 3 only / trxstatus_classes 只能设置 3 开头的状态码"
            )
        elif match["name"] not in set(CodeClass):
            known = ", ".join(CodeClass)
            reader.problems.append(
                f"trxstatus_classes: a class is one of {known} / trxstatus_classes 的类别只能是 {known}"
            )
        else:
            overrides[match["code"]] = CodeClass(match["name"])
    return overrides


def _read_banks(reader: _Reader) -> dict[Bank, BankTerms]:
    banks = dict(BANKS)
    known = ", ".join(Bank)
    for match in reader.parts("bank_limits", _LIMIT, "icbc=500000/1000000 (fen, single/day 分，单笔/单日)"):
        if match["bank"] not in set(Bank):
            reader.problems.append(f"bank_limits: a bank is one of {known} / bank_limits 的银行只能是 {known}")
            continue
        bank = Bank(match["bank"])
        banks[bank] = msgspec.structs.replace(
            banks[bank], single_limit_fen=int(match["single"]), daily_limit_fen=int(match["daily"])
        )
    only = reader.text("bank")
    if not only:
        return banks
    if only not in set(Bank):
        reader.problems.append(f"bank must be one of {known} / bank 只能是 {known}")
        return banks
    return {Bank(only): banks[Bank(only)]}
