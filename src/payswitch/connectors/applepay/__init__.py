"""Apple Pay 网页支付: a merchant session at Apple, the customer's token to an acquirer on UnionPay's wire.

See README.md.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.applepay.connector import ApplePayConnector

CONNECTOR: Final = ApplePayConnector()

__all__ = ["CONNECTOR", "ApplePayConnector"]
