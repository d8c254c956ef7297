"""Reads a policy from plain data (parsed YAML or JSON) and refuses every mistake with its place and its fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import inspect

from payswitch.domain.channel import Channel, Product
from payswitch.routing.beijing import day_of
from payswitch.routing.maintenance import window_of
from payswitch.routing.policy import Action, Condition, Policy, Rule, RuleSplit, Split, Target
from payswitch.routing.policy_names import check_tags
from payswitch.routing.policy_shape import PolicyProblem, check_shape, unknown

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
        problems += _check_rule(rule, f"rules[{n}]", tiers)
    if channels is not None:
        problems += _check_known(policy, channels) + check_tags(policy, channels)
    return problems


def _positive(place: str, value: float) -> list[PolicyProblem]:
    if value > 0:
        return []
    return [PolicyProblem(place, f"must be more than 0, not {value}", f"必须大于 0，而不是 {value}")]


def _between(place: str, value: float, low: float, high: float) -> list[PolicyProblem]:
    if low <= value <= high:
        return []
    return [
        PolicyProblem(place, f"must be {low} to {high}, not {value}", f"必须在 {low} 到 {high} 之间，而不是 {value}")
    ]


def _order(place: str, low: float, high: float, what: str) -> list[PolicyProblem]:
    if low <= high:
        return []
    return [PolicyProblem(place, f"{what}: {low} is more than {high}; swap them", f"{what}：{low} 大于 {high}，请对调")]


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
NOT_NEGATIVE = {
    "triggers": ("guard_z", "flap_s", "ordinary_trips_per_day"),
    "scoring": ("margin_bp", "lost_order_fen", "latency_fen_per_s", "same_upstream_fen"),
    "soft_limit": ("sds",),
    "hedging": ("least_per_minute",),
}
SHARES = {
    "triggers": ("error_rate", "probe_share", "never_paid"),
    "split": ("safe_within",),
    "hedging": ("share",),
    "scoring": ("creation_prior", "completion_prior"),
}


def _check_figures(policy: Policy) -> list[PolicyProblem]:
    problems: list[PolicyProblem] = []
    for section, names in POSITIVE.items():
        for name in names:
            problems += _positive(f"{section}.{name}", getattr(getattr(policy, section), name))
    for section, names in NOT_NEGATIVE.items():
        for name in names:
            problems += _between(f"{section}.{name}", getattr(getattr(policy, section), name), 0, 1_000_000)
    for section, names in SHARES.items():
        for name in names:
            problems += _between(f"{section}.{name}", getattr(getattr(policy, section), name), 0, 1)
    triggers, limit = policy.triggers, policy.soft_limit
    problems += _order("triggers.timeouts", triggers.timeouts, triggers.of_calls, "timeouts, of_calls")
    problems += _order("triggers.min_calls", triggers.min_calls, triggers.last_calls, "min_calls, last_calls")
    problems += _order("triggers.open_base_s", triggers.open_base_s, triggers.open_max_s, "open_base_s, open_max_s")
    problems += _order("soft_limit.min_ms", limit.min_ms, limit.max_ms, "min_ms, max_ms")
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
        problems += _between(f"{place}.{name}", getattr(split, name), 0, 100)
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


_ACTIONS = ("prefer", "avoid", "only", "pin")


def _check_rule(rule: Rule, place: str, tiers: list[str]) -> list[PolicyProblem]:
    problems = _check_condition(rule.when, f"{place}.when") + _check_action(rule.then, f"{place}.then")
    if not rule.name.strip():
        problems.append(PolicyProblem(f"{place}.name", "must not be empty", "不能为空"))
    if rule.then.tier is not None and rule.then.tier not in tiers:
        problems.append(unknown(f"{place}.then.tier", "tier", "优先级", rule.then.tier, tiers))
    return problems


def _check_action(action: Action, place: str) -> list[PolicyProblem]:
    problems = []
    if action == Action():
        problems.append(
            PolicyProblem(
                place,
                "does nothing; give prefer, avoid, only, pin, tier or split",
                "没有动作；请填写 prefer、avoid、only、pin、tier 或 split",
            )
        )
    problems += [
        PolicyProblem(
            f"{place}.{name}",
            "names nothing; give methods, products, channels or tags",
            "未指定对象；请填写 methods、products、channels 或 tags",
        )
        for name in _ACTIONS
        if getattr(action, name) == Target()
    ]
    return problems


def _impossible(place: str, low: object, high: object) -> PolicyProblem:
    return PolicyProblem(
        place,
        f"can never be true: from {low} to {high}; swap them or drop one",
        f"条件永远不成立：从 {low} 到 {high}，请对调或删去其一",
    )


def _check_condition(when: Condition, place: str) -> list[PolicyProblem]:
    problems: list[PolicyProblem] = []
    for low, high in (("min_fen", "max_fen"), ("min_age", "max_age")):
        low_value, high_value = getattr(when, low), getattr(when, high)
        if low_value is not None and high_value is not None and low_value > high_value:
            problems.append(_impossible(f"{place}.{low}", low_value, high_value))
        for name, value in ((low, low_value), (high, high_value)):
            if value is not None:
                problems += _between(f"{place}.{name}", value, 0, 10**12 if name.endswith("_fen") else 150)
    problems += [*_check_hours(when, place), *_check_days(when, place)]
    for name in ("devices", "risks", "banks", "shops", "goods_tags"):
        if "" in getattr(when, name):
            problems.append(PolicyProblem(f"{place}.{name}", "holds an empty text; drop it", "含有空文本，请删去"))
    problems += [
        PolicyProblem(
            f"{place}.metadata.{key}", "can never be true: no values; give one", "条件永远不成立：没有取值，请填写"
        )
        for key, value in when.metadata.items()
        if value == ()
    ]
    return problems


def _check_hours(when: Condition, place: str) -> list[PolicyProblem]:
    if when.from_hour is None and when.to_hour is None:
        return []
    if when.from_hour is None or when.to_hour is None:
        missing = "from_hour" if when.from_hour is None else "to_hour"
        return [PolicyProblem(f"{place}.{missing}", "is missing: give both hours", "缺少该字段：起止小时须同时填写")]
    problems = _between(f"{place}.from_hour", when.from_hour, 0, 23) + _between(f"{place}.to_hour", when.to_hour, 1, 24)
    if when.from_hour == when.to_hour:
        problems.append(_impossible(f"{place}.from_hour", when.from_hour, when.to_hour))
    return problems


def _check_days(when: Condition, place: str) -> list[PolicyProblem]:
    problems = [
        problem for n, day in enumerate(when.weekdays) for problem in _between(f"{place}.weekdays[{n}]", day, 1, 7)
    ]
    days: dict[str, int] = {}
    for name in ("from_date", "to_date"):
        text = getattr(when, name)
        if text is None:
            continue
        try:
            days[name] = day_of(text)
        except ValueError:
            problems.append(
                PolicyProblem(
                    f"{place}.{name}",
                    f'`{text}` is no day; write "YYYY-MM-DD", Beijing time',
                    f'`{text}` 不是有效日期；请写成 "YYYY-MM-DD"，北京时间',
                )
            )
    if len(days) == 2 and days["from_date"] > days["to_date"]:
        problems.append(_impossible(f"{place}.from_date", when.from_date, when.to_date))
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
        for name in _ACTIONS:
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
