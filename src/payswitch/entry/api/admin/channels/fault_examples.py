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
    "left_s": 48.2,
    "banks": None,
    "min_fen": 50_000,
    "max_fen": None,
    "product": None,
    "code": "",
    "when": "before",
    "created": False,
    "times": 1,
    "delay_s": 0.0,
}
_LATE: dict[str, Any] = {"kind": "latency", "share_percent": 50, "ms": 2_000}
_BANK: dict[str, Any] = {"kind": "wallet_error", "banks": ["icbc"], "lasts_s": 300}
_LARGE: dict[str, Any] = {"kind": "error_code", "min_fen": 50_000, "max_fen": 500_000, "done": True}
_PATIENT: dict[str, Any] = {
    "channel_id": "wechat-main",
    "name": "微信支付·主",
    "kinds": ["latency", "hang", "refuse", "http_5xx", "error_code", "wallet_error"],
    "call_banks": [],
    "wallet_banks": ["icbc"],
    "busy_code": "SYSTEM_ERROR",
    "bank_code": "SYSTEM_ERROR",
    "faults": [_FAULT],
}

_ICBC: dict[str, Any] = {"bank": "icbc", "name": "中国工商银行"}

REQUESTS: dict[str, dict[str, Any]] = {
    "MakeIll": {
        "usual": {"summary": "Every second answer is two seconds late", "value": _LATE},
        "bank": {"summary": "Customers of one bank cannot pay, for five minutes", "value": _BANK},
        "large": {"summary": "Busy for 500 to 5,000 yuan, though the orders are made", "value": _LARGE},
    },
}
ANSWERS: dict[str, dict[str, Any]] = {
    "SandboxView": {
        "usual": {
            "summary": "One channel hangs",
            "value": {"available": True, "channels": [_PATIENT], "banks": [_ICBC]},
        }
    }
}
