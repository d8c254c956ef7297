"""The tables that a plan shows are the ones that the services act on, and cover every outcome."""

from __future__ import annotations

import re

import pytest
from tests.routing.world import Night

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing import next_steps
from payswitch.routing.next_steps import DEBIT, PUSH, STEPS, After, Next, after_debit, next_step, table_of
from payswitch.services.attempts import creating, debiting
from payswitch.services.payments import confirming


def test_the_services_act_on_these_very_functions() -> None:
    assert vars(creating)["next_step"] is next_steps.next_step
    assert vars(debiting)["after_debit"] is vars(confirming)["after_debit"] is next_steps.after_debit


@pytest.mark.parametrize("steps", [PUSH, DEBIT])
def test_every_outcome_stands_in_the_table_and_every_line_is_readable(steps: str) -> None:
    named = [name for line in table_of(steps) for name in line.outcomes]
    assert len(named) == len(set(named))
    assert {name.partition(" ")[0] for name in named} == {kind.value for kind in OutcomeKind}
    for line in table_of(steps):
        assert re.search(r"[\u4e00-\u9fff]", line.chinese)
        assert re.fullmatch(r"[ -~]+", line.english)
    assert {line.step for line in table_of(steps)} == set(STEPS[steps])


def test_the_tables_say_what_the_functions_do() -> None:
    push = {name: line.step for line in table_of(PUSH) for name in line.outcomes}
    debit = {name: line.step for line in table_of(DEBIT) for name in line.outcomes}
    for kind in OutcomeKind:
        assert push[kind.value] == next_step(Outcome(kind=kind), tries=1)
        if f"{kind.value} (passing)" in push:
            assert push[f"{kind.value} (passing)"] is Next.AGAIN
            assert next_step(Outcome(kind=kind, transient=True), tries=2) is Next.SWITCH
        assert debit[kind.value] == after_debit(Outcome(kind=kind))


def test_money_that_may_have_moved_is_never_followed_by_another_debit() -> None:
    for kind in (OutcomeKind.UNKNOWN, OutcomeKind.PENDING, OutcomeKind.UNTRUSTED, OutcomeKind.DUPLICATE):
        assert after_debit(Outcome(kind=kind)) is After.CONFIRMING


def test_every_candidate_names_its_table() -> None:
    assert {candidate.steps for candidate in Night().plan().candidates} == {PUSH}
