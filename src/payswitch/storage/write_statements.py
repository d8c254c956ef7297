"""The hot writes: what a unit of work (`Changes`) becomes, as prepared statements with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Text, bindparam, select

from payswitch.domain.changes import Changes, CommitConflict, IdempotencyRecord
from payswitch.domain.events import Event
from payswitch.domain.ledger import Transfer
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, Refund
from payswitch.domain.trail import TrailEntry
from payswitch.storage import ledger, schema
from payswitch.storage.codec import RowCodec
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared, PreparedInsert, PreparedUpdate
from payswitch.storage.scripts import Ask, Script, first

PAYMENT: Final = RowCodec(Payment)
ATTEMPT: Final = RowCodec(Attempt)
REFUND: Final = RowCodec(Refund)
EVENT: Final = RowCodec(Event)
DECISION: Final = RowCodec(Decision)
INCIDENT: Final = RowCodec(Incident)
IDEMPOTENCY: Final = RowCodec(IdempotencyRecord)
TRANSFER: Final = RowCodec(Transfer)
TRAIL: Final = RowCodec(TrailEntry)

_INSERTS: Final[tuple[tuple[str, RowCodec[Any], PreparedInsert], ...]] = tuple(
    (name, codec, PreparedInsert(table))
    for name, codec, table in (
        # Parents before children: the foreign keys are checked row by row.
        ("insert_payments", PAYMENT, schema.payments),
        ("insert_decisions", DECISION, schema.decisions),
        ("insert_attempts", ATTEMPT, schema.attempts),
        ("insert_refunds", REFUND, schema.refunds),
        ("insert_events", EVENT, schema.events),
        ("insert_incidents", INCIDENT, schema.incidents),
        ("idempotency", IDEMPOTENCY, schema.idempotency),
        ("insert_transfers", TRANSFER, schema.transfers),
        ("insert_trail", TRAIL, schema.audit_trail),
    )
)

UPDATE_PAYMENT: Final = PreparedUpdate(
    schema.payments,
    "payment_id",
    (
        "merchant_id",
        "shop_id",
        "out_trade_no",
        "amount_fen",
        "currency",
        "created_at_ms",
        "checkout_token",
        "input_hash",
    ),
    versioned=True,
)
UPDATE_ATTEMPT: Final = PreparedUpdate(
    schema.attempts,
    "attempt_id",
    (
        "payment_id",
        "ordinal",
        "channel_id",
        "channel_version",
        "product",
        "method",
        "channel_order_no",
        "amount_fen",
        "created_at_ms",
        "decision_id",
        "shadow",
    ),
)
UPDATE_REFUND: Final = PreparedUpdate(
    schema.refunds,
    "refund_id",
    (
        "payment_id",
        "attempt_id",
        "shop_id",
        "kind",
        "out_refund_no",
        "shop_refund_no",
        "amount_fen",
        "created_at_ms",
    ),
)


_STORED_VERSION: Final = Prepared(
    select(schema.payments.c.version).where(schema.payments.c.payment_id == bindparam("payment_id", type_=Text))
)

Row = list[Any]


INSERT_ORDER: Final = tuple(statement for _, _, statement in _INSERTS)
UPDATE_ORDER: Final = (UPDATE_ATTEMPT, UPDATE_REFUND)


class EncodedUnit:
    """A unit of work ready to be written: every row encoded, in the order in which it must be applied."""

    def __init__(self, changes: Changes) -> None:
        self.payment_ids = _present(changes)
        _assert_payments_present(changes, self.payment_ids)
        self.payments = [PAYMENT.encode(payment) for payment in changes.update_payments]
        self._versions = [(payment.payment_id, payment.version) for payment in changes.update_payments]
        self.inserts: list[tuple[PreparedInsert, Row]] = [
            (statement, codec.encode(value)) for name, codec, statement in _INSERTS for value in getattr(changes, name)
        ]
        self.updates = list(_encoded_updates(changes))
        self.moves = ledger.moved_by(changes.insert_transfers)
        """What it moves in the ledger: noted by the writer, once for all units of a transaction."""

    def apply(self) -> Script[None]:
        """Write it inside the open transaction, all but its `moves`. Raises CommitConflict, InvariantViolation or the
        driver's error; then the caller rolls all of it back."""
        for row, (payment_id, version) in zip(self.payments, self._versions, strict=True):
            if (yield Ask(UPDATE_PAYMENT, row)).count != 1:
                yield from _explain_missed_payment(payment_id, version)
        for insert, row in self.inserts:
            yield Ask(insert, row)
        for update, row, what in self.updates:
            if (yield Ask(update, row)).count != 1:
                raise InvariantViolation("fixed_columns", f"{what} does not exist or changes what must stay")


def _encoded_updates(changes: Changes) -> Iterator[tuple[PreparedUpdate, Row, str]]:
    for attempt in changes.update_attempts:
        yield UPDATE_ATTEMPT, ATTEMPT.encode(attempt), f"attempt {attempt.attempt_id}"
    for refund in changes.update_refunds:
        yield UPDATE_REFUND, REFUND.encode(refund), f"refund {refund.refund_id}"


def _explain_missed_payment(payment_id: str, version: int) -> Script[None]:
    """Why an update found no row: somebody else was faster, or the caller changed what must stay."""
    stored = yield from first(_STORED_VERSION, payment_id=payment_id)
    if stored is not None and stored[0] == version - 1:
        raise InvariantViolation("fixed_columns", f"payment {payment_id} changes what must stay")
    raise CommitConflict(payment_id)


def _present(changes: Changes) -> frozenset[str]:
    return frozenset(payment.payment_id for payment in (*changes.insert_payments, *changes.update_payments))


def _assert_payments_present(changes: Changes, present: frozenset[str]) -> None:
    """Whatever belongs to a payment changes only together with it: its version is the guard of every commit."""
    children: tuple[Sequence[Attempt | Refund | Event | Transfer], ...] = (
        changes.insert_attempts,
        changes.update_attempts,
        changes.insert_refunds,
        changes.update_refunds,
        changes.insert_events,
        changes.insert_transfers,
    )
    for rows in children:
        for row in rows:
            if row.payment_id not in present:
                raise InvariantViolation("payment_missing", f"{row.payment_id} is touched without its payment")
