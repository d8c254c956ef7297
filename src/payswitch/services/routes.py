"""Asking the brain: from a payment to a recorded route plan."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from payswitch.domain.channel import Channel, Environment, Method, Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, Decision, Payment, tested_channel
from payswitch.kit.clock import beijing_hour
from payswitch.routing.request import ChannelBook, RoutePlan, RouteRequest
from payswitch.services.context import Context

_encode = msgspec.json.Encoder().encode

_METHOD_REFUSED = frozenset({OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK})


def plan_route(
    ctx: Context,
    payment: Payment,
    environment: Environment,
    attempts: tuple[Attempt, ...] = (),
    *,
    methods: tuple[Method, ...] = (),
    products: tuple[Product, ...] = (),
) -> tuple[RoutePlan, Decision]:
    """Plan one round of launching. `methods` and `products` narrow what the payment allows, for this round.

    No I/O: this is the decision whose time the bench measures.
    """
    now_ms = ctx.clock.now_ms()
    begun = ctx.clock.monotonic_ms()
    request = _request(ctx, payment, environment, attempts, methods, products, now_ms)
    decision_id = ctx.ids.new("dec_", now_ms)
    plan = ctx.router.plan(request, book_for(ctx, payment), now_ms=now_ms, salt=decision_id)
    decision = Decision(
        decision_id=decision_id,
        payment_id=payment.payment_id,
        policy_version=plan.policy_version,
        at_ms=now_ms,
        duration_us=int((ctx.clock.monotonic_ms() - begun) * 1_000),
        plan=msgspec.Raw(_encode(plan)),
    )
    return plan, decision


def offered_methods(ctx: Context, payment: Payment, environment: Environment) -> tuple[Method, ...]:
    """The methods that can work for this payment in this environment, best first. Changes nothing."""
    now_ms = ctx.clock.now_ms()
    request = _request(ctx, payment, environment, (), (), (), now_ms)
    return ctx.router.offered(request, book_for(ctx, payment), now_ms=now_ms)


def book_for(ctx: Context, payment: Payment) -> ChannelBook:
    """The merchant's channels; for a test of one channel that one alone, whatever its state and limits are."""
    channel_id = tested_channel(payment.shop_id)
    if channel_id is None:
        return book_of(ctx, ctx.directory.channels(payment.merchant_id))
    channel = ctx.directory.channel(channel_id)
    if channel is None:
        return book_of(ctx, ())
    free = replace(channel, enabled=True, min_fen=1, max_fen=None, daily_cap_fen=None, maintenance=())
    return book_of(ctx, (free,))


def book_of(ctx: Context, found: Sequence[Channel]) -> ChannelBook:
    """These channels with what their products can do and what they have taken today."""
    channels = tuple(found)
    return ChannelBook(
        channels=channels,
        capabilities={c.connector: ctx.directory.capabilities(c.connector) for c in channels},
        used_today_fen=ctx.usage.today(ctx.clock.now_ms()),
    )


def _request(
    ctx: Context,
    payment: Payment,
    environment: Environment,
    attempts: tuple[Attempt, ...],
    methods: tuple[Method, ...],
    products: tuple[Product, ...],
    now_ms: int,
) -> RouteRequest:
    wanted = frozenset(methods)
    return RouteRequest(
        payment_id=payment.payment_id,
        merchant_id=payment.merchant_id,
        shop_id=payment.shop_id,
        amount_fen=payment.amount_fen,
        environment=environment,
        methods=wanted or frozenset(payment.methods),
        products=frozenset(products) or frozenset(payment.products),
        customer=payment.customer,
        goods_tag=payment.goods_tag,
        metadata=payment.metadata,
        local_hour=beijing_hour(now_ms),
        remaining_ms=int((payment.expires_at_ms - now_ms) * ctx.timings.squeeze),
        failed=frozenset((a.channel_id, a.product) for a in attempts),
        failed_upstreams=_upstreams(ctx, attempts),
        # A method the customer asks for by name is offered again, whatever was refused before.
        refused_methods=frozenset(
            a.method
            for a in attempts
            if a.outcome is not None and a.outcome.kind in _METHOD_REFUSED and a.method not in wanted
        ),
    )


def _upstreams(ctx: Context, attempts: tuple[Attempt, ...]) -> frozenset[str]:
    channels = (ctx.directory.channel(a.channel_id) for a in attempts)
    return frozenset(channel.upstream for channel in channels if channel is not None)
