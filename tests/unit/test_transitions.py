"""Every cell of the state machines, the forbidden ones too."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from payswitch.domain.managed_channel import CHANNEL, ChannelEvent, ChannelState
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.domain.transitions import (
    ATTEMPT,
    FORBIDDEN,
    PAYMENT,
    REFUND,
    STAYS,
    AttemptEvent,
    ForbiddenTransition,
    Machine,
    PaymentEvent,
    RefundEvent,
    advance,
)

MACHINES: list[tuple[Machine[Any, Any], type[StrEnum], type[StrEnum]]] = [
    (PAYMENT, PaymentState, PaymentEvent),
    (ATTEMPT, AttemptState, AttemptEvent),
    (REFUND, RefundState, RefundEvent),
    (CHANNEL, ChannelState, ChannelEvent),
]

# What the tables must say, written a second time by hand: one row per state, one word per event, in the events'
# order. "-" stays, "x" forbidden.
EXPECTED = {
    "payment": """
        created    pending  x          closing  x
        pending    -        succeeded  closing  x
        closing    x        succeeded  -        closed
        succeeded  x        -          -        -
        closed     x        -          -        -
    """,
    "attempt": """
        created    submitted x     x       succeeded failed unknown x       discarded x       x
        submitted  -         ready x       succeeded failed x       x       discarded x       x
        ready      x         -     exposed succeeded failed x       x       discarded x       x
        exposed    x         -     -       succeeded failed unknown -       x         closing x
        closing    x         -     x       succeeded x      x       x       x         -       closed
        unknown    x         x     x       succeeded failed x       exposed x         x       closed
        succeeded  x         -     -       -         -      x       -       -         -       -
        failed     x         -     x       succeeded -      x       -       -         -       -
        discarded  x         -     x       succeeded -      x       -       -         -       -
        closed     x         -     x       succeeded -      x       -       -         -       -
    """,
    "refund": """
        created    submitted x          succeeded failed abnormal
        submitted  -         processing succeeded failed abnormal
        processing -         -          succeeded failed abnormal
        abnormal   -         processing succeeded failed -
        succeeded  -         -          -         -      -
        failed     x         -          succeeded -      -
    """,
    "channel": """
        draft      enabled  x         retired
        enabled    -        disabled  x
        disabled   enabled  -         retired
        retired    x        x         -
    """,
}


def rows(name: str) -> list[list[str]]:
    return [line.split() for line in EXPECTED[name].strip().splitlines()]


CELLS = [
    pytest.param(machine, states(row[0]), event, row[position + 1], id=f"{machine.name}-{row[0]}-{event.value}")
    for machine, states, events in MACHINES
    for row in rows(machine.name)
    for position, event in enumerate(events)
]


@pytest.mark.parametrize(("machine", "state", "event", "expected"), CELLS)
def test_cell(machine: Machine[Any, Any], state: StrEnum, event: StrEnum, expected: str) -> None:
    if expected == "x":
        with pytest.raises(ForbiddenTransition, match=f"{event.value!r} is forbidden in state {state.value!r}"):
            advance(machine, state, event)
        return
    after = advance(machine, state, event)
    assert after == (state if expected == "-" else expected)


@pytest.mark.parametrize(("machine", "states", "events"), MACHINES, ids=lambda value: getattr(value, "name", None))
def test_tables_are_complete(machine: Machine[Any, Any], states: type[StrEnum], events: type[StrEnum]) -> None:
    assert set(machine.table) == set(states)
    assert [row[0] for row in rows(machine.name)] == [state.value for state in states if state in machine.table]
    for state in states:
        assert set(machine.table[state]) == set(events), state


def test_a_payment_never_leaves_its_terminal_state() -> None:
    for state in PAYMENT.terminal:
        assert all(cell in (STAYS, FORBIDDEN) for cell in PAYMENT.table[state].values())


@pytest.mark.parametrize("machine", [ATTEMPT, REFUND], ids=["attempt", "refund"])
def test_only_money_that_moved_leads_out_of_a_terminal_state(machine: Machine[Any, Any]) -> None:
    """A verified success is never denied, whatever we believed before."""
    for state in machine.terminal:
        for event, cell in machine.table[state].items():
            if cell is not STAYS and cell is not FORBIDDEN:
                assert event.value == "succeed"
                assert cell.value == "succeeded"


def test_an_exposed_attempt_is_never_dropped() -> None:
    """A customer may be looking at its QR code: it can only be paid, refused, or closed and watched."""
    with pytest.raises(ForbiddenTransition):
        advance(ATTEMPT, AttemptState.EXPOSED, AttemptEvent.DISCARD)


def test_a_debit_is_never_sent_twice() -> None:
    """What may have taken the money is asked about, not repeated: the second "debit" is a bug."""
    for state in AttemptState:
        if state not in (AttemptState.CREATED, AttemptState.EXPOSED):
            with pytest.raises(ForbiddenTransition):
                advance(ATTEMPT, state, AttemptEvent.DEBIT)
