"""收银台: what the hosted page asks for, by the unguessable token of its link."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.payment import Attempt, Payment, PaymentFile, PaymentState
from payswitch.kit.durations import DAY_MS
from payswitch.services.attempts import results
from payswitch.services.attempts.asking import capability_of
from payswitch.services.commands import PaymentAnswer, SwitchPayment
from payswitch.services.context import Context
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.launching import shown_attempt
from payswitch.services.payments.switching import switch_payment

LINK_KEPT_MS: Final = 30 * DAY_MS
"""How long after the payment's end its link still shows how it ended: as long as a surplus may take to come back."""


async def open_checkout(ctx: Context, token: str) -> PaymentFile:
    """The payment behind a checkout link."""
    file = await ctx.store.file_by_checkout_token(token)
    if file is None or _is_over(file.payment, ctx.clock.now_ms()):
        raise PaySwitchError(NOT_FOUND, "this checkout link is not known", "收银台链接无效")
    return file


def _is_over(payment: Payment, now_ms: int) -> bool:
    ended_at_ms = payment.succeeded_at_ms or payment.closed_at_ms
    return ended_at_ms is not None and now_ms - ended_at_ms > LINK_KEPT_MS


async def start(
    ctx: Context,
    token: str,
    *,
    environment: Environment,
    user_agent: str,
    client_ip: str,
    methods: tuple[Method, ...],
) -> PaymentAnswer:
    """The customer pressed "pay": show what is shown already, or launch. Pressing twice launches once."""
    file = await open_checkout(ctx, token)
    shown = shown_attempt(file, ctx.clock.now_ms())
    here = shown is not None and usable_in(ctx, shown, environment)
    if shown is not None and here and (not methods or shown.method in methods):
        return PaymentAnswer(file=file, attempt_id=shown.attempt_id)
    await _remember_customer(ctx, file, environment, user_agent, client_ip)
    command = SwitchPayment(methods=methods, environment=environment)
    # A code that was shown on the desktop opens nothing in the wallet that the customer went on with.
    keep = shown is None or here
    return await switch_payment(ctx, file.payment.payment_id, command, shop=None, keep_shown=keep)


def usable_in(ctx: Context, attempt: Attempt, environment: Environment) -> bool:
    """Whether the credential of this attempt can be paid with where the customer is looking."""
    capability = capability_of(ctx, attempt.channel_id, attempt.product)
    return capability is not None and environment in capability.environments


async def _remember_customer(
    ctx: Context, file: PaymentFile, environment: Environment, user_agent: str, client_ip: str
) -> None:
    """What the shop could not know when it created the payment: where the customer's screen is."""
    if file.payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return

    def decide(draft: Draft) -> None:
        payment = draft.payment
        ip = payment.customer.client_ip or client_ip
        if payment.environment is environment and payment.user_agent and payment.customer.client_ip == ip:
            return
        draft.set_payment(
            environment=environment,
            user_agent=payment.user_agent or user_agent,
            customer=replace(payment.customer, client_ip=ip),
        )

    await change(ctx, file.payment.payment_id, decide, known=file)


async def check(ctx: Context, token: str) -> PaymentFile:
    """The page asks "is it paid?"; the channel is asked, not the browser."""
    return await results.check_payment(ctx, await open_checkout(ctx, token))
