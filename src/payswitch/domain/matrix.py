"""环境 × 支付方式: where the customer's screen is, against what they can pay with there. Derived from the capability
tables, so that routing, the docs and the API cannot tell different things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch.domain.channel import Capability, CapabilityTable, Environment, Method

ROWS: Final = (
    Environment.WECHAT,
    Environment.WECHAT_MINI,
    Environment.ALIPAY,
    Environment.UNIONPAY,
    Environment.MOBILE,
    Environment.RESTRICTED,
    Environment.DESKTOP,
    Environment.APP,
    Environment.COUNTER,
)
"""In the order in which people read them: the wallets' own pages, phones, the rest."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One product of one connector: a way to pay."""

    connector: str
    capability: Capability


Matrix = Mapping[Environment, Mapping[Method, tuple[Way, ...]]]
"""Every environment has its row; a method that nothing offers there is not in it."""


def matrix_of(tables: Mapping[str, CapabilityTable]) -> Matrix:
    """The matrix of these connectors, each cell in the order of their tables."""
    found: dict[Environment, dict[Method, list[Way]]] = {row: {} for row in ROWS}
    for connector, table in tables.items():
        for capability in table.values():
            for environment in capability.environments:
                cell = found[environment].setdefault(capability.method, [])
                cell.append(Way(connector=connector, capability=capability))
    return {
        environment: {method: tuple(row[method]) for method in Method if method in row}
        for environment, row in found.items()
    }


def needs(capability: Capability) -> tuple[str, ...]:
    """What must be known of the customer, or come from them, before this product can be used."""
    wanted = {
        "openid": capability.needs_openid,
        "buyer_id": capability.needs_buyer_id,
        "agreement": capability.needs_agreement,
    }
    consent = () if capability.consent is None else (capability.consent.value,)
    return (*(name for name, needed in wanted.items() if needed), *consent)
