"""Whether something new may be begun for a payment, where it would go, and how a round's end is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.errors import (
    CHANNELS_UNAVAILABLE,
    CONSENT_UNUSABLE,
    NO_CANDIDATE,
    PAYER_REFUSED,
    PAYMENT_CONFIRMING,
    TOO_MANY_ATTEMPTS,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Attempt, AttemptState, Decision, Payment, PaymentFile, PaymentState
from payswitch.routing.next_steps import CUSTOMERS_NO
from payswitch.routing.request import RoutePlan
from payswitch.services.attempts.debiting import debit_round
from payswitch.services.attempts.failover import launch
from payswitch.services.attempts.rounds import Launched, Round, Since, begin_round
from payswitch.services.checkout.agreements import usable_agreements
from payswitch.services.commands import PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.decisions.customer_facts import look_up_customer
from payswitch.services.decisions.routes import plan_route
from payswitch.services.payments.consents import Given
from payswitch.services.payments.lifecycle import confirming_attempt

LEAST_LIFE_MS = 3_000
"""A payment about to expire launches nothing more: the customer could not finish."""

MOST_EXPOSED = 20
"""Credentials shown for one payment. Each has to be watched until it is dead: a link that somebody presses in a loop
must not become thousands of orders. Attempts that nobody saw do not count: an outage must lock nobody out."""

LAUNCHABLE = frozenset({PaymentState.CREATED, PaymentState.PENDING})


def check_alive(ctx: Context, file: PaymentFile) -> None:
    """Raises unless something new may be begun for this payment. One that has succeeded passes: nothing is to begin."""
    payment = file.payment
    if confirming_attempt(file.attempts) is not None:
        raise PaySwitchError(PAYMENT_CONFIRMING, extra={"payment_id": payment.payment_id})
    if payment.state is PaymentState.SUCCEEDED or can_launch(ctx, payment):
        return
    raise PaySwitchError(
        WRONG_STATE,
        f"the payment is {payment.state.value} or about to expire; create a new one",
        "支付单已关闭、正在关闭或即将过期，请重新下单",
        extra={"payment_id": payment.payment_id, "state": payment.state.value},
    )


def can_launch(ctx: Context, payment: Payment) -> bool:
    """Whether a new attempt may be begun at all."""
    return payment.state in LAUNCHABLE and payment.expires_at_ms - ctx.clock.now_ms() >= LEAST_LIFE_MS


def shown_attempt(file: PaymentFile, now_ms: int) -> Attempt | None:
    """The newest attempt whose credential the customer can still use; none once the payment is decided."""
    if file.payment.state is not PaymentState.PENDING:
        return None
    for attempt in reversed(file.attempts):
        usable = attempt.credential is not None and attempt.credential.expires_at_ms > now_ms
        if attempt.state is AttemptState.EXPOSED and usable:
            return attempt
    return None


def wallet_of(payment: Payment, given: Given | None) -> tuple[Method, ...]:
    """The one method that a payment code can be for. Raises when the shop does not allow it for this payment."""
    if given is None or given.method is None:
        return ()
    if payment.methods and given.method not in payment.methods:
        allowed = ", ".join(payment.methods)
        raise PaySwitchError(
            CONSENT_UNUSABLE,
            f"this is a {given.method} code, which the shop does not allow for this payment",
            "该付款码所属的支付方式不在本单允许范围内",
            errors=[{"field": "payment_code", "message": f"allowed / 允许: {allowed}"}],
        )
    return (given.method,)


async def run_round(ctx: Context, work: Round, given: Given | None) -> Launched:
    return await launch(ctx, work) if given is None else await debit_round(ctx, work, given.secret)


class NextRound(msgspec.Struct, frozen=True):
    """Where the next attempt of a payment would go: planned before anything that the customer has is given up."""

    plan: RoutePlan
    decision: Decision
    environment: Environment
    agreements: Mapping[str, str]


async def plan_more(
    ctx: Context,
    file: PaymentFile,
    environment: Environment,
    *,
    methods: tuple[Method, ...] = (),
    products: tuple[Product, ...] = (),
    given: Given | None = None,
) -> NextRound:
    """Plan a new round for a payment that exists; `methods` and `products` are the customer's wish for this round,
    `given` what they gave for a debit.
    Raises `no_candidate` when nobody can do it, `too_many_attempts` for a payment that was begun over and over."""
    if sum(attempt.exposed_at_ms is not None for attempt in file.attempts) >= MOST_EXPOSED:
        raise PaySwitchError(TOO_MANY_ATTEMPTS, extra={"payment_id": file.payment.payment_id})
    agreements = await usable_agreements(ctx, file.payment)
    await look_up_customer(ctx, file.payment)
    plan, decision = plan_route(
        ctx,
        file.payment,
        environment,
        file.attempts,
        methods=methods or wallet_of(file.payment, given),
        products=products,
        given=given,
        agreements=agreements,
    )
    if not plan.candidates:
        raise no_candidate(plan.excluded, file)
    return NextRound(plan, decision, environment, agreements)


async def launch_more(ctx: Context, file: PaymentFile, planned: NextRound, *, since: Since) -> PaymentAnswer:
    """A new round for a payment that exists."""
    work = begin_round(
        ctx,
        file,
        planned.plan,
        planned.decision,
        planned.environment,
        since=since,
        agreements=planned.agreements,
    )
    return launched_answer(ctx, await launch(ctx, work), created=False)


async def debit_more(
    ctx: Context, file: PaymentFile, planned: NextRound, given: Given, *, since: Since
) -> PaymentAnswer:
    """A new round for a payment that exists, in which the call itself takes the money."""
    work = begin_round(
        ctx,
        file,
        planned.plan,
        planned.decision,
        planned.environment,
        since=since,
        allowed_ms=ctx.timings.debit_round_ms,
    )
    return launched_answer(ctx, await debit_round(ctx, work, given.secret), created=False)


def launched_answer(ctx: Context, launched: Launched, *, created: bool) -> PaymentAnswer:
    """A round's end as an answer, or as the error that says what to do next. A debit that is not known yet is an
    answer: the payment stands, its shop hears the end."""
    payment = launched.file.payment
    confirming = confirming_attempt(launched.file.attempts) is not None
    if launched.attempt_id is not None or confirming or payment.state not in LAUNCHABLE:
        return PaymentAnswer(file=launched.file, attempt_id=launched.attempt_id, created=created)
    raise _no_credential(ctx, launched.file, launched.refused)


def _no_credential(ctx: Context, file: PaymentFile, refused: Outcome | None) -> PaySwitchError:
    payment = file.payment
    extra: dict[str, object] = {
        "payment_id": payment.payment_id,
        "checkout_url": ctx.checkout_url(payment.checkout_token),
    }
    if refused is not None and refused.kind in CUSTOMERS_NO:
        return PaySwitchError(PAYER_REFUSED, extra=extra)
    return PaySwitchError(CHANNELS_UNAVAILABLE, extra={**extra, "retry_after_s": 2})


def no_candidate(excluded: Sequence[object], file: PaymentFile | None = None) -> PaySwitchError:
    """Nothing is eligible: say for every channel and product why."""
    reasons = [msgspec.to_builtins(exclusion) for exclusion in excluded]
    extra: dict[str, object] = {"excluded": reasons}
    if file is not None:
        extra["payment_id"] = file.payment.payment_id
    return PaySwitchError(
        NO_CANDIDATE,
        "allow more methods, or configure a channel that works in this environment",
        "请放宽允许的支付方式，或配置适用于该支付环境的渠道",
        extra=extra,
    )
