"""What a checkout can offer: the methods that work on this screen, and where the others work.

Offering is not promising. What a customer can still give on the page (the openid by WeChat's login, a card by signing
it up, an Apple Pay token) counts as given here; the route is planned with what was really given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.channel import Consent, Environment, Method
from payswitch.domain.payment import Payment, PaymentFile
from payswitch.services.checkout import wechat_login
from payswitch.services.checkout.apple_channel import session_channel
from payswitch.services.checkout.card_desks import desks, still_offered
from payswitch.services.context import Context
from payswitch.services.decisions.routes import offered_methods

_IN_APP: Final = frozenset(
    {Environment.WECHAT, Environment.ALIPAY, Environment.UNIONPAY, Environment.WECHAT_MINI, Environment.RESTRICTED}
)
"""Pages inside another app: the phone's own browser can do more."""
_WALLETS: Final = (
    (Environment.WECHAT, Method.WECHAT),
    (Environment.ALIPAY, Method.ALIPAY),
    (Environment.UNIONPAY, Method.UNIONPAY),
)
"""Whose scanner opens a link in a browser of its own, in which it can be paid: what 聚合码 rests on."""


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    methods: tuple[Method, ...]
    """Best first: by the router's health, profile rules and scores."""
    ill: tuple[Method, ...] = ()
    """The last of them: their channels fail just now. A customer who has no other wallet may still try."""
    elsewhere: tuple[Method, ...] = ()
    """Methods of the phone's own browser that do not work in this app."""
    wallets: tuple[Method, ...] = ()
    """Whose browsers can pay this very link."""


def offers_for(ctx: Context, file: PaymentFile, environment: Environment, *, shared: bool = False) -> Offers:
    """What this payment can be paid with here. `shared`: also what the link offers when it is scanned."""
    payment = file.payment
    well = _methods(ctx, payment, environment)
    ill = _ill(ctx, payment, environment, well)
    methods = (*well, *ill)
    elsewhere: tuple[Method, ...] = ()
    if environment in _IN_APP:
        mobile = _methods(ctx, payment, Environment.MOBILE)
        # What a web view offers as codes for another phone is still easier in the browser of this one.
        here = () if environment is Environment.RESTRICTED else methods
        elsewhere = tuple(m for m in mobile if m not in here and m is not Method.APPLE_PAY)
    wallets: tuple[Method, ...] = ()
    if shared:
        wallets = tuple(method for where, method in _WALLETS if method in _methods(ctx, payment, where))
    return Offers(methods=methods, ill=ill, elsewhere=elsewhere, wallets=wallets)


def _ill(ctx: Context, payment: Payment, environment: Environment, well: tuple[Method, ...]) -> tuple[Method, ...]:
    """Methods that the router leaves out while others are well, and would use if they were the only ones."""
    signed = dict.fromkeys(
        capability.method
        for channel in ctx.directory.channels(payment.merchant_id)
        for product, capability in ctx.directory.capabilities(channel.connector).items()
        if product in channel.products and environment in capability.environments and not capability.upfront
    )
    absent = (m for m in signed if m not in well and (not payment.methods or m in payment.methods))
    return tuple(method for method in absent if _methods(ctx, payment, environment, (method,)))


def _methods(
    ctx: Context, payment: Payment, environment: Environment, asked: tuple[Method, ...] = ()
) -> tuple[Method, ...]:
    signable = [channel.channel_id for channel, _ in desks(ctx, payment.merchant_id)]
    if environment is Environment.WECHAT:
        payment = replace(payment, customer=wechat_login.as_if_logged_in(ctx, payment))
    found = offered_methods(ctx, payment, environment, agreements=signable, methods=asked)
    if asked or session_channel(ctx, payment.merchant_id) is None:
        return found
    return (*found, *offered_methods(ctx, payment, environment, consent=Consent.APPLE_PAY_TOKEN))


async def saved_cards(ctx: Context, payment: Payment) -> Sequence[Agreement]:
    """The customer's signed cards that can be debited, newest first."""
    customer_id = payment.customer.customer_id
    if customer_id is None:
        return ()
    found = await ctx.store.agreements_of(payment.shop_id, customer_id)
    return [card for card in found if card.state is AgreementState.ACTIVE and still_offered(ctx, card)]


def banks(ctx: Context, merchant_id: str) -> Sequence[str]:
    """Whose cards can be signed up, in the order of the channels that take them."""
    return tuple(dict.fromkeys(bank for _, desk in desks(ctx, merchant_id) for bank in sorted(desk.banks)))
