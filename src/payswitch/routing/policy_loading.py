"""Reads a policy from plain data (parsed YAML or JSON) and refuses every mistake with its place and its fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from payswitch.domain.channel import Channel, Product
from payswitch.routing.maintenance import window_of
from payswitch.routing.policy import Policy, RuleSplit, Split, Target
from payswitch.routing.policy_bounds import between, order, positive
from payswitch.routing.policy_names import check_tags
from payswitch.routing.policy_shape import PolicyProblem, check_shape, unknown
from payswitch.routing.rule_checks import ACTIONS, check_rule

_SHAPE = inspect.type_info(Policy)


class PolicyInvalid(ValueError):
    """The document cannot be a policy. `problems` holds every mistake, not only the first."""

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def load_policy(data: Any, channels: Iterable[Channel] | None = None) -> Policy:
    """A checked policy from parsed YAML or JSON.

    With `channels` (all of the merchant's), names of channels and products are checked against them; without, only
    the document's own sense. Raises PolicyInvalid with all mistakes.
    """
    if isinstance(data, dict) and isinstance(data.get("version"), int) and not isinstance(data["version"], bool):
        data = {**data, "version": str(data["version"])}  # `version: 3` is a fair way to write it
    known = None if channels is None else tuple(channels)
    problems = check_shape(_SHAPE, data)
    if problems:
        raise PolicyInvalid([*problems, *_check_sound_parts(data, problems, known)])
    policy = msgspec.convert(data, Policy)
    problems = check_policy(policy, known)
    if problems:
        raise PolicyInvalid(problems)
    return policy


def _check_sound_parts(
    data: Any, problems: Sequence[PolicyProblem], channels: Sequence[Channel] | None
) -> list[PolicyProblem]:
    """What is senseless in those sections whose shape is right: so that all is told at once."""
    if not isinstance(data, dict):
        return []
    broken = {problem.place.partition(".")[0].partition("[")[0] for problem in problems}
    sound = {name: value for name, value in data.items() if name in Policy.__struct_fields__ and name not in broken}
    found = check_policy(msgspec.convert({"version": "-", **sound}, Policy), channels)
    if "tiers" in broken:  # which tiers there are is not known
        found = [problem for problem in found if not problem.place.endswith(".then.tier")]
    return found


def check_policy(policy: Policy, channels: Sequence[Channel] | None = None) -> list[PolicyProblem]:
    """What is senseless in a well-formed policy; empty when nothing is."""
    problems = [*_check_figures(policy), *_check_tiers(policy, channels), *_check_maintenance(policy)]
    names: set[str] = set()
    tiers = [tier.name for tier in policy.tiers]
    for n, rule in enumerate(policy.rules):
        if rule.name in names:
            problems.append(
                PolicyProblem(
                    f"rules[{n}].name",
                    f"`{rule.name}` is used twice; give it another name",
                    f"规则名 `{rule.name}` 重复，请改名",
                )
            )
        names.add(rule.name)
        problems += check_rule(rule, f"rules[{n}]", tiers)
    if channels is not None:
        problems += _check_known(policy, channels) + check_tags(policy, channels)
    return problems


POSITIVE = {
    "triggers": (
        "timeouts", "of_calls", "timeouts_within_s", "consecutive_errors", "our_side_refusals", "window_s",
        "last_calls", "min_calls", "open_base_s", "open_max_s", "probe_gap_s", "probe_expiry_s", "probe_share",
        "probe_successes", "slow_factor", "slow_from_ms",
    ),
    "scoring": ("time_constant_s", "prior_calls", "segment_time_constant_s", "segment_prior_calls"),
    "soft_limit": ("min_ms", "max_ms", "min_samples", "time_constant_s"),
    "learned_caps": ("hold_s", "ordinary_refusals"),
}  # fmt: skip
MOST = 1_000_000
"""Of a figure that may be 0: more is a slip of the pen."""
NOT_NEGATIVE = {
    "triggers": ("guard_z", "flap_s", "ordinary_trips_per_day"),
    "scoring": ("margin_bp", "lost_order_fen", "latency_fen_per_s", "same_upstream_fen"),
    "soft_limit": ("sds",),
    "hedging": ("least_per_minute",),
}
SLOPES = {"scoring": ("order_slope",)}
STEEPEST = 2
"""Takes the first of five for 99 % and the last for 41 %: steeper is no prior."""
SHARES = {
    "triggers": ("error_rate", "probe_share", "never_paid"),
    "split": ("safe_within",),
    "hedging": ("share",),
    "scoring": ("creation_prior", "completion_prior"),
}
UP_TO = ((NOT_NEGATIVE, MOST), (SHARES, 1), (SLOPES, STEEPEST))
"""Figures from 0 to so much."""


def _check_figures(policy: Policy) -> list[PolicyProblem]:
    problems: list[PolicyProblem] = []
    for section, names in POSITIVE.items():
        for name in names:
            problems += positive(f"{section}.{name}", getattr(getattr(policy, section), name))
    for table, most in UP_TO:
        for section, names in table.items():
            for name in names:
                problems += between(f"{section}.{name}", getattr(getattr(policy, section), name), 0, most)
    triggers, limit = policy.triggers, policy.soft_limit
    problems += order("triggers.timeouts", triggers.timeouts, triggers.of_calls, "timeouts, of_calls")
    problems += order("triggers.min_calls", triggers.min_calls, triggers.last_calls, "min_calls, last_calls")
    problems += order("triggers.open_base_s", triggers.open_base_s, triggers.open_max_s, "open_base_s, open_max_s")
    problems += order("soft_limit.min_ms", limit.min_ms, limit.max_ms, "min_ms, max_ms")
    if "" in triggers.codes:
        problems.append(PolicyProblem("triggers.codes", "holds an empty text; drop it", "含有空文本，请删去"))
    if not policy.version.strip():
        problems.append(PolicyProblem("version", "must not be empty; name the version", "不能为空，请填写版本名"))
    return problems + _check_split(policy)


def _check_split(policy: Policy) -> list[PolicyProblem]:
    problems = _check_shares(policy.split, "split")
    for n, rule in enumerate(policy.rules):
        if rule.then.split is not None:
            problems += _check_shares(rule.then.split, f"rules[{n}].then.split")
    return problems


def _check_shares(split: Split | RuleSplit, place: str) -> list[PolicyProblem]:
    problems: list[PolicyProblem] = []
    for name in ("best", "warm", "explore"):
        problems += between(f"{place}.{name}", getattr(split, name), 0, 100)
    total = split.best + split.warm + split.explore
    if total != 100:
        problems.append(
            PolicyProblem(
                place,
                f"best + warm + explore is {total}; change them so that the sum is 100",
                f"best + warm + explore 之和为 {total}，请调整为 100",
            )
        )
    return problems


def _check_tiers(policy: Policy, channels: Sequence[Channel] | None) -> list[PolicyProblem]:
    problems: list[PolicyProblem] = []
    seen: dict[tuple[str, str | int], str] = {}
    for n, tier in enumerate(policy.tiers):
        claims: list[tuple[str, str | int, str]] = [
            ("name", tier.name, f"tiers[{n}].name"),
            ("rank", tier.rank, f"tiers[{n}].rank"),
            *(("channel", channel, f"tiers[{n}].channels") for channel in tier.channels),
            *(("tag", tag, f"tiers[{n}].tags") for tag in tier.tags),
        ]
        for what, value, place in claims:
            if (what, value) in seen:
                problems.append(_overlap(place, f"{what} `{value}`", seen[what, value]))
            seen.setdefault((what, value), place)
    if not policy.tiers:
        problems.append(PolicyProblem("tiers", "is empty; leave it out for the default", "不能为空；省略则用默认值"))
    for channel in channels or ():
        claimed = [tier.name for tier in policy.tiers if channel.tags & set(tier.tags)]
        named = any(channel.channel_id in tier.channels for tier in policy.tiers)
        if len(claimed) > 1 and not named:
            problems.append(_overlap("tiers", f"channel `{channel.channel_id}` (by its tags)", " and ".join(claimed)))
    return problems


def _overlap(place: str, what: str, where: str) -> PolicyProblem:
    return PolicyProblem(
        place,
        f"tiers overlap: {what} stands in {where} already; keep it in one tier",
        f"优先级重叠：{what} 已在 {where} 中，请只保留一处",
    )


def _check_maintenance(policy: Policy) -> list[PolicyProblem]:
    problems = []
    for n, window in enumerate(policy.maintenance):
        try:
            window_of(window.channel, window.product, window.start, window.end)
        except ValueError:
            problems.append(
                PolicyProblem(
                    f"maintenance[{n}]",
                    f'`{window.start}` to `{window.end}` is no window; write both as "HH:MM" (every day) or both as '
                    '"YYYY-MM-DD HH:MM" (once, start before end), Beijing time',
                    f'`{window.start}` 到 `{window.end}` 不是有效时段；请都写成 "HH:MM"（每天）或都写成 '
                    '"YYYY-MM-DD HH:MM"（一次，先始后止），北京时间',
                )
            )
    return problems


def _check_known(policy: Policy, channels: Sequence[Channel]) -> list[PolicyProblem]:
    known = [channel.channel_id for channel in channels]
    signed: set[Product] = set().union(*(channel.products for channel in channels))
    problems: list[PolicyProblem] = []

    def check_channels(place: str, names: Iterable[str]) -> None:
        problems.extend(unknown(place, "channel", "渠道", name, known) for name in names if name not in known)

    for n, tier in enumerate(policy.tiers):
        check_channels(f"tiers[{n}].channels", tier.channels)
    for n, window in enumerate(policy.maintenance):
        check_channels(f"maintenance[{n}].channel", [window.channel])
    for n, rule in enumerate(policy.rules):
        for name in ACTIONS:
            target: Target | None = getattr(rule.then, name)
            if target is None:
                continue
            place = f"rules[{n}].then.{name}"
            check_channels(f"{place}.channels", target.channels)
            problems += [
                PolicyProblem(
                    f"{place}.products",
                    f"no channel has signed for `{product}`; add it to a channel's products or drop it here",
                    f"没有渠道签约 `{product}`；请加入某渠道的 products 或在此删去",
                )
                for product in target.products
                if product not in signed
            ]
    return problems
