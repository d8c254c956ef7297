"""History in order of time, page by page through primary keys (ids begin with their time), and which of its hours were
touched since: what the analysis is written from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, Integer, Select, Table, Text, bindparam, select

from payswitch.domain.payment import AttemptState, Decision, PaymentFile, RefundState
from payswitch.kit.ids import lowest_id
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, decisions, literal, payments, refunds
from payswitch.storage.scripts import Script, decoded, first, rows
from payswitch.storage.write_statements import ATTEMPT, DECISION, PAYMENT, REFUND

T = TypeVar("T")

_FROM, _TO = bindparam("from_id", type_=Text), bindparam("to_id", type_=Text)
_SINCE = bindparam("since_ms", type_=BigInteger)

_PAGE: Final = Prepared(
    select(*payments.columns)
    .where(payments.c.payment_id >= _FROM, payments.c.payment_id < _TO)
    .order_by(payments.c.payment_id)
    .limit(bindparam("limit", type_=Integer))
)
_OLDEST: Final = Prepared(select(payments.c.created_at_ms).order_by(payments.c.payment_id).limit(1))


def _of_page(table: Table, *order: str) -> Prepared:
    by = [table.c[name] for name in ("payment_id", *order)]
    return Prepared(select(*table.columns).where(table.c.payment_id >= _FROM, table.c.payment_id <= _TO).order_by(*by))


_ATTEMPTS: Final = _of_page(attempts, "ordinal")
_REFUNDS: Final = _of_page(refunds, "created_at_ms", "refund_id")
_DECISIONS: Final = _of_page(decisions, "at_ms", "decision_id")


def page(from_ms: int, to_ms: int, after: str, limit: int) -> Script[list[tuple[PaymentFile, Sequence[Decision]]]]:
    """Payments created between these moments, after the payment `after` (empty: from the first), in order."""
    from_id = f"{after}~" if after else lowest_id("pay_", from_ms)
    found = yield from decoded(PAYMENT, _PAGE, from_id=from_id, to_id=lowest_id("pay_", to_ms), limit=limit)
    if not found:
        return []
    ends = {"from_id": found[0].payment_id, "to_id": found[-1].payment_id}
    tried = _by_payment((yield from decoded(ATTEMPT, _ATTEMPTS, **ends)))
    given_back = _by_payment((yield from decoded(REFUND, _REFUNDS, **ends)))
    decided = _by_payment((yield from decoded(DECISION, _DECISIONS, **ends)))
    return [
        (
            PaymentFile(payment=one, attempts=_of(tried, one.payment_id), refunds=_of(given_back, one.payment_id)),
            _of(decided, one.payment_id),
        )
        for one in found
    ]


def _by_payment(found: Sequence[Any]) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(group) for key, group in groupby(found, key=lambda one: str(one.payment_id))}


def _of(grouped: dict[str, tuple[Any, ...]], payment_id: str) -> tuple[Any, ...]:
    return grouped.get(payment_id, ())


def _touched(statement: Select[Any]) -> Prepared:
    return Prepared(statement)


_REFUND_BEGUN: Final = _touched(
    select(payments.c.created_at_ms)
    .select_from(refunds.join(payments, payments.c.payment_id == refunds.c.payment_id))
    .where(refunds.c.refund_id >= _FROM)
)
_REFUND_DONE: Final = _touched(
    select(payments.c.created_at_ms)
    .select_from(refunds.join(payments, payments.c.payment_id == refunds.c.payment_id))
    .where(refunds.c.state == literal(RefundState.SUCCEEDED), refunds.c.finished_at_ms >= _SINCE)
)
_MONEY: Final = _touched(
    select(payments.c.created_at_ms)
    .select_from(attempts.join(payments, payments.c.payment_id == attempts.c.payment_id))
    .where(attempts.c.state == literal(AttemptState.SUCCEEDED), attempts.c.finished_at_ms >= _SINCE)
)


def touched_hours(since_ms: int, hour_ms: int) -> Script[set[int]]:
    """In which hours the payments were created to which money came, or of which money went back, since then."""
    begun = yield from rows(_REFUND_BEGUN, from_id=lowest_id("ref_", max(since_ms, 0)))
    done = yield from rows(_REFUND_DONE, since_ms=since_ms)
    money = yield from rows(_MONEY, since_ms=since_ms)
    return {int(row[0]) // hour_ms for found in (begun, done, money) for row in found}


def oldest_ms() -> Script[int | None]:
    """When the oldest payment was created; None: there is none."""
    found = yield from first(_OLDEST)
    return None if found is None else int(found[0])
