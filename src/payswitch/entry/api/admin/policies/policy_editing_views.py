"""What the admin API shows to whoever writes a policy: what is in force, what may be named, where payments would go."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch.domain.channel import Method, Product
from payswitch.entry.api.explanation_views import SentenceView
from payswitch.routing.reasons import explain
from payswitch.routing.request import Candidate, Exclusion
from payswitch.services.policies.policy_editing import InForce
from payswitch.services.policies.trying import Tried


class NamedChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that a policy may name."""

    channel_id: str
    name: str
    enabled: bool
    tier: int
    """The rank that its own settings give it."""
    tags: list[str]
    products: list[Product]
    fee_bp: int


class NamedShopView(msgspec.Struct, frozen=True, kw_only=True):
    shop_id: str
    name: str


class InForceView(msgspec.Struct, frozen=True, kw_only=True):
    """What decides for a merchant (or shop) just now."""

    merchant_id: str
    shop_id: str | None
    policy_version: str
    """The name that decisions carry just now."""
    policy_id: str | None
    """The version of its own that is in force; null: what is inherited decides."""
    number: int
    """Its number; 0: none."""
    revision: int
    """Send it with a change."""
    document: msgspec.Raw | None
    """Of its own version, as it was written."""
    resolved: dict[str, Any]
    """The whole policy in force."""
    inherited: dict[str, Any]
    """The whole policy that would decide without a version of its own."""
    channels: list[NamedChannelView]
    shops: list[NamedShopView]


class PlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """One candidate, in order."""

    channel_id: str
    product: Product
    method: Method
    estimate: float
    score_fen: float
    propensity: float
    """How often it would be first, 0..1."""
    soft_limit_ms: int
    reasons: list[SentenceView]


class NotPlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel and product that would not be asked."""

    channel_id: str
    product: Product
    reason: SentenceView


class PolicySchemaView(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy document may hold."""

    parts: dict[str, dict[str, Any]]
    """JSON Schema of every part by its name (`Policy`, `ShopPolicy`, `Scoring`, ...); a `$ref` is such a name. Chinese
    words stand beside the English ones, under `x-title-zh`, `x-description-zh` and `x-unit-zh`."""


class TriedView(msgspec.Struct, frozen=True, kw_only=True):
    """Where such a payment would go just now."""

    policy_version: str
    candidates: list[PlannedView]
    excluded: list[NotPlannedView]
    rules_fired: list[str]
    lines: list[SentenceView]
    """The same in sentences, as a payment's explanation says it."""


def in_force_view(found: InForce) -> InForceView:
    own = found.own
    return InForceView(
        merchant_id=found.scope.merchant_id,
        shop_id=found.scope.shop_id or None,
        policy_version=found.policy.version,
        policy_id=None if own is None else own.policy_id,
        number=0 if own is None else own.number,
        revision=found.revision,
        document=None if own is None else own.document,
        resolved=msgspec.to_builtins(found.policy),
        inherited=msgspec.to_builtins(found.inherited),
        channels=[
            NamedChannelView(
                channel_id=channel.channel_id,
                name=channel.name,
                enabled=channel.enabled,
                tier=channel.tier,
                tags=sorted(channel.tags),
                products=sorted(channel.products),
                fee_bp=channel.fee_bp,
            )
            for channel in sorted(found.channels, key=lambda one: (one.tier, one.channel_id))
        ],
        shops=[NamedShopView(shop_id=shop.shop_id, name=shop.name) for shop in found.shops],
    )


def tried_view(tried: Tried) -> TriedView:
    plan = tried.plan
    return TriedView(
        policy_version=plan.policy_version,
        candidates=[_planned(candidate) for candidate in plan.candidates],
        excluded=[_not_planned(exclusion) for exclusion in plan.excluded],
        rules_fired=list(plan.rules_fired),
        lines=[SentenceView(zh=zh, en=en) for zh, en in tried.lines],
    )


def _planned(candidate: Candidate) -> PlannedView:
    return PlannedView(
        channel_id=candidate.channel_id,
        product=candidate.product,
        method=candidate.method,
        estimate=candidate.estimate,
        score_fen=candidate.score,
        propensity=candidate.propensity,
        soft_limit_ms=candidate.soft_limit_ms,
        reasons=[_said(code) for code in candidate.reasons],
    )


def _not_planned(exclusion: Exclusion) -> NotPlannedView:
    return NotPlannedView(channel_id=exclusion.channel_id, product=exclusion.product, reason=_said(exclusion.reason))


def _said(code: str) -> SentenceView:
    zh, en = explain(code)
    return SentenceView(zh=zh, en=en)
