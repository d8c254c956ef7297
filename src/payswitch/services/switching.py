"""换一种方式: the customer came back unpaid, or wants to pay another way."""

from __future__ import annotations

from payswitch.domain.channel import Method
from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, WRONG_STATE, PaySwitchError
from payswitch.domain.payment import PaymentFile, PaymentState, Shop
from payswitch.domain.transitions import PAYMENT
from payswitch.services.commands import PaymentAnswer, SwitchPayment
from payswitch.services.context import Context
from payswitch.services.payments import can_launch, launch_more
from payswitch.services.retiring import retire_all


async def switch_payment(ctx: Context, payment_id: str, command: SwitchPayment, *, shop: Shop | None) -> PaymentAnswer:
    """Query and close what the customer has seen, then launch the next attempt.

    If the old attempt turns out to be paid, the payment has succeeded and nothing new is shown. What the old
    channel does not confirm in time stays closing: should it be paid after all, that money is surplus and goes back.
    Two presses of the button are one switch.
    """
    started_ms = ctx.clock.now_ms()
    file = await ctx.store.payment_file(payment_id)
    if file is None or (shop is not None and file.payment.shop_id != shop.shop_id):
        raise PaySwitchError(NOT_FOUND, f"there is no payment {payment_id} in this shop", "该店铺没有此支付单")
    key = (file.payment.shop_id, file.payment.out_trade_no)
    return await ctx.inflight.run(key, file.payment.input_hash, lambda: _switch(ctx, file, command, started_ms))


async def _switch(ctx: Context, file: PaymentFile, command: SwitchPayment, started_ms: int) -> PaymentAnswer:
    environment = command.environment or file.payment.environment
    if environment is None:
        raise PaySwitchError(
            INVALID_REQUEST,
            "say where the customer's screen is",
            "请指明客户所处的支付环境",
            errors=[{"field": "environment", "message": "required here / 此处必填"}],
        )
    _check_alive(ctx, file)
    file = await retire_all(ctx, file, budget_ms=ctx.timings.retire_deadline_ms)
    if file.payment.state in PAYMENT.terminal:
        return PaymentAnswer(file=file)
    _check_alive(ctx, file)
    return await launch_more(
        ctx,
        file,
        environment,
        started_ms=started_ms,
        methods=_allowed(file, command),
        products=command.products,
    )


def _check_alive(ctx: Context, file: PaymentFile) -> None:
    payment = file.payment
    if payment.state is PaymentState.SUCCEEDED or can_launch(ctx, payment):
        return
    raise PaySwitchError(
        WRONG_STATE,
        f"the payment is {payment.state.value} or about to expire; create a new one",
        "支付单已关闭、正在关闭或即将过期，请重新下单",
        extra={"payment_id": payment.payment_id, "state": payment.state.value},
    )


def _allowed(file: PaymentFile, command: SwitchPayment) -> tuple[Method, ...]:
    """The customer's wish within what the shop allows; a wish for nothing allowed is told, not ignored."""
    allowed = file.payment.methods
    wanted = tuple(m for m in command.methods if not allowed or m in allowed)
    if command.methods and not wanted:
        raise PaySwitchError(
            INVALID_REQUEST,
            "the shop does not allow these methods for this payment",
            "该支付单不允许这些支付方式",
            errors=[{"field": "methods", "message": f"allowed / 允许: {', '.join(allowed)}"}],
        )
    return wanted
