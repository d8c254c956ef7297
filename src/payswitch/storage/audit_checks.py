"""What an invariant is to the audit: a numbered, named select of the rows that break it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, exists, func, select

from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.storage.audit_scope import Scope
from payswitch.storage.schema import attempts, events, fen_sum, incidents, literal, payments, refunds

NOW_MS: Final = bindparam("now_ms", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class Check:
    """One way in which an invariant can be broken. Healthy books give no row."""

    number: str
    """`4.2`: the invariant of docs/reference/audit.md, and which of its checks."""
    name: str
    title: str
    title_zh: str
    find: Callable[[Scope], Select[Any]]
    """The rows that break it, as ids. Only those of payments in the scope."""
    in_time: bool = False
    """Whether it is about something that must happen *in time*: with the clock stopped or jumping (in simulations), and
    for some minutes after a long stop, these may not hold while nothing is wrong."""
    whole: bool = False
    """Whether it is about all rows together: looked for only when everything is audited."""


PAID: Final = attempts.c.state == literal(AttemptState.SUCCEEDED)
WINNER: Final = and_(PAID, ~attempts.c.surplus)
SUCCEEDED: Final = payments.c.state == literal(PaymentState.SUCCEEDED)
CLOSED: Final = payments.c.state == literal(PaymentState.CLOSED)
RETURNED: Final = refunds.c.state == literal(RefundState.SUCCEEDED)
PROMISED: Final = refunds.c.state != literal(RefundState.FAILED)


def refunded_of_attempt(condition: ColumnElement[bool]) -> Any:
    """The sum of an attempt's refunds that meet the condition."""
    return (
        select(fen_sum(refunds.c.amount_fen))
        .where(refunds.c.attempt_id == attempts.c.attempt_id, condition)
        .scalar_subquery()
    )


def told(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a person was told, in an incident about this attempt's payment."""
    return exists().where(incidents.c.payment_id == attempts.c.payment_id, *conditions)


def events_of(payment: ColumnElement[str], kind: Any) -> Any:
    """How many events of a kind the shop was told about a payment."""
    return (
        select(func.count())
        .select_from(events)
        .where(events.c.payment_id == payment, events.c.type == literal(kind))
        .scalar_subquery()
    )


def of_payments(*conditions: ColumnElement[bool]) -> Callable[[Scope], Select[Any]]:
    """Payments that meet the conditions."""
    return lambda scope: select(payments.c.payment_id).where(scope(payments.c.payment_id), *conditions)


def of_attempts(*conditions: ColumnElement[bool], joined: bool = False) -> Callable[[Scope], Select[Any]]:
    """Attempts that meet the conditions; `joined`: which may speak of their payment."""

    def find(scope: Scope) -> Select[Any]:
        statement = select(attempts.c.payment_id, attempts.c.attempt_id)
        if joined:
            statement = statement.join(payments, payments.c.payment_id == attempts.c.payment_id)
        return statement.where(scope(attempts.c.payment_id), *conditions)

    return find


def of_refunds(*conditions: ColumnElement[bool], joined: bool = False) -> Callable[[Scope], Select[Any]]:
    """Refunds that meet the conditions; `joined`: which may speak of their attempt and payment."""

    def find(scope: Scope) -> Select[Any]:
        statement = select(refunds.c.payment_id, refunds.c.refund_id)
        if joined:
            statement = statement.join(attempts, attempts.c.attempt_id == refunds.c.attempt_id)
            statement = statement.join(payments, payments.c.payment_id == refunds.c.payment_id)
        return statement.where(scope(refunds.c.payment_id), *conditions)

    return find


def of_events(*conditions: ColumnElement[bool], joined: bool = False) -> Callable[[Scope], Select[Any]]:
    def find(scope: Scope) -> Select[Any]:
        statement = select(events.c.payment_id, events.c.event_id)
        if joined:
            statement = statement.join(payments, payments.c.payment_id == events.c.payment_id)
        return statement.where(scope(events.c.payment_id), *conditions)

    return find
