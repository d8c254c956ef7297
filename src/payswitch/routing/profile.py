"""客户画像规则: conditions compiled to quick checks, targets to bits, once per policy.

Every action of every rule is one *row* with its own bit; an earlier row has a higher bit. What a candidate's target
matches is one integer, computed when the channels are laid out. At a decision only the conditions are checked; the rest
is `&` on integers. A candidate's *debt* are the fired `prefer`, `tier` and `pin` rows that it does not match: comparing
debts as numbers is exactly "the earlier rule outweighs all later ones".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.channel import Channel, Method, Product
from payswitch.domain.payment import AgeBand, Customer, age_band_of
from payswitch.routing.beijing import day_of, weekday_of
from payswitch.routing.policy import Condition, Policy, Rule, RuleSplit, Split, SplitMode, Target
from payswitch.routing.request import RouteRequest

_REASONS_KEPT: Final = 10_000
"""Combinations of rules whose reason codes are kept ready; few ever occur."""

Check = Callable[[RouteRequest], bool]


class Face(msgspec.Struct, frozen=True):
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


class _Row(msgspec.Struct, frozen=True):
    bit: int
    kind: str
    rule: str
    matches: Callable[[Face], bool]
    asks: bool


class Fired(msgspec.Struct, frozen=True):
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


_NOTHING = Fired((), 0, 0, 0, 0, 0)


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
        bits: dict[str, int] = {}
        for row in self._rows:
            bits[row.rule] = bits.get(row.rule, 0) | row.bit
        self._rules = [(rule.name, compile_condition(rule.when), bits.get(rule.name, 0)) for rule in policy.rules]
        self._splits = {rule.name: _own_split(policy, rule.then.split) for rule in policy.rules if rule.then.split}
        self.asks_for = tuple(dict.fromkeys(fact for rule in policy.rules for fact in _facts_asked(rule.when)))
        """The facts about the customer that some rule looks at, and that may have to be derived."""

    def bits_of(self, face: Face) -> int:
        """The rows whose targets this channel x product matches."""
        return sum(row.bit for row in self._rows if row.matches(face))

    def fired(self, request: RouteRequest) -> Fired:
        """The rules whose conditions hold."""
        bits = 0
        names: list[str] = []
        for name, checks, rule_bits in self._rules:
            for check in checks:
                if not check(request):
                    break
            else:
                bits |= rule_bits
                names.append(name)
        if not names:
            return _NOTHING
        masks = self._masks
        split_rule = next((name for name in names if name in self._splits), "") if self._splits else ""
        return Fired(
            names=tuple(names),
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
            if len(self._reasons) >= _REASONS_KEPT:
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


def compile_condition(when: Condition) -> tuple[Check, ...]:
    """One check per given condition, the cheapest first. An unknown fact fulfils no condition about it."""
    checks: list[Check] = []
    checks += _amount_checks(when)
    checks += _customer_checks(when)
    if when.environments:
        environments = frozenset(when.environments)
        checks.append(lambda request: request.environment in environments)
    if when.from_hour is not None and when.to_hour is not None:
        checks.append(_hour_check(when.from_hour, when.to_hour))
    checks += _day_checks(when)
    if when.banks:
        banks = frozenset(when.banks)
        checks.append(lambda request: request.bank in banks)
    if when.shops:
        shops = frozenset(when.shops)
        checks.append(lambda request: request.shop_id in shops)
    if when.goods_tags:
        goods_tags = frozenset(when.goods_tags)
        checks.append(lambda request: request.goods_tag in goods_tags)
    checks += _metadata_checks(when.metadata)
    return tuple(checks)


def _amount_checks(when: Condition) -> list[Check]:
    checks: list[Check] = []
    if (least := when.min_fen) is not None:
        checks.append(lambda request: request.amount_fen >= least)
    if (most := when.max_fen) is not None:
        checks.append(lambda request: request.amount_fen <= most)
    return checks


def _customer_checks(when: Condition) -> list[Check]:
    checks: list[Check] = []
    if (wanted_new := when.customer_new) is not None:
        checks.append(lambda request: request.customer.is_new is wanted_new)
    if when.min_age is not None or when.max_age is not None:
        youngest = 0 if when.min_age is None else when.min_age
        oldest = 1_000 if when.max_age is None else when.max_age
        checks.append(lambda request: _age_within(request.customer, youngest, oldest))
    if when.age_bands:
        bands = frozenset(when.age_bands)
        checks.append(lambda request: _band_of(request.customer) in bands)
    if when.devices:
        devices = frozenset(device.casefold() for device in when.devices)
        checks.append(lambda request: (device := request.customer.device) is not None and device.casefold() in devices)
    if when.risks:
        risks = frozenset(when.risks)
        checks.append(lambda request: request.customer.risk in risks)
    return checks


def _age_within(customer: Customer, youngest: int, oldest: int) -> bool:
    """By the age; else all of the band must be in the range: a doubt fulfils no condition."""
    if customer.age is not None:
        return youngest <= customer.age <= oldest
    if customer.age_band is None:
        return False
    first, last = customer.age_band.ages
    return youngest <= first and last <= oldest


def _band_of(customer: Customer) -> AgeBand | None:
    return customer.age_band if customer.age is None else age_band_of(customer.age)


def _day_checks(when: Condition) -> list[Check]:
    checks: list[Check] = []
    if when.weekdays:
        weekdays = frozenset(when.weekdays)
        checks.append(lambda request: weekday_of(request.local_day) in weekdays)
    if when.from_date is not None:
        first = day_of(when.from_date)
        checks.append(lambda request: request.local_day >= first)
    if when.to_date is not None:
        last = day_of(when.to_date)
        checks.append(lambda request: request.local_day <= last)
    return checks


def _hour_check(from_hour: int, to_hour: int) -> Check:
    if from_hour < to_hour:
        return lambda request: from_hour <= request.local_hour < to_hour
    return lambda request: request.local_hour >= from_hour or request.local_hour < to_hour


def _metadata_checks(wanted: Mapping[str, str | tuple[str, ...]]) -> list[Check]:
    checks: list[Check] = []
    for key, value in wanted.items():
        values = frozenset((value,) if isinstance(value, str) else value)
        checks.append(partial(_metadata_holds, key, values))
    return checks


def _metadata_holds(key: str, values: frozenset[str], request: RouteRequest) -> bool:
    return request.metadata.get(key) in values
