"""Every figure of the policy is explained in both languages, where editors and the console read it: in the schema."""

from __future__ import annotations

from typing import Any

import pytest

from payswitch.routing.policy_loading import MOST, PolicyInvalid, load_policy
from payswitch.routing.policy_meanings import MEANINGS
from payswitch.routing.policy_schema import policy_schema

PARTS: dict[str, Any] = policy_schema()["$defs"]
WORDS = ("title", "description", "x-unit", "x-title-zh", "x-description-zh", "x-unit-zh")


def figures(part: str) -> dict[str, Any]:
    properties: dict[str, Any] = PARTS[part]["properties"]
    return {name: one for name, one in properties.items() if one.get("type") in ("number", "integer")}


@pytest.mark.parametrize("part", sorted(MEANINGS.keys() - {"Triggers"}))
def test_every_figure_says_what_it_means_its_unit_its_default_and_its_range(part: str) -> None:
    for name, one in figures(part).items():
        assert all(one.get(word) for word in WORDS), f"{part}.{name} is not explained in policy_meanings.py"
        assert "default" in one
        assert "minimum" in one or "exclusiveMinimum" in one


def test_nothing_is_explained_that_does_not_exist() -> None:
    assert {part: set(meanings) - set(figures(part)) for part, meanings in MEANINGS.items()} == {
        part: set() for part in MEANINGS
    }


def test_every_section_of_figures_is_explained() -> None:
    sections = {one["$ref"].rpartition("/")[2] for one in PARTS["Policy"]["properties"].values() if "$ref" in one}
    assert sections - {"Split"} == set(MEANINGS)


def test_the_schemas_limits_are_those_that_loading_checks() -> None:
    assert figures("Hedging")["least_per_minute"]["maximum"] == MOST
    assert load_policy({"version": "a", "hedging": {"least_per_minute": MOST}})
    with pytest.raises(PolicyInvalid, match=r"hedging\.least_per_minute"):
        load_policy({"version": "a", "hedging": {"least_per_minute": MOST + 1}})
