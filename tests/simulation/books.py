"""What must hold after every commit of a night, and the books in the morning: ours, the channels', the shop's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.events import Event
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState, Refund, RefundKind, RefundState
from payswitch.services.lifecycle import DEAD
from payswitch.storage.errors import integrity_error
from tests.simulation.accounts import Account
from tests.simulation.fate import Fate
from tests.simulation.faults import Rare
from tests.simulation.step_store import StepStore

TERMINAL = (PaymentState.SUCCEEDED, PaymentState.CLOSED)
SHOWN = frozenset({AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.SUCCEEDED})
"""What an attempt that a customer has seen may be."""
SHOWN_SMS = frozenset({*SHOWN, AttemptState.UNKNOWN, AttemptState.FAILED})
"""A shown SMS order may be debited, and refused for good."""
GRACE_MS = 3_000
"""A machine whose clock is not further off than this never gives up an attempt that can still be paid."""


class Books:
    """The invariants of design.md section 9, checked against what really happened to the money."""

    def __init__(self, fate: Fate, accounts: Mapping[str, Account], heard: Mapping[str, list[Event]]) -> None:
        self._fate = fate
        self._accounts = accounts
        self._heard = heard
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
        if attempt.state in (AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CREATED, AttemptState.UNKNOWN):
            must(attempt.due_at_ms is not None, f"an attempt that is {attempt.state} is not watched")
        if attempt.state is AttemptState.SUCCEEDED:
            must(order is not None and order.state == "paid", "success without money")
            must(order is None or order.amount_fen == attempt.amount_fen, "success over another amount")
        if attempt.state is AttemptState.CLOSED and self._fate.clock.most_wrong_ms < GRACE_MS:
            payable = order is not None and not order.endless and order.payable(self._fate.clock.true_ms())
            must(not payable, "an attempt was called closed that a customer can still pay")
        self._check_unknown(file, attempt)
        if attempt.state is AttemptState.FAILED and attempt.debit_at_ms is not None and order is not None:
            must(order.state != "paid" or order.impossible, "a debit was called failed that took the money")
        self._check_money_back(file, attempt)
        if was is None or was.state is not attempt.state:
            self._count(file, attempt, was, before)

    def _check_unknown(self, file: PaymentFile, attempt: Attempt) -> None:
        if attempt.state is not AttemptState.UNKNOWN:
            return
        self._fate.must(attempt.debit_at_ms is not None, "unknown without a debit")
        begun = [
            a
            for a in file.attempts
            if a.attempt_id != attempt.attempt_id
            and a.ordinal > attempt.ordinal
            and a.created_at_ms > (attempt.debit_at_ms or 0)
            and a.state not in DEAD
        ]
        self._fate.must(not begun, "something was begun while a debit was unknown")

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

    # --- what was rare -----------------------------------------------------------------------------------------------

    def _count(self, file: PaymentFile, attempt: Attempt, was: Attempt | None, before: PaymentFile | None) -> None:
        meet, state = self._fate.meet, attempt.state
        if state is AttemptState.SUCCEEDED:
            self._count_success(file, attempt, was, before)
        elif state is AttemptState.EXPOSED and was is not None:
            shown = [a for a in file.attempts if a.exposed_at_ms is not None]
            if len(shown) == 2:
                meet(Rare.SWITCHED)
            if attempt.ordinal > 1 and len(shown) == 1:
                meet(Rare.FAILED_OVER)
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

    def _count_success(
        self, file: PaymentFile, attempt: Attempt, was: Attempt | None, before: PaymentFile | None
    ) -> None:
        meet = self._fate.meet
        if attempt.surplus:
            meet(Rare.SURPLUS)
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

    # --- in the morning ----------------------------------------------------------------------------------------------

    def all_ended(self) -> None:
        """Everything is terminal within its expiry and ten minutes."""
        for file in self.seen.values():
            ended = file.payment.state in TERMINAL
            assert ended, f"{file.payment.payment_id} is still {file.payment.state}: {file.attempts}"

    async def compare(self, store: StepStore) -> None:
        """Ours, the channels', and what the shop was told."""
        attempts = [a for file in self.seen.values() for a in file.attempts]
        ours = {(a.channel_order_no, a.amount_fen) for a in attempts if a.state is AttemptState.SUCCEEDED}
        theirs = {
            (number, order.amount_fen)
            for account in self._accounts.values()
            for number, order in account.orders.items()
            if order.state == "paid"
        }
        assert ours == theirs, f"money received: only ours {ours - theirs}, only theirs {theirs - ours}"
        refunds = [r for file in self.seen.values() for r in file.refunds]
        assert all(r.state in (RefundState.SUCCEEDED, RefundState.FAILED) for r in refunds), refunds
        returned = {(r.out_refund_no, r.amount_fen) for r in refunds if r.state is RefundState.SUCCEEDED}
        paid_back = {
            (number, back.amount_fen)
            for account in self._accounts.values()
            for order in account.orders.values()
            for number, back in order.refunds.items()
            if back.state == "success"
        }
        assert returned == paid_back, f"money returned: ours {returned - paid_back}, theirs {paid_back - returned}"
        await self._incidents(store, refunds)
        dead = {e.event_id for e in await self._dead_events(store)}
        for file in self.seen.values():
            self._compare_events(file, dead)
        counts = await store.counts()
        assert counts.broken_payments == counts.broken_refunds == 0
        self._database_refuses_a_second_winner(store)

    async def _incidents(self, store: StepStore, refunds: list[Refund]) -> None:
        incidents = await store.list_incidents(limit=100_000)
        told = {incident.attempt_id for incident in incidents}
        for refund in refunds:
            assert refund.state is RefundState.SUCCEEDED or refund.attempt_id in told, "nobody was told"
        kinds = Counter(incident.kind for incident in incidents)
        for kind, path in (
            ("untrusted_notify", Rare.UNTRUSTED_NOTIFY),
            ("untrusted_fact", Rare.UNTRUSTED_FACT),
            ("overdue_at_channel", Rare.OVERDUE_AT_CHANNEL),
            ("refund_failed", Rare.REFUND_FAILED),
            ("refund_abnormal", Rare.REFUND_ABNORMAL),
        ):
            self._fate.met[path] += kinds[kind]
        self._fate.met[Rare.SURPLUS_REFUND_FAILED] += sum(
            r.state is RefundState.FAILED and r.kind.value == "surplus" for r in refunds
        )

    async def _dead_events(self, store: StepStore) -> list[Event]:
        """What the shop did not take in three days; each with an incident."""
        found: list[Event] = []
        for payment_id in self.seen:
            events = await store.list_events("shop-1", payment_id=payment_id, before=None, limit=100)
            for event in events:
                assert event.state.value in ("delivered", "dead"), f"{event.event_id} is {event.state}"
                if event.state.value == "dead":
                    found.append(event)
        incidents = [i for i in await store.list_incidents(limit=100_000) if i.kind == "event_dead"]
        for event in found:
            self._fate.meet(Rare.EVENT_DEAD)
            told = any(i.payment_id == event.payment_id and event.event_id in i.detail for i in incidents)
            assert told, "a dead event that nobody was told of"
        return found

    def _compare_events(self, file: PaymentFile, dead: set[str]) -> None:
        heard = self._heard.get(file.payment.payment_id, [])
        sequences = [e.sequence for e in heard]
        assert sequences == sorted(set(sequences)), f"events out of order: {sequences}"
        if dead:
            return  # which of them the shop misses stands in the incidents
        assert sequences == list(range(1, file.payment.event_sequence + 1)), f"events are missing: {sequences}"
        expected = Counter(
            {
                "payment.succeeded": int(file.payment.state is PaymentState.SUCCEEDED),
                "payment.closed": int(file.payment.state is PaymentState.CLOSED),
                "payment.surplus": sum(a.surplus for a in file.attempts),
                "refund.succeeded": sum(r.state is RefundState.SUCCEEDED for r in file.refunds),
                "refund.failed": sum(r.state is RefundState.FAILED for r in file.refunds),
            }
        )
        counted = Counter(e.type.value for e in heard)
        for kind, count in expected.items():
            # A refund that was called failed may go through after all: then the shop has heard both.
            fits = counted[kind] >= count if kind == "refund.failed" else counted[kind] == count
            assert fits, f"the shop's book: {counted}, expected {expected}"

    def _database_refuses_a_second_winner(self, store: StepStore) -> None:
        """The last line of defence, which no other code is to be trusted with."""
        for file in self.seen.values():
            if file.payment.winner_attempt_id is None:
                continue
            winner = file.attempt(file.payment.winner_attempt_id)
            twin = replace(
                winner,
                attempt_id=winner.attempt_id + "-twin",
                channel_order_no="twin",
                ordinal=len(file.attempts) + 1,
                refunded_fen=0,
            )
            payment = replace(file.payment, version=file.payment.version + 1)
            error = store.try_and_undo(Changes(update_payments=[payment], insert_attempts=[twin]))
            named = integrity_error(error) if error is not None else None  # type: ignore[arg-type]
            assert isinstance(named, UniqueViolation), f"the database would take a second winner: {error!r}"
            assert named.constraint == "uq_payment_winner", f"refused for another reason: {named!r}"
            return
