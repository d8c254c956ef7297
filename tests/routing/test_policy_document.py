"""An operator's policy document: what is right is read, every mistake is named with its place and its fix."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.routing.world import FIVE, channel

from payswitch.routing.maintenance import minutes_of
from payswitch.routing.policy import (
    Action,
    Condition,
    Hedging,
    Maintenance,
    Policy,
    Rule,
    Scoring,
    SoftLimit,
    Split,
    Target,
    Tier,
    Triggers,
)
from payswitch.routing.policy_default import default_policy
from payswitch.routing.policy_loading import PolicyInvalid, check_policy, load_policy

EXAMPLE = Path("docs/reference/policy.example.yaml")


def problems_of(data: Any, *, with_channels: bool = False) -> dict[str, str]:
    """Place -> English message of everything that is wrong."""
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(data, FIVE if with_channels else None)
    assert all(problem.message_zh and problem.message_en for problem in caught.value.problems)
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
    return {problem.place: problem.message_en for problem in caught.value.problems}


def rule(**parts: Any) -> dict[str, Any]:
    return {"version": "1", "rules": [{"name": "r", "when": {}, "then": {"tier": "bank"}} | parts]}


def test_the_example_is_the_default_policy_written_out() -> None:
    assert load_policy(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))) == default_policy()


def test_the_example_shows_every_field_of_every_section() -> None:
    shown = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert set(shown) == {field.name for field in msgspec.structs.fields(Policy)}
    for section in ("triggers", "split", "scoring", "soft_limit", "hedging"):
        fields = {field.name for field in msgspec.structs.fields(type(getattr(default_policy(), section)))}
        assert set(shown[section]) == fields, section


def test_the_default_policy_has_no_mistakes_and_the_missions_figures() -> None:
    policy = default_policy()
    assert check_policy(policy, FIVE) == []
    assert (policy.triggers.timeouts, policy.triggers.of_calls, policy.triggers.error_rate) == (2, 3, 0.05)
    assert (policy.split.best, policy.split.warm, policy.split.explore) == (70, 20, 10)
    assert [r.name for r in policy.rules] == ["large-amount", "young-huabei", "apple-device", "new-customer"]


def test_only_the_version_is_needed_and_a_number_will_do() -> None:
    assert load_policy({"version": 3}) == Policy(version="3")


def test_a_policy_survives_the_trip_through_json() -> None:
    policy = default_policy()
    assert load_policy(msgspec.json.decode(msgspec.json.encode(policy))) == policy


MISTAKES: list[tuple[str, Any, str, str]] = [
    ("not a document", ["version"], "(document)", "must be a group of fields"),
    ("no version", {}, "version", "is missing"),
    ("empty version", {"version": " "}, "version", "must not be empty"),
    ("a boolean is no version", {"version": True}, "version", "must be a text"),
    ("unknown section", {"version": "1", "trigers": {}}, "trigers", "did you mean `triggers`"),
    ("unknown field", {"version": "1", "split": {"worst": 1}}, "split.worst", "unknown field `worst`; known: `best`"),
    ("wrong type", {"version": "1", "triggers": {"timeouts": "2"}}, "triggers.timeouts", "must be a whole number"),
    ("section as list", {"version": "1", "split": [70]}, "split", "must be a group of fields"),
    ("list as text", {"version": "1", "rules": "none"}, "rules", "must be a list"),
    ("true is no number", {"version": "1", "triggers": {"timeouts": True}}, "triggers.timeouts", "must be a whole"),
    (
        "a rule's split not 100",
        {"version": "1", "rules": [{"name": "r", "when": {}, "then": {"split": {"best": 90}}}]},
        "rules[0].then.split",
        "best + warm + explore is 90",
    ),
    (
        "no weekday",
        {"version": "1", "rules": [{"name": "r", "when": {"weekdays": [1, 8]}, "then": {"tier": "bank"}}]},
        "rules[0].when.weekdays[1]",
        "must be 1 to 7",
    ),
    (
        "no day",
        {"version": "1", "rules": [{"name": "r", "when": {"from_date": "2025-02-29"}, "then": {"tier": "bank"}}]},
        "rules[0].when.from_date",
        'write "YYYY-MM-DD"',
    ),
    (
        "ends before it begins",
        {
            "version": "1",
            "rules": [
                {
                    "name": "r",
                    "when": {"from_date": "2025-11-12", "to_date": "2025-11-11"},
                    "then": {"tier": "bank"},
                }
            ],
        },
        "rules[0].when.from_date",
        "can never be true",
    ),
    (
        "unknown age band",
        {"version": "1", "rules": [{"name": "r", "when": {"age_bands": ["18_25"]}, "then": {"tier": "bank"}}]},
        "rules[0].when.age_bands[0]",
        "did you mean `18_24`",
    ),
    (
        "split not 100",
        {"version": "1", "split": {"best": 70, "warm": 20, "explore": 20}},
        "split",
        "is 110; change them",
    ),
    ("split negative", {"version": "1", "split": {"best": 120, "warm": -20, "explore": 0}}, "split.warm", "0 to 100"),
    ("error rate in percent", {"version": "1", "triggers": {"error_rate": 5}}, "triggers.error_rate", "must be 0 to 1"),
    ("no timeouts", {"version": "1", "triggers": {"timeouts": 0}}, "triggers.timeouts", "must be more than 0"),
    ("4 of 3", {"version": "1", "triggers": {"timeouts": 4}}, "triggers.timeouts", "4 is more than 3; swap"),
    ("empty code", {"version": "1", "triggers": {"codes": [""]}}, "triggers.codes", "holds an empty text"),
    ("limits swapped", {"version": "1", "soft_limit": {"min_ms": 300}}, "soft_limit.min_ms", "300 is more than 250"),
    ("negative margin", {"version": "1", "scoring": {"margin_bp": -1}}, "scoring.margin_bp", "must be 0 to"),
    ("no tiers", {"version": "1", "tiers": []}, "tiers", "is empty"),
    (
        "same rank twice",
        {"version": "1", "tiers": [{"name": "a", "rank": 1}, {"name": "b", "rank": 1}]},
        "tiers[1].rank",
        "tiers overlap: rank `1` stands in tiers[0].rank already",
    ),
    (
        "same channel twice",
        {
            "version": "1",
            "tiers": [{"name": "a", "rank": 1, "channels": ["c"]}, {"name": "b", "rank": 2, "channels": ["c"]}],
        },
        "tiers[1].channels",
        "tiers overlap: channel `c`",
    ),
    ("unknown condition", rule(when={"min_amount": 1}), "rules[0].when.min_amount", "unknown field `min_amount`"),
    (
        "unknown method",
        rule(then={"prefer": {"methods": ["wechatpay"]}}),
        "rules[0].then.prefer.methods[0]",
        "`wechat`",
    ),
    ("unknown product", rule(then={"only": {"products": ["x"]}}), "rules[0].then.only.products[0]", "unknown product"),
    ("unknown place", rule(when={"environments": ["phone"]}), "rules[0].when.environments[0]", "known: `alipay`"),
    ("unknown tier", rule(then={"tier": "banks"}), "rules[0].then.tier", "did you mean `bank`"),
    ("no action", rule(then={}), "rules[0].then", "does nothing"),
    ("empty target", rule(then={"prefer": {}}), "rules[0].then.prefer", "names nothing"),
    ("no name", rule(name=""), "rules[0].name", "must not be empty"),
    ("impossible amount", rule(when={"min_fen": 2, "max_fen": 1}), "rules[0].when.min_fen", "can never be true"),
    ("impossible age", rule(when={"min_age": 40, "max_age": 30}), "rules[0].when.min_age", "can never be true"),
    ("impossible hours", rule(when={"from_hour": 8, "to_hour": 8}), "rules[0].when.from_hour", "can never be true"),
    ("half an hour range", rule(when={"from_hour": 8}), "rules[0].when.to_hour", "is missing: give both"),
    ("no such hour", rule(when={"from_hour": 8, "to_hour": 25}), "rules[0].when.to_hour", "must be 1 to 24"),
    ("metadata without values", rule(when={"metadata": {"k": []}}), "rules[0].when.metadata.k", "can never be true"),
    ("metadata of a number", rule(when={"metadata": {"k": 1}}), "rules[0].when.metadata.k", "must be a text or a list"),
    ("empty device", rule(when={"devices": [""]}), "rules[0].when.devices", "holds an empty text"),
    (
        "maintenance backwards",
        {
            "version": "1",
            "maintenance": [{"channel": "c", "start": "2026-01-02 00:00", "end": "2026-01-01 00:00"}],
        },
        "maintenance[0]",
        "is no window",
    ),
    (
        "maintenance of mixed forms",
        {"version": "1", "maintenance": [{"channel": "c", "start": "02:00", "end": "2026-01-01 00:00"}]},
        "maintenance[0]",
        "is no window",
    ),
]


@pytest.mark.parametrize(("data", "place", "message"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_every_mistake_is_refused_with_its_place_and_its_fix(data: Any, place: str, message: str) -> None:
    problems = problems_of(data)
    assert place in problems, problems
    assert message in problems[place]


def test_rule_names_are_unique() -> None:
    one = {"name": "r", "when": {}, "then": {"tier": "bank"}}
    assert "used twice" in problems_of({"version": "1", "rules": [one, one]})["rules[1].name"]


def test_all_mistakes_are_told_at_once() -> None:
    data = {"version": "1", "split": {"best": 1}, "triggers": {"timeouts": 0}, "rules": [rule(then={})["rules"][0]]}
    assert set(problems_of(data)) == {"split", "triggers.timeouts", "rules[0].then"}


def test_channels_and_products_are_checked_against_what_the_merchant_has() -> None:
    data = {
        "version": "1",
        "tiers": [{"name": "best", "rank": 1, "channels": ["wechat-mian"]}],
        "maintenance": [{"channel": "nobody", "start": "02:00", "end": "03:00"}],
        "rules": [
            {
                "name": "r",
                "when": {},
                "then": {"prefer": {"channels": ["alipay-main", "x"], "products": ["wechat_app"]}},
            }
        ],
    }
    problems = problems_of(data, with_channels=True)
    assert "did you mean `wechat-main`" in problems["tiers[0].channels"]
    assert "unknown channel `nobody`" in problems["maintenance[0].channel"]
    assert "unknown channel `x`" in problems["rules[0].then.prefer.channels"]
    assert "no channel has signed for `wechat_app`" in problems["rules[0].then.prefer.products"]
    assert load_policy(data).version == "1"


def test_a_channel_whose_tags_stand_in_two_tiers_is_an_overlap() -> None:
    tiers = [{"name": "a", "rank": 1, "tags": ["x"]}, {"name": "b", "rank": 2, "tags": ["y"]}]
    torn = channel("torn", "alipay", "u", 1, tags=frozenset({"x", "y"}))
    with pytest.raises(PolicyInvalid, match="channel `torn`"):
        load_policy({"version": "1", "tiers": tiers}, [torn])
    tiers[0]["channels"] = ["torn"]
    assert load_policy({"version": "1", "tiers": tiers}, [torn])


def test_yaml_times_are_read_with_or_without_quotes() -> None:
    window = yaml.safe_load("{channel: c, start: 12:30, end: '13:30'}")
    assert load_policy({"version": "1", "maintenance": [window]})
    assert minutes_of(window["start"]) == (750, True)


@pytest.mark.parametrize(
    "text",
    ["one", "25:00", "24:01", "12:60", "2026-13-01 00:00", "2025-02-29 00:00", "1969-12-31 00:00", "noon", -1, 1441],
)
def test_what_is_no_time_is_refused(text: str | int) -> None:
    with pytest.raises(ValueError, match=re.escape(str(text))):
        minutes_of(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("1970-01-01 00:00", 0), ("2000-03-01 00:00", 15_864_480), ("2024-02-29T23:59", 28_487_519), ("24:00", 1_440)],
)
def test_dates_are_counted_in_the_gregorian_calendar(text: str, minutes: int) -> None:
    """Against `date -u -d ... +%s` / 60."""
    assert minutes_of(text)[0] == minutes


def test_the_operators_reference_names_every_field() -> None:
    reference = Path("docs/reference/routing.md").read_text(encoding="utf-8")
    parts = (Policy, Triggers, Split, Scoring, SoftLimit, Hedging, Condition, Action, Rule, Tier, Target, Maintenance)
    missing = [f.name for part in parts for f in msgspec.structs.fields(part) if f"`{f.name}" not in reference]
    assert missing == []
