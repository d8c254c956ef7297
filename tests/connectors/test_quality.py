"""`quality.toml` is shown to people as it is: it has one shape, and claims no more than its own rules say."""

from __future__ import annotations

import pytest

from payswitch.connectors.quality import Level, QualityProblem, RuleState, quality_of, read_quality
from payswitch.connectors.registry import CONNECTORS

GOOD = """
level = "simulated"
level_note = "our own stand-in"
[rules]
create = "done"
close = "exempt: the channel has none"
bill = "todo: columns are not confirmed"
third_party_client = "todo: none found"
live = "todo: needs a contract"
"""


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_connector_says_what_stands_behind_it(name: str) -> None:
    quality = quality_of(CONNECTORS[name])
    assert quality.level is not Level.LIVE, "nothing has been run live; if that has changed, change this test with it"
    assert quality.of(RuleState.DONE)


def test_a_file_is_read_rule_by_rule() -> None:
    quality = read_quality("xpay", GOOD)
    assert (quality.level, quality.note) == (Level.SIMULATED, "our own stand-in")
    assert [(rule.name, rule.text) for rule in quality.of(RuleState.EXEMPT)] == [("close", "the channel has none")]
    assert [rule.name for rule in quality.of(RuleState.TODO)] == ["bill", "third_party_client", "live"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("simulated", "perfect"), "perfect"),
        (("simulated", "live"), "level = 'live', but live is not done"),
        (("simulated", "third-party-client"), "but third_party_client is not done"),
        (('create = "done"', 'create = "yes"'), "write 'done', 'exempt: why' or 'todo: what'"),
        (("todo: columns are not confirmed", "todo"), "say why, or what is missing"),
        (('create = "done"', 'Create-Order = "done"'), "small letters"),
        (('live = "todo: needs a contract"', ""), "the rule 'live' is missing"),
        (("level_note", "levelnote"), "levelnote"),
        (("[rules]", "[rules"), "end of a table"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(change: tuple[str, str], problem: str) -> None:
    with pytest.raises(QualityProblem, match=problem):
        read_quality("xpay", GOOD.replace(*change))


def test_all_problems_are_told_at_once() -> None:
    bad = GOOD.replace('create = "done"', 'create = "yes"').replace("exempt: the channel has none", "exempt")
    with pytest.raises(QualityProblem) as caught:
        read_quality("xpay", bad)
    assert len(caught.value.problems) == 2
