"""A payment file being changed by one use case, and the loop that commits it against competitors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from payswitch.domain.changes import Changes, CommitConflict, IdempotencyRecord
from payswitch.domain.events import Event
from payswitch.domain.ledger import transfers_of
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, PaymentFile, Refund
from payswitch.domain.trail import TrailEntry
from payswitch.services.context import Context

T = TypeVar("T")

MOST_CONFLICTS = 20
"""Competitors for one payment are few (a notification, a query, a request): more retries mean a bug."""


class Draft:
    """Starts from what is stored, takes changes, gives one `Changes` whose guard is the payment's version."""

    def __init__(self, file: PaymentFile, *, is_new: bool = False) -> None:
        self._before = None if is_new else file
        self.payment: Payment = file.payment
        self._stored_version = 0 if is_new else file.payment.version
        self._is_new = is_new
        self._attempts = {attempt.attempt_id: attempt for attempt in file.attempts}
        self._refunds = {refund.refund_id: refund for refund in file.refunds}
        self._new_attempts: set[str] = set()
        self._changed_attempts: set[str] = set()
        self._new_refunds: set[str] = set()
        self._changed_refunds: set[str] = set()
        self._payment_changed = is_new
        self.events: list[Event] = []
        self.decisions: list[Decision] = []
        self.incidents: list[Incident] = []
        self.idempotency: list[IdempotencyRecord] = []
        self.trail: list[TrailEntry] = []

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._attempts.values())

    @property
    def refunds(self) -> tuple[Refund, ...]:
        return tuple(self._refunds.values())

    @property
    def file(self) -> PaymentFile:
        """The payment as it will stand after the commit."""
        return PaymentFile(payment=self.payment, attempts=self.attempts, refunds=self.refunds)

    def attempt(self, attempt_id: str) -> Attempt:
        return self._attempts[attempt_id]

    def refund(self, refund_id: str) -> Refund:
        return self._refunds[refund_id]

    def set_payment(self, **changes: Any) -> None:
        self.payment = replace(self.payment, **changes)
        self._payment_changed = True

    def add_attempt(self, attempt: Attempt) -> None:
        self._attempts[attempt.attempt_id] = attempt
        self._new_attempts.add(attempt.attempt_id)

    def set_attempt(self, attempt_id: str, **changes: Any) -> Attempt:
        attempt = replace(self._attempts[attempt_id], **changes)
        self._attempts[attempt_id] = attempt
        if attempt_id not in self._new_attempts:
            self._changed_attempts.add(attempt_id)
        return attempt

    def add_refund(self, refund: Refund) -> None:
        self._refunds[refund.refund_id] = refund
        self._new_refunds.add(refund.refund_id)

    def set_refund(self, refund_id: str, **changes: Any) -> Refund:
        refund = replace(self._refunds[refund_id], **changes)
        self._refunds[refund_id] = refund
        if refund_id not in self._new_refunds:
            self._changed_refunds.add(refund_id)
        return refund

    def seal(self, fee_bp_of: Callable[[str], int]) -> Changes:
        """The unit of work, with the payment's version moved by one; empty when nothing changed. What it means for the
        ledger is derived here, for every use case alike; `fee_bp_of`: the configured fee of a channel."""
        touched = (
            self._payment_changed
            or self._new_attempts
            or self._changed_attempts
            or self._new_refunds
            or self._changed_refunds
            or self.events
        )
        if touched and not self._is_new:
            self.payment = replace(self.payment, version=self._stored_version + 1)
        return Changes(
            insert_payments=[self.payment] if self._is_new else [],
            update_payments=[self.payment] if touched and not self._is_new else [],
            insert_attempts=[self._attempts[key] for key in self._attempts if key in self._new_attempts],
            update_attempts=[self._attempts[key] for key in self._attempts if key in self._changed_attempts],
            insert_refunds=[self._refunds[key] for key in self._refunds if key in self._new_refunds],
            update_refunds=[self._refunds[key] for key in self._refunds if key in self._changed_refunds],
            insert_events=self.events,
            insert_decisions=self.decisions,
            insert_incidents=self.incidents,
            idempotency=self.idempotency,
            insert_transfers=list(transfers_of(self._before, self.file, fee_bp_of)),
            insert_trail=self.trail,
        )


def _fee_bp_of(ctx: Context) -> Callable[[str], int]:
    def fee_bp(channel_id: str) -> int:
        channel = ctx.directory.channel(channel_id)
        # A channel that is configured no more: the bill will say what it kept.
        return 0 if channel is None else channel.fee_bp

    return fee_bp


async def commit(ctx: Context, draft: Draft) -> PaymentFile:
    """Commit one draft and wake the outbox if it tells the shop something. Raises what `Store.commit` raises."""
    changes = draft.seal(_fee_bp_of(ctx))
    if changes:
        await ctx.store.commit(changes)
        if changes.insert_events:
            ctx.outbox_wake.set()
        ctx.bells.ring(draft.payment.payment_id)
    return draft.file


async def change(
    ctx: Context, payment_id: str, decide: Callable[[Draft], T], *, known: PaymentFile | None = None
) -> tuple[PaymentFile, T]:
    """Read, decide, commit; if somebody else changed the payment meanwhile, read and decide again.

    `decide` must depend on nothing but the draft: it may run several times. `known` saves the first read.
    """
    for _ in range(MOST_CONFLICTS):
        file = known or await ctx.store.payment_file(payment_id)
        known = None
        if file is None:
            raise LookupError(f"payment {payment_id} vanished from storage")
        draft = Draft(file)
        result = decide(draft)
        try:
            return await commit(ctx, draft), result
        except CommitConflict:
            continue
    raise RuntimeError(f"payment {payment_id}: {MOST_CONFLICTS} commits in a row met a competitor")
