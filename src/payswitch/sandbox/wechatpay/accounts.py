"""Making WeChat accounts beyond the plain ones of `world.py`: a sub-merchant under a service provider."""

from __future__ import annotations

import secrets

import msgspec

from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.world import AccountSpec, wechat_account

_DIGITS = "0123456789"


def wechat_partner_account(
    channel_id: str,
    base_url: str,
    *,
    name: str = "微信支付沙箱·服务商",
    sub_appid: bool = True,
    platform_certificate: bool = False,
    key_bits: int = 2048,
) -> AccountSpec:
    """A new service provider with one sub-merchant, in public-key mode unless told otherwise. `sub_appid`: whether the
    sub-merchant has an app id of its own, under which its customers have their openids."""
    made = wechat_account(
        channel_id,
        base_url,
        name=name,
        platform_certificate=platform_certificate,
        public_key=not platform_certificate,
        key_bits=key_bits,
    )
    return another_sub_merchant(made, channel_id, sub_appid=sub_appid)


def another_sub_merchant(provider: AccountSpec, channel_id: str, *, sub_appid: bool = True) -> AccountSpec:
    """Another sub-merchant of the same provider: the same keys, another merchant's money."""
    if not isinstance(provider.keys, WechatKeys):
        raise TypeError(f"account {provider.channel_id} has no WeChat Pay keys")
    keys = msgspec.structs.replace(
        provider.keys,
        sub_mchid="17" + "".join(secrets.choice(_DIGITS) for _ in range(8)),
        sub_appid="wx" + secrets.token_hex(8) if sub_appid else "",
    )
    return msgspec.structs.replace(provider, channel_id=channel_id, keys=keys)


def with_mini_program(account: AccountSpec) -> AccountSpec:
    """The same account with a mini program that has its own app id."""
    if not isinstance(account.keys, WechatKeys):
        raise TypeError(f"account {account.channel_id} has no WeChat Pay keys")
    keys = msgspec.structs.replace(account.keys, mini_appid="wx" + secrets.token_hex(8))
    return msgspec.structs.replace(account, keys=keys)
