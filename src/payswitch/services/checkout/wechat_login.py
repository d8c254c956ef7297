"""网页授权: the customer's openid, which paying inside WeChat needs, from WeChat itself.

The page sends the customer's browser to WeChat, which sends it back with a code; the code is exchanged for the openid
by the channel's own appid and secret. Silent (`snsapi_base`): the customer sees nothing, and only the openid is learnt.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from msgspec.structs import replace

from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.channel_client import OpenidDesk
from payswitch.domain.customer import Customer
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Payment, PaymentFile, PaymentState
from payswitch.kit.logs import get_logger
from payswitch.services.attempts.asking import openid_space
from payswitch.services.context import Context
from payswitch.services.payments.draft import Draft, change

log = get_logger(__name__)

LOGIN_TIMEOUT_MS: Final = 3_000
"""The customer is looking at a blank page meanwhile."""
MOST_LOGINS: Final = 2
"""Each is a redirect through WeChat. Two appids let a sick channel be left for one of another appid."""


def next_login(ctx: Context, file: PaymentFile, environment: Environment) -> str | None:
    """Where to send the browser for an openid that would help; None: nowhere, the page can be shown."""
    payment = file.payment
    if environment is not Environment.WECHAT or payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return None
    if payment.customer.openid or len(payment.customer.openids) >= MOST_LOGINS:
        return None
    for channel, space, desk in _desks(ctx, payment):
        if space.appid in payment.customer.openids:
            continue
        back = f"{ctx.checkout_url(payment.checkout_token)}/wechat/{channel.channel_id}"
        url = desk.login_url(Product.WECHAT_JSAPI, back, state_of(payment))
        if url is not None:
            return url
    return None


def state_of(payment: Payment) -> str:
    """What must come back with the code: known to whoever has the link, and to nobody who forges a way back."""
    return hashlib.sha256(f"wechat-login {payment.checkout_token}".encode()).hexdigest()[:32]


async def finish_login(ctx: Context, file: PaymentFile, channel_id: str, code: str, state: str) -> bool:
    """The customer came back with a code. True: the openid is known now. The openid is never logged and never shown."""
    payment = file.payment
    found = [(s, desk) for channel, s, desk in _desks(ctx, payment) if channel.channel_id == channel_id]
    if not found or not code or not hmac.compare_digest(state.encode(), state_of(payment).encode()):
        return False
    space, desk = found[0]
    answer = await desk.openid(Product.WECHAT_JSAPI, code, LOGIN_TIMEOUT_MS)
    if answer.outcome.kind is not OutcomeKind.ACCEPTED or not answer.openid:
        log.warning("wechat_login_failed", channel_id=channel_id, code=answer.outcome.code)
        return False

    def decide(draft: Draft) -> None:
        customer = draft.payment.customer
        openids = {**customer.openids, space.appid: answer.openid}
        draft.set_payment(customer=replace(customer, openids=openids))

    await change(ctx, payment.payment_id, decide, known=file)
    return True


def as_if_logged_in(ctx: Context, payment: Payment) -> Customer:
    """The customer with the openids that a login would give: for what may be offered, never for a route."""
    could = {space.appid: "?" for _, space, _ in _desks(ctx, payment)}
    return replace(payment.customer, openids={**could, **payment.customer.openids}) if could else payment.customer


def _desks(ctx: Context, payment: Payment) -> list[tuple[Channel, OpenidSpace, OpenidDesk]]:
    """The channels for paying inside WeChat that can tell an openid, best tier first."""
    found = []
    for channel in sorted(ctx.directory.channels(payment.merchant_id), key=lambda c: (c.tier, c.channel_id)):
        wanted = channel.enabled and Product.WECHAT_JSAPI in channel.products
        if not wanted or (channel.shops and payment.shop_id not in channel.shops):
            continue
        space = openid_space(ctx, channel, Product.WECHAT_JSAPI)
        client: object = None if space is None else ctx.directory.client(channel.channel_id, channel.version)
        if space is not None and isinstance(client, OpenidDesk) and client.tells_openids:
            found.append((channel, space, client))
    return found
