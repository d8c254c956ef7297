"""Examples of the admin API for the OpenAPI document."""

from __future__ import annotations

from typing import Any

_CHANNEL: dict[str, Any] = {
    "channel_id": "wechat-main",
    "merchant_id": "m-1",
    "connector": "wechatpay",
    "name": "微信支付·主",
    "origin": "admin",
    "state": "enabled",
    "revision": 3,
    "version": 1,
    "products": ["wechat_jsapi", "wechat_native"],
    "upstream": "wechat",
    "tier": 1,
    "fee_bp": 60,
    "min_fen": 1,
    "max_fen": None,
    "daily_cap_fen": 50_000_000,
    "tags": [],
    "notify_url": "https://pay.example.com/notify/wechat-main",
    "created_at": "2026-11-11T09:00:00.000Z",
    "updated_at": "2026-11-11T09:30:00.000Z",
}

REQUESTS: dict[str, dict[str, Any]] = {}

ANSWERS: dict[str, dict[str, Any]] = {
    "ChannelView": {"usual": {"summary": "In use", "value": _CHANNEL}},
    "ChannelList": {"usual": {"summary": "One channel", "value": {"data": [_CHANNEL]}}},
}
