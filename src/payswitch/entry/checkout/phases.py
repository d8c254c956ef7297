"""The customer's view of a payment's state: pure, so that every state can be tested."""

from __future__ import annotations

from enum import StrEnum

from payswitch.domain.payment import AttemptState, CloseReason, PaymentFile, PaymentState
from payswitch.kit.clock import beijing
from payswitch.services.payments.launching import shown_attempt
from payswitch.services.payments.lifecycle import MAY_BE_PAID


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
    if lapsed(file):
        return Phase.CLOSED
    in_doubt = any(attempt.state is AttemptState.UNKNOWN for attempt in file.attempts)
    if payment.state is PaymentState.CLOSING or expired or in_doubt:
        return Phase.CONFIRMING
    return Phase.WAITING if shown_attempt(file, now_ms) is not None else Phase.CHOOSE


def lapsed(file: PaymentFile) -> bool:
    """Expired, and nothing of it can be paid any more: for the customer it is over, though its shop would still take
    money that is on its way."""
    payment = file.payment
    expired = payment.state is PaymentState.CLOSING and payment.close_reason is CloseReason.EXPIRED
    return expired and not any(attempt.state in MAY_BE_PAID for attempt in file.attempts)


def known_by_ms(file: PaymentFile) -> int | None:
    """By when it will be known whether anything was paid: of an unknown debit as the shop was told, of a credential
    that may still be paid its deadline; whatever comes last. None: nobody can say yet."""
    times = []
    for attempt in file.attempts:
        if attempt.state is AttemptState.UNKNOWN:
            times.append(max(attempt.known_by_ms or 0, attempt.due_at_ms or 0))
        elif attempt.state in (AttemptState.CLOSING, AttemptState.EXPOSED):
            times.append(attempt.deadline_ms)
    return max(times, default=None)


def known_by(file: PaymentFile) -> str | None:
    """The same as a Beijing time, rounded up to the minute."""
    known_ms = known_by_ms(file)
    return beijing(known_ms + 59_999).strftime("%H:%M") if known_ms else None
