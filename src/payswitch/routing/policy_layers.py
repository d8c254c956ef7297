"""继承: a shop's document holds only what differs from its merchant's policy; this puts the two together.

A shop may have its own tiers, split, rules and methods on request. Triggers, soft limits, hedging, scoring and
maintenance are about channels, which belong to the merchant: they stand in the merchant's document only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from payswitch.domain.channel import Channel, Method
from payswitch.routing.policy import Policy, Rule, Split, Tier
from payswitch.routing.policy_loading import PolicyInvalid, check_policy, load_policy
from payswitch.routing.policy_names import check_shops
from payswitch.routing.policy_shape import PolicyProblem, check_shape, unknown


class ShopSplit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The percentages that differ from the merchant's; after that the sum must be 100."""

    best: int | None = None
    warm: int | None = None
    explore: int | None = None
    safe_within: float | None = None


class ShopPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one shop does otherwise than its merchant. Everything left out is inherited."""

    version: str = ""
    """The operator's own word; the service names the version that decides."""
    tiers: tuple[Tier, ...] | None = None
    """All tiers, instead of the merchant's."""
    split: ShopSplit | None = None
    rules: tuple[Rule, ...] = ()
    """A rule with the name of a merchant's stands in its place; the others come before the merchant's."""
    without_rules: tuple[str, ...] = ()
    """Rules of the merchant that do not hold here, by name."""
    on_request: tuple[Method, ...] | None = None
    """All of them, instead of the merchant's."""


_SHAPE: Final = inspect.type_info(ShopPolicy)
_MERCHANTS: Final = frozenset(Policy.__struct_fields__) - set(ShopPolicy.__struct_fields__)


def load_merchant_policy(data: Any, channels: Sequence[Channel] | None, shops: Sequence[str], version: str) -> Policy:
    """A whole document; its `version` may be left out, the service names it. Without `channels` names of channels,
    products and tags are not checked. Raises PolicyInvalid."""
    named = {**data, "version": version} if isinstance(data, dict) else data
    problems: list[PolicyProblem] = []
    try:
        policy = load_policy(named, channels)
    except PolicyInvalid as invalid:
        problems += [*invalid.problems, *_check_readable_rules(data, shops)]
    else:
        problems += check_shops(policy, shops)
        if not problems:
            return policy
    raise PolicyInvalid(problems)


def _check_readable_rules(data: Any, shops: Sequence[str]) -> list[PolicyProblem]:
    """The shops that the rules name, also when something else in the document is wrong."""
    try:
        rules = msgspec.convert(data["rules"], tuple[Rule, ...])
    except (KeyError, TypeError, msgspec.ValidationError):
        return []
    return check_shops(Policy(version="-", rules=rules), shops)


def load_shop_policy(data: Any, base: Policy, channels: Sequence[Channel] | None, shop_id: str) -> ShopPolicy:
    """A shop's document, checked together with what it inherits. Raises PolicyInvalid with all mistakes."""
    problems = _check_parts(data)
    if problems:
        raise PolicyInvalid(problems)
    shop = msgspec.convert(data, ShopPolicy)
    whole = resolve(base, shop, base.version)
    problems = check_policy(replace(whole, rules=shop.rules), channels)
    problems += _check_inherited(base, shop, whole)
    problems += _check_this_shop(shop.rules, shop_id)
    if problems:
        raise PolicyInvalid(problems)
    return shop


def resolve(base: Policy, shop: ShopPolicy, version: str) -> Policy:
    """The whole policy of a shop: what it says itself, and the merchant's for the rest."""
    own = {rule.name: rule for rule in shop.rules}
    inherited = [own.get(rule.name, rule) for rule in base.rules if rule.name not in shop.without_rules]
    replaced = {rule.name for rule in base.rules if rule.name not in shop.without_rules}
    return replace(
        base,
        version=version,
        tiers=base.tiers if shop.tiers is None else shop.tiers,
        split=_split(base.split, shop.split),
        rules=(*(rule for rule in shop.rules if rule.name not in replaced), *inherited),
        on_request=base.on_request if shop.on_request is None else shop.on_request,
    )


def _split(base: Split, shop: ShopSplit | None) -> Split:
    if shop is None:
        return base
    given = {name: getattr(shop, name) for name in shop.__struct_fields__}
    return replace(base, **{name: value for name, value in given.items() if value is not None})


def _check_parts(data: Any) -> list[PolicyProblem]:
    if not isinstance(data, dict):
        return check_shape(_SHAPE, data)
    own = {name: value for name, value in data.items() if name not in _MERCHANTS}
    return check_shape(_SHAPE, own) + [
        PolicyProblem(
            name,
            "is about channels, which belong to the merchant; move it into the merchant's document",
            "属于渠道，由商户统一设置；请移到商户的策略文档",
        )
        for name in data
        if name in _MERCHANTS
    ]


def _check_inherited(base: Policy, shop: ShopPolicy, whole: Policy) -> list[PolicyProblem]:
    """What the shop's document breaks in the merchant's."""
    names = [rule.name for rule in base.rules]
    problems = [
        unknown(f"without_rules[{n}]", "rule of the merchant", "商户规则", name, names)
        for n, name in enumerate(shop.without_rules)
        if name not in names
    ]
    tiers = {tier.name for tier in whole.tiers}
    own = {rule.name for rule in shop.rules}
    return problems + [
        PolicyProblem(
            "tiers",
            f"the merchant's rule `{rule.name}` needs the tier `{rule.then.tier}`; keep it, or name the rule in "
            "without_rules",
            f"商户规则 `{rule.name}` 需要优先级 `{rule.then.tier}`；请保留该优先级，或在 without_rules 中写明该规则",
        )
        for rule in whole.rules
        if rule.name not in own and rule.then.tier is not None and rule.then.tier not in tiers
    ]


def _check_this_shop(rules: Iterable[Rule], shop_id: str) -> list[PolicyProblem]:
    return [
        PolicyProblem(
            f"rules[{n}].when.shops",
            f"can never be true: this is the document of the shop `{shop_id}`; drop the condition",
            f"条件永远不成立：本文档属于店铺 `{shop_id}`，请删去该条件",
        )
        for n, rule in enumerate(rules)
        if rule.when.shops and shop_id not in rule.when.shops
    ]
