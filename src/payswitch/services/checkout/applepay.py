"""Apple Pay on the web: the merchant session that the customer's page needs before Apple shows the cards.

Which channel it comes from: `apple_channel.py`.
"""

from __future__ import annotations

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Channel, Method, Product
from payswitch.domain.channel_client import ApplePayDesk
from payswitch.domain.errors import CHANNELS_UNAVAILABLE, INVALID_REQUEST, NO_CANDIDATE, WRONG_STATE, PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Incident, Payment, PaymentState
from payswitch.domain.shop import Shop
from payswitch.services.checkout.apple_channel import session_channel
from payswitch.services.commands import OpenApplePaySession
from payswitch.services.context import Context
from payswitch.services.payments.launching import check_alive
from payswitch.services.payments.payments import get_payment

_OF_THE_REQUEST = frozenset({"validation_url", "domain"})
"""Outcome codes that are about what the page sent, named like the fields."""


async def merchant_session(ctx: Context, shop: Shop, payment_id: str, command: OpenApplePaySession) -> bytes:
    """Apple's answer, byte for byte, for `completeMerchantValidation`. No money moves, nothing is stored."""
    file = await get_payment(ctx, shop, payment_id)
    payment = file.payment
    check_alive(ctx, file)
    if payment.state is PaymentState.SUCCEEDED:
        extra: dict[str, object] = {"payment_id": payment_id, "state": payment.state.value}
        raise PaySwitchError(WRONG_STATE, "it is paid already", "该支付单已支付", extra=extra)
    channel = session_channel(ctx, payment.merchant_id) if _allowed(payment) else None
    client: object = None if channel is None else ctx.directory.client(channel.channel_id, channel.version)
    if channel is None or not isinstance(client, ApplePayDesk):
        raise PaySwitchError(
            NO_CANDIDATE,
            "this shop has no channel for Apple Pay on the web, or the payment does not allow it",
            "该店铺没有 Apple Pay 网页支付渠道，或该支付单不允许使用",
            extra={"payment_id": payment_id},
        )
    answer = await client.merchant_session(
        command.validation_url, command.domain, ctx.timings.merchant_session_timeout_ms
    )
    if answer.outcome.kind is OutcomeKind.ACCEPTED:
        return answer.session
    raise await _refusal(ctx, channel, payment_id, answer.outcome)


def _allowed(payment: Payment) -> bool:
    """Whether the shop's wish for this payment leaves Apple Pay in."""
    methods_ok = not payment.methods or Method.APPLE_PAY in payment.methods
    return methods_ok and (not payment.products or Product.APPLEPAY_WEB in payment.products)


async def _refusal(ctx: Context, channel: Channel, payment_id: str, outcome: Outcome) -> PaySwitchError:
    if outcome.code in _OF_THE_REQUEST:
        return PaySwitchError(
            INVALID_REQUEST,
            f"mend these: {outcome.code}",
            f"请修正：{outcome.code}",
            errors=[{"field": outcome.code, "message": outcome.message}],
        )
    if outcome.kind is OutcomeKind.REFUSED_CONFIG:
        await _tell_operator(ctx, channel, outcome)
    return PaySwitchError(
        CHANNELS_UNAVAILABLE,
        "Apple gave no merchant session; offer another method, or ask again",
        "未能取得 Apple Pay 商户会话，请更换支付方式或稍后重试",
        extra={"payment_id": payment_id, "retry_after_s": 2},
    )


async def _tell_operator(ctx: Context, channel: Channel, outcome: Outcome) -> None:
    """Apple refuses our certificate, merchant identifier or domain: only a person can mend that. Once an hour."""
    name, monotonic_ms = f"apple_pay_session {channel.channel_id}", ctx.clock.monotonic_ms()
    if not ctx.troubles_told.is_due(name, monotonic_ms):
        return
    ctx.troubles_told.note(name, monotonic_ms)
    now_ms = ctx.clock.now_ms()
    detail = (
        f"Apple 拒绝了商户会话，请检查商户身份证书与域名登记 / Apple refused a merchant session ({outcome.code} "
        f"{outcome.message}); check the Merchant Identity certificate and the registered domains"
    )
    incident = Incident(
        incident_id=ctx.ids.new("inc_", now_ms),
        kind="apple_pay_session_refused",
        at_ms=now_ms,
        channel_id=channel.channel_id,
        detail=detail,
    )
    await ctx.store.commit(Changes(insert_incidents=[incident]))
