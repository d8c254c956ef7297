"""A sequential test for shops of any size: a CUSUM chart over payments that went well or did not.

A percentage over a window needs many payments; a shop with one order a minute has four in a window of four minutes.
This chart instead adds up evidence: each failure scores points, each success takes some back, never below zero; at the
limit it speaks. It is the quickest test there is for a given rate of false alarms (Moustakides 1986), and with whole
points its mean time to a false alarm is not estimated but solved, exactly, from the chain of its levels.
"""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec

MOST_POINTS = 40
"""Of one failure: what is rarer than one in a hundred thousand scores no more."""
FINEST_STEP = 6
"""A success takes back at most so many points: finer steps only make the chain longer."""
RECOVERED_NATS = 3.0
"""After an alarm: so much evidence (20 to 1) for the old rate ends it."""


class Design(msgspec.Struct, frozen=True):
    """A chart made for one shop: how many points what is worth, and where it speaks."""

    fail: int
    """Points of a failure."""
    ok: int
    """Points that a success takes back."""
    limit: int
    back: int
    """After an alarm: points of evidence for the old rate that end it."""


class State(msgspec.Struct, frozen=True):
    """Where a chart stands. `since_ms`: the first failure since it was last at zero: when the trouble began, if it is
    trouble."""

    level: int = 0
    since_ms: int = 0
    alarm: bool = False
    calm: int = 0
    """During an alarm: evidence that it is over."""


def points(rate: float, worse: float) -> tuple[int, int]:
    """Whole points in about the proportion of the evidence: log(worse/rate) for a failure, against
    log((1-worse)/(1-rate)) for a success."""
    ratio = math.log(worse / rate) / -math.log((1 - worse) / (1 - rate))
    step = min(range(1, FINEST_STEP + 1), key=lambda s: (abs(round(ratio * s) / s - ratio) > 0.05 * ratio, s))
    return min(max(1, round(ratio * step)), MOST_POINTS), step


def run_length(rate: float, fail: int, ok: int, limit: int) -> float:
    """The mean number of payments from zero to the limit when each fails with this probability. Exact: the solution of
    E(i) = 1 + (1-rate) E(max(i-ok, 0)) + rate E(i+fail) over the levels below the limit."""
    rows = [[0.0] * limit for _ in range(limit)]
    right = [1.0] * limit
    for i, row in enumerate(rows):
        row[i] += 1.0
        row[max(i - ok, 0)] -= 1 - rate
        if i + fail < limit:
            row[i + fail] -= rate
    for i in range(limit):  # banded elimination: nothing stands further left than `ok` or further right than `fail`
        for j in range(i + 1, min(i + ok + 1, limit)):
            factor = rows[j][i] / rows[i][i]
            if factor:
                for k in range(i, min(i + fail + 1, limit)):
                    rows[j][k] -= factor * rows[i][k]
                right[j] -= factor * right[i]
    solved = [0.0] * limit
    for i in range(limit - 1, -1, -1):
        known = sum(rows[i][k] * solved[k] for k in range(i + 1, min(i + fail + 1, limit)))
        solved[i] = (right[i] - known) / rows[i][i]
    return solved[0]


@lru_cache(maxsize=512)
def design(rate: float, worse: float, payments_between: int) -> Design:
    """The most sensitive chart against failures rising from `rate` to `worse` that speaks without cause no more than
    once in `payments_between` payments on average."""
    fail, ok = points(rate, worse)
    low, high = 1, fail + 1
    while run_length(rate, fail, ok, high) < payments_between:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if run_length(rate, fail, ok, middle) < payments_between:
            low = middle + 1
        else:
            high = middle
    nats_of_a_point = math.log(worse / rate) / fail
    return Design(fail=fail, ok=ok, limit=low, back=math.ceil(RECOVERED_NATS / nats_of_a_point))


def step(chart: Design, state: State, failed: bool, at_ms: int) -> State:
    """One payment more."""
    if state.alarm:
        return _while_alarmed(chart, state, failed)
    if not failed:
        return State(level=max(0, state.level - chart.ok), since_ms=state.since_ms)
    level = state.level + chart.fail
    since_ms = state.since_ms if state.level else at_ms
    return State(level=min(level, chart.limit), since_ms=since_ms, alarm=level >= chart.limit)


def _while_alarmed(chart: Design, state: State, failed: bool) -> State:
    calm = max(0, state.calm - chart.fail) if failed else state.calm + chart.ok
    if calm >= chart.back:
        return State()
    return State(level=chart.limit, since_ms=state.since_ms, alarm=True, calm=calm)


def _all_went_well(chart: Design, state: State, ok: int) -> State:
    """`ok` steps in one."""
    if not state.alarm:
        return State(level=max(0, state.level - chart.ok * ok), since_ms=state.since_ms)
    calm = state.calm + chart.ok * ok
    return State() if calm >= chart.back else State(state.level, state.since_ms, alarm=True, calm=calm)


def run(chart: Design, state: State, *, ok: int, failed: int, at_ms: int) -> State:
    """All payments of one minute. Their order inside it is not known: failures are spread evenly among the rest."""
    if not failed:
        return _all_went_well(chart, state, ok)
    total = ok + failed
    for i in range(total):
        state = step(chart, state, (i + 1) * failed // total > i * failed // total, at_ms)
    return state
