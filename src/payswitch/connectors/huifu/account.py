"""One Huifu account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.connectors.account_reading import AccountReader
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.huifu.bill_columns import BillColumns, read_columns
from payswitch.domain.channel import Product
from payswitch.kit.addresses import is_web_address
from payswitch.kit.crypto import SigningKey, VerifyingKey

PRODUCTION: Final = "https://api.huifu.com"
SHOWN_KEYS: Final = frozenset(
    {
        "base_url",
        "sys_id",
        "product_id",
        "huifu_id",
        "wx_appid",
        "wx_mini_appid",
        "unionpay_plate_url",
        "ecny_bank_no",
        "bill_columns",
    }
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = SHOWN_KEYS | {"merchant_private_key", "huifu_public_key"}


class HuifuAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is ready to use."""

    base_url: str
    sys_id: str
    """系统号: who calls, the merchant itself or its service provider."""
    product_id: str
    """产品号, given by Huifu."""
    huifu_id: str
    """商户号: whose money it is."""
    signing_key: SigningKey
    huifu_key: VerifyingKey
    wx_appid: str
    """The 公众号 that customers' openids belong to."""
    wx_mini_appid: str
    """The same for the mini program."""
    unionpay_plate_url: str
    """The address of the page that asks for UnionPay's in-app payment (台牌码), where the contract demands it."""
    ecny_bank_no: str
    """数字货币运营机构编号, where Huifu gave one."""
    bill_columns: BillColumns
    """What the columns of the trade bill are called."""


class _Reader(AccountReader):
    """What an account of this family has besides."""

    def address(self, key: str, default: str, *, with_query: bool = False) -> str:
        value = self.text(key, default)
        if value and not is_web_address(value, with_query=with_query):
            self.problems.append(
                f"{key} must be an http(s) address / {key} 必须是完整的 http(s) 地址 {default}".rstrip()
            )
        return value

    def unknown_keys(self) -> None:
        for key in sorted(set(self._account) - _KNOWN_KEYS):
            self.problems.append(f"{key} is not a key of a huifu account / huifu 账户没有 {key} 这一项")


def read_account(channel_id: str, account: Account, *, products: frozenset[Product]) -> HuifuAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = _Reader(account)
    signing_key = reader.parsed("merchant_private_key", SigningKey, "商户私钥（RSA），PEM 或控台给出的一行 base64")
    huifu_key = reader.parsed("huifu_public_key", VerifyingKey, "汇付公钥（不是商户公钥）")
    if signing_key is not None and huifu_key is not None and signing_key.public_pem == huifu_key.pem:
        reader.problems.append(
            "huifu_public_key is the merchant's own public key; take Huifu's from the console / "
            "huifu_public_key 填成了商户公钥，请在汇付控台复制“汇付公钥”"
        )
    texts = {
        "sys_id": reader.required("sys_id", "汇付控台的系统号"),
        "product_id": reader.required("product_id", "汇付控台的产品号"),
        "huifu_id": reader.required("huifu_id", "收款商户的汇付商户号"),
        "wx_appid": _appid(reader, "wx_appid", Product.WECHAT_JSAPI, products),
        "wx_mini_appid": _appid(reader, "wx_mini_appid", Product.WECHAT_MINI, products),
        "ecny_bank_no": reader.text("ecny_bank_no"),
        "base_url": reader.address("base_url", PRODUCTION).rstrip("/"),
        "unionpay_plate_url": reader.address("unionpay_plate_url", "", with_query=True),
    }
    columns = read_columns(reader.text("bill_columns"), reader.problems)
    reader.unknown_keys()
    if reader.problems or signing_key is None or huifu_key is None:
        raise AccountProblem(channel_id, reader.problems)
    return HuifuAccount(signing_key=signing_key, huifu_key=huifu_key, bill_columns=columns, **texts)


def _appid(reader: _Reader, key: str, product: Product, products: frozenset[Product]) -> str:
    """An openid without its appid cannot be paid with: found out now, not by the first customer."""
    if product in products:
        return reader.required(key, f"channel product {product.value} / 产品 {product.value} 需要微信 appid")
    return reader.text(key)
