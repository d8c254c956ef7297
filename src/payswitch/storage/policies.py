"""Policy documents, the log of which is in force, and whole policies by name. Only ever added to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from payswitch.domain.changes import CommitConflict
from payswitch.domain.payment import PaymentFile
from payswitch.domain.policy_record import PolicyActivation, PolicyChange, PolicyVersion, ResolvedPolicy
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import prepared_insert
from payswitch.storage.schema import policies, policy_activations, resolved_policies
from payswitch.storage.write_statements import ATTEMPT, DECISION, PAYMENT

POLICY: Final = RowCodec(PolicyVersion)
ACTIVATION: Final = RowCodec(PolicyActivation)
RESOLVED: Final = RowCodec(ResolvedPolicy)

_INSERT_POLICY: Final = prepared_insert(policies)
_INSERT_ACTIVATION: Final = prepared_insert(policy_activations)
_INSERT_RESOLVED: Final = prepared_insert(resolved_policies)


def add(cursor: sqlite3.Cursor, version: PolicyVersion) -> None:
    cursor.execute(_INSERT_POLICY, POLICY.encode(version))


def activate(cursor: sqlite3.Cursor, change: PolicyChange) -> None:
    """Raises CommitConflict when somebody else wrote the next entry of the log meanwhile."""
    entry = change.activation
    rows = cursor.execute(reads.ACTIVATIONS_OF.sql, reads.ACTIVATIONS_OF.bind(merchant_id=entry.merchant_id))
    log = [found for found in map(ACTIVATION.decode, rows.fetchall()) if found.shop_id == entry.shop_id]
    if entry.revision != len(log) + 1:
        raise CommitConflict(f"{entry.merchant_id}/{entry.shop_id}")
    cursor.execute(_INSERT_ACTIVATION, ACTIVATION.encode(entry))
    save_resolved(cursor, change.resolved)


def save_resolved(cursor: sqlite3.Cursor, found: Sequence[ResolvedPolicy]) -> None:
    """Those names that are there already stay as they are: a name means one document for ever."""
    for policy in found:
        bound = reads.RESOLVED_POLICY.bind(policy_version=policy.policy_version)
        if cursor.execute(reads.RESOLVED_POLICY.sql, bound).fetchone() is None:
            cursor.execute(_INSERT_RESOLVED, RESOLVED.encode(policy))


def recorded(
    cursor: sqlite3.Cursor, place: tuple[int, str], limit: int, merchant_id: str, shop_id: str
) -> tuple[list[RecordedDecision], tuple[int, str] | None]:
    """One page of decisions of a merchant (or one shop) with what became of them, oldest first, and where the next
    page begins; None: there is none."""
    bound = reads.RECORDED_DECISIONS.bind(place_ms=place[0], place_id=place[1], limit=limit)
    decisions = [DECISION.decode(row) for row in cursor.execute(reads.RECORDED_DECISIONS.sql, bound).fetchall()]
    found = []
    for decision in decisions:
        file = _file(cursor, decision.payment_id)
        if file.payment.merchant_id == merchant_id and shop_id in ("", file.payment.shop_id):
            found.append(RecordedDecision(decision=decision, file=file))
    last = decisions[-1] if len(decisions) == limit else None
    return found, None if last is None else (last.at_ms, last.decision_id)


def _file(cursor: sqlite3.Cursor, payment_id: str) -> PaymentFile:
    row = cursor.execute(reads.PAYMENT_BY_ID.sql, reads.PAYMENT_BY_ID.bind(payment_id=payment_id)).fetchone()
    attempts = cursor.execute(reads.ATTEMPTS_OF.sql, reads.ATTEMPTS_OF.bind(payment_id=payment_id)).fetchall()
    return PaymentFile(payment=PAYMENT.decode(row), attempts=tuple(ATTEMPT.decode(one) for one in attempts))


def first_place(cursor: sqlite3.Cursor, since_ms: int, most: int) -> tuple[tuple[int, str], int]:
    """Where the newest `most` decisions since then begin, and how many there are in all."""
    counted = cursor.execute(reads.DECISIONS_SINCE.sql, reads.DECISIONS_SINCE.bind(since_ms=since_ms)).fetchone()
    total = int(counted[0])
    if total <= most:
        return (since_ms - 1, "~"), total
    bound = reads.SKIP_DECISIONS.bind(since_ms=since_ms, skipped=total - most - 1)
    at_ms, decision_id = cursor.execute(reads.SKIP_DECISIONS.sql, bound).fetchone()
    return (int(at_ms), str(decision_id)), total
