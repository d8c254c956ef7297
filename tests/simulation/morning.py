"""The books in the morning: ours, the channels', the shop's, and what a person was told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from msgspec.structs import replace

from payswitch.domain.changes import Changes, UniqueViolation
from payswitch.domain.events import Event
from payswitch.domain.ledger import position_of
from payswitch.domain.payment import AttemptState, PaymentFile, PaymentState, Refund, RefundState
from payswitch.services.attempts.creating import NOTHING_MADE
from payswitch.storage.sqlite.errors import integrity_error
from tests.simulation import accounts
from tests.simulation.books import TERMINAL
from tests.simulation.fate import Fate
from tests.simulation.faults import Rare
from tests.simulation.step_store import StepStore


class Morning:
    """Compares what everybody has written down. Raises AssertionError for the first difference."""

    def __init__(
        self,
        fate: Fate,
        books: accounts.Books,
        heard: Mapping[str, list[Event]],
        payments: Mapping[str, PaymentFile],
    ) -> None:
        """`books`: the channels'; `heard`: the shop's; `payments`: ours, as last committed."""
        self._fate = fate
        self._accounts = books
        self._heard = heard
        self.seen = payments
        self._incidents_of: defaultdict[str, list[str]] = defaultdict(list)
        """Their kinds, by payment."""

    def all_ended(self) -> None:
        """Everything is terminal within its expiry and ten minutes."""
        for file in self.seen.values():
            ended = file.payment.state in TERMINAL
            assert ended, f"{file.payment.payment_id} is still {file.payment.state}: {file.attempts}"
            self._shadows_are_gone(file)

    def _shadows_are_gone(self, file: PaymentFile) -> None:
        """影子探测: the order that nobody was shown was closed, unless its channel said that there is none, or took
        money for it; nobody works on it any more."""
        for shadow in (attempt for attempt in file.attempts if attempt.shadow):
            order = self._accounts[shadow.channel_id].orders.get(shadow.channel_order_no)
            waits = order is not None and order.state == "open" and order.payable(self._fate.clock.true_ms())
            assert not waits, f"the order of a shadow probe is still open: {shadow}"
            refused = shadow.outcome is not None and shadow.outcome.kind in NOTHING_MADE
            seen_to = shadow.tries > 0 or refused or shadow.state is AttemptState.SUCCEEDED
            assert seen_to, f"nobody has closed the order of a shadow probe: {shadow}"
            assert shadow.due_at_ms is None, f"a shadow probe is still worked on: {shadow}"

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
        report = await store.audit(now_ms=self._fate.clock.now_ms())
        assert report.clean, report.violations
        assert await self._booked(store) == self._position(), "the ledger and the states"
        self._database_refuses_a_second_winner(store)

    async def _booked(self, store: StepStore) -> Mapping[str, int]:
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

    async def _incidents(self, store: StepStore, refunds: list[Refund]) -> None:
        incidents = await store.list_incidents(limit=100_000)
        told = {incident.attempt_id for incident in incidents}
        for incident in incidents:
            self._incidents_of[incident.payment_id or ""].append(incident.kind)
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
        abnormal = sum(kind == "refund_abnormal" for kind in self._incidents_of[file.payment.payment_id])
        assert counted["refund.abnormal"] == abnormal, "a refund needs a person, and its shop did not hear of it"
        told = sum(a.known_by_ms is not None for a in file.attempts)
        self._fate.met[Rare.CONFIRMING_TOLD] += counted["payment.confirming"]
        assert counted["payment.confirming"] >= told, "a debit was unknown and its shop did not hear of it"
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
