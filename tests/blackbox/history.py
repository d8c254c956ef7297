"""What can be seen of the switch from outside: calls of its public API, the webhooks a shop received, and the channels'
own ledgers. Nothing in here comes from its database.

Times are Unix milliseconds of one clock (the observer's), so that "before" and "after" mean something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec


class Call(msgspec.Struct, kw_only=True):
    """One request of a shop's program. `status` None: no answer came, and whether it took effect is not known."""

    what: str
    """create, get, switch, confirm, cancel, refund."""
    called_ms: float
    answered_ms: float | None = None
    out_trade_no: str
    key: str | None = None
    """The `Idempotency-Key`."""
    body_digest: str = ""
    status: int | None = None
    view: Mapping[str, Any] = {}
    """The answer's JSON."""

    @property
    def done(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of one event, as the shop's server took it (signature verified)."""

    at_ms: float
    event_id: str
    body: bytes


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One order in a channel's ledger, at the end."""

    account: str
    channel_order_no: str
    amount_fen: int
    paid: bool
    """Money came in, whether or not it went back since."""
    returned: Mapping[str, int] = {}
    """out_refund_no -> fen that really went back."""


class History(msgspec.Struct, kw_only=True):
    """Everything that was seen in one run. `finals`: what `GET /v1/payments/{id}` says after everything has settled."""

    calls: list[Call] = []
    hearings: list[Hearing] = []
    rows: list[Row] = []
    finals: dict[str, Mapping[str, Any]] = {}
    undeliverable: set[str] = set()
    """Ids of events that the API calls dead: the shop was away for longer than they are tried."""


def digest(value: object) -> str:
    """Of a request's body: two requests are the same when this is."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
