"""Alipay (支付宝), with Huabei instalments (花呗分期): OpenAPI v1 gateway, RSA2, both key modes. See README.md."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.alipay.connector import AlipayConnector

CONNECTOR: Final = AlipayConnector()

__all__ = ["CONNECTOR", "AlipayConnector"]
