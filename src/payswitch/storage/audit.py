"""Counts over the whole database: for the hourly audit, the drill and the live page's totals. Not for hot paths."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import Select, and_, exists, func, not_, or_, select

from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.storage import read_statements as reads
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import attempts, fen_sum, literal, payments, refunds
from payswitch.storage.scripts import Script, one, rows
from payswitch.storage.unwatched import unwatched


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The database at one moment. States that do not occur are missing from the mappings."""

    payments: dict[str, int]
    attempts: dict[str, int]
    refunds: dict[str, int]
    events: dict[str, int]
    incidents: int
    received_fen: int
    """Money that arrived: winners and surplus together."""
    returned_fen: int
    """Money that went back: refunds that succeeded."""
    surplus: int
    """Attempts that were paid beside the winner."""
    surplus_unrefunded: int
    """Of those, how many have not (yet) gone back in full. Must become 0 or an open incident."""
    broken_payments: int
    """Payments whose winner is not one paid, non-surplus attempt of their own, or the other way round. Always 0."""
    broken_refunds: int
    """Attempts whose `refunded_fen` is not the sum of their refunds that have not failed. Always 0."""
    unwatched: int
    """Payments, attempts, refunds and events that have not ended and that nobody will look at again. Always 0."""

    @property
    def nonterminal(self) -> int:
        """Payments that somebody can still pay or that are not yet known to be dead."""
        terminal = (PaymentState.SUCCEEDED, PaymentState.CLOSED)
        return sum(count for state, count in self.payments.items() if state not in terminal)


_PAID: Final = attempts.c.state == literal(AttemptState.SUCCEEDED)
_RETURNED: Final = refunds.c.state == literal(RefundState.SUCCEEDED)


def _returned_of_attempt() -> Select[int]:
    return select(fen_sum(refunds.c.amount_fen)).where(refunds.c.attempt_id == attempts.c.attempt_id, _RETURNED)


def _broken_payments() -> Prepared:
    own_winner = exists().where(
        attempts.c.payment_id == payments.c.payment_id,
        attempts.c.attempt_id == payments.c.winner_attempt_id,
        _PAID,
        not_(attempts.c.surplus),
    )
    any_winner = exists().where(attempts.c.payment_id == payments.c.payment_id, _PAID, not_(attempts.c.surplus))
    succeeded = payments.c.state == literal(PaymentState.SUCCEEDED)
    broken = or_(and_(succeeded, not_(own_winner)), and_(not_(succeeded), any_winner))
    return Prepared(select(func.count()).select_from(payments).where(broken))


def _broken_refunds() -> Prepared:
    live = (
        select(fen_sum(refunds.c.amount_fen))
        .where(refunds.c.attempt_id == attempts.c.attempt_id, refunds.c.state != literal(RefundState.FAILED))
        .scalar_subquery()
    )
    touched = exists().where(refunds.c.attempt_id == attempts.c.attempt_id)
    return Prepared(select(func.count()).select_from(attempts).where(touched, live != attempts.c.refunded_fen))


_RECEIVED_FEN: Final = Prepared(select(fen_sum(attempts.c.amount_fen)).where(_PAID))
_RETURNED_FEN: Final = Prepared(select(fen_sum(refunds.c.amount_fen)).where(_RETURNED))
_SURPLUS: Final = Prepared(select(func.count()).select_from(attempts).where(attempts.c.surplus))
_SURPLUS_UNREFUNDED: Final = Prepared(
    select(func.count())
    .select_from(attempts)
    .where(attempts.c.surplus, _returned_of_attempt().scalar_subquery() < attempts.c.amount_fen)
)
_BROKEN_PAYMENTS: Final = _broken_payments()
_BROKEN_REFUNDS: Final = _broken_refunds()


def count_all() -> Script[Counts]:
    """All counts in one snapshot."""
    return Counts(
        payments=(yield from _by_state(reads.PAYMENTS_BY_STATE)),
        attempts=(yield from _by_state(reads.ATTEMPTS_BY_STATE)),
        refunds=(yield from _by_state(reads.REFUNDS_BY_STATE)),
        events=(yield from _by_state(reads.EVENTS_BY_STATE)),
        incidents=(yield from one(reads.INCIDENTS_COUNT)),
        received_fen=(yield from one(_RECEIVED_FEN)),
        returned_fen=(yield from one(_RETURNED_FEN)),
        surplus=(yield from one(_SURPLUS)),
        surplus_unrefunded=(yield from one(_SURPLUS_UNREFUNDED)),
        broken_payments=(yield from one(_BROKEN_PAYMENTS)),
        broken_refunds=(yield from one(_BROKEN_REFUNDS)),
        unwatched=len((yield from unwatched())),
    )


def _by_state(statement: Prepared) -> Script[dict[str, int]]:
    return dict((yield from rows(statement)))
