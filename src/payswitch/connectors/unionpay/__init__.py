"""中国银联 UnionPay 全渠道 (ACP) 5.1.0: 云闪付 and what rides on it (Apple Pay, handset pays). See README.md."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.unionpay.connector import UnionPayConnector

CONNECTOR: Final = UnionPayConnector()

__all__ = ["CONNECTOR", "UnionPayConnector"]
