"""What the admin API shows of policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from payswitch.domain.policy_record import PolicyAction, PolicyActivation, PolicyState
from payswitch.kit.clock import iso_utc
from payswitch.routing.off_policy import Estimate
from payswitch.routing.policy import Policy
from payswitch.routing.policy_diff import Difference
from payswitch.services.policies.policies import PolicyRecord, RolledBack
from payswitch.services.policies.policy_simulation import Figures, Simulation


class ActivationView(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a version was put in force."""

    revision: int
    at: str
    operator_id: str
    action: PolicyAction
    policy_version: str
    """The name that decisions carried from then on."""
    note: str


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a merchant's (or shop's) policy."""

    policy_id: str
    name: str
    merchant_id: str
    shop_id: str | None
    """null: the merchant's own, which its shops inherit."""
    number: int
    state: PolicyState
    revision: int
    """Counts how often anything was put in force for this merchant (or shop); send it with a change."""
    note: str
    created_at: str
    created_by: str
    activations: list[ActivationView]


class PolicyList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[PolicyView]


class PolicyDetail(PolicyView, frozen=True, kw_only=True):
    """One version with its document, and the whole policy that follows from it."""

    document: msgspec.Raw
    """As it was written."""
    policy_version: str
    """The name that decisions carry while it is in force."""
    resolved: dict[str, Any]
    """With everything that is inherited or left to the defaults."""


class MistakeView(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake: its place in the document, and how to mend it in both languages."""

    field: str
    message: str


class PolicyCheckView(msgspec.Struct, frozen=True, kw_only=True):
    """The document has no mistakes; otherwise the answer is `policy_invalid` with all of them, or says them here."""

    valid: bool
    errors: list[MistakeView] = []


class DifferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """One place where two policies differ; null: it is not there. Values are JSON texts."""

    place: str
    before: str | None
    after: str | None


class PolicyDiffView(msgspec.Struct, frozen=True, kw_only=True):
    """What a version changes."""

    before: str
    """The name of the policy it is compared with."""
    after: str
    differences: list[DifferenceView]


class RollbackView(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force after a roll-back."""

    merchant_id: str
    shop_id: str | None
    number: int
    """0: none of its own, what is inherited."""
    policy_version: str
    revision: int


class EstimateView(Estimate, frozen=True, kw_only=True):
    """What the draft would have earned. null: there is nothing to estimate from."""

    reliable: bool
    """At least 100 effective outcomes and 95 % support."""


class SimulationView(Figures, frozen=True, kw_only=True):
    """What the draft would have done with the payments of the last days."""

    since: str
    until: str
    paid_estimate: EstimateView
    fee_estimate: EstimateView


def policy_view(record: PolicyRecord) -> PolicyView:
    return PolicyView(**_fields(record))


def _fields(record: PolicyRecord) -> dict[str, Any]:
    version = record.version
    return {
        "policy_id": version.policy_id,
        "name": version.name,
        "merchant_id": version.merchant_id,
        "shop_id": version.shop_id or None,
        "number": version.number,
        "state": record.state,
        "revision": record.revision,
        "note": version.note,
        "created_at": iso_utc(version.created_at_ms),
        "created_by": version.created_by,
        "activations": [_activation(entry) for entry in record.activations],
    }


def _activation(entry: PolicyActivation) -> ActivationView:
    return ActivationView(
        revision=entry.revision,
        at=iso_utc(entry.at_ms),
        operator_id=entry.operator_id,
        action=entry.action,
        policy_version=entry.policy_version,
        note=entry.note,
    )


def policy_detail(record: PolicyRecord, whole: Policy) -> PolicyDetail:
    return PolicyDetail(
        **_fields(record),
        document=record.version.document,
        policy_version=whole.version,
        resolved=msgspec.to_builtins(whole),
    )


def diff_view(before: Policy, after: Policy, found: Sequence[Difference]) -> PolicyDiffView:
    return PolicyDiffView(
        before=before.version,
        after=after.version,
        differences=[DifferenceView(place=one.place, before=one.before, after=one.after) for one in found],
    )


def rollback_view(done: RolledBack) -> RollbackView:
    entry = done.activation
    return RollbackView(
        merchant_id=entry.merchant_id,
        shop_id=entry.shop_id or None,
        number=entry.number,
        policy_version=entry.policy_version,
        revision=entry.revision,
    )


def simulation_view(found: Simulation) -> SimulationView:
    return SimulationView(
        **{name: getattr(found.figures, name) for name in found.figures.__struct_fields__},
        since=iso_utc(found.since_ms),
        until=iso_utc(found.until_ms),
        paid_estimate=_estimate(found.paid_estimate),
        fee_estimate=_estimate(found.fee_estimate),
    )


def _estimate(found: Estimate) -> EstimateView:
    return EstimateView(**msgspec.structs.asdict(found), reliable=found.is_reliable)
