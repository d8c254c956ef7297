"""New Huifu accounts for a sandbox's world."""

from __future__ import annotations

import secrets

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.huifu.keys import HuifuKeys
from payswitch.sandbox.world import AccountSpec

WALLETS = ("wechat", "alipay", "unionpay", "ecny")
"""Each order can be paid by the one its product belongs to."""


def huifu_account(
    channel_id: str, base_url: str, *, name: str = "汇付斗拱沙箱", provider: bool = False, key_bits: int = 2048
) -> AccountSpec:
    """A new merchant; with `provider` it calls under its service provider's `sys_id`."""
    merchant_key, huifu_key = generate_private_pem(key_bits), generate_private_pem(key_bits)
    huifu_id = _number()
    keys = HuifuKeys(
        sys_id=_number() if provider else huifu_id,
        product_id="YYZY",
        huifu_id=huifu_id,
        merchant_private_key=merchant_key,
        merchant_public_key=SigningKey(merchant_key).public_pem,
        huifu_private_key=huifu_key,
        huifu_public_key=SigningKey(huifu_key).public_pem,
        wx_appid="wx" + secrets.token_hex(8),
        wx_mini_appid="wx" + secrets.token_hex(8),
    )
    return AccountSpec(channel_id=channel_id, name=name, base_url=base_url, wallets=WALLETS, keys=keys)


def _number() -> str:
    return "66660001" + "".join(secrets.choice("0123456789") for _ in range(8))
