"""What the switch and a connector say to each other: the same words for every channel.

A connector turns these into its channel's wire format and back. Amounts are fen, times Unix milliseconds;
the connector converts. Every answer carries exactly one `Outcome`; no connector raises for anything a channel
or a network can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from payswitch.domain.channel import Credential, Environment, Product
from payswitch.domain.outcome import Outcome


class CreateOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please make an order that the customer can pay."""

    channel_order_no: str
    product: Product
    amount_fen: int
    subject: str
    created_at_ms: int
    expires_at_ms: int
    """Absolute; always sent to the channel, so that no credential lives for ever."""
    notify_url: str
    """Where the channel notifies us: no query string, no fragment."""
    return_url: str | None = None
    """Where the wallet sends the browser back to; display only, never evidence."""
    environment: Environment
    openid: str | None = None
    buyer_id: str | None = None
    client_ip: str = "127.0.0.1"
    instalments: int | None = None


class CreateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`credential` is present exactly when the outcome is ACCEPTED."""

    outcome: Outcome
    credential: Credential | None = None


class OrderRef(msgspec.Struct, frozen=True, kw_only=True):
    """Names an order at the channel."""

    channel_order_no: str
    product: Product
    amount_fen: int
    created_at_ms: int
    transaction_id: str | None = None


class OrderFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel asserts about one order, with verified origin (signature or authenticated query).

    `outcome.kind` is PAID, PENDING, CLOSED or NOT_FOUND, or says why nothing is known. The amounts and the
    merchant are the channel's own words; the funnel compares them with ours before believing PAID.
    """

    channel_order_no: str
    outcome: Outcome
    amount_fen: int | None = None
    currency: str | None = None
    merchant_ok: bool = True
    """Whether merchant id and app id in the message are this channel's own."""
    transaction_id: str | None = None
    paid_at_ms: int | None = None


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please pay back (a part of) a paid order."""

    order: OrderRef
    out_refund_no: str
    amount_fen: int
    reason: str
    notify_url: str
    created_at_ms: int | None = None
    """When the refund was made here, the same in every call about it: some channels know a refund by its number and
    its day, and would pay back a second time under the same number on another day."""


class RefundFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel asserts about one refund. `outcome.kind`: PAID means the money went back, PENDING that
    the channel took it and works on it, CLOSED or REFUSED_* that this number will never pay back, NOT_FOUND
    that the channel does not know the number; `merchant_side` marks what a person must mend."""

    out_refund_no: str
    outcome: Outcome
    amount_fen: int | None = None
    channel_refund_id: str | None = None


class NotifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound notification exactly as it arrived. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes to answer a channel with."""

    status: int
    content_type: str = "text/plain"
    body: bytes = b""


class NotifyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A verified notification's facts, or the reason why it is not believed.

    `outcome` is PAID/PENDING/CLOSED kinds only inside the facts; here it says whether the message itself is
    trusted: ACCEPTED or UNTRUSTED (or REFUSED_CONFIG for a body that is no notification at all).
    `probe` marks a deliberate signature test of the channel: refuse it, raise no alarm.
    """

    outcome: Outcome
    order: OrderFact | None = None
    refund: RefundFact | None = None
    probe: bool = False
    reply: Reply | None = None
    """What to answer once the facts are committed, where that depends on the message itself (Huifu wants to hear its
    number); None: `ChannelClient.acknowledge(True)`."""


class ChannelClient(Protocol):
    """One configured account on one connector, keys loaded, ready to talk.

    `timeout_ms` is the one explicit deadline of a call, connecting included. No method raises for network or
    channel trouble, none resends by itself.
    """

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer: ...

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact: ...

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """CLOSED when the channel confirms, DUPLICATE when it says "already paid" (query then), NOT_FOUND when
        the order does not exist (yet), UNKNOWN and so on otherwise. Never evidence by itself: query after it."""
        ...

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact: ...

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact: ...

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """Verify and read a notification. No I/O: it must be acknowledged within seconds."""
        ...

    def acknowledge(self, accepted: bool) -> Reply:
        """What the channel wants to hear: after the facts are committed, or when they were refused."""
        ...
