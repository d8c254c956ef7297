"""What the router does with what it is told: first the estimates and overlays, then the breaker, each move with why."""

from __future__ import annotations

from typing import Final

from payswitch.domain.outcome import OutcomeKind
from payswitch.routing.breaker import call_kind
from payswitch.routing.call_window import CallKind
from payswitch.routing.health import Health, Line
from payswitch.routing.learning import explain_outage, learn_creation, learn_end, learn_exposed
from payswitch.routing.policy import Policy
from payswitch.routing.record import record_of
from payswitch.routing.request import BreakerMove, CallObservation, ExposedObservation, FinalObservation

_TOTAL: Final = frozenset({"timeouts", "consecutive_errors", "listed_code"})
"""Openings that say "total outage": the overlay answers for these failures. A raised error rate stays in the
estimate."""
_PAYERS_NO: Final = frozenset({OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK})
_LEAST_DUE: Final = 5.0
"""So many payments must be overdue before a channel is said to swallow them."""
_LEAST_SILENCE_MS: Final = 15_000
"""And for so long: a hiccup of our own side (a notification door that hangs for seconds) is no outage."""


def hear_call(health: Health, policy: Policy, seen: CallObservation) -> BreakerMove | None:
    """One create call went well or badly."""
    line = health.heard_of(seen.channel_id, seen.product, seen.at_ms)
    triggers, scoring = policy.triggers, policy.scoring
    breaker, kind = line.breaker, call_kind(seen.outcome, triggers)
    if seen.outcome.kind is not OutcomeKind.NOT_SENT:
        line.latency.add(seen.latency_ms, seen.at_ms, policy.soft_limit)
    if seen.outcome.kind in _PAYERS_NO:
        line.conversion.add(False, seen.at_ms, scoring)
    if kind is not None and breaker.counts(seen):
        failed = kind is not CallKind.GOOD
        a_parts_fault = learn_creation(
            health,
            line,
            failed=failed,
            silent=kind is CallKind.NO_ANSWER,
            segments=seen.segments,
            at_ms=seen.at_ms,
            scoring=scoring,
        )
        if a_parts_fault and not seen.outcome.listed:
            return None  # one bank, amount or kind of device fails: payments of that kind go elsewhere, the rest stay
    chances = record_of(line, seen.at_ms, scoring) if kind not in (None, CallKind.GOOD) else None
    move = breaker.observe(seen, triggers, chances, line.latency.slowness(triggers))
    if move is not None and move.reason in _TOTAL:
        explain_outage(line)
    return _after(line, move, seen.at_ms)


def hear_exposed(health: Health, policy: Policy, seen: ExposedObservation) -> BreakerMove | None:
    """A credential was shown: one more payment to wait for; and a moment to notice that none come."""
    line = health.heard_of(seen.channel_id, seen.product, seen.at_ms)
    learn_exposed(health, line, seen.at_ms, policy.scoring)
    return _is_anything_paid(line, policy, seen.at_ms)


def hear_end(health: Health, policy: Policy, seen: FinalObservation) -> BreakerMove | None:
    """An exposed attempt ended."""
    line = health.heard_of(seen.channel_id, seen.product, seen.at_ms)
    learn_end(
        health,
        line,
        paid=seen.paid,
        payer_side=seen.payer_side,
        waited_ms=seen.waited_ms,
        segments=seen.segments,
        at_ms=seen.at_ms,
        scoring=policy.scoring,
    )
    if seen.paid:
        return _after(line, line.breaker.hear_paid(seen.at_ms, seen.waited_ms), seen.at_ms)
    return _is_anything_paid(line, policy, seen.at_ms)


def _is_anything_paid(line: Line, policy: Policy, at_ms: int) -> BreakerMove | None:
    unpaid, arrivals = line.arrivals.dark, line.arrivals
    if unpaid < policy.triggers.never_paid or arrivals.silent_due < _LEAST_DUE:
        return None
    if at_ms - arrivals.last_paid_ms < _LEAST_SILENCE_MS:
        return None
    evidence = {"due": round(arrivals.silent_due, 1), "paid": 0, "probability": round(unpaid, 4)}
    return line.breaker.open_unpaid(at_ms, evidence, policy.triggers)


def _after(line: Line, move: BreakerMove | None, at_ms: int) -> BreakerMove | None:
    """A channel that is proven to be back has its old estimates and no suspicion."""
    if move is not None and move.reason == "probes_succeeded":
        line.creation.resume(at_ms)
        line.completion.resume(at_ms)
        line.overlay.reset(at_ms)
        line.arrivals.clear(at_ms)
        line.suspense.clear()
    return move
