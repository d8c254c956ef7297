"""What has not ended and has no due time: nobody would ever look at it again. There must be none of it.

Every state that is not terminal needs a next action with a time. A payment that is closing has it in the attempts it
waits for, or its own while late money is still accepted; everything else has its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, Table, exists, literal_column, select, union_all

from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.domain.transitions import ATTEMPT
from payswitch.storage import schema
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, events, literal, literals, payments, refunds
from payswitch.storage.scripts import Script, rows

LIVE_ATTEMPT_STATES: Final = tuple(state for state in AttemptState if state not in ATTEMPT.terminal)
OPEN_PAYMENT_STATES: Final = (PaymentState.CREATED, PaymentState.PENDING)


def _without_due(table: Table, id_name: str, states: Sequence[StrEnum]) -> Select[tuple[str, str]]:
    return select(literal_column(f"'{table.name}'"), table.c[id_name]).where(
        table.c.state.in_(literals(states)), table.c.due_at_ms.is_(None)
    )


def _closing_for_nobody() -> Select[tuple[str, str]]:
    """A payment that waits for attempts none of which is looked at, and not for the end of its time for late money."""
    watched = exists().where(
        attempts.c.payment_id == payments.c.payment_id,
        attempts.c.state.in_(literals(LIVE_ATTEMPT_STATES)),
        attempts.c.due_at_ms.is_not(None),
    )
    return select(literal_column("'payments'"), payments.c.payment_id).where(
        payments.c.state == literal(PaymentState.CLOSING), payments.c.due_at_ms.is_(None), ~watched
    )


UNWATCHED: Final = Prepared(
    union_all(
        _without_due(payments, "payment_id", OPEN_PAYMENT_STATES),
        _closing_for_nobody(),
        _without_due(attempts, "attempt_id", LIVE_ATTEMPT_STATES),
        _without_due(refunds, "refund_id", schema.OPEN_REFUND_STATES),
        select(literal_column("'events'"), events.c.event_id).where(
            events.c.state.in_(literals(schema.UNDELIVERED_STATES)), events.c.due_at_ms.is_(None)
        ),
    )
)


def unwatched() -> Script[list[tuple[str, str]]]:
    """(table, id) of everything that nobody will look at again. Reads whole tables: for audits and tests."""
    return [(row[0], row[1]) for row in (yield from rows(UNWATCHED))]
