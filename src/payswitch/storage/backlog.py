"""What is unfinished, in SQL: each part through a partial index that holds unfinished rows only, so that it costs the
same however long the history is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    union_all,
)

from payswitch.domain.backlog import Backlog, OpenAttempts, OpenRefunds, Pile, Unfinished
from payswitch.domain.reconciliation import BreakState
from payswitch.storage import schema
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, breaks, events, fen_sum, literal, literals, payments, refunds
from payswitch.storage.scripts import Script, rows

_NOTHING: Final = literal_column("''", Text)
_NO_MONEY: Final = literal_column("0", BigInteger)


def _pile(
    what: Unfinished,
    table: Table,
    where: ColumnElement[bool],
    *,
    kind: ColumnElement[str] = _NOTHING,
    state: ColumnElement[str] = _NOTHING,
    amount: ColumnElement[int] = _NO_MONEY,
    since: ColumnElement[int],
) -> Select[*tuple[Any, ...]]:
    by = [column for column in (kind, state) if column is not _NOTHING]
    found = select(literal(what), kind, state, func.count(), amount, func.min(since)).where(where)
    # Without groups there would be a row for nothing, too.
    return found.group_by(*by) if by else found.having(func.count() > literal_column("0"))


def _due(table: Table, kind: str) -> Select[*tuple[Any, ...]]:
    due = table.c.due_at_ms
    where = due <= bindparam("now_ms", type_=BigInteger)
    found = select(literal(Unfinished.DUE), literal_column(f"'{kind}'", Text), _NOTHING, func.count(), _NO_MONEY)
    return found.add_columns(func.min(due)).where(where).having(func.count() > literal_column("0"))


UNFINISHED: Final = Prepared(
    union_all(
        _pile(
            Unfinished.PAYMENTS,
            payments,
            payments.c.state.in_(literals(schema.LIVE_PAYMENT_STATES)),
            state=payments.c.state,
            amount=fen_sum(payments.c.amount_fen),
            since=payments.c.created_at_ms,
        ),
        _pile(
            Unfinished.EVENTS,
            events,
            events.c.state.in_(literals(schema.UNDELIVERED_STATES)),
            state=events.c.state,
            since=events.c.created_at_ms,
        ),
        _pile(
            Unfinished.BREAKS,
            breaks,
            breaks.c.state == literal(BreakState.OPEN),
            kind=breaks.c.kind,
            since=breaks.c.found_at_ms,
        ),
        _due(payments, "payment"),
        _due(attempts, "attempt"),
        _due(refunds, "refund"),
    )
)
_CHANNEL: Final = attempts.c.channel_id.concat(literal_column("''", Text))
"""An expression, so that the planner takes the index of what is open and not one of everything that is sorted by it."""
OPEN_ATTEMPTS: Final = Prepared(
    select(
        _CHANNEL,
        attempts.c.product,
        attempts.c.state,
        func.count(),
        fen_sum(attempts.c.amount_fen),
        func.min(attempts.c.created_at_ms),
    )
    .where(attempts.c.due_at_ms.is_not(None))
    .group_by(_CHANNEL, attempts.c.product, attempts.c.state)
)
OPEN_REFUNDS: Final = Prepared(
    select(
        payments.c.merchant_id,
        refunds.c.kind,
        refunds.c.state,
        func.count(),
        fen_sum(refunds.c.amount_fen),
        func.min(refunds.c.created_at_ms),
    )
    .join(payments, payments.c.payment_id == refunds.c.payment_id)
    .where(refunds.c.due_at_ms.is_not(None))
    .group_by(payments.c.merchant_id, refunds.c.kind, refunds.c.state)
)


def open_attempts() -> Script[list[OpenAttempts]]:
    return [OpenAttempts(*row) for row in (yield from rows(OPEN_ATTEMPTS))]


def open_refunds() -> Script[list[OpenRefunds]]:
    return [OpenRefunds(*row) for row in (yield from rows(OPEN_REFUNDS))]


def _folded(what: Unfinished, sums: Sequence[OpenAttempts | OpenRefunds]) -> Iterator[Pile]:
    """Sums of several owners, put together by kind and state."""
    found: dict[tuple[str, str], list[OpenAttempts | OpenRefunds]] = {}
    for one in sums:
        found.setdefault((one.kind if isinstance(one, OpenRefunds) else "", one.state), []).append(one)
    for (kind, state), ones in found.items():
        yield Pile(
            what=what,
            kind=kind,
            state=state,
            count=sum(one.count for one in ones),
            amount_fen=sum(one.amount_fen for one in ones),
            oldest_ms=min(one.oldest_ms for one in ones),
        )


def backlog(now_ms: int) -> Script[Backlog]:
    """Everything that is unfinished now."""
    found = yield from rows(UNFINISHED, now_ms=now_ms)
    piles = [
        Pile(what=Unfinished(what), kind=kind, state=state, count=count, amount_fen=amount_fen, oldest_ms=oldest_ms)
        for what, kind, state, count, amount_fen, oldest_ms in found
    ]
    piles += _folded(Unfinished.ATTEMPTS, (yield from open_attempts()))
    piles += _folded(Unfinished.REFUNDS, (yield from open_refunds()))
    return Backlog(now_ms, tuple(sorted(piles, key=lambda pile: (pile.what, pile.kind, pile.state))))
