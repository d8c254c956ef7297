"""Our rows in the words a connector understands, and whom to say them to."""

from __future__ import annotations

from payswitch.domain.channel import Capability, Channel, Environment, Product
from payswitch.domain.channel_client import ChannelClient, OpenidNeeder
from payswitch.domain.exchange import CreateOrder, OpenidSpace, OrderRef, RefundOrder
from payswitch.domain.payment import Attempt, Payment, Refund
from payswitch.routing.eligibility import openid_of
from payswitch.routing.request import Candidate
from payswitch.services.attempts.absent_channel import AbsentChannel
from payswitch.services.context import Context

_ABSENT = AbsentChannel()


def client_of(ctx: Context, attempt: Attempt) -> ChannelClient:
    """The client of the channel this attempt was made at; one that never answers if the channel is not configured
    any more, because other attempts and other people's money must not wait for it."""
    try:
        return ctx.directory.client(attempt.channel_id, attempt.channel_version)
    except LookupError:
        return _ABSENT


def capability_of(ctx: Context, channel_id: str, product: Product) -> Capability | None:
    """What this product can do at this channel; None when the channel is not configured any more."""
    channel = ctx.directory.channel(channel_id)
    return None if channel is None else ctx.directory.capabilities(channel.connector).get(product)


def is_push(ctx: Context, candidate: Candidate) -> bool:
    """Whether the call takes no money by itself: the customer pays afterwards, or does not."""
    capability = capability_of(ctx, candidate.channel_id, candidate.product)
    return capability is not None and capability.push


def create_order(
    ctx: Context, payment: Payment, attempt: Attempt, environment: Environment, agreement_no: str = ""
) -> CreateOrder:
    """The create call of one attempt. Made twice for the same attempt, it is the same order."""
    return CreateOrder(
        channel_order_no=attempt.channel_order_no,
        product=attempt.product,
        amount_fen=attempt.amount_fen,
        subject=payment.subject,
        created_at_ms=attempt.created_at_ms,
        expires_at_ms=attempt.deadline_ms,
        notify_url=ctx.notify_url(attempt.channel_id),
        return_url=ctx.checkout_url(payment.checkout_token),
        environment=environment,
        openid=_openid(ctx, payment, attempt),
        buyer_id=payment.customer.buyer_id,
        client_ip=payment.customer.client_ip or "127.0.0.1",
        instalments=payment.instalments,
        agreement_no=agreement_no,
    )


def openid_space(ctx: Context, channel: Channel, product: Product) -> OpenidSpace | None:
    """Under which appid the product needs the customer's openid, if it needs one and its client says so."""
    capability = ctx.directory.capabilities(channel.connector).get(product)
    if capability is None or not capability.needs_openid:
        return None
    try:
        client = ctx.directory.client(channel.channel_id, channel.version)
    except LookupError:
        return None
    return client.openid_space(product) if isinstance(client, OpenidNeeder) else None


def _openid(ctx: Context, payment: Payment, attempt: Attempt) -> str | None:
    """The openid that this very channel knows the customer by."""
    customer = payment.customer
    channel = ctx.directory.channel(attempt.channel_id) if customer.openids else None
    return openid_of(customer, None if channel is None else openid_space(ctx, channel, attempt.product))


def order_ref(attempt: Attempt) -> OrderRef:
    """Which order is meant."""
    return OrderRef(
        channel_order_no=attempt.channel_order_no,
        product=attempt.product,
        amount_fen=attempt.amount_fen,
        created_at_ms=attempt.created_at_ms,
        transaction_id=attempt.transaction_id,
    )


def refund_order(ctx: Context, attempt: Attempt, refund: Refund) -> RefundOrder:
    """One refund under its number for life."""
    return RefundOrder(
        order=order_ref(attempt),
        out_refund_no=refund.out_refund_no,
        amount_fen=refund.amount_fen,
        reason=refund.reason,
        created_at_ms=refund.created_at_ms,
        notify_url=ctx.notify_url(attempt.channel_id),
    )
