"""Examples of the fault panel for the OpenAPI document."""

from __future__ import annotations

from typing import Any

_FAULT: dict[str, Any] = {
    "account": "wechat-main",
    "kind": "hang",
    "share": 1.0,
    "ms": 0,
    "active": True,
    "struck": 12,
}
_LATE: dict[str, Any] = {"kind": "latency", "share_percent": 50, "ms": 2_000}
_PATIENT: dict[str, Any] = {
    "channel_id": "wechat-main",
    "name": "微信支付·主",
    "kinds": ["latency", "hang", "refuse", "http_5xx", "error_code", "wallet_error"],
    "faults": [_FAULT],
}

REQUESTS: dict[str, dict[str, Any]] = {
    "MakeIll": {"usual": {"summary": "Every second answer is two seconds late", "value": _LATE}},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "SandboxView": {"usual": {"summary": "One channel hangs", "value": {"available": True, "channels": [_PATIENT]}}}
}
