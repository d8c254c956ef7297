"""The sandbox accounts that the conformance suite runs on: at least one per connector, each key mode once."""

from __future__ import annotations

from payswitch.sandbox.applepay.accounts import applepay_account
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.quickpay.accounts import quickpay_account
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World, alipay_account, wechat_account

ACCOUNTS = {
    "wechat-certificate": "wechatpay",
    "wechat-public-key": "wechatpay",
    "alipay-public-key": "alipay",
    "alipay-certificate": "alipay",
    "unionpay": "unionpay",
    "apple-pay": "applepay",
    "huifu": "huifu",
    "allinpay": "quickpay",
    "epay-v2": "epay",
}
"""Account -> connector."""

WITH_BILLS = (
    "wechat-certificate",
    "wechat-public-key",
    "alipay-public-key",
    "alipay-certificate",
    "unionpay",
    "huifu",
    "allinpay",
    "epay-v2",
)
"""Accounts whose client can fetch a daily bill."""


def make_world(base_url: str) -> World:
    """All of them at one sandbox."""
    return World(
        base_url=base_url,
        accounts=[
            wechat_account("wechat-certificate", base_url),
            wechat_account("wechat-public-key", base_url, platform_certificate=False, public_key=True),
            alipay_account("alipay-public-key", base_url),
            alipay_account("alipay-certificate", base_url, certificate_mode=True),
            unionpay_account(base_url, "unionpay"),
            applepay_account(base_url, "apple-pay"),
            huifu_account("huifu", base_url),
            quickpay_account("allinpay", base_url),
            # V1 has no partial refunds and no refund numbers: its own tests tell how it copes.
            epay_account("epay-v2", base_url, version="2"),
        ],
    )
