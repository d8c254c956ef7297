"""What must hold after every commit of a night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from payswitch.domain.changes import Changes
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState, Refund, RefundKind, RefundState
from payswitch.services.payments.lifecycle import MAY_BE_PAID
from tests.simulation.accounts import Account
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault
from tests.simulation.rare_paths import RarePaths

TERMINAL = (PaymentState.SUCCEEDED, PaymentState.CLOSED)
SHOWN = frozenset({AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.SUCCEEDED})
"""What an attempt that a customer has seen may be."""
SHOWN_SMS = frozenset({*SHOWN, AttemptState.UNKNOWN, AttemptState.FAILED})
"""A shown SMS order may be debited, and refused for good."""
SHADOW = frozenset({AttemptState.DISCARDED, AttemptState.SUCCEEDED})
"""What a shadow probe may be: discarded from birth; paid only where a channel takes money for what nobody was shown."""
GRACE_MS = 3_000
"""A machine whose clock is not further off than this never gives up an attempt that can still be paid."""


class Books:
    """The invariants of design.md section 9, checked against what really happened to the money."""

    def __init__(self, fate: Fate, accounts: Mapping[str, Account]) -> None:
        self._fate = fate
        self._accounts = accounts
        self._rare = RarePaths(fate, accounts)
        self.seen: dict[str, PaymentFile] = {}
        """Every payment as last committed."""
        self._place: dict[tuple[str, str], tuple[str, str]] = {}
        """Channel and number -> payment and attempt."""
        self._ever_shown: set[str] = set()
        self._event_sequences: Counter[str] = Counter()
        self._out_refund_nos: dict[str, str] = {}

    # --- for the world ---------------------------------------------------------------------------------------------

    def is_stored(self, channel_id: str, number: str) -> bool:
        return (channel_id, number) in self._place

    def attempt_of(self, channel_id: str, number: str) -> Attempt | None:
        place = self._place.get((channel_id, number))
        return None if place is None else self.seen[place[0]].attempt(place[1])

    # --- after every commit ------------------------------------------------------------------------------------------

    def check(self, changes: Changes, files: list[PaymentFile]) -> None:
        for event in changes.insert_events:
            self._event_sequences[event.payment_id] += 1
            self._fate.must(event.sequence == self._event_sequences[event.payment_id], "a gap in the events")
        for file in files:
            self._check_file(file)
        for attempt in changes.insert_attempts:
            self._check_new(self.seen[attempt.payment_id], attempt)

    def _check_file(self, file: PaymentFile) -> None:
        payment, must = file.payment, self._fate.must
        before = self.seen.get(payment.payment_id)
        self.seen[payment.payment_id] = file
        for attempt in file.attempts:
            self._note(attempt, before, payment)
            known = self._place.setdefault(
                (attempt.channel_id, attempt.channel_order_no), (payment.payment_id, attempt.attempt_id)
            )
            must(known == (payment.payment_id, attempt.attempt_id), "a number was used twice")
        winners = [a for a in file.attempts if a.state is AttemptState.SUCCEEDED and not a.surplus]
        must(len(winners) <= 1, "two winners")
        must(bool(winners) == (payment.state is PaymentState.SUCCEEDED), "a winner, or success, alone")
        shown = [a.ordinal for a in file.attempts if a.state is AttemptState.EXPOSED]
        alone = not self._fate.struck[Fault.TWO_NODES]
        must(len(shown) <= 1 or not alone, f"attempts {shown} are shown at the same time")
        if before is not None and before.payment.state in TERMINAL:
            must(payment.state is before.payment.state, "a terminal state was left")
            must(payment.winner_attempt_id == before.payment.winner_attempt_id, "another winner")
        for attempt in file.attempts:
            self._check_attempt(file, attempt, before)
        for refund in file.refunds:
            self._check_refund(file, refund)
        if payment.state not in TERMINAL:
            dues = [payment.due_at_ms, *(a.due_at_ms for a in file.attempts)]
            must(any(due is not None for due in dues), "nobody will ever look at this payment again")
        if payment.state is PaymentState.CLOSED and (before is None or before.payment.state is not payment.state):
            must(not any(a.state in MAY_BE_PAID for a in file.attempts), "closed while somebody may still pay")
        if payment.state in TERMINAL:
            told = self._event_sequences[payment.payment_id]
            must(told == payment.event_sequence >= 1, "an end that the shop is not told of")

    def _note(self, attempt: Attempt, before: PaymentFile | None, payment: object) -> None:
        if self._fate.trace is None:
            return
        old = None
        if before is not None:
            old = next((a for a in before.attempts if a.attempt_id == attempt.attempt_id), None)
        if old is None or old.state is not attempt.state:
            was = "new" if old is None else old.state.value
            mark = " (surplus)" if attempt.surplus else ""
            self._fate.note(
                "commit", f"{attempt.channel_id} {attempt.channel_order_no}: {was} -> {attempt.state}{mark}"
            )

    def _check_attempt(self, file: PaymentFile, attempt: Attempt, before: PaymentFile | None) -> None:
        must = self._fate.must
        account = self._accounts[attempt.channel_id]
        order = account.orders.get(attempt.channel_order_no)
        was = None
        if before is not None:
            was = next((a for a in before.attempts if a.attempt_id == attempt.attempt_id), None)
        if attempt.state is AttemptState.EXPOSED:
            must(attempt.exposed_at_ms is not None, "exposed without the moment")
            self._ever_shown.add(attempt.attempt_id)
        if attempt.attempt_id in self._ever_shown:
            allowed = SHOWN_SMS if attempt.channel_id == "bank-icbc" else SHOWN
            must(attempt.state in allowed, f"a shown attempt became {attempt.state}")
        if attempt.shadow:
            must(attempt.state in SHADOW, f"a shadow probe became {attempt.state}")
            must(attempt.exposed_at_ms is None and attempt.credential is None, "a shadow probe was shown")
        if attempt.state in (AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CREATED, AttemptState.UNKNOWN):
            must(attempt.due_at_ms is not None, f"an attempt that is {attempt.state} is not watched")
        if attempt.state is AttemptState.SUCCEEDED:
            must(order is not None and order.state == "paid", "success without money")
            must(order is None or order.amount_fen == attempt.amount_fen, "success over another amount")
        if attempt.state is AttemptState.CLOSED and self._fate.clock.most_wrong_ms < GRACE_MS:
            payable = order is not None and not order.endless and order.payable(self._fate.clock.true_ms())
            must(not payable, "an attempt was called closed that a customer can still pay")
        self._check_unknown(attempt)
        if attempt.state is AttemptState.FAILED and attempt.debit_at_ms is not None and order is not None:
            must(order.state != "paid" or order.impossible, "a debit was called failed that took the money")
        self._check_money_back(file, attempt)
        if was is None or was.state is not attempt.state:
            self._rare.count(file, attempt, was, before)

    def _check_unknown(self, attempt: Attempt) -> None:
        if attempt.state is AttemptState.UNKNOWN:
            self._fate.must(attempt.debit_at_ms is not None, "unknown without a debit")

    def _check_new(self, file: PaymentFile, new: Attempt) -> None:
        """No switch away from a debit that nobody knows the end of."""
        unknown = [a for a in file.attempts if a.state is AttemptState.UNKNOWN and a.attempt_id != new.attempt_id]
        self._fate.must(not unknown, "something was begun while a debit was unknown")

    def _check_money_back(self, file: PaymentFile, attempt: Attempt) -> None:
        must = self._fate.must
        mine = [r for r in file.refunds if r.attempt_id == attempt.attempt_id]
        spoken_for = sum(r.amount_fen for r in mine if r.state is not RefundState.FAILED)
        must(attempt.refunded_fen == spoken_for <= attempt.amount_fen, "refunds and reservations disagree")
        if attempt.surplus:
            must(bool(mine), "surplus without a refund")
            must(mine[0].amount_fen == attempt.amount_fen, "surplus not refunded whole")

    def _check_refund(self, file: PaymentFile, refund: Refund) -> None:
        must = self._fate.must
        attempt = file.attempt(refund.attempt_id)
        owner = self._out_refund_nos.setdefault(refund.out_refund_no, refund.refund_id)
        must(owner == refund.refund_id, "one refund number for two refunds")
        if refund.kind is RefundKind.SURPLUS:
            derived = refund.out_refund_no.endswith(refund.attempt_id.partition("_")[2])
            must(derived, "a surplus refund's number is not derived from its attempt")
        order = self._accounts[attempt.channel_id].orders.get(attempt.channel_order_no)
        back = None if order is None else order.refunds.get(refund.out_refund_no)
        state = "none" if back is None else back.state
        if refund.state is RefundState.SUCCEEDED:
            must(state == "success", "a refund was called done that never went back")
        elif refund.state is RefundState.FAILED:
            must(state in ("none", "closed"), f"a refund was called failed that is {state} at the channel")
        else:
            must(refund.due_at_ms is not None, "a refund that nobody will look at again")
