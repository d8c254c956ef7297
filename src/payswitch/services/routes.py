"""Asking the brain: from a payment to a recorded route plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace

from payswitch.domain.channel import Channel, Consent, Environment, Method, Product
from payswitch.domain.outcome import HURTS_HEALTH, OutcomeKind
from payswitch.domain.payment import Attempt, Decision, Payment, tested_channel
from payswitch.kit.clock import beijing_hour
from payswitch.routing.request import ChannelBook, RoutePlan, RouteRequest
from payswitch.services.apple_channel import session_channel
from payswitch.services.consents import Given
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
    given: Given | None = None,
    agreements: Collection[str] = (),
) -> tuple[RoutePlan, Decision]:
    """Plan one round of launching. `methods` and `products` narrow what the payment allows, for this round; `given` is
    what the customer gave for a debit, and narrows it to the products that take that. `agreements`: the channels at
    which a card of the customer's is signed up; the payment's own card, if it names one, is the customer's choice.

    No I/O: this is the decision whose time the bench measures.
    """
    now_ms = ctx.clock.now_ms()
    begun = ctx.clock.monotonic_ms()
    ctx.segments.note(payment)
    if given is not None:
        attempts = _channels_fault(attempts)
    request = _request(ctx, payment, environment, attempts, methods, products, now_ms)
    if given is not None:
        request = replace(request, consent=given.kind)
    if agreements:
        signed = frozenset(agreements)
        request = replace(request, agreements=signed, chosen=signed if payment.agreement_id else frozenset())
    decision_id = ctx.ids.new("dec_", now_ms)
    book = book_for(ctx, payment)
    if given is not None and given.kind is Consent.APPLE_PAY_TOKEN:
        book = _only_the_sessions(ctx, book, payment.merchant_id)
    plan = ctx.router.plan(request, book, now_ms=now_ms, salt=decision_id)
    decision = Decision(
        decision_id=decision_id,
        payment_id=payment.payment_id,
        policy_version=plan.policy_version,
        at_ms=now_ms,
        duration_us=int((ctx.clock.monotonic_ms() - begun) * 1_000),
        plan=msgspec.Raw(_encode(plan)),
    )
    return plan, decision


def _only_the_sessions(ctx: Context, book: ChannelBook, merchant_id: str) -> ChannelBook:
    """An Apple Pay token can be opened by the acquirer of the channel whose merchant session it came from, by no other:
    sent elsewhere it would be refused, and look like the customer's fault."""
    own = session_channel(ctx, merchant_id)
    return replace(book, channels=tuple(channel for channel in book.channels if channel == own))


_CHANNELS_FAULT = HURTS_HEALTH | {OutcomeKind.REFUSED_LIMIT, OutcomeKind.REFUSED_CONFIG}


def _channels_fault(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """The attempts that failed for a reason of their channel. For a customer who has just given their consent anew, the
    others (a code that had run out, a password not entered) say nothing against asking there again."""
    return tuple(a for a in attempts if a.outcome is not None and a.outcome.kind in _CHANNELS_FAULT)


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
        bank=ctx.segments.bank_of(payment.payment_id),
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
    made = ((ctx.directory.channel(attempt.channel_id), attempt.product) for attempt in attempts)
    return frozenset(channel.upstream_of(product) for channel, product in made if channel is not None)
