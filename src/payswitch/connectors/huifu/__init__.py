"""Huifu 斗拱 (汇付天下): e-CNY, and a second upstream path for WeChat Pay, Alipay and UnionPay. See README.md."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.huifu.connector import HuifuConnector

CONNECTOR: Final = HuifuConnector()

__all__ = ["CONNECTOR", "HuifuConnector"]
