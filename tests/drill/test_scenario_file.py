"""An operator writes a scenario: it is taken as meant, or refused with where, what and how to mend it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from payswitch.drill import scenario_file
from payswitch.drill.scenario import PARAMETERS, Fault, FaultKind, Scenario
from payswitch.drill.scenario_check import check_channels
from payswitch.drill.scenario_file import ScenarioProblem, parse
from payswitch.sandbox import faults as sandbox_faults

HEAD = """
name: my-night
title: {en: My night, zh: 我的夜晚}
story: {en: Something happens, zh: 有事发生}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ScenarioProblem) as caught:
        parse(text, "night.yaml")
    assert "night.yaml" in str(caught.value)
    return [str(problem) for problem in caught.value.problems]


def test_three_lines_are_a_scenario_with_sensible_defaults() -> None:
    scenario = parse(HEAD, "night.yaml")

    assert scenario.single == "wechat-main"
    assert scenario.traffic.payments == 2_000
    assert sum(scenario.shoppers.environments.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", scenario_file.builtin_names())
def test_every_built_in_scenario_is_valid_and_named_like_its_file(name: str) -> None:
    scenario = scenario_file.load(name)

    assert scenario.name == name
    assert scenario.faults


def test_a_scenario_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "my-night.yaml"
    path.write_text(HEAD + "traffic: {payments: 7}\n", "utf-8")

    assert scenario_file.load(str(path)).traffic.payments == 7


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ScenarioProblem, match="outage-night"):
        scenario_file.load("outage-nigth")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ScenarioProblem, match="UTF-8"):
        scenario_file.load(str(path))


@pytest.mark.parametrize(
    ("line", "where", "hint"),
    [
        ("traffick: {}", "traffick", "Did you mean `traffic`?"),
        ("traffic: {payment: 3}", "traffic.payment", "Did you mean `payments`?"),
        ("traffic: {payments: many}", "traffic.payments", "Expected `int`"),
        ("traffic: {payments: 0}", "traffic.payments", "between 1 and"),
        ("traffic: {expires_in_s: 5}", "traffic.expires_in_s", "between 30 and"),
        ("traffic: {surges: [{from: 0.5, to: 0.2, factor: 2}]}", "traffic.surges[0]", "`to` must be later"),
        ("traffic: {amounts: {min_fen: 500, typical_fen: 100}}", "traffic.amounts", "min_fen <= typical_fen"),
        ("shoppers: {no_money: 1.5}", "shoppers.no_money", "between 0 and 1"),
        ("shoppers: {think_s: [3, 1]}", "shoppers.think_s", "[smallest, largest]"),
        ("shoppers: {environments: {moon: 1}}", "shoppers.environments", "mobile, desktop"),
        ("shoppers: {wallets: {both: 0}}", "shoppers.wallets", "at least one weight above 0"),
        ("faults: [{kind: hang}]", "faults[0]", "missing required field `account`"),
        ("faults: [{account: a, kind: sick}]", "faults[0].kind", "Kinds are latency"),
        ("faults: [{account: a, kind: latency}]", "faults[0]", "needs `ms`"),
        ("faults: [{account: a, kind: hang, code: X}]", "faults[0].code", "hang takes: when"),
        ("faults: [{account: a, kind: hang, share: 2}]", "faults[0].share", "between 0 and 1"),
        ("faults: [{account: a, kind: hang, from: 0.9, to: 0.1}]", "faults[0]", "`to` must be later"),
        ("faults: [{account: a, kind: hang, from: 0.1, from_s: 3}]", "faults[0]", "Give one of them"),
        ("faults: [{account: a, kind: notify_lost, operations: [pay]}]", "faults[0].operations", "It can be notify"),
        ("service_kills: [{down_s: 1}]", "service_kills[0]", "exactly one"),
        ("service_kills: [{at: 0.5, at_s: 3}]", "service_kills[0]", "exactly one"),
        ("shop_outages: [{from: 0.5, to: 0.5}]", "shop_outages[0]", "`to` must be later"),
        ("settle_s: 0", "settle_s", "between 1 and"),
        ("notify_time_scale: .nan", "notify_time_scale", "between"),
        ("- broken", "line", "YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_cure(line: str, where: str, hint: str) -> None:
    told = problems_of(HEAD + line + "\n")

    assert any(where in text and hint in text for text in told), told


def test_all_mistakes_are_told_at_once() -> None:
    told = problems_of(HEAD + "settle_s: 0\nshoppers: {leaves: -1, no_money: 7}\n")

    assert len(told) == 3


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "1"])
def test_what_is_no_mapping_is_no_scenario(text: str) -> None:
    assert "mapping" in problems_of(text)[0]


def test_a_name_that_could_not_be_a_folder_is_refused() -> None:
    assert "name" in problems_of(HEAD.replace("my-night", "My Night/.."))[0]


def test_channels_that_the_sandbox_does_not_have_are_found_before_the_drill_starts() -> None:
    text = HEAD + "single: wechat-man\nfaults: [{account: '*', kind: hang}, {account: moon, kind: hang}]\n"
    found = [str(problem) for problem in check_channels(parse(text, "x"), ["wechat-main", "alipay-main"])]

    assert any("single" in text and "`wechat-main`" in text for text in found)
    assert any("faults[1].account" in text for text in found)
    assert len(found) == 2


def test_moments_are_fractions_of_the_traffic_or_seconds() -> None:
    by_fraction = Fault(account="a", kind=FaultKind.HANG, start=0.25, end=0.5)
    by_seconds = Fault(account="a", kind=FaultKind.HANG, from_s=3)

    assert by_fraction.span_s(40.0) == (10.0, 20.0)
    assert by_seconds.span_s(40.0) == (3, None)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_the_sandbox_takes_every_kind_of_fault_that_a_scenario_can_name(kind: FaultKind) -> None:
    """The scenario's words and the sandbox's are written separately: this keeps them together."""
    values = {"ms": 5, "jitter_ms": 1, "status": 502, "when": "after", "code": "BUSY", "message": "busy"}
    values |= {"created": True, "times": 2, "delay_s": 1.5}
    rule = PARAMETERS[kind]
    named = {name: values[name] for name in (*rule.needs, *rule.may)}
    fault = Fault(account="*", kind=kind, start=0.0, end=0.5, operations=tuple(rule.operations), **named)

    taken = msgspec.convert(fault.for_sandbox(60.0), sandbox_faults.Fault)

    assert taken.kind.value == kind.value
    assert taken.to_s == 30.0
    assert rule.operations == sandbox_faults.allowed_operations(taken.kind)
    assert all(getattr(taken, name) == value for name, value in named.items())


def test_no_kind_of_the_sandbox_is_out_of_reach_of_a_scenario() -> None:
    assert {kind.value for kind in FaultKind} == {kind.value for kind in sandbox_faults.FaultKind}


def test_a_scenario_with_fewer_payments_keeps_the_rate_until_the_shortest_time() -> None:
    scenario: Scenario = parse(HEAD + "traffic: {per_second: 40, minimum_s: 10}\n", "x")

    assert scenario.traffic.time_s(2_000) == 50.0
    assert scenario.traffic.time_s(100) == 10.0
