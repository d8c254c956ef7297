"""易支付 (epay) platforms as an upstream, protocol V1 (MD5) and V2 (RSA). What is believed and why: README.md."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.epay.connector import EpayConnector

CONNECTOR: Final = EpayConnector()

__all__ = ["CONNECTOR", "EpayConnector"]
