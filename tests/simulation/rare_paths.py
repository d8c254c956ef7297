"""Counts the paths that only several faults together lead to, as they show in what is committed."""

from __future__ import annotations

from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState
from tests.simulation.accounts import Books
from tests.simulation.fate import Fate
from tests.simulation.faults import Rare


class RarePaths:
    """Looks at every move of every attempt."""

    def __init__(self, fate: Fate, accounts: Books) -> None:
        self._fate = fate
        self._accounts = accounts

    def count(self, file: PaymentFile, attempt: Attempt, was: Attempt | None, before: PaymentFile | None) -> None:
        meet, state = self._fate.meet, attempt.state
        if was is None:
            self._fate.met[Rare.HEDGED] += attempt.hedge_of is not None
            self._fate.met[Rare.SHADOW_PROBED] += attempt.shadow
        if state is AttemptState.SUCCEEDED:
            self._count_success(file, attempt, was, before)
        elif state is AttemptState.EXPOSED and was is not None:
            self._count_shown(file, attempt)
        elif state is AttemptState.DISCARDED and was is not None and attempt.answered_at_ms is None:
            meet(Rare.LEFTOVER_SWEPT)
        elif state is AttemptState.UNKNOWN:
            meet(Rare.DEBIT_UNKNOWN)
        elif state is AttemptState.CLOSED and attempt.reverse_at_ms is not None:
            meet(Rare.DEBIT_REVERSED)
        elif state is AttemptState.CLOSED and attempt.channel_id in ("union-qr", "alipay-main"):
            order = self._accounts[attempt.channel_id].orders.get(attempt.channel_order_no)
            if order is None or order.state != "closed":
                meet(Rare.WATCHED_TO_THE_END)

    def _count_shown(self, file: PaymentFile, attempt: Attempt) -> None:
        meet = self._fate.meet
        shown = [a for a in file.attempts if a.exposed_at_ms is not None]
        if len(shown) == 2:
            meet(Rare.SWITCHED)
        if attempt.ordinal > 1 and len(shown) == 1:
            meet(Rare.FAILED_OVER)
        if attempt.hedge_of is not None:
            meet(Rare.HEDGE_WON)

    def _count_success(
        self, file: PaymentFile, attempt: Attempt, was: Attempt | None, before: PaymentFile | None
    ) -> None:
        meet = self._fate.meet
        if attempt.surplus:
            meet(Rare.SURPLUS)
        elif file.payment.late:
            meet(Rare.LATE_SUCCESS_ACCEPTED)
        successes = sum(a.state is AttemptState.SUCCEEDED for a in file.attempts)
        if successes == 2:
            meet(Rare.TWO_SUCCESSES)
        elif successes == 3:
            meet(Rare.THREE_SUCCESSES)
        if before is not None and before.payment.state is PaymentState.CLOSED:
            meet(Rare.SUCCESS_OF_CLOSED_PAYMENT)
        dead = {
            AttemptState.CLOSED: Rare.SUCCESS_OF_CLOSED_ATTEMPT,
            AttemptState.DISCARDED: Rare.SUCCESS_OF_DISCARDED_ATTEMPT,
            AttemptState.FAILED: Rare.SUCCESS_OF_FAILED_ATTEMPT,
        }
        if was is not None and was.state in dead:
            meet(dead[was.state])
