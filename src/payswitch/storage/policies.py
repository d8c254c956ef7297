"""Policy documents, the log of which is in force, and whole policies by name. Only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from payswitch.domain.changes import CommitConflict
from payswitch.domain.payment import PaymentFile
from payswitch.domain.policy_record import PolicyActivation, PolicyChange, PolicyVersion, ResolvedPolicy
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.domain.trail import TrailEntry
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.people import add_trail
from payswitch.storage.prepared import PreparedInsert, Statement, prepared_upsert
from payswitch.storage.schema import policies, policy_activations, resolved_policies
from payswitch.storage.scripts import Script, decoded, first, one, row_or_none, write
from payswitch.storage.write_statements import ATTEMPT, DECISION, PAYMENT

POLICY: Final = RowCodec(PolicyVersion)
ACTIVATION: Final = RowCodec(PolicyActivation)
RESOLVED: Final = RowCodec(ResolvedPolicy)

_INSERT_POLICY: Final = PreparedInsert(policies)
_INSERT_ACTIVATION: Final = PreparedInsert(policy_activations)


def _save_resolved(insert: Any) -> Statement:
    """A name that is there already stays as it is: it means one document for ever."""
    kept: Statement = insert(resolved_policies).on_conflict_do_nothing(index_elements=["policy_version"])
    return kept


_SAVE_RESOLVED: Final = prepared_upsert(_save_resolved)


def add(version: PolicyVersion, trail: TrailEntry | None) -> Script[None]:
    yield from write(_INSERT_POLICY, POLICY.encode(version))
    yield from add_trail(() if trail is None else (trail,))


def activate(change: PolicyChange) -> Script[None]:
    """Raises CommitConflict when somebody else wrote the next entry of the log meanwhile."""
    entry = change.activation
    written = yield from decoded(ACTIVATION, reads.ACTIVATIONS_OF, merchant_id=entry.merchant_id)
    log = [found for found in written if found.shop_id == entry.shop_id]
    if entry.revision != len(log) + 1:
        raise CommitConflict(f"{entry.merchant_id}/{entry.shop_id}")
    yield from write(_INSERT_ACTIVATION, ACTIVATION.encode(entry))
    yield from save_resolved(change.resolved)
    yield from add_trail(() if change.trail is None else (change.trail,))


def save_resolved(found: Sequence[ResolvedPolicy]) -> Script[None]:
    for policy in found:
        yield from write(_SAVE_RESOLVED, dict(zip(RESOLVED.fields, RESOLVED.encode(policy), strict=True)))


def recorded(
    place: tuple[int, str], limit: int, merchant_id: str, shop_id: str
) -> Script[tuple[list[RecordedDecision], tuple[int, str] | None]]:
    """One page of decisions of a merchant (or one shop) with what became of them, oldest first, and where the next
    page begins; None: there is none."""
    decisions = yield from decoded(
        DECISION, reads.RECORDED_DECISIONS, place_ms=place[0], place_id=place[1], limit=limit
    )
    found = []
    for decision in decisions:
        file = yield from _file(decision.payment_id)
        if file.payment.merchant_id == merchant_id and shop_id in ("", file.payment.shop_id):
            found.append(RecordedDecision(decision=decision, file=file))
    last = decisions[-1] if len(decisions) == limit else None
    return found, None if last is None else (last.at_ms, last.decision_id)


def _file(payment_id: str) -> Script[PaymentFile]:
    payment = yield from row_or_none(PAYMENT, reads.PAYMENT_BY_ID, payment_id=payment_id)
    if payment is None:
        raise InvariantViolation("fk_decision_payment", f"a decision about {payment_id}, which does not exist")
    attempts = yield from decoded(ATTEMPT, reads.ATTEMPTS_OF, payment_id=payment_id)
    return PaymentFile(payment=payment, attempts=tuple(attempts))


def first_place(since_ms: int, most: int) -> Script[tuple[tuple[int, str], int]]:
    """Where the newest `most` decisions since then begin, and how many there are in all."""
    total = int((yield from one(reads.DECISIONS_SINCE, since_ms=since_ms)))
    if total <= most:
        return (since_ms - 1, "~"), total
    place = yield from first(reads.SKIP_DECISIONS, since_ms=since_ms, skipped=total - most - 1)
    if place is None:
        return (since_ms - 1, "~"), total
    return (int(place[0]), str(place[1])), total
