"""支付检索: how an operator finds payments and events. What belongs to another merchant does not exist for them."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, PaySwitchError
from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.operator import Operator
from payswitch.domain.payment import PaymentFile
from payswitch.domain.payment_search import Match, PaymentFilter, PaymentPage
from payswitch.domain.shop import Shop
from payswitch.services.context import Context


async def list_payments(
    ctx: Context, operator: Operator, wanted: PaymentFilter, *, after: str | None, limit: int
) -> PaymentPage:
    """Newest first, in bounded time: see `PaymentPage.searched_to_ms`."""
    shops = await shops_of(ctx, operator, wanted.shop_id)
    merchants = {shop.merchant_id for shop in shops} if wanted.shop_id is not None else operator.merchant_ids
    shop_ids = [shop.shop_id for shop in shops]
    try:
        return await ctx.store.payment_list(
            wanted, merchants=sorted(merchants), shops=shop_ids, after=after, limit=limit
        )
    except ValueError as error:
        raise PaySwitchError(
            INVALID_REQUEST,
            "`after` must be the `next` of an earlier page of the same list",
            "after 须为同一列表上一页返回的 next",
            errors=[{"field": "after", "message": "from `next` / 须取自 next"}],
        ) from error


async def find_payments(ctx: Context, operator: Operator, number: str) -> Sequence[Match]:
    """By any number that somebody has of it. Marks that bills and spreadsheets put before numbers do not matter."""
    plain = number.strip(" \t\r\n`'\u3000")
    if not plain:
        return []
    shops = [shop.shop_id for shop in await shops_of(ctx, operator, None)]
    channels = [one.channel_id for one in ctx.directory.all_channels() if operator.manages(one.merchant_id)]
    merchants = sorted(operator.merchant_ids)
    return await ctx.store.payments_with(plain, merchants=merchants, shops=shops, channels=channels)


async def file_of(ctx: Context, operator: Operator, payment_id: str) -> PaymentFile:
    """One payment of a merchant whom this operator manages. Raises `not_found` for any other."""
    file = await ctx.store.payment_file(payment_id)
    if file is None or not operator.manages(file.payment.merchant_id):
        raise PaySwitchError(
            NOT_FOUND, f"there is no payment {payment_id} of your merchants", f"您管理的商户没有支付单 {payment_id}"
        )
    return file


async def shops_of(ctx: Context, operator: Operator, shop_id: str | None) -> list[Shop]:
    """The operator's shops, or the one that is meant. Raises `not_found` when that is not theirs."""
    mine = [shop for shop in await ctx.store.shops() if operator.manages(shop.merchant_id)]
    if shop_id is None:
        return mine
    found = [shop for shop in mine if shop.shop_id == shop_id]
    if not found:
        raise PaySwitchError(NOT_FOUND, f"there is no shop {shop_id} that you manage", f"没有由您管理的店铺 {shop_id}")
    return found


async def list_events(
    ctx: Context,
    operator: Operator,
    *,
    shop_id: str | None,
    states: Sequence[DeliveryState] | None,
    before: str | None,
    limit: int,
) -> Sequence[Event]:
    """What shops were told, or should have been, newest first. `states`: of what they have not taken yet."""
    shops = [shop.shop_id for shop in await shops_of(ctx, operator, shop_id)]
    place = None
    if before is not None:
        last, _ = await event_of(ctx, operator, before)
        place = (last.created_at_ms, last.sequence, last.event_id)
    return await ctx.store.event_list(shops, states=states, place=place, limit=limit)


async def event_of(ctx: Context, operator: Operator, event_id: str) -> tuple[Event, str]:
    """One event of the operator's merchants, and of which. Raises `not_found` for any other."""
    event = await ctx.store.event(event_id)
    file = None if event is None else await ctx.store.payment_file(event.payment_id)
    if event is None or file is None or not operator.manages(file.payment.merchant_id):
        raise PaySwitchError(NOT_FOUND, f"there is no event {event_id}", f"没有商户通知 {event_id}")
    return event, file.payment.merchant_id
