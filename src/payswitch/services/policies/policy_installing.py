"""Putting policies into the running router: after a change, and at the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from payswitch.domain.policy_record import ResolvedPolicy
from payswitch.routing.policy import Policy
from payswitch.services.policies.policy_desk import PolicyDesk
from payswitch.services.policies.policy_log import read_log, whole_policies


def resolved(policy: Policy, now_ms: int) -> ResolvedPolicy:
    """The whole policy as it is written down under its name."""
    return ResolvedPolicy(policy_version=policy.version, document=_document(policy), at_ms=now_ms)


def _document(policy: Policy) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(policy, order="deterministic"))


def install(desk: PolicyDesk, merchant_id: str, policies: Mapping[str, Policy | None]) -> None:
    """From the next decision on these decide, by shop."""
    for shop_id, policy in policies.items():
        desk.book.install(merchant_id, shop_id, policy)


async def restore_policies(desk: PolicyDesk, merchants: Iterable[str], now_ms: int) -> None:
    """At the start: what was in force is in force again. Raises msgspec.ValidationError for a document that this
    version of PaySwitch cannot read: routing by another policy than the operator's would be worse than not to start."""
    await _name_the_base(desk, now_ms)
    for merchant_id in sorted(set(merchants)):
        follows = whole_policies(desk.base, (await read_log(desk.store, merchant_id)).chosen())
        for policy in follows.values():
            if policy is not None:
                await desk.store.save_resolved(resolved(policy, now_ms))
        install(desk, merchant_id, follows)


async def _name_the_base(desk: PolicyDesk, now_ms: int) -> None:
    """A recorded decision's `policy_version` must mean one document for ever. A configured policy that was changed
    without a new version gets one here: a part of its fingerprint is added to the name."""
    base = desk.base
    known = await desk.store.resolved_policy(base.version)
    if known is not None and bytes(known.document) != bytes(_document(base)):
        mark = sha256(bytes(_document(base))).hexdigest()[:8]
        base = replace(base, version=f"{base.version}~{mark}")
        desk.book.replace_policy(base)
    await desk.store.save_resolved(resolved(base, now_ms))
