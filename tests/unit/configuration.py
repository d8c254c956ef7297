"""A configuration as an operator writes it, whole; stories change what they are about."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from payswitch.settings import Settings, SettingsError, load

API_KEY = "sk_live_8f1c5a"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdefghijklmn").decode()
KEY_TEXT = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"

SERVICE = "[service]\nport = 9000\n"
SHOP = f"""
[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "{SECRET}"
api_key_sha256 = "{hashlib.sha256(API_KEY.encode()).hexdigest()}"
"""
CHANNEL = """
[[channels]]
channel_id = "wechat-main"
merchant_id = "m-1"
connector = "wechatpay"
name = "微信支付·主"
products = ["wechat_native"]
upstream = "wechat"
[channels.account]
mchid = "1600000000"
api_v3_key = "0123456789abcdef0123456789abcdef"
"""
WHOLE = SERVICE + SHOP + CHANNEL


def written(folder: Path, text: str) -> Path:
    path = folder / "payswitch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str = WHOLE, environ: Mapping[str, str] | None = None) -> Settings:
    return load(written(folder, text), environ or {})


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """What is told about a configuration that cannot be used."""
    with pytest.raises(SettingsError) as refused:
        loaded(folder, text, environ)
    assert str(folder / "payswitch.toml") in str(refused.value), "which file"
    return refused.value.problems
