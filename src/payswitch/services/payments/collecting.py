"""固定收款码: one code for a shop's counter or poster; the customer enters the amount and pays on the checkout.

Only for shops that have it switched on: whoever sees the code can make payments for them.
"""

from __future__ import annotations

from typing import Final

from payswitch.domain.errors import NOT_FOUND, TOO_SOON, PaySwitchError
from payswitch.domain.shop import Shop
from payswitch.services.commands import CreatePayment
from payswitch.services.context import Context
from payswitch.services.payments import payments

MOST_FEN: Final = 5_000_000
"""50,000 yuan: what a mistyped amount may cost at most."""
EXPIRES_IN_S: Final = 900
MOST_NOTE_BYTES: Final = 60


async def collecting_shop(ctx: Context, shop_id: str) -> Shop:
    """The shop behind a static code. Raises `not_found` for one that has none."""
    if shop_id in ctx.collecting_shops:
        for shop in await ctx.store.shops():
            if shop.shop_id == shop_id:
                return shop
    raise PaySwitchError(NOT_FOUND, "this shop has no static code", "该店铺未开通固定收款码")


async def collect(ctx: Context, shop_id: str, amount_fen: int, note: str, client_ip: str) -> str:
    """Make a payment over this amount; gives the token of its checkout. Nothing is launched.

    One customer makes at most one a second: a link that somebody presses in a loop must not fill the shop's books.
    """
    shop = await collecting_shop(ctx, shop_id)
    if not 1 <= amount_fen <= MOST_FEN:
        raise ValueError(f"an amount of {amount_fen} fen was not checked before")
    who = f"{shop_id} {client_ip}"
    if not ctx.collected.is_due(who, ctx.clock.monotonic_ms()):
        raise PaySwitchError(TOO_SOON, extra={"retry_after_s": 1})
    ctx.collected.note(who, ctx.clock.monotonic_ms())
    number = ctx.ids.new("QR", ctx.clock.now_ms())
    command = CreatePayment(
        out_trade_no=number,
        amount_fen=amount_fen,
        subject=note or shop.name,
        expires_in_s=EXPIRES_IN_S,
        notify_url=shop.notify_url,
        metadata={"collected_by": "static_code"},
    )
    answer = await payments.create_payment(ctx, shop, command, None)
    return answer.file.payment.checkout_token
