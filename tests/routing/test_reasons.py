"""Every reason that can stand in a plan or a breaker move has one line in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from payswitch.domain.channel import Method
from payswitch.routing import planner
from payswitch.routing.policy import Action, Condition, Policy, Rule, Target
from payswitch.routing.profile import Profile
from payswitch.routing.reasons import EXCLUSIONS, FACTS, MOVES, ORIGINS, RANKS, REASONS, explain, explain_fact
from payswitch.routing.request import Origin

SOURCES = sorted(Path(planner.__file__).parent.glob("*.py"))


def texts_in(*names: str) -> set[str]:
    """Every string in the code of these modules, without the docstrings' prose."""
    found: set[str] = set()
    for source in SOURCES:
        if source.stem in names:
            tree = ast.parse(source.read_text(encoding="utf-8"))
            found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


@pytest.mark.parametrize("code", sorted(REASONS))
def test_each_code_has_a_line_in_chinese_and_in_english(code: str) -> None:
    chinese, english = explain(f"{code}:the-detail")
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert re.fullmatch(r"[ -~]+", english)
    assert "{" not in chinese + english
    assert "\n" not in chinese + english
    if "{detail}" in REASONS[code][1]:
        assert "the-detail" in chinese
        assert "the-detail" in english


def test_every_described_reason_is_given_somewhere_in_the_code() -> None:
    given = texts_in(
        "eligibility", "pool", "planner", "plan_writing", "profile", "ordering", "breaker", "triggering", "split"
    )
    prefixes = {text.partition(":")[0] for text in given}
    assert set(REASONS) <= given | prefixes


def test_the_three_kinds_of_reason_do_not_share_codes() -> None:
    assert len(REASONS) == len(EXCLUSIONS) + len(RANKS) + len(MOVES)


def test_a_rule_is_named_in_its_line() -> None:
    assert explain("rule:large-amount") == (
        "规则「large-amount」使其靠前",
        "put first by the rule `large-amount`",
    )


def test_an_undescribed_code_is_a_bug_and_says_so() -> None:
    with pytest.raises(KeyError):
        explain("because")


def test_the_operators_reference_names_every_reason() -> None:
    reference = Path("docs/reference/routing.md").read_text(encoding="utf-8")
    missing = [code for code in REASONS if not re.search(rf"`{code}(`|:)", reference)]
    assert missing == []


@pytest.mark.parametrize("origin", list(Origin))
def test_every_fact_that_rules_ask_for_can_be_told_whatever_its_origin(origin: Origin) -> None:
    everything = Condition(customer_new=True, min_age=18, devices=("ios",))
    rule = Rule(name="r", when=everything, then=Action(prefer=Target(methods=(Method.ALIPAY,))))
    asked = Profile(Policy(version="1", rules=(rule,))).asks_for
    assert set(asked) == set(FACTS)
    assert {explain_fact(name, origin, "") for name in asked} == {
        (f"{chinese}：{ORIGINS[origin][0]}", f"{english}: {ORIGINS[origin][1]}") for chinese, english in FACTS.values()
    }


def test_our_own_words_are_said_in_the_reader_s_language_and_a_merchant_s_as_they_are() -> None:
    assert explain("split:warm") == (
        "分流份额：次优保温",
        "takes the share `next best, kept warm` of the split",
    )
    assert explain("tier:backup") == ("优先级：备用", "tier backup")
    assert explain("tier:大促") == ("优先级：大促", "tier 大促")
