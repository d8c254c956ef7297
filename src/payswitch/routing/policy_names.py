"""Checks the tags and shops that a policy names against those there are: a misspelt one would never match anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from payswitch.domain.channel import Channel
from payswitch.routing.policy import DEFAULT_TIERS, Policy, Rule
from payswitch.routing.policy_default import default_policy
from payswitch.routing.policy_shape import PolicyProblem, unknown

_TARGETS: Final = ("prefer", "avoid", "only", "pin")


def _tags_of(rules: Iterable[Rule], place: str = "rules") -> Iterator[tuple[str, str]]:
    """(place, tag) of every tag that a rule's action names."""
    for n, rule in enumerate(rules):
        for name in _TARGETS:
            target = getattr(rule.then, name)
            if target is not None:
                yield from ((f"{place}[{n}].then.{name}.tags", tag) for tag in target.tags)


WELL_KNOWN_TAGS: Final = frozenset(tag for tier in DEFAULT_TIERS for tag in tier.tags) | {
    tag for _, tag in _tags_of(default_policy().rules)
}
"""The default policy names these, and must fit every merchant, also one without such a channel."""


def check_tags(policy: Policy, channels: Sequence[Channel]) -> list[PolicyProblem]:
    """Tags that no channel of the merchant has."""
    known = sorted(WELL_KNOWN_TAGS.union(*(channel.tags for channel in channels)))
    named = [(f"tiers[{n}].tags", tag) for n, tier in enumerate(policy.tiers) for tag in tier.tags]
    named += _tags_of(policy.rules)
    return [unknown(place, "tag", "标签", tag, known) for place, tag in named if tag not in known]


def check_shops(policy: Policy, shops: Sequence[str]) -> list[PolicyProblem]:
    """Shops in conditions that the merchant does not have."""
    return [
        unknown(f"rules[{n}].when.shops", "shop", "店铺", shop, sorted(shops))
        for n, rule in enumerate(policy.rules)
        for shop in rule.when.shops
        if shop not in shops
    ]
