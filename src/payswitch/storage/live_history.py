"""The live board's day before this process began, in SQL. Ids of payments sort by the time of their making: one stretch
of the primary key, read once after a start, when the first person looks."""

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
    exists,
    func,
    literal_column,
    not_,
    select,
)

from payswitch.domain.live_minute import LiveMinute
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import CloseReason, PaymentState
from payswitch.domain.shop import TEST_SHOP_PREFIX
from payswitch.kit.durations import HOUR_MS
from payswitch.kit.ids import lowest_id
from payswitch.storage import schema
from payswitch.storage.customer_attempts import tried
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, fen_sum, payments
from payswitch.storage.schema.columns import JsonText
from payswitch.storage.scripts import Script, rows

LONGEST_LIFE_MS: Final = 2 * HOUR_MS
"""A payment lives for two hours at most (`expires_in_s`): whatever ends after midnight began after ten."""
_MINUTE: Final = literal_column("60000", BigInteger)
_ONE: Final = literal_column("1", Integer)
_NONE: Final = literal_column("0", Integer)
_KIND: Final = JsonText("outcome", "kind")
_PAYERS: Final = schema.literals((OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK))
_IDS: Final = (
    payments.c.payment_id >= bindparam("from_id", type_=Text),
    payments.c.payment_id < bindparam("to_id", type_=Text),
    payments.c.shop_id.not_like(f"{TEST_SHOP_PREFIX}%"),
)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, _ONE), else_=_NONE)), 0)


def _fen(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return fen_sum(case((condition, payments.c.amount_fen), else_=_NONE))


def _begun() -> Prepared:
    at = payments.c.created_at_ms // _MINUTE * _MINUTE
    found = select(payments.c.merchant_id, at, func.count(), fen_sum(payments.c.amount_fen))
    return Prepared(found.where(*_IDS).group_by(payments.c.merchant_id, at))


def _ended() -> Prepared:
    ended_ms = func.coalesce(payments.c.succeeded_at_ms, payments.c.closed_at_ms)
    at = ended_ms // _MINUTE * _MINUTE
    paid = payments.c.state == schema.literal(PaymentState.SUCCEEDED)
    lost = payments.c.state == schema.literal(PaymentState.CLOSED)
    # The customer's own matter, as domain/losses.py has it.
    by_customer = lost & (
        tried(attempts.c.exposed_at_ms.is_not(None) | _KIND.in_(_PAYERS))
        | ((payments.c.close_reason == schema.literal(CloseReason.CANCELLED)) & tried())
    )
    winner = attempts.alias("winner")
    saved = paid & (
        exists()
        .where(
            winner.c.attempt_id == payments.c.winner_attempt_id,
            attempts.c.payment_id == payments.c.payment_id,
            attempts.c.ordinal < winner.c.ordinal,
            attempts.c.channel_id != winner.c.channel_id,
            attempts.c.exposed_at_ms.is_(None),
            not_(attempts.c.shadow),
        )
        .correlate(payments)
    )
    figures = (_count(paid), _fen(paid), _count(lost), _fen(lost), _count(by_customer), _count(saved), _fen(saved))
    within = ended_ms >= bindparam("from_ms", type_=BigInteger), ended_ms < bindparam("to_ms", type_=BigInteger)
    found = select(payments.c.merchant_id, at, *figures)
    return Prepared(found.where(*_IDS, *within).group_by(payments.c.merchant_id, at))


BEGUN: Final = _begun()
ENDED: Final = _ended()


def live_minutes(from_ms: int, to_ms: int) -> Script[Sequence[LiveMinute]]:
    """Every minute of this time in which a payment began or ended."""
    to_id = lowest_id("pay_", to_ms)
    begun = yield from rows(BEGUN, from_id=lowest_id("pay_", from_ms), to_id=to_id)
    from_id = lowest_id("pay_", from_ms - LONGEST_LIFE_MS)
    ended = yield from rows(ENDED, from_id=from_id, to_id=to_id, from_ms=from_ms, to_ms=to_ms)
    return [
        *(LiveMinute(merchant_id, at_ms, int(made), int(fen)) for merchant_id, at_ms, made, fen in begun),
        *(LiveMinute(merchant_id, at_ms, 0, 0, *map(int, counts)) for merchant_id, at_ms, *counts in ended),
    ]
