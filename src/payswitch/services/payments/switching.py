"""换一种方式: the customer came back unpaid, or wants to pay another way."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, PaySwitchError
from payswitch.domain.payment import Attempt, PaymentFile
from payswitch.domain.shop import Shop
from payswitch.domain.transitions import PAYMENT
from payswitch.services.attempts.retiring import budget_ms, retire_all
from payswitch.services.attempts.rounds import Since
from payswitch.services.commands import PaymentAnswer, SwitchPayment
from payswitch.services.context import Context
from payswitch.services.payments.launching import check_alive, launch_more, plan_more, shown_attempt
from payswitch.services.payments.lifecycle import confirming_attempt
from payswitch.services.payments.refreshing import refresh, refreshable

Choice = TypeVar("Choice")

_encode = msgspec.json.Encoder(order="deterministic").encode


async def switch_payment(
    ctx: Context, payment_id: str, command: SwitchPayment, *, shop: Shop | None, keep_shown: bool = False
) -> PaymentAnswer:
    """Query and close what the customer has seen, then launch the next attempt.

    If the old attempt turns out to be paid, the payment has succeeded and nothing new is shown. What the old
    channel does not confirm in time stays closing: should it be paid after all, that money is surplus and goes back.
    A wish that cannot be granted is refused before anything is closed: the customer keeps the code they have.
    Two presses of the button are one switch; two different wishes are done one after the other.

    `keep_shown` is for a button that says "pay" and not "another way": a shown credential that fits stays.
    """
    file = await _payment(ctx, payment_id, shop)
    if confirming_attempt(file.attempts) is not None:
        check_alive(ctx, file)  # refused at once: a customer does not wait for another device's debit to end
    key = (file.payment.shop_id, file.payment.out_trade_no)
    wish = f"switch {keep_shown} {_encode(command).decode()}"
    return await ctx.inflight.run(
        key, file.payment.input_hash, wish, lambda: _switch(ctx, payment_id, command, shop, keep_shown)
    )


async def _payment(ctx: Context, payment_id: str, shop: Shop | None) -> PaymentFile:
    file = await ctx.store.payment_file(payment_id)
    if file is None or (shop is not None and file.payment.shop_id != shop.shop_id):
        raise PaySwitchError(NOT_FOUND, f"there is no payment {payment_id} in this shop", "该店铺没有此支付单")
    return file


async def _switch(
    ctx: Context, payment_id: str, command: SwitchPayment, shop: Shop | None, keep_shown: bool
) -> PaymentAnswer:
    since = Since.now(ctx)
    file = await _payment(ctx, payment_id, shop)
    environment = command.environment or file.payment.environment
    if environment is None:
        raise PaySwitchError(
            INVALID_REQUEST,
            "say where the customer's screen is",
            "请指明客户所处的支付环境",
            errors=[{"field": "environment", "message": "required here / 此处必填"}],
        )
    check_alive(ctx, file)
    shown = shown_attempt(file, since.at_ms) if keep_shown else None
    if file.payment.state in PAYMENT.terminal or (shown is not None and _fits(shown, command)):
        return PaymentAnswer(file=file, attempt_id=shown.attempt_id if shown else None)
    methods = _allowed("methods", file.payment.methods, command.methods)
    products = _allowed("products", file.payment.products, command.products)
    expired = refreshable(ctx, file) if keep_shown else None
    if expired is not None and _fits(expired, command):
        file, fresh = await refresh(ctx, file, expired, environment, since)
        if fresh or file.payment.state in PAYMENT.terminal:
            return PaymentAnswer(file=file, attempt_id=expired.attempt_id if fresh else None)
    planned = await plan_more(ctx, file, environment, methods=methods, products=products)
    file = await retire_all(ctx, file, budget_ms=budget_ms(ctx, since))
    if file.payment.state in PAYMENT.terminal:
        return PaymentAnswer(file=file)
    check_alive(ctx, file)
    return await launch_more(ctx, file, planned, since=since)


def _fits(shown: Attempt, command: SwitchPayment) -> bool:
    """Whether what the customer sees already is what they ask for."""
    return (not command.methods or shown.method in command.methods) and (
        not command.products or shown.product in command.products
    )


def _allowed(field: str, allowed: tuple[Choice, ...], wish: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The customer's wish within what the shop allows; a wish for nothing allowed is told, not ignored."""
    wanted = tuple(choice for choice in wish if not allowed or choice in allowed)
    if wish and not wanted:
        raise PaySwitchError(
            INVALID_REQUEST,
            f"the shop does not allow these {field} for this payment",
            "该支付单不允许这些支付方式",
            errors=[{"field": field, "message": f"allowed / 允许: {', '.join(str(choice) for choice in allowed)}"}],
        )
    return wanted
