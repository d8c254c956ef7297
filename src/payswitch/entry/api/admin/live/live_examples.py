"""Examples of the live board for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.admin.examples import QUALITY

_WINDOW: dict[str, Any] = {
    "window": "15m",
    "since": "2026-11-11T12:23:00.000Z",
    "created": 214,
    "created_fen": 2_760_600,
    "paid": 196,
    "paid_fen": 2_528_400,
    "lost": 9,
    "lost_fen": 116_100,
    "lost_by_customer": 8,
    "of_all": {"good": 196.0, "of": 205.0, "share": 0.9561, "low": 0.9186, "high": 0.9767},
    "of_payable": {"good": 196.0, "of": 197.0, "share": 0.9949, "low": 0.9718, "high": 0.9991},
    "credential": {"count": 214, "p50_ms": 84.4, "p95_ms": 181.0},
    "switch": {"count": 12, "p50_ms": 23.7, "p95_ms": 61.5},
    "switches": 12,
    "hedges": 3,
    "saved": 11,
    "saved_fen": 141_900,
    "surplus": 0,
    "surplus_fen": 0,
}
_TREND = [0] * 107 + [3, 4, 2, 5, 3, 4, 0, 0, 0, 0, 0, 1]
_CHANNEL: dict[str, Any] = {
    "channel_id": "wechat-main",
    "name": "微信支付·主",
    "health": "open",
    "creates": {"good": 93.0, "of": 96.0, "share": 0.9688, "low": 0.9118, "high": 0.9893},
    "p95_ms": 181.0,
    "exposed": 1,
    "share": 0.0714,
    "wanted_share": 0.72,
    "trend": _TREND,
    "origin": "admin",
    "state": "enabled",
    "tier": 1,
    "fee_bp": 60,
    "upstream": "wechat",
    "disabled": None,
    "only_for": {"shops": [], "methods": []},
    "quality": QUALITY,
    "traffic": [
        {
            "product": "wechat_native",
            "exposed": 1,
            "paid": 1,
            "share": 0.0714,
            "wanted_share": 0.72,
            "trend": _TREND,
        }
    ],
}
_MOMENT: dict[str, Any] = {
    "kind": "breaker",
    "at": "2026-11-11T12:37:06.412Z",
    "payment_id": "",
    "channel_id": "wechat-main",
    "to_channel": "",
    "product": "wechat_native",
    "before": "healthy",
    "after": "open",
    "code": "",
    "reason": "the channel said that it is busy or in maintenance",
    "reason_zh": "渠道自报繁忙或维护",
    "took_ms": None,
    "amount_fen": None,
}
_LIVE: dict[str, Any] = {
    "at": "2026-11-11T12:37:08.000Z",
    "started_at": "2026-11-10T02:00:00.000Z",
    "windows": [_WINDOW],
    "minutes": {"created": [14] * 60, "paid": [13] * 60, "switches": [0] * 59 + [12]},
    "open_items": {
        "in_doubt": {"count": 1, "amount_fen": 12_900, "oldest": "2026-11-11T12:36:40.000Z"},
        "surplus": {"count": 0, "amount_fen": 0, "oldest": None},
        "alerts": 1,
    },
    "channels": [_CHANNEL],
    "moments": [_MOMENT],
    "splits": [{"merchant_id": "m-1", "policy_version": "7", "mode": "fixed", "best": 70, "warm": 20, "explore": 10}],
}

REQUESTS: dict[str, dict[str, Any]] = {}
ANSWERS: dict[str, dict[str, Any]] = {"LiveView": {"usual": {"summary": "A channel just fell ill", "value": _LIVE}}}
