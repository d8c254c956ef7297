"""Every connector, one line each: what `connector = "..."` in the configuration may name."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.connectors import alipay, applepay, epay, huifu, quickpay, unionpay, wechatpay
from payswitch.connectors.contract import Connector

CONNECTORS: Mapping[str, Connector] = {
    connector.name: connector
    for connector in (
        wechatpay.CONNECTOR,
        alipay.CONNECTOR,
        epay.CONNECTOR,
        huifu.CONNECTOR,
        quickpay.CONNECTOR,
        unionpay.CONNECTOR,
        applepay.CONNECTOR,
    )
}
