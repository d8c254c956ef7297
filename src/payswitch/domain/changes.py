"""A unit of work as data: what one use case wants committed, all or nothing.

Services build a `Changes`, storage applies it in one transaction. Because it is data and not a session, many
units share one group commit, and SQLite and PostgreSQL can both take it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from payswitch.domain.events import Event
from payswitch.domain.ledger import Transfer
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, Refund
from payswitch.domain.trail import TrailEntry


@dataclass(slots=True)
class Changes:
    """Rows to insert and rows to replace. Guards:

    - `update_payment` holds the payment as it shall be, with `version` already increased by one; it applies only if
      the stored version is exactly one less. Every change to anything of a payment must carry its payment, so
      that two use cases on one payment can never both win.
    - inserts fail on the unique constraints of the schema.
    """

    insert_payments: list[Payment] = field(default_factory=list)
    update_payments: list[Payment] = field(default_factory=list)
    insert_attempts: list[Attempt] = field(default_factory=list)
    update_attempts: list[Attempt] = field(default_factory=list)
    insert_refunds: list[Refund] = field(default_factory=list)
    update_refunds: list[Refund] = field(default_factory=list)
    insert_events: list[Event] = field(default_factory=list)
    insert_decisions: list[Decision] = field(default_factory=list)
    insert_incidents: list[Incident] = field(default_factory=list)
    idempotency: list[IdempotencyRecord] = field(default_factory=list)
    insert_transfers: list[Transfer] = field(default_factory=list)
    insert_trail: list[TrailEntry] = field(default_factory=list)
    """What an operator did, in the same commit as what came of it."""

    def __bool__(self) -> bool:
        return bool(
            self.update_payments
            or self.insert_payments
            or self.insert_incidents
            or self.insert_decisions
            or self.insert_attempts
            or self.update_attempts
            or self.insert_refunds
            or self.update_refunds
            or self.insert_events
            or self.idempotency
            or self.insert_transfers
            or self.insert_trail
        )


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """`Idempotency-Key` of a shop -> what it made. Unique per (shop, key)."""

    shop_id: str
    key: str
    input_hash: str
    resource_id: str
    created_at_ms: int


class CommitConflict(Exception):
    """A payment was changed by somebody else since it was read: read again, decide again."""


class UniqueViolation(Exception):
    """An insert met a unique constraint. `constraint` is its name in the schema:
    `uq_payment_shop_trade`, `uq_payment_winner`, `uq_attempt_order_no`, `uq_refund_out_no`,
    `uq_refund_shop_no`, `uq_event_sequence`, `uq_idempotency`."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class StorageUnavailable(Exception):
    """The database could not take or give data just now. Whether a commit happened is unknown: read again."""
