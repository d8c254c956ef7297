"""What each news says as a span of its payment's trace. Pure: no library, no clock.

Attributes are named one by one here. No amount, no customer, no openid, no credential and nothing that a channel or a
shop wrote freely is among them: of a channel's answer only its error code, cut short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from payswitch.domain.outcome import SHOWS_HEALTH, OutcomeKind

Facts = Mapping[str, Any]
Kind = Literal["server", "client", "internal"]

MOST_CODE = 64
"""Characters of a channel's error code: the longest documented one has 40."""

_GOOD: Final = frozenset(kind.value for kind in SHOWS_HEALTH | {OutcomeKind.DUPLICATE, OutcomeKind.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanDraft:
    """One span before it has ids."""

    name: str
    start_ms: float
    end_ms: float
    kind: Kind = "internal"
    attempt_id: str = ""
    """The attempt that it lies under; none: under the payment."""
    is_payment: bool = False
    """The root."""
    is_attempt: bool = False
    failed: str = ""
    """What went wrong, in one word; empty when nothing did."""
    attributes: Mapping[str, str | int | bool] = field(default_factory=dict)


def draft_of(kind: str, facts: Facts, now_ms: float) -> SpanDraft | None:
    """None for news that are no span."""
    make = _MAKERS.get(kind)
    return None if make is None else make(facts, now_ms)


def _named(facts: Facts, *names: str) -> dict[str, str | int | bool]:
    return {f"payswitch.{name}": facts[name] for name in names if facts.get(name) is not None}


def _payment(facts: Facts, now_ms: float) -> SpanDraft:
    """From the request until it is answered. All that comes later lies under it all the same."""
    nothing_shown = facts["shown"] is False
    return SpanDraft(
        name="payment",
        start_ms=now_ms - facts["took_ms"],
        end_ms=now_ms,
        kind="server",
        is_payment=True,
        failed="no_credential" if nothing_shown else "",
        attributes=_named(facts, "payment_id", "shop_id", "shown"),
    )


def _decision(facts: Facts, now_ms: float) -> SpanDraft:
    return SpanDraft(
        name="decision",
        start_ms=facts["at_ms"],
        end_ms=facts["at_ms"] + facts["duration_us"] / 1_000,
        attributes=_named(facts, "decision_id", "policy_version", "channel_id", "candidates", "excluded"),
    )


def _channel_call(facts: Facts, now_ms: float) -> SpanDraft:
    outcome = str(facts["outcome"])
    attributes = _named(facts, "channel_id", "product", "call", "outcome")
    if facts["code"]:
        attributes["payswitch.code"] = str(facts["code"])[:MOST_CODE]
    return SpanDraft(
        name=f"channel {facts['call']}",
        start_ms=now_ms - facts["latency_ms"],
        end_ms=now_ms,
        kind="client",
        attempt_id=facts["attempt_id"],
        failed="" if outcome in _GOOD else outcome,
        attributes=attributes,
    )


def _attempt(facts: Facts, now_ms: float, *, result: str, failed: str = "") -> SpanDraft:
    return SpanDraft(
        name="attempt",
        start_ms=facts["started_ms"],
        end_ms=now_ms,
        attempt_id=facts["attempt_id"],
        is_attempt=True,
        failed=failed,
        attributes={**_named(facts, "attempt_id", "channel_id", "product", "hedge"), "payswitch.result": result},
    )


def _exposed(facts: Facts, now_ms: float) -> SpanDraft:
    return _attempt(facts, now_ms, result="exposed")


def _given_up(facts: Facts, now_ms: float) -> SpanDraft:
    return _attempt(facts, now_ms, result="given_up", failed=str(facts["outcome"]))


def _succeeded(facts: Facts, now_ms: float) -> SpanDraft:
    """A debit ends its attempt; an order that was shown waited for its customer."""
    if facts["exposed_ms"] is None:
        return _attempt(facts, now_ms, result="paid")
    return SpanDraft(
        name="customer pays",
        start_ms=facts["exposed_ms"],
        end_ms=now_ms,
        attempt_id=facts["attempt_id"],
        attributes=_named(facts, "attempt_id", "channel_id", "product"),
    )


def _surplus(facts: Facts, now_ms: float) -> SpanDraft:
    return SpanDraft(
        name="surplus",
        start_ms=now_ms,
        end_ms=now_ms,
        attempt_id=facts["attempt_id"],
        failed="surplus",
        attributes=_named(facts, "attempt_id", "channel_id"),
    )


def _fact_applied(facts: Facts, now_ms: float) -> SpanDraft:
    """A notification (or a line of a bill) that was believed or not, from its arrival to its commit."""
    return SpanDraft(
        name=str(facts["source"]),
        start_ms=now_ms - facts["took_ms"],
        end_ms=now_ms,
        kind="server",
        attempt_id=facts["attempt_id"],
        failed="" if facts["believed"] else "not_believed",
        attributes=_named(facts, "channel_id", "about", "outcome"),
    )


def _event(facts: Facts, now_ms: float) -> SpanDraft:
    return SpanDraft(
        name="deliver event",
        start_ms=now_ms - facts["latency_ms"],
        end_ms=now_ms,
        kind="client",
        failed="" if facts["state"] == "delivered" else str(facts["state"]),
        attributes=_named(facts, "event_id", "type", "tries", "state"),
    )


def _refund(facts: Facts, now_ms: float) -> SpanDraft:
    return SpanDraft(
        name="refund",
        start_ms=now_ms - facts["age_ms"],
        end_ms=now_ms,
        failed="" if facts["state"] == "succeeded" else str(facts["state"]),
        attributes=_named(facts, "refund_id", "kind", "state"),
    )


_MAKERS: Final[Mapping[str, Callable[[Facts, float], SpanDraft]]] = {
    "payment_created": _payment,
    "decided": _decision,
    "create_answered": _channel_call,
    "channel_called": _channel_call,
    "exposed": _exposed,
    "given_up": _given_up,
    "succeeded": _succeeded,
    "surplus": _surplus,
    "fact_applied": _fact_applied,
    "event_delivered": _event,
    "event_failed": _event,
    "refunded": _refund,
}
