"""The customer's view of a payment's state: pure, so that every state can be tested."""

from __future__ import annotations

from enum import StrEnum

from payswitch.domain.payment import AttemptState, PaymentFile, PaymentState
from payswitch.kit.clock import beijing
from payswitch.services.launching import shown_attempt


class Phase(StrEnum):
    CHOOSE = "choose"
    WAITING = "waiting"
    CONFIRMING = "confirming"
    """Nobody knows yet: nothing may be begun, and the customer must not pay again."""
    SUCCEEDED = "succeeded"
    CLOSED = "closed"


ENDS = frozenset({Phase.SUCCEEDED, Phase.CLOSED})


def phase_of(file: PaymentFile, now_ms: int) -> Phase:
    """What the page is about just now."""
    payment = file.payment
    if payment.state is PaymentState.SUCCEEDED:
        return Phase.SUCCEEDED
    if payment.state is PaymentState.CLOSED:
        return Phase.CLOSED
    expired = payment.expires_at_ms <= now_ms
    if payment.state is PaymentState.CREATED:
        return Phase.CLOSED if expired else Phase.CHOOSE
    in_doubt = any(attempt.state is AttemptState.UNKNOWN for attempt in file.attempts)
    if payment.state is PaymentState.CLOSING or expired or in_doubt:
        return Phase.CONFIRMING
    return Phase.WAITING if shown_attempt(file, now_ms) is not None else Phase.CHOOSE


def known_by(file: PaymentFile) -> str | None:
    """The Beijing time by which a payment in doubt will be decided."""
    deadlines = [
        attempt.deadline_ms
        for attempt in file.attempts
        if attempt.state in (AttemptState.UNKNOWN, AttemptState.CLOSING, AttemptState.EXPOSED)
    ]
    return beijing(max(deadlines)).strftime("%H:%M") if deadlines else None
