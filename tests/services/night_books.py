"""What must hold after every commit of a night, and the three books in the morning: ours, the channels', the shop's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from payswitch.domain.changes import Changes
from payswitch.domain.events import Event
from payswitch.domain.ledger import position_of
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState, Refund, RefundState
from payswitch.storage.sqlite import SqliteStore
from tests.services.fate import Fate
from tests.services.moody_channel import MoodyChannel

ABNORMAL = "refund.abnormal"


class Books:
    """The invariants, checked against what really happened to the money."""

    SHOWN = frozenset({AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CLOSED, AttemptState.SUCCEEDED})
    """What an attempt that a customer has seen may be."""

    def __init__(self, fate: Fate, channels: Mapping[str, MoodyChannel], heard: Mapping[str, list[Event]]) -> None:
        self._fate = fate
        self._channels = channels
        self._heard = heard
        self.seen: dict[str, PaymentFile] = {}
        """Every payment as last committed."""
        self._ever_shown: set[str] = set()
        self._event_sequences: Counter[str] = Counter()

    def is_stored(self, channel_id: str, number: str) -> bool:
        return any(
            attempt.channel_order_no == number and attempt.channel_id == channel_id
            for file in self.seen.values()
            for attempt in file.attempts
        )

    def check(self, changes: Changes, files: list[PaymentFile]) -> None:
        """After every commit."""
        for event in changes.insert_events:
            self._event_sequences[event.payment_id] += 1
            self._fate.must(event.sequence == self._event_sequences[event.payment_id], "a gap in the events")
        for file in files:
            self._check_file(file)

    def _check_file(self, file: PaymentFile) -> None:
        before = self.seen.get(file.payment.payment_id)
        self.seen[file.payment.payment_id] = file
        payment = file.payment
        winners = [a for a in file.attempts if a.state is AttemptState.SUCCEEDED and not a.surplus]
        self._fate.must(len(winners) <= 1, "two winners")
        self._fate.must(bool(winners) == (payment.state is PaymentState.SUCCEEDED), "a winner, or success, alone")
        shown = [a.ordinal for a in file.attempts if a.state is AttemptState.EXPOSED]
        self._fate.must(len(shown) <= 1, f"attempts {shown} are shown at the same time")
        if before is not None and before.payment.state in (PaymentState.SUCCEEDED, PaymentState.CLOSED):
            self._fate.must(payment.state is before.payment.state, "a terminal state was left")
        for attempt in file.attempts:
            self._check_attempt(file, attempt)
        for refund in file.refunds:
            self._check_refund(file, refund)
        if payment.state not in (PaymentState.SUCCEEDED, PaymentState.CLOSED):
            dues = [payment.due_at_ms, *(a.due_at_ms for a in file.attempts)]
            self._fate.must(any(due is not None for due in dues), "nobody will ever look at this payment again")

    def _check_attempt(self, file: PaymentFile, attempt: Attempt) -> None:
        order = self._channels[attempt.channel_id].orders.get(attempt.channel_order_no)
        if attempt.state is AttemptState.EXPOSED:
            self._ever_shown.add(attempt.attempt_id)
        if attempt.attempt_id in self._ever_shown:
            self._fate.must(attempt.state in self.SHOWN, f"a shown attempt became {attempt.state}")
        if attempt.state in (AttemptState.EXPOSED, AttemptState.CLOSING, AttemptState.CREATED):
            self._fate.must(attempt.due_at_ms is not None, f"an attempt that is {attempt.state} is not watched")
        if attempt.state is AttemptState.SUCCEEDED:
            self._fate.must(order is not None and order.state == "paid", "success without money")
        if attempt.state is AttemptState.CLOSED:
            payable = order is not None and order.payable(self._fate.clock.true_ms())
            self._fate.must(not payable, "an attempt was called closed that a customer can still pay")
        spoken_for = sum(
            r.amount_fen
            for r in file.refunds
            if r.attempt_id == attempt.attempt_id and r.state is not RefundState.FAILED
        )
        self._fate.must(attempt.refunded_fen == spoken_for <= attempt.amount_fen, "refunds and reservations disagree")
        if attempt.surplus:
            mine = [r for r in file.refunds if r.attempt_id == attempt.attempt_id]
            self._fate.must(
                len(mine) == 1 and mine[0].amount_fen == attempt.amount_fen, "surplus without its one refund"
            )

    def _check_refund(self, file: PaymentFile, refund: Refund) -> None:
        attempt = file.attempt(refund.attempt_id)
        known = self._channels[attempt.channel_id].orders[attempt.channel_order_no].refunds
        state = known.get(refund.out_refund_no, (0, "none"))[1]
        if refund.state is RefundState.SUCCEEDED:
            self._fate.must(state == "success", "a refund was called done that never went back")
        elif refund.state is RefundState.FAILED:
            self._fate.must(state in ("none", "closed"), f"a refund was called failed that is {state} at the channel")
        else:
            self._fate.must(refund.due_at_ms is not None, "a refund that nobody will look at again")

    def all_ended(self) -> None:
        for file in self.seen.values():
            ended = file.payment.state in (PaymentState.SUCCEEDED, PaymentState.CLOSED)
            assert ended, f"{file.payment.payment_id} is still {file.payment.state}: {file.attempts}"

    async def compare(self, store: SqliteStore) -> None:
        """Ours, the channels', and what the shop was told."""
        attempts = [a for file in self.seen.values() for a in file.attempts]
        ours = {(a.channel_order_no, a.amount_fen) for a in attempts if a.state is AttemptState.SUCCEEDED}
        theirs = {
            (number, order.amount_fen)
            for channel in self._channels.values()
            for number, order in channel.orders.items()
            if order.state == "paid"
        }
        assert ours == theirs, "money received"
        all_refunds = [r for file in self.seen.values() for r in file.refunds]
        assert all(r.state in (RefundState.SUCCEEDED, RefundState.FAILED) for r in all_refunds), all_refunds
        returned = {(r.out_refund_no, r.amount_fen) for r in all_refunds if r.state is RefundState.SUCCEEDED}
        paid_back = {
            (number, amount)
            for channel in self._channels.values()
            for order in channel.orders.values()
            for number, (amount, state) in order.refunds.items()
            if state == "success"
        }
        assert returned == paid_back, "money returned"
        told = {incident.attempt_id for incident in await store.list_incidents(limit=10_000)}
        for refund in all_refunds:
            assert refund.state is RefundState.SUCCEEDED or refund.attempt_id in told, "nobody was told"
        for file in self.seen.values():
            self._compare_events(file)
        abnormal = [i for i in await store.list_incidents(limit=10_000) if i.kind == "refund_abnormal"]
        heard = [event for events in self._heard.values() for event in events if event.type.value == ABNORMAL]
        assert len(heard) == len(abnormal), "whenever a refund needs a person, shop and operator hear of it"
        counts = await store.counts()
        assert counts.broken_payments == counts.broken_refunds == 0
        report = await store.audit(now_ms=self._fate.clock.now_ms())
        assert report.clean, report.violations
        assert await self._booked(store) == self._position(), "the ledger and the states"

    async def _booked(self, store: SqliteStore) -> Mapping[str, int]:
        """The ledger without the channels' fees, which the states know nothing of."""
        balances = Counter(await store.ledger_balances())
        assert sum(balances.values()) == 0, "debits and credits"
        for account in [name for name in balances if name.startswith("fees/")]:
            balances[account.replace("fees/", "clearing/")] += balances.pop(account)
        return {account: fen for account, fen in balances.items() if fen}

    def _position(self) -> Mapping[str, int]:
        position: Counter[str] = Counter()
        for file in self.seen.values():
            position.update(position_of(file))
        return {account: fen for account, fen in position.items() if fen}

    def _compare_events(self, file: PaymentFile) -> None:
        heard = self._heard.get(file.payment.payment_id, [])
        assert [e.sequence for e in heard] == list(range(1, file.payment.event_sequence + 1)), "events in order"
        heard_kinds = Counter(e.type.value for e in heard)
        told = sum(a.known_by_ms is not None for a in file.attempts)
        assert heard_kinds["payment.confirming"] >= told, "a debit was unknown and its shop did not hear of it"
        expected = Counter(
            {
                "payment.succeeded": int(file.payment.state is PaymentState.SUCCEEDED),
                "payment.closed": int(file.payment.state is PaymentState.CLOSED),
                "payment.confirming": heard_kinds["payment.confirming"],
                "payment.surplus": sum(a.surplus for a in file.attempts),
                "refund.succeeded": sum(r.state is RefundState.SUCCEEDED for r in file.refunds),
                "refund.failed": sum(r.state is RefundState.FAILED for r in file.refunds),
            }
        )
        heard_kinds[ABNORMAL] = 0
        assert +heard_kinds == +expected, "the shop's book"
