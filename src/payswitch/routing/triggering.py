"""实时触发: whether the last calls of a line set a trigger off, and with what evidence. Functions of the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from payswitch.routing.call_window import CallKind, CallWindow, wilson_lower
from payswitch.routing.policy import Triggers
from payswitch.routing.request import CallObservation

Evidence = Mapping[str, float | int | str]
_LATEST_LOOKED_AT: Final = 20
"""A run of failures is counted up to this."""


class Chances(Protocol):
    """What ordinary luck is at this line (`record.py`)."""

    @property
    def silence(self) -> float: ...
    @property
    def failure(self) -> float: ...
    def chances_per_day(self, rate: float, hits: int, of_calls: int) -> float: ...


def counting_trigger(
    window: CallWindow, seen: CallObservation, triggers: Triggers, chances: Chances | None
) -> tuple[bool, tuple[str, Evidence] | None]:
    """2 of the last 3 without an answer, or 3 failures in a row: (whether one went off, why the breaker opens).

    Gone off, but no reason to open: by this line's own record it may be chance. Without `chances` it never is.
    """
    latest = window.latest(_LATEST_LOOKED_AT, seen.at_ms - triggers.timeouts_within_s * 1_000)
    silent = latest[: triggers.of_calls].count(CallKind.NO_ANSWER)
    run = latest.index(CallKind.GOOD) if CallKind.GOOD in latest else len(latest)
    most, gone_off = triggers.ordinary_trips_per_day, False
    if silent >= triggers.timeouts:
        gone_off = True
        if chances is None or chances.chances_per_day(chances.silence, silent, triggers.of_calls) <= most:
            return True, ("timeouts", {"no_answer": silent, "of_calls": triggers.of_calls})
    if run >= triggers.consecutive_errors:
        gone_off = True
        if chances is None or chances.chances_per_day(chances.failure, run, run) <= most:
            return True, ("consecutive_errors", {"in_a_row": run, "code": seen.outcome.code})
    return gone_off, None


def rate_evidence(window: CallWindow, now_ms: int, triggers: Triggers, z: float) -> Evidence | None:
    """The evidence that the error rate is over the threshold, from the last calls or from the whole window; or None."""
    window_ms = triggers.window_s * 1_000
    for calls, failures in (window.last_counts(now_ms, window_ms), window.counts(now_ms, window_ms)):
        if calls >= triggers.min_calls:
            lower = wilson_lower(failures, calls, z)
            if lower > triggers.error_rate:
                return {
                    "calls": calls,
                    "failures": failures,
                    "rate": round(failures / calls, 4),
                    "lower_bound": round(lower, 4),
                    "window_s": triggers.window_s,
                }
    return None
