"""Allinpay 收银宝 (通联支付): WeChat, Alipay, UnionPay and e-CNY codes over one provider, and the banks' quick pay
(快捷支付: sign a card up once, then pay with an SMS code). What is sent and where each format comes from: README.md."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.quickpay.connector import QuickpayConnector

CONNECTOR: Final = QuickpayConnector()

__all__ = ["CONNECTOR", "QuickpayConnector"]
