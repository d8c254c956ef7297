"""Asks a connector what its accounts hold: by letting it read an empty one.

So no connector has to describe its account a second time, beside the code that reads it, and an external one is asked
in the same way: which entries it looks for, and which of them it misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from payswitch.connectors.contract import AccountProblem, Connector
from payswitch.connectors.quality import QualityProblem, quality_of
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import Channel, Product
from payswitch.domain.connector_form import AccountField, ConnectorForm, OfferedProduct
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

_MISSING = re.compile(r"(?P<key>[a-z][a-z0-9_]*):? is missing\b[^：]*(?:：(?P<hint>.*))?")


class _Asked(Mapping[str, str]):
    """An account without anything in it, that remembers what was looked for."""

    def __init__(self) -> None:
        self.keys_asked: dict[str, None] = {}

    def __getitem__(self, key: str) -> str:
        self.keys_asked[key] = None
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def form_of(
    connector: Connector,
    products: frozenset[Product] | None,
    *,
    transport: HttpTransport,
    clock: Clock,
    ids: IdSource,
) -> ConnectorForm:
    """The form for a channel with these products of the connector; None: with all of them."""
    asked, problems = _Asked(), list[str]()
    channel = Channel(
        channel_id="form",
        merchant_id="form",
        connector=connector.name,
        name="",
        products=frozenset(connector.capabilities) if products is None else products,
        upstream=connector.name,
    )
    try:
        connector.open(channel, asked, transport=transport, clock=clock, ids=ids)
    except AccountProblem as problem:
        problems = problem.problems
    missing = {found["key"]: found["hint"] or "" for text in problems if (found := _MISSING.match(text))}
    keys = [*asked.keys_asked, *sorted(connector.shown_keys - set(asked.keys_asked))]
    level, note = _level(connector)
    return ConnectorForm(
        connector=connector.name,
        title=connector.title_en,
        title_zh=connector.title_zh,
        level=level,
        note=note,
        products=[
            OfferedProduct(product=product, method=capability.method, push=capability.push)
            for product, capability in connector.capabilities.items()
        ],
        account=[
            AccountField(
                key=key,
                required=key in missing,
                secret=key not in connector.shown_keys,
                hint=missing.get(key, ""),
            )
            for key in keys
        ],
    )


def _level(connector: Connector) -> tuple[str, str]:
    try:
        found = quality_of(connector)
    except QualityProblem:
        return "", ""
    return found.level.value, found.note
