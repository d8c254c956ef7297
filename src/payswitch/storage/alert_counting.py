"""What the alert rules look at, counted in SQL. Every statement goes through an index and touches what is recent or
still open: they run every few seconds beside the payments, however long the history is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from payswitch.domain.alert import ShopTally
from payswitch.domain.alert_counts import OpenEvents
from payswitch.domain.audit import AuditRecord
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import CloseReason, Incident
from payswitch.domain.shop import TEST_SHOP_PREFIX
from payswitch.kit.ids import lowest_id
from payswitch.storage import schema
from payswitch.storage.audit_records import AUDIT
from payswitch.storage.customer_attempts import tried
from payswitch.storage.parameters import bound_number, bound_text
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, events, fen_sum, incidents, payments
from payswitch.storage.schema.columns import JsonText
from payswitch.storage.scripts import Script, rows
from payswitch.storage.write_statements import INCIDENT

PAYERS: Final = (OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK)
TROUBLES: Final = (
    OutcomeKind.NOT_SENT,
    OutcomeKind.REFUSED_CHANNEL,
    OutcomeKind.REFUSED_CONFIG,
    OutcomeKind.REFUSED_LIMIT,
    OutcomeKind.UNKNOWN,
    OutcomeKind.UNTRUSTED,
)
"""What a channel (or we) did to a customer who would have paid."""

_KIND: Final = JsonText("outcome", "kind")


def _tallies() -> Prepared:
    """Each payment by what had become of it at the same age: a late success is not counted as one, so that today and
    last week are judged alike. The cheap question first: most payments are paid."""
    paid = payments.c.succeeded_at_ms - payments.c.created_at_ms <= bound_number("age_ms")
    payer = (payments.c.close_reason == schema.literal(CloseReason.CANCELLED)) | tried(
        _KIND.in_(schema.literals(PAYERS))
    )
    # A code that was shown after a failure elsewhere was a good one: whoever left it unpaid was not hindered.
    shown = tried(attempts.c.exposed_at_ms.is_not(None), _KIND.is_(None) | _KIND.not_in(schema.literals(TROUBLES)))
    ours = tried(_KIND.in_(schema.literals(TROUBLES))) & ~shown
    one = literal_column("1", Integer)
    verdict = case(
        (paid, literal_column("'paid'", Text)),
        (payer, literal_column("'payer'", Text)),
        (ours, literal_column("'ours'", Text)),
        else_=literal_column("'silent'", Text),
    ).label("verdict")
    step = bound_number("step_ms")
    judged = (
        select(
            payments.c.shop_id, (payments.c.created_at_ms // step * step).label("at_ms"), payments.c.amount_fen, verdict
        )
        .where(
            payments.c.payment_id >= bound_text("from_id"),
            payments.c.payment_id < bound_text("to_id"),
            payments.c.shop_id.not_like(f"{TEST_SHOP_PREFIX}%"),
        )
        .subquery()
    )

    def count(name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((judged.c.verdict == literal_column(f"'{name}'", Text), one), else_=0)), 0)

    ours_fen = case((judged.c.verdict == literal_column("'ours'", Text), judged.c.amount_fen), else_=0)
    return Prepared(
        select(
            judged.c.shop_id,
            judged.c.at_ms,
            func.count(),
            *(count(name) for name in ("paid", "ours", "silent", "payer")),
            fen_sum(judged.c.amount_fen),
            fen_sum(ours_fen),
        )
        .group_by(judged.c.shop_id, judged.c.at_ms)
        .order_by(judged.c.at_ms)
    )


TALLIES: Final = _tallies()
_SHOP: Final = events.c.shop_id.concat(literal_column("''", Text))
"""An expression, so that the planner takes the index of what is open and not one of everything that is sorted by it."""
OPEN_EVENTS: Final = Prepared(
    select(
        _SHOP,
        func.count(),
        func.min(events.c.created_at_ms),
        func.max(events.c.tries),
        func.max(events.c.last_error),
    )
    .where(events.c.state.in_(schema.literals(schema.UNDELIVERED_STATES)), events.c.tries > 0)
    .group_by(_SHOP)
)
LAST_PAYMENT: Final = Prepared(
    select(func.coalesce(func.max(payments.c.created_at_ms), literal_column("0", BigInteger))).where(
        payments.c.shop_id == bound_text("shop_id")
    )
)
INCIDENTS_SINCE: Final = Prepared(
    select(*incidents.columns)
    .where(incidents.c.at_ms >= bound_number("since_ms"))
    .order_by(incidents.c.at_ms.desc(), incidents.c.incident_id.desc())
    .limit(bindparam("limit", type_=Integer))
)
AUDITS_SINCE: Final = Prepared(
    select(*schema.audits.columns)
    .where(schema.audits.c.audit_id >= bound_text("since_id"))
    .order_by(schema.audits.c.audit_id.desc())
)


def tallies(from_ms: int, to_ms: int, *, age_ms: int, step_ms: int) -> Script[list[ShopTally]]:
    """By shop and stretch of `step_ms`, of the payments made in this time. Payment ids sort by the time of their
    making: one stretch of the primary key."""
    found = yield from rows(
        TALLIES,
        from_id=lowest_id("pay_", from_ms),
        to_id=lowest_id("pay_", to_ms),
        age_ms=age_ms,
        step_ms=step_ms,
    )
    fields = ShopTally.__struct_fields__
    return [ShopTally(**dict(zip(fields, (row[0], *map(int, row[1:])), strict=True))) for row in found]


def open_events() -> Script[list[OpenEvents]]:
    return [OpenEvents(*row) for row in (yield from rows(OPEN_EVENTS))]


def incidents_since(since_ms: int, limit: int) -> Script[Sequence[Incident]]:
    return [INCIDENT.decode(row) for row in (yield from rows(INCIDENTS_SINCE, since_ms=since_ms, limit=limit))]


def audits_since(since_ms: int) -> Script[Sequence[AuditRecord]]:
    """Newest first."""
    return [AUDIT.decode(row) for row in (yield from rows(AUDITS_SINCE, since_id=lowest_id("aud_", since_ms)))]
