"""The hot writes: what a unit of work (`Changes`) becomes, as prepared statements with their rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Table, bindparam, select

from payswitch.domain.changes import Changes, CommitConflict, IdempotencyRecord
from payswitch.domain.events import Event
from payswitch.domain.ledger import Transfer
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, Refund
from payswitch.storage import books_schema, schema
from payswitch.storage.codec import RowCodec
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared, PreparedUpdate, prepared_insert

PAYMENT: Final = RowCodec(Payment)
ATTEMPT: Final = RowCodec(Attempt)
REFUND: Final = RowCodec(Refund)
EVENT: Final = RowCodec(Event)
DECISION: Final = RowCodec(Decision)
INCIDENT: Final = RowCodec(Incident)
IDEMPOTENCY: Final = RowCodec(IdempotencyRecord)
TRANSFER: Final = RowCodec(Transfer)

_INSERTS: Final[tuple[tuple[str, RowCodec[Any], str], ...]] = tuple(
    (name, codec, prepared_insert(table))
    for name, codec, table in (
        # Parents before children: the foreign keys are checked row by row.
        ("insert_payments", PAYMENT, schema.payments),
        ("insert_decisions", DECISION, schema.decisions),
        ("insert_attempts", ATTEMPT, schema.attempts),
        ("insert_refunds", REFUND, schema.refunds),
        ("insert_events", EVENT, schema.events),
        ("insert_incidents", INCIDENT, schema.incidents),
        ("idempotency", IDEMPOTENCY, schema.idempotency),
        ("insert_transfers", TRANSFER, books_schema.transfers),
    )
)

_UPDATE_PAYMENT: Final = PreparedUpdate(
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
_UPDATE_ATTEMPT: Final = PreparedUpdate(
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
    ),
)
_UPDATE_REFUND: Final = PreparedUpdate(
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


def _stored_version(table: Table) -> str:
    return Prepared(select(table.c.version).where(table.c.payment_id == bindparam("payment_id"))).sql


_STORED_VERSION: Final = _stored_version(schema.payments)


class EncodedUnit:
    """A unit of work ready to be written: every row encoded, in the order in which it must be applied."""

    def __init__(self, changes: Changes) -> None:
        _assert_payments_present(changes)
        self._payments = [_UPDATE_PAYMENT.bind(PAYMENT.encode(payment)) for payment in changes.update_payments]
        self._versions = [(payment.payment_id, payment.version) for payment in changes.update_payments]
        self._inserts = [
            (sql, codec.encode(value)) for name, codec, sql in _INSERTS for value in getattr(changes, name)
        ]
        self._updates = list(_encoded_updates(changes))

    def apply(self, cursor: sqlite3.Cursor) -> None:
        """Write it inside the open transaction. Raises CommitConflict, InvariantViolation or sqlite3.Error; then the
        caller rolls all of it back."""
        for row, (payment_id, version) in zip(self._payments, self._versions, strict=True):
            cursor.execute(_UPDATE_PAYMENT.sql, row)
            if cursor.rowcount != 1:
                _explain_missed_payment(cursor, payment_id, version)
        for sql, row in self._inserts:
            cursor.execute(sql, row)
        for sql, row, what in self._updates:
            cursor.execute(sql, row)
            if cursor.rowcount != 1:
                raise InvariantViolation("fixed_columns", f"{what} does not exist or changes what must stay")


def _encoded_updates(changes: Changes) -> Iterator[tuple[str, list[Any], str]]:
    for attempt in changes.update_attempts:
        yield _UPDATE_ATTEMPT.sql, _UPDATE_ATTEMPT.bind(ATTEMPT.encode(attempt)), f"attempt {attempt.attempt_id}"
    for refund in changes.update_refunds:
        yield _UPDATE_REFUND.sql, _UPDATE_REFUND.bind(REFUND.encode(refund)), f"refund {refund.refund_id}"


def _explain_missed_payment(cursor: sqlite3.Cursor, payment_id: str, version: int) -> None:
    """Why an update found no row: somebody else was faster, or the caller changed what must stay."""
    stored = cursor.execute(_STORED_VERSION, (payment_id,)).fetchone()
    if stored is not None and stored[0] == version - 1:
        raise InvariantViolation("fixed_columns", f"payment {payment_id} changes what must stay")
    raise CommitConflict(payment_id)


def _assert_payments_present(changes: Changes) -> None:
    """Whatever belongs to a payment changes only together with it: its version is the guard of every commit."""
    present = {payment.payment_id for payment in changes.insert_payments}
    present.update(payment.payment_id for payment in changes.update_payments)
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
