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

_QUALITY: dict[str, Any] = {
    "channel_id": "wechat-main",
    "merchant_id": "m-1",
    "connector": "wechatpay",
    "name": "微信支付·主",
    "enabled": True,
    "limits": {"daily_cap_fen": 50_000_000, "used_today_fen": 31_200_000, "remaining_today_fen": 18_800_000},
    "certificates": [
        {"name": "platform_certificates", "ends_at": "2026-12-05T03:00:00.000Z", "days_left": 23},
    ],
    "probe": {
        "at": "2026-11-11T12:36:30.000Z",
        "product": "wechat_native",
        "severity": "ok",
        "outcome": "not_found",
        "code": "ORDER_NOT_EXIST",
        "latency_ms": 84.2,
        "what": "answers, and believes us / 应答正常，双向验签通过 (84 ms)",
        "fix": "",
    },
    "lines": [
        {
            "product": "wechat_native",
            "method": "wechat",
            "server_created": True,
            "state": "healthy",
            "since": None,
            "reason": "",
            "reason_zh": "",
            "next_probe_at": None,
            "calls": 412,
            "creates": {"good": 405.0, "of": 409.0, "share": 0.9902, "low": 0.9751, "high": 0.9962},
            "completions": {"good": 231.4, "of": 268.9, "share": 0.8605, "low": 0.8142, "high": 0.8968},
            "p50_ms": 88.0,
            "p95_ms": 161.5,
            "last_error": {"outcome": "refused_channel", "code": "SYSTEM_ERROR", "at": "2026-11-11T12:31:02.000Z"},
            "min_fen": 1,
            "max_fen": None,
        }
    ],
}

REQUESTS: dict[str, dict[str, Any]] = {}

ANSWERS: dict[str, dict[str, Any]] = {
    "ChannelView": {"usual": {"summary": "In use", "value": _CHANNEL}},
    "ChannelQualityView": {"usual": {"summary": "At work", "value": _QUALITY}},
    "QualityList": {"usual": {"summary": "One channel", "value": {"data": [_QUALITY]}}},
    "ChannelList": {"usual": {"summary": "One channel", "value": {"data": [_CHANNEL]}}},
}
