"""签约: a customer's bank card, signed up once at one of the merchant's channels, then debited with an SMS code.

No money moves here. Card and holder pass through to the channel and are kept nowhere (`held_cards`); what stays is the
channel's own number of the card, useless without the merchant's keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.channel import Channel
from payswitch.domain.errors import (
    AGREEMENT_OVER,
    BANK_UNAVAILABLE,
    CARD_REFUSED,
    CONSENT_WRONG,
    NOT_FOUND,
    TOO_SOON,
    PaySwitchError,
)
from payswitch.domain.exchange import AgreementAnswer, AgreementOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Payment
from payswitch.domain.shop import Shop
from payswitch.kit.secrets import Secret
from payswitch.services.checkout.card_desks import debits_cards, desk_of, desks_for, no_desk, still_offered
from payswitch.services.checkout.held_cards import MOST_WRONG_CODES, SMS_GAP_MS, HeldCard
from payswitch.services.commands import ApplyAgreement
from payswitch.services.context import Context

DESK_TIMEOUT_MS: Final = 10_000
"""Banks take their time, and the customer is looking at a form, not at a till."""
_PAYERS_MATTER: Final = frozenset({OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK})
"""The bank looked at this card and said no: another channel reaches the same bank."""
_ENDS_APPLICATION: Final = _PAYERS_MATTER | {OutcomeKind.REFUSED_ORDER}
_S = AgreementState


async def apply(ctx: Context, shop: Shop, command: ApplyAgreement) -> tuple[Agreement, bool]:
    """Ask a bank to sign a card up: it sends an SMS code to the phone it knows. True: newly applied for.

    A card that is signed up already is answered as it is; the same application again within a minute is the same one.
    A channel in trouble is passed over, since nothing moves here; a bank's own no is final.
    """
    order = _order(shop, command)
    tail = command.card_no.reveal()[-4:]
    async with ctx.held_cards.lock(f"card {order.customer_no} {order.bank} {tail}"):
        earlier = await _earlier(ctx, shop, command, order, tail)
        if earlier is not None:
            return earlier, False
        if not ctx.held_cards.sms_is_due(order, ctx.clock.monotonic_ms()):
            raise _too_soon()
        channels = desks_for(ctx, shop.merchant_id, order.bank)
        if not channels:
            raise no_desk(ctx, shop.merchant_id)
        for channel, desk in channels:
            answer = await desk.apply_agreement(order, DESK_TIMEOUT_MS)
            if answer.outcome.kind is OutcomeKind.ACCEPTED:
                await _withdraw_earlier(ctx, shop, command.customer_id, order.bank, tail)
                return await _applied(ctx, shop, command, channel, order, answer), True
            if answer.outcome.kind in _PAYERS_MATTER:
                raise _refused(answer.outcome)
        raise PaySwitchError(BANK_UNAVAILABLE)


def _order(shop: Shop, command: ApplyAgreement) -> AgreementOrder:
    return AgreementOrder(
        customer_no=customer_no(shop, command.customer_id),
        bank=command.bank,
        card_no=command.card_no,
        id_no=command.id_no,
        name=command.name,
        mobile=command.mobile,
        is_credit=command.is_credit,
        valid_until=command.valid_until,
        cvv2=command.cvv2,
    )


def customer_no(shop: Shop, customer_id: str) -> str:
    """The customer's name at the channels. Two shops may mean two people by the same id, so the shop is in it."""
    text = "\0".join((shop.merchant_id, shop.shop_id, customer_id))
    return "C" + hashlib.sha256(text.encode()).hexdigest()[:31]


async def _earlier(
    ctx: Context, shop: Shop, command: ApplyAgreement, order: AgreementOrder, tail: str
) -> Agreement | None:
    """What the request repeats: a signed card that can be used, or the same application of a moment ago."""
    now_ms = ctx.clock.monotonic_ms()
    for agreement in await ctx.store.agreements_of(shop.shop_id, command.customer_id):
        if (agreement.bank, agreement.card_tail) != (order.bank, tail):
            continue
        if agreement.state is _S.ACTIVE and still_offered(ctx, agreement):
            return agreement
        held = ctx.held_cards.get(agreement.agreement_id, now_ms) if agreement.state is _S.APPLIED else None
        if held is not None and held.order == order and not ctx.held_cards.sms_is_due(order, now_ms):
            return agreement
    return None


