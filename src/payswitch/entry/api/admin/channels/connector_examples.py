"""Examples of connectors for the OpenAPI document."""

from __future__ import annotations

from typing import Any

_FORM: dict[str, Any] = {
    "connector": "epay",
    "title": "epay protocol",
    "title_zh": "易支付协议",
    "level": "simulated",
    "note": "",
    "products": [{"product": "epay_alipay", "method": "alipay", "push": True}],
    "account": [
        {"key": "pid", "required": True, "secret": False, "hint": "商户ID，平台商户后台可见"},
        {"key": "key", "required": True, "secret": True, "hint": "商户密钥（V1 MD5）"},
    ],
}

REQUESTS: dict[str, dict[str, Any]] = {}
ANSWERS: dict[str, dict[str, Any]] = {
    "ConnectorForm": {"usual": {"summary": "An epay platform", "value": _FORM}},
    "ConnectorList": {"usual": {"summary": "One connector", "value": {"data": [_FORM]}}},
}
