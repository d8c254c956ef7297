"""客户画像规则: conditions compiled to tables (`conditions.py`), targets to bits, once per policy.

Every action of every rule is one *row* with its own bit; an earlier row has a higher bit. What a candidate's target
matches is one integer, computed when the channels are laid out. At a decision only the conditions are asked; the rest
is `&` on integers. A candidate's *debt* are the fired `prefer`, `tier` and `pin` rows that it does not match: comparing
debts as numbers is exactly "the earlier rule outweighs all later ones".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from msgspec.structs import replace

from payswitch.domain.channel import Channel, Method, Product
from payswitch.routing.conditions import Conditions
from payswitch.routing.policy import Condition, Policy, Rule, RuleSplit, Split, SplitMode, Target
from payswitch.routing.request import RouteRequest

_KEPT: Final = 1_024
"""Combinations of rules of which what follows from them is kept ready. Few ever occur; when it is full, all are
forgotten and made anew as they occur. They depend on the policy alone, and the profile is made anew with it."""


@dataclass(slots=True, frozen=True)
class Face:
    """What of a channel x product a target can match."""

    channel: Channel
    product: Product
    method: Method
    tier: str


def target_matches(target: Target, face: Face) -> bool:
    """All given fields must match; within a field any value does."""
    return (
        (not target.methods or face.method in target.methods)
        and (not target.products or face.product in target.products)
        and (not target.channels or face.channel.channel_id in target.channels)
        and (not target.tags or not face.channel.tags.isdisjoint(target.tags))
    )


def _tier_matches(tier: str, face: Face) -> bool:
    return face.tier == tier


@dataclass(slots=True, frozen=True)
class _Row:
    bit: int
    kind: str
    rule: str
    matches: Callable[[Face], bool]
    asks: bool


@dataclass(slots=True, frozen=True)
class Fired:
    """Which rules hold for one payment, as bits of their rows."""

    names: tuple[str, ...]
    front: int
    """Fired rows that put their targets first."""
    avoid: int
    only: int
    pin: int
    asks: int
    """Those of `front` that name a method or a product: what they match is as good as asked for."""
    split: Split | None = None
    """The split of the first fired rule that has one ..."""
    split_rule: str = ""
    """... and that rule's name."""


class Profile:
    """The policy's rules, compiled."""

    def __init__(self, policy: Policy) -> None:
        actions = [(rule.name, *action) for rule in policy.rules for action in _actions(rule)]
        self._rows = [
            _Row(1 << (len(actions) - 1 - n), kind, name, match, asks)
            for n, (name, kind, match, asks) in enumerate(actions)
        ]
        self._masks = {
            kind: sum(row.bit for row in self._rows if row.kind == kind) for kind in ("front", "avoid", "only", "pin")
        }
        self._front = self._masks["front"] | self._masks["pin"]
        self._asks = sum(row.bit for row in self._rows if row.asks)
        self._reasons: dict[int, tuple[str, ...]] = {}
        self._fired: dict[int, Fired] = {}
        bits: dict[str, int] = {}
        for row in self._rows:
            bits[row.rule] = bits.get(row.rule, 0) | row.bit
        self._conditions = Conditions([rule.when for rule in policy.rules])
        self._rules = [(rule.name, bits.get(rule.name, 0)) for rule in policy.rules]
        self._splits = {rule.name: _own_split(policy, rule.then.split) for rule in policy.rules if rule.then.split}
        self.asks_for = tuple(dict.fromkeys(fact for rule in policy.rules for fact in _facts_asked(rule.when)))
        """The facts about the customer that some rule looks at, and that may have to be derived."""

    def bits_of(self, face: Face) -> int:
        """The rows whose targets this channel x product matches."""
        return sum(row.bit for row in self._rows if row.matches(face))

    def fired(self, request: RouteRequest) -> Fired:
        """The rules whose conditions hold."""
        holding = self._conditions.holding(request)
        known = self._fired.get(holding)
        if known is None:
            if len(self._fired) >= _KEPT:
                self._fired.clear()
            known = self._fired[holding] = self._follows(holding)
        return known

    def _follows(self, holding: int) -> Fired:
        """What follows from the conditions that hold."""
        held = [rule for n, rule in enumerate(self._rules) if holding >> n & 1]
        names = tuple(name for name, _ in held)
        bits = 0
        for _, rule_bits in held:
            bits |= rule_bits
        masks = self._masks
        split_rule = next((name for name in names if name in self._splits), "")
        return Fired(
            names=names,
            front=bits & self._front,
            avoid=bits & masks["avoid"],
            only=bits & masks["only"],
            pin=bits & masks["pin"],
            asks=bits & self._asks,
            split=self._splits.get(split_rule),
            split_rule=split_rule,
        )

    def reasons(self, bits: int) -> tuple[str, ...]:
        """The reason codes of fired rows that a candidate matches."""
        known = self._reasons.get(bits)
        if known is None:
            if len(self._reasons) >= _KEPT:
                self._reasons.clear()
            known = self._reasons[bits] = tuple(
                f"avoid:{row.rule}" if row.kind == "avoid" else f"rule:{row.rule}"
                for row in self._rows
                if row.bit & bits
            )
        return known


def _own_split(policy: Policy, own: RuleSplit) -> Split:
    return replace(policy.split, best=own.best, warm=own.warm, explore=own.explore, mode=SplitMode.FIXED)


def _facts_asked(when: Condition) -> list[str]:
    ages = when.age_bands or when.min_age is not None or when.max_age is not None
    asked = [("customer_new", when.customer_new is not None), ("age_band", ages), ("device", when.devices)]
    return [fact for fact, is_asked in asked if is_asked]


def _actions(rule: Rule) -> list[tuple[str, Callable[[Face], bool], bool]]:
    """(kind of row, what it matches, whether it asks for a method or product) for each action of the rule."""
    found: list[tuple[str, Callable[[Face], bool], bool]] = []
    for kind, target in (
        ("pin", rule.then.pin),
        ("front", rule.then.prefer),
        ("avoid", rule.then.avoid),
        ("only", rule.then.only),
    ):
        if target is not None:
            asks = kind in ("pin", "front", "only") and bool(target.methods or target.products)
            found.append((kind, partial(target_matches, target), asks))
    if rule.then.tier is not None:
        found.append(("front", partial(_tier_matches, rule.then.tier), False))
    return found
