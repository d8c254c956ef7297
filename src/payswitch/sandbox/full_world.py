"""The demo's world: an account of every kind that the sandbox speaks, as a shop with many contracts would have them."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.sandbox.applepay.accounts import applepay_account
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.quickpay.accounts import five_banks, quickpay_account
from payswitch.sandbox.robots.accounts import make_robots
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.wechatpay.accounts import another_sub_merchant, with_mini_program
from payswitch.sandbox.world import AccountSpec, World, default_five


def make_full_world(base_url: str, *, key_bits: int = 2048) -> World:
    """The default five and one or more accounts of every other family. Takes a few seconds: about thirty RSA keys."""
    base_url = base_url.rstrip("/")
    five = {account.channel_id: account for account in default_five(base_url, key_bits=key_bits).accounts}
    five["wechat-main"] = with_mini_program(five["wechat-main"])
    accounts = [*five.values(), *_others(five["wechat-backup"], base_url, key_bits)]
    return World(base_url=base_url, accounts=accounts, robots=make_robots())


def _others(provider: AccountSpec, base_url: str, key_bits: int) -> list[AccountSpec]:
    partner = another_sub_merchant(provider, "wechat-partner")
    return [
        named(partner, "微信支付·服务商"),
        unionpay_account(base_url, "unionpay-main", name="银联·云闪付", key_bits=key_bits),
        huifu_account("huifu-main", base_url, name="汇付斗拱", key_bits=key_bits),
        quickpay_account("allinpay-main", base_url, name="通联收银宝", key_bits=key_bits),
        *five_banks(base_url),
        named(applepay_account(base_url, "applepay-web", key_bits=key_bits), "Apple Pay 网页支付"),
        epay_account("epay-v1", base_url, name="易支付·上游甲"),
        epay_account("epay-v2", base_url, name="易支付·上游乙", version="2", key_bits=key_bits),
    ]


def named(account: AccountSpec, name: str) -> AccountSpec:
    """The same account, called otherwise on the wallet page."""
    return replace(account, name=name)
