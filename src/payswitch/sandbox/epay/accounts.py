"""Makes merchants at an epay platform, with every key of both sides."""

from __future__ import annotations

import secrets
from typing import Final

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.epay.keys import EpayKeys
from payswitch.sandbox.world import AccountSpec

_KEY_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_KEY_LENGTH: Final = 32


def epay_account(
    channel_id: str,
    base_url: str,
    *,
    name: str = "易支付沙箱",
    version: str = "1",
    wallets: tuple[str, ...] = ("alipay", "wechat"),
    key_bits: int = 2048,
) -> AccountSpec:
    """A new merchant: `version` "1" with an MD5 key, "2" with a pair of RSA keys on each side."""
    keys = make_epay_keys(version=version, key_bits=key_bits)
    return AccountSpec(channel_id=channel_id, name=name, base_url=base_url, wallets=wallets, keys=keys)


def make_epay_keys(*, version: str = "1", key_bits: int = 2048) -> EpayKeys:
    pid = str(1_000 + secrets.randbelow(9_000_000))
    if version == "1":
        key = "".join(secrets.choice(_KEY_ALPHABET) for _ in range(_KEY_LENGTH))
        return EpayKeys(pid=pid, version=version, key=key)
    if version != "2":
        raise ValueError("an epay platform speaks version 1 or 2")
    merchant, platform = generate_private_pem(key_bits), generate_private_pem(key_bits)
    return EpayKeys(
        pid=pid,
        version=version,
        merchant_private_key=merchant,
        merchant_public_key=SigningKey(merchant).public_pem,
        platform_private_key=platform,
        platform_public_key=SigningKey(platform).public_pem,
    )
