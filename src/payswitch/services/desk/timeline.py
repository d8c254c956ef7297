"""支付时间线: everything that is recorded of one payment, in the order in which it happened, one sentence each.

Never in it: credentials, openids, keys, card numbers. What a channel said is shown as its code and message only.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from payswitch.domain.events import Event
from payswitch.domain.ledger import Transfer
from payswitch.domain.operator import Operator
from payswitch.domain.payment import Incident, PaymentFile
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.kit.money import yuan_from_fen
from payswitch.services.context import Context
from payswitch.services.decisions import explaining
from payswitch.services.decisions.explaining import DecisionStory, Explanation

MOST_DEEDS = 50
"""Of operators, about one thing: what a program does more often than that, nobody reads."""

Line = tuple[str, str]
"""One sentence: Chinese, English."""


class MomentKind(StrEnum):
    """What happened, as far as a page shows it differently. In the order in which they follow in one millisecond."""

    REQUEST = "request"
    DECISION = "decision"
    ATTEMPT = "attempt"
    ANSWER = "answer"
    EXPOSED = "exposed"
    DEBIT = "debit"
    REVERSE = "reverse"
    RESULT = "result"
    PAYMENT = "payment"
    REFUND = "refund"
    LEDGER = "ledger"
    INCIDENT = "incident"
    EVENT = "event"
    OPERATOR = "operator"


class Tone(StrEnum):
    """How much a person should look up."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the timeline."""

    at_ms: int
    kind: MomentKind
    said: Line
    tone: Tone = Tone.PLAIN
    details: tuple[Line, ...] = ()
    """More of it, for whoever unfolds the line: the decision's reasons."""
    attempt_id: str | None = None
    refund_id: str | None = None
    event_id: str | None = None
    incident_id: str | None = None
    decision_id: str | None = None
    channel_id: str | None = None
    amount_fen: int | None = None
    took_ms: int | None = None
    """How long it lasted, where that is known: a channel's answer, the customer's paying, a delivery."""
    code: str = ""
    """The channel's own code."""


def yuan(fen: int) -> Line:
    return f"{yuan_from_fen(fen)} 元", f"CNY {yuan_from_fen(fen)}"


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored about one payment."""

    file: PaymentFile
    stories: Sequence[DecisionStory]
    events: Sequence[Event]
    transfers: Sequence[Transfer]
    incidents: Sequence[Incident]
    deeds: Sequence[TrailEntry]
    """What operators did to it, its refunds and its events."""


async def records_of(ctx: Context, operator: Operator, payment_id: str) -> Records:
    """Of a payment of a merchant whom this operator manages. Raises `not_found` for any other."""
    explained: Explanation = await explaining.explain_for_operator(ctx, operator, payment_id)
    events = await ctx.store.events_of(payment_id)
    return Records(
        file=explained.file,
        stories=explained.stories,
        events=events,
        transfers=await ctx.store.transfers_of(payment_id),
        incidents=await ctx.store.incidents_of(payment_id),
        deeds=await _deeds(ctx, explained.file, events),
    )


async def _deeds(ctx: Context, file: PaymentFile, events: Sequence[Event]) -> list[TrailEntry]:
    touched = [(TrailKind.PAYMENT, file.payment.payment_id)]
    touched += [(TrailKind.REFUND, refund.refund_id) for refund in file.refunds]
    touched += [(TrailKind.EVENT, event.event_id) for event in events]
    found: list[TrailEntry] = []
    for kind, object_id in touched:
        found += await ctx.store.trail(file.payment.merchant_id, kind=kind.value, object_id=object_id, limit=MOST_DEEDS)
    return found
