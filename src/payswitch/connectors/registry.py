"""Every connector, one line each: what `connector = "..."` in the configuration may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payswitch.connectors import alipay, applepay, epay, huifu, quickpay, unionpay, wechatpay
from payswitch.connectors.contract import Connector
from payswitch.connectors.discovery import Registry, with_installed

CONNECTORS: Final[Mapping[str, Connector]] = {
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
"""Those that come with PaySwitch."""


def load_registry() -> Registry:
    """Those, and the ones of installed packages (entry point group `payswitch.connectors`)."""
    return with_installed(CONNECTORS)