async def _withdraw_earlier(ctx: Context, shop: Shop, customer_id: str, bank: str, tail: str) -> None:
    """A new application for a card takes the place of one that was never confirmed."""
    for agreement in await ctx.store.agreements_of(shop.shop_id, customer_id):
        if agreement.state is _S.APPLIED and (agreement.bank, agreement.card_tail) == (bank, tail):
            await _finish(ctx, agreement)


async def _applied(
    ctx: Context,
    shop: Shop,
    command: ApplyAgreement,
    channel: Channel,
    order: AgreementOrder,
    answer: AgreementAnswer,
) -> Agreement:
    now_ms = ctx.clock.now_ms()
    agreement = Agreement(
        agreement_id=ctx.ids.new("agr_", now_ms),
        merchant_id=shop.merchant_id,
        shop_id=shop.shop_id,
        customer_id=command.customer_id,
        channel_id=channel.channel_id,
        channel_version=channel.version,
        bank=order.bank,
        card_tail=order.card_no.reveal()[-4:],
        state=_S.APPLIED,
        handle=answer.handle,
        created_at_ms=now_ms,
    )
    ctx.held_cards.sms_sent(order, ctx.clock.monotonic_ms())
    await ctx.store.save_agreement(agreement)
    ctx.held_cards.hold(agreement.agreement_id, order, ctx.clock.monotonic_ms())
    return agreement


async def confirm(ctx: Context, shop: Shop, agreement_id: str, sms_code: Secret) -> Agreement:
    """The customer typed the code. Repeating it after a lost answer is safe: a signed card is answered as it is."""
    async with ctx.held_cards.lock(agreement_id):
        agreement = await get(ctx, shop, agreement_id)
        if agreement.state is _S.ACTIVE:
            return agreement
        held = await _held(ctx, agreement)
        answer = await desk_of(ctx, agreement).confirm_agreement(
            held.order, agreement.handle, sms_code, DESK_TIMEOUT_MS
        )
        outcome = answer.outcome
        if outcome.kind is OutcomeKind.ACCEPTED and answer.agreement_no:
            return await _signed(ctx, agreement, answer.agreement_no)
        if outcome.ask_consent:
            raise await _wrong_code(ctx, agreement, held)
        if outcome.kind in _ENDS_APPLICATION:
            await _finish(ctx, agreement)
            raise _refused(outcome)
        raise PaySwitchError(BANK_UNAVAILABLE, extra={"agreement_id": agreement_id})


async def _held(ctx: Context, agreement: Agreement) -> HeldCard:
    """The card's particulars. Without them (ten minutes are over, or this process was restarted) it is over."""
    held = ctx.held_cards.get(agreement.agreement_id, ctx.clock.monotonic_ms())
    if agreement.state is _S.APPLIED and held is not None:
        return held
    if agreement.state is _S.APPLIED:
        await _finish(ctx, agreement)
    raise _over(agreement)


async def _signed(ctx: Context, agreement: Agreement, agreement_no: str) -> Agreement:
    now_ms = ctx.clock.now_ms()
    signed = replace(agreement, state=_S.ACTIVE, agreement_no=agreement_no, handle="", activated_at_ms=now_ms)
    ctx.held_cards.drop(agreement.agreement_id)
    if not await ctx.store.update_agreement(signed, _S.APPLIED):
        raise _over(agreement)
    return signed


async def _wrong_code(ctx: Context, agreement: Agreement, held: HeldCard) -> PaySwitchError:
    held.wrong_codes += 1
    left = MOST_WRONG_CODES - held.wrong_codes
    if left > 0:
        return PaySwitchError(CONSENT_WRONG, extra={"agreement_id": agreement.agreement_id, "tries_left": left})
    await _finish(ctx, agreement)
    return _over(agreement)


async def _finish(ctx: Context, agreement: Agreement) -> Agreement:
    """The card is not signed up (any more): forget what can be forgotten."""
    ctx.held_cards.drop(agreement.agreement_id)
    ended = replace(agreement, state=_S.ENDED, agreement_no="", handle="", ended_at_ms=ctx.clock.now_ms())
    if await ctx.store.update_agreement(ended, agreement.state):
        return ended
    return await ctx.store.agreement(agreement.agreement_id) or ended


