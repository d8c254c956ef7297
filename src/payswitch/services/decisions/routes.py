"""Asking the brain: from a payment to a recorded route plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.channel import Channel, Consent, Environment, Method, Product
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import HURTS_HEALTH, OutcomeKind
from payswitch.domain.payment import Attempt, Decision, Payment
from payswitch.domain.shop import tested_channel
from payswitch.kit.clock import beijing_day, beijing_hour
from payswitch.routing.request import ChannelBook, RoutePlan, RouteRequest
from payswitch.services.attempts.asking import openid_space
from payswitch.services.checkout.apple_channel import session_channel
from payswitch.services.context import Context
from payswitch.services.decisions.customer_facts import described
from payswitch.services.decisions.recorded_facts import facts_of
from payswitch.services.payments.consents import Given

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
    payment, derived = _described(ctx, payment)
    # A shadow probe was nothing that the customer tried: it neither failed for them nor refused them.
    attempts = tuple(attempt for attempt in attempts if not attempt.shadow)
    ctx.segments.note(payment)
    if given is not None:
        attempts = _channels_fault(attempts)
    request = _request(ctx, payment, environment, attempts, methods, products, now_ms, derived)
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
        facts=facts_of(request),
    )
    return plan, decision


def _described(ctx: Context, payment: Payment) -> tuple[Payment, frozenset[str]]:
    """The payment with what can be derived about its customer, for this decision alone: never stored."""
    customer, derived = described(ctx, payment)
    return (replace(payment, customer=customer), derived) if derived else (payment, derived)


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


def offered_methods(
    ctx: Context,
    payment: Payment,
    environment: Environment,
    *,
    agreements: Collection[str] = (),
    consent: Consent | None = None,
    methods: tuple[Method, ...] = (),
) -> tuple[Method, ...]:
    """The methods that can work for this payment in this environment, best first. Changes nothing. `agreements`: the
    channels at which a card is, or could be, signed up; `consent`: the one that the page can ask the customer for.
    `methods` asks about these alone: then one whose channels are all ill is still there."""
    now_ms = ctx.clock.now_ms()
    payment, derived = _described(ctx, payment)
    request = _request(ctx, payment, environment, (), methods, (), now_ms, derived)
    if agreements or consent:
        request = replace(request, agreements=frozenset(agreements), consent=consent)
    return ctx.router.offered(request, book_for(ctx, payment), now_ms=now_ms)


def book_for(ctx: Context, payment: Payment) -> ChannelBook:
    """The merchant's channels; for a test of one channel that one alone, whatever its state and limits are."""
    channel_id = tested_channel(payment.shop_id)
    if channel_id is None:
        return book_of(ctx, ctx.directory.channels(payment.merchant_id), openids=bool(payment.customer.openids))
    channel = ctx.directory.channel(channel_id)
    if channel is None:
        return book_of(ctx, ())
    return book_of(ctx, (replace(channel, **_FREE),), openids=bool(payment.customer.openids))


_FREE: Final[Mapping[str, Any]] = {
    "enabled": True,
    "min_fen": 1,
    "max_fen": None,
    "daily_cap_fen": None,
    "monthly_cap_fen": None,
    "shops": frozenset(),
    "maintenance": (),
}


def book_of(ctx: Context, found: Sequence[Channel], *, openids: bool = False) -> ChannelBook:
    """These channels with what their products can do and what they have taken. `openids`: also under which appid each
    of them needs the customer's openid, for customers who have several."""
    channels = tuple(found)
    now_ms = ctx.clock.now_ms()
    return ChannelBook(
        channels=channels,
        capabilities={c.connector: ctx.directory.capabilities(c.connector) for c in channels},
        used_today_fen=ctx.usage.today(now_ms),
        used_month_fen=ctx.usage.this_month(now_ms),
        openid_spaces=_openid_spaces(ctx, channels) if openids else {},
    )


def _openid_spaces(ctx: Context, channels: Sequence[Channel]) -> dict[tuple[str, Product], OpenidSpace]:
    found = {}
    for channel in channels:
        for product in channel.products:
            space = openid_space(ctx, channel, product)
            if space is not None:
                found[channel.channel_id, product] = space
    return found


def _request(
    ctx: Context,
    payment: Payment,
    environment: Environment,
    attempts: tuple[Attempt, ...],
    methods: tuple[Method, ...],
    products: tuple[Product, ...],
    now_ms: int,
    derived: frozenset[str],
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
        derived=derived,
        bank=ctx.segments.bank_of(payment.payment_id),
        goods_tag=payment.goods_tag,
        metadata=payment.metadata,
        local_hour=beijing_hour(now_ms),
        local_day=beijing_day(now_ms),
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
