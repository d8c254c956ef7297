"""What the reference says about scenarios is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from payswitch.drill import scenario
from payswitch.drill.books import DifferenceKind
from payswitch.drill.measure import RunResult
from payswitch.drill.scenario_file import parse

TEXT = (Path(__file__).parents[2] / "docs/reference/scenarios.md").read_text("utf-8")


def test_every_field_of_every_part_is_documented() -> None:
    parts = (
        *(scenario.Scenario, scenario.Traffic, scenario.Amounts, scenario.Surge, scenario.Shoppers),
        *(scenario.Fault, scenario.ServiceKill, scenario.ShopOutage, scenario.Promises),
    )
    for part in parts:
        for field in msgspec.structs.fields(part):
            assert re.search(rf"\b{field.encode_name}\b", TEXT), f"{part.__name__}.{field.encode_name}"


def test_every_fault_key_and_difference_is_documented() -> None:
    names = [*scenario.FaultKind, *RunResult.__struct_fields__, *DifferenceKind]
    assert [name for name in names if f"`{name}`" not in TEXT] == []


def test_the_example_is_a_valid_scenario() -> None:
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)

    assert example is not None
    assert parse(example[1], "docs").name == "my-night"


def test_documented_defaults_are_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([0-9.]+|\[[0-9., ]+\]) \|", TEXT, re.MULTILINE))
    real: dict[str, object] = {}
    for part in (scenario.Scenario, scenario.Traffic, scenario.Shoppers, scenario.ServiceKill, scenario.Fault):
        real |= {field.encode_name: field.default for field in msgspec.structs.fields(part)}
    checked = 0
    for name, text in rows.items():
        if text.startswith("["):
            assert list(real[name]) == [float(part) for part in text.strip("[]").split(",")], name  # type: ignore[call-overload]
        else:
            assert real[name] == float(text), name
        checked += 1

    assert checked >= 14