async def resend(ctx: Context, shop: Shop, agreement_id: str) -> Agreement:
    """The code did not come: the same application once more, at most once a minute."""
    async with ctx.held_cards.lock(agreement_id):
        agreement = await get(ctx, shop, agreement_id)
        if agreement.state is _S.ACTIVE:
            return agreement
        held = await _held(ctx, agreement)
        if not ctx.held_cards.sms_is_due(held.order, ctx.clock.monotonic_ms()):
            raise _too_soon()
        answer = await desk_of(ctx, agreement).apply_agreement(held.order, DESK_TIMEOUT_MS)
        if answer.outcome.kind is OutcomeKind.ACCEPTED:
            ctx.held_cards.sms_sent(held.order, ctx.clock.monotonic_ms())
            again = replace(agreement, handle=answer.handle)
            if not await ctx.store.update_agreement(again, _S.APPLIED):
                raise _over(agreement)
            return again
        if answer.outcome.kind in _PAYERS_MATTER:
            await _finish(ctx, agreement)
            raise _refused(answer.outcome)
        raise PaySwitchError(BANK_UNAVAILABLE, extra={"agreement_id": agreement_id})


async def end(ctx: Context, shop: Shop, agreement_id: str) -> Agreement:
    """解约: the customer gives the card back. Ended only when the channel says so."""
    async with ctx.held_cards.lock(agreement_id):
        agreement = await get(ctx, shop, agreement_id)
        if agreement.state is _S.ENDED:
            return agreement
        if agreement.state is _S.APPLIED:
            return await _finish(ctx, agreement)
        outcome = await desk_of(ctx, agreement).end_agreement(agreement.agreement_no, DESK_TIMEOUT_MS)
        if outcome.kind is not OutcomeKind.CLOSED:
            raise PaySwitchError(BANK_UNAVAILABLE, extra={"agreement_id": agreement_id})
        return await _finish(ctx, agreement)


async def get(ctx: Context, shop: Shop, agreement_id: str) -> Agreement:
    """One signed card of this shop. Another shop's does not exist for it."""
    agreement = await ctx.store.agreement(agreement_id)
    if agreement is None or agreement.shop_id != shop.shop_id:
        raise PaySwitchError(NOT_FOUND, f"there is no agreement {agreement_id} in this shop", "该店铺没有此签约")
    return agreement


async def of_customer(ctx: Context, shop: Shop, customer_id: str) -> Sequence[Agreement]:
    """The customer's cards, newest first, ended ones included."""
    return await ctx.store.agreements_of(shop.shop_id, customer_id)


async def usable_agreements(ctx: Context, payment: Payment) -> Mapping[str, str]:
    """Where this payment may debit a signed card: channel id -> the channel's own number of the card.

    The card that the payment names, and no other; else every active card of its customer, the newest at each channel.
    Nothing is read when no channel of the merchant debits signed cards, or when the payment names neither.
    """
    customer_id = payment.customer.customer_id
    if payment.agreement_id is None and customer_id is None:
        return {}
    if not any(debits_cards(ctx, channel) for channel in ctx.directory.channels(payment.merchant_id)):
        return {}
    if payment.agreement_id is not None:
        named = await ctx.store.agreement(payment.agreement_id)
        found: Sequence[Agreement] = [named] if named is not None and customer_id in (None, named.customer_id) else []
        for card in found:
            ctx.segments.note(payment, card.bank)
    else:
        found = await ctx.store.agreements_of(payment.shop_id, customer_id or "")
    usable = [card for card in found if card.state is _S.ACTIVE and card.shop_id == payment.shop_id]
    return {card.channel_id: card.agreement_no for card in reversed(usable)}


def _refused(outcome: Outcome) -> PaySwitchError:
    """The connector keeps only known words of what a bank says: never a sentence with a name or a number in it."""
    said = outcome.message or outcome.code
    return PaySwitchError(CARD_REFUSED, f"the bank says: {said}", f"银行答复：{said}")


def _over(agreement: Agreement) -> PaySwitchError:
    return PaySwitchError(
        AGREEMENT_OVER,
        "its particulars are not kept for longer than ten minutes, nor over a restart, nor after five wrong codes",
        "签约信息最多保留十分钟，服务重启或验证码连续错误五次后失效",
        extra={"agreement_id": agreement.agreement_id},
    )


def _too_soon() -> PaySwitchError:
    return PaySwitchError(TOO_SOON, extra={"retry_after_s": SMS_GAP_MS // 1_000})
