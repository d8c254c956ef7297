"""What is wrong with the rules of a policy document: conditions that nothing can meet, actions that contradict."""

from __future__ import annotations

from payswitch.routing.beijing import day_of
from payswitch.routing.policy import Action, Condition, Rule, Target
from payswitch.routing.policy_bounds import between
from payswitch.routing.policy_shape import PolicyProblem, unknown

ACTIONS = ("prefer", "avoid", "only", "pin")


def check_rule(rule: Rule, place: str, tiers: list[str]) -> list[PolicyProblem]:
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
        for name in ACTIONS
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
                problems += between(f"{place}.{name}", value, 0, 10**12 if name.endswith("_fen") else 150)
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
    problems = between(f"{place}.from_hour", when.from_hour, 0, 23) + between(f"{place}.to_hour", when.to_hour, 1, 24)
    if when.from_hour == when.to_hour:
        problems.append(_impossible(f"{place}.from_hour", when.from_hour, when.to_hour))
    return problems


def _check_days(when: Condition, place: str) -> list[PolicyProblem]:
    problems = [
        problem for n, day in enumerate(when.weekdays) for problem in between(f"{place}.weekdays[{n}]", day, 1, 7)
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
