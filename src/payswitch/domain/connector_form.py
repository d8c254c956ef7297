"""What setting up a channel of one connector asks for: for forms, and for programs that fill them in."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Method, Product


class AccountField(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a channel's account."""

    key: str
    required: bool
    """For the products that the form was asked for; an alternative to another entry is not."""
    secret: bool
    """Never shown again."""
    hint: str
    """What to enter, in the connector's own words; empty where the name says it."""


class OfferedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract on this connector may include."""

    product: Product
    method: Method
    push: bool
    """False: the call itself debits."""


class ConnectorForm(msgspec.Struct, frozen=True, kw_only=True):
    """One connector."""

    connector: str
    title: str
    title_zh: str
    level: str
    """How much of reality has met it: `simulated`, `third-party-client`, `live`; empty: it does not say."""
    note: str
    """Why it stands at this level."""
    products: list[OfferedProduct]
    account: list[AccountField]
    """In the order in which the connector reads them."""
