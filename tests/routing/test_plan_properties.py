"""What must hold for any shop, any payment and any history.

The router picks only eligible channels, its choice is reproducible, and no breaker ever removes the last candidate.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import ALIPAY, NIGHT_MS, WECHAT, channel, payment

from payswitch.domain.channel import Channel, Environment, MaintenanceWindow, Method, Product
from payswitch.domain.customer import AgeBand, Customer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.eligibility import Layout, why_not
from payswitch.routing.health import Health
from payswitch.routing.planner import Router
from payswitch.routing.policy import Action, Condition, Policy, Rule, RuleSplit, Split, Target
from payswitch.routing.policy_default import default_policy
from payswitch.routing.profile import Profile
from payswitch.routing.reasons import EXCLUSIONS, MOVES, explain
from payswitch.routing.request import CallObservation, ChannelBook, FinalObservation, RoutePlan, RouteRequest

CAPABILITIES = {"wechatpay": WECHAT, "alipay": ALIPAY}
NAMES = ["a", "b", "c", "d", "e"]


@st.composite
def channels(draw: st.DrawFn) -> tuple[Channel, ...]:
    made = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5)):
        connector = draw(st.sampled_from(["wechatpay", "alipay"]))
        products = draw(st.sets(st.sampled_from(sorted(CAPABILITIES[connector])), min_size=1))
        made.append(
            channel(
                name,
                connector,
                draw(st.sampled_from(["wechat", "alipay", "bank"])),
                draw(st.integers(1, 4)),
                products=frozenset(products),
                enabled=draw(st.booleans()) or draw(st.booleans()),
                merchant_id=draw(st.sampled_from(["m-1", "m-1", "m-1", "m-2"])),
                fee_bp=draw(st.integers(0, 100)),
                max_fen=draw(st.none() | st.integers(1, 1_000_000)),
                daily_cap_fen=draw(st.none() | st.integers(1, 2_000_000)),
                monthly_cap_fen=draw(st.none() | st.integers(1, 2_000_000)),
                shops=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"s-1"}), frozenset({"s-2"})])),
                tags=frozenset(draw(st.sets(st.sampled_from(["bank", "apple_pay"])))),
            )
        )
    return tuple(made)


KEYS = st.tuples(st.sampled_from(NAMES), st.sampled_from([*WECHAT, *ALIPAY]))
REQUESTS = st.builds(
    RouteRequest,
    payment_id=st.text("abc#", min_size=1, max_size=8),
    merchant_id=st.just("m-1"),
    shop_id=st.just("s-1"),
    amount_fen=st.integers(1, 1_000_000),
    environment=st.sampled_from(list(Environment)),
    methods=st.frozensets(st.sampled_from(list(Method))),
    products=st.frozensets(st.sampled_from([*WECHAT, *ALIPAY]), max_size=2),
    customer=st.builds(
        Customer,
        is_new=st.none() | st.booleans(),
        age=st.none() | st.integers(10, 90),
        device=st.none() | st.sampled_from(["ios", "android"]),
        age_band=st.none() | st.sampled_from(list(AgeBand)),
        openid=st.none() | st.just("o"),
    ),
    local_hour=st.integers(0, 23),
    local_day=st.integers(20_000, 20_020),
    derived=st.frozensets(st.sampled_from(["customer_new", "age_band", "device"])),
    failed=st.just(frozenset()) | st.frozensets(KEYS, max_size=3),
    failed_upstreams=st.just(frozenset()) | st.frozensets(st.sampled_from(["wechat", "alipay"])),
    refused_methods=st.just(frozenset()) | st.frozensets(st.sampled_from(list(Method)), max_size=1),
)
TARGETS = st.builds(
    Target,
    methods=st.lists(st.sampled_from(list(Method)), max_size=2).map(tuple),
    channels=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
)
ACTIONS = st.builds(
    Action,
    prefer=st.none() | TARGETS,
    avoid=st.none() | TARGETS,
    only=st.none() | TARGETS,
    pin=st.none() | TARGETS,
    split=st.none() | st.sampled_from([RuleSplit(best=100), RuleSplit(best=50, warm=50), RuleSplit(explore=100)]),
)
RULES = st.builds(
    Rule,
    name=st.sampled_from(["r1", "r2"]),
    when=st.builds(
        Condition,
        min_fen=st.none() | st.integers(0, 1_000_000),
        customer_new=st.none() | st.booleans(),
        age_bands=st.just(()) | st.just((AgeBand.FROM_18, AgeBand.FROM_25)),
        weekdays=st.just(()) | st.just((1, 2, 3)),
    ),
    then=ACTIONS,
)
POLICIES = st.just(default_policy()) | st.builds(
    Policy,
    version=st.just("any"),
    rules=st.lists(RULES, max_size=2, unique_by=lambda r: r.name).map(tuple),
    split=st.sampled_from([Split(), Split(best=100, warm=0, explore=0), Split(best=0, warm=0, explore=100)]),
)
HISTORY = st.lists(
    st.tuples(KEYS, st.sampled_from(list(OutcomeKind)), st.integers(0, 3_000), st.booleans()), max_size=40
)


EVERY = settings(max_examples=60, deadline=None)


class Scene:
    """A router with a history, a shop and a payment."""

    def __init__(self, policy: Policy, shop: tuple[Channel, ...], history: list[Any]) -> None:
        self._made_of = (policy, shop, history)
        self.router = Router(policy)
        self.book = ChannelBook(
            channels=shop, capabilities=CAPABILITIES, used_today_fen={"a": 500_000}, used_month_fen={"a": 700_000}
        )
        self.now_ms = NIGHT_MS
        for (channel_id, product), kind, gap_ms, paid in history:
            self.now_ms += gap_ms
            outcome = Outcome(kind=kind, listed=paid and kind is OutcomeKind.REFUSED_CHANNEL)
            facts: dict[str, Any] = {"at_ms": self.now_ms, "channel_id": channel_id, "product": product}
            facts["amount_fen"] = gap_ms * 100
            for move in self.router.observe_call(CallObservation(outcome=outcome, latency_ms=50.0, **facts)):
                assert move.reason in MOVES
                assert move.before != move.after
            self.router.observe_final(FinalObservation(paid=paid, **facts))

    def twin(self) -> Scene:
        """Another one to which the same has happened."""
        return Scene(*self._made_of)

    def plan(self, request: RouteRequest, salt: str = "") -> RoutePlan:
        return self.router.plan(request, self.book, now_ms=self.now_ms, salt=salt or request.payment_id)


SCENES = st.builds(Scene, POLICIES, channels(), HISTORY)


def may_take(request: RouteRequest, shop: ChannelBook, channel_id: str, product: Product) -> bool:
    """Eligibility once more, written down from the design rather than from the code."""
    the_channel = next(c for c in shop.channels if c.channel_id == channel_id)
    capability = CAPABILITIES[the_channel.connector][product]
    cap_fen, month_fen = the_channel.daily_cap_fen, the_channel.monthly_cap_fen
    return (
        the_channel.merchant_id == request.merchant_id
        and the_channel.enabled
        and product in the_channel.products
        and request.environment in capability.environments
        and (not request.methods or capability.method in request.methods)
        and (not request.products or product in request.products)
        and capability.method not in request.refused_methods
        and (not capability.needs_openid or bool(request.customer.openid))
        and capability.min_fen <= request.amount_fen <= (capability.max_fen or 10**12)
        and the_channel.min_fen <= request.amount_fen <= (the_channel.max_fen or 10**12)
        and (not the_channel.shops or request.shop_id in the_channel.shops)
        and (month_fen is None or shop.used_month_fen.get(channel_id, 0) + request.amount_fen <= month_fen)
        and (cap_fen is None or shop.used_today_fen.get(channel_id, 0) + request.amount_fen <= cap_fen)
    )


@EVERY
@given(SCENES, REQUESTS)
def test_only_eligible_channels_are_picked_each_once(scene: Scene, request: RouteRequest) -> None:
    plan = scene.plan(request)
    keys = [(c.channel_id, c.product) for c in plan.candidates]
    assert len(keys) == len(set(keys))
    assert all(may_take(request, scene.book, *key) for key in keys)
    assert not set(keys) & {(e.channel_id, e.product) for e in plan.excluded}


@EVERY
@given(SCENES, REQUESTS)
def test_the_last_candidate_is_never_removed_by_health_or_failures(scene: Scene, request: RouteRequest) -> None:
    plan = scene.plan(request)
    eligible = [
        (c.channel_id, product)
        for c in scene.book.channels
        for product in c.products
        if may_take(request, scene.book, c.channel_id, product)
    ]
    if eligible and not any(rule.then.only for rule in scene.router.policy.rules):
        assert plan.candidates


@EVERY
@given(SCENES, REQUESTS, st.text("xyz", min_size=1, max_size=5))
def test_same_state_facts_and_salt_give_the_same_plan(scene: Scene, request: RouteRequest, salt: str) -> None:
    plan = scene.plan(request, salt)
    assert scene.twin().plan(request, salt) == plan
    if not any(candidate.probe for candidate in plan.candidates):
        assert scene.plan(request, plan.salt) == plan


@EVERY
@given(SCENES, REQUESTS)
def test_every_reason_can_be_explained_and_every_chance_adds_up(scene: Scene, request: RouteRequest) -> None:
    plan = scene.plan(request)
    assert all(exclusion.reason in EXCLUSIONS for exclusion in plan.excluded)
    for candidate in plan.candidates:
        assert candidate.reasons
        assert all(explain(reason) for reason in candidate.reasons)
        assert 0 <= candidate.estimate <= 1
        assert 120 <= candidate.soft_limit_ms <= 250
    if plan.candidates:
        assert sum(c.propensity for c in plan.candidates) == pytest.approx(1.0)
        assert plan.candidates[0].propensity > 0


@EVERY
@given(SCENES, REQUESTS)
def test_every_channel_is_either_offered_or_excluded_with_a_reason(scene: Scene, request: RouteRequest) -> None:
    plan = scene.plan(request)
    told = {c.channel_id for c in plan.candidates} | {e.channel_id for e in plan.excluded}
    assert told == {c.channel_id for c in scene.book.channels}


@EVERY
@given(SCENES, REQUESTS)
def test_after_a_failure_no_customer_is_used_to_learn(scene: Scene, request: RouteRequest) -> None:
    plan = scene.plan(request)
    if request.failed or request.failed_upstreams or request.refused_methods:
        assert not any(reason.startswith("split:") for c in plan.candidates for reason in c.reasons)
        if plan.candidates and "last_resort" not in plan.candidates[0].reasons:
            assert not any(c.probe for c in plan.candidates[:1]) or "retry_failed" in plan.candidates[0].reasons


ODD: list[dict[str, Any]] = [
    {}, {"max_fen": 10_000}, {"min_fen": 10_000}, {"daily_cap_fen": 5_000}, {"monthly_cap_fen": 5_000},
    {"shops": frozenset({"s-2"})}, {"maintenance": (MaintenanceWindow(start="00:00", end="24:00"),)},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=[next(iter(facts), "plain") for facts in ODD])
@pytest.mark.parametrize("environment", [Environment.WECHAT, Environment.DESKTOP])
def test_what_is_waved_through_unasked_would_have_been_let_through(
    odd: dict[str, Any], environment: Environment
) -> None:
    """Plain products within everybody's limits are not asked one by one: asking them must come to the same."""
    policy = default_policy()
    profile, waved = Profile(policy), 0
    made = (channel("a", "wechatpay", "w", 1, **odd), channel("b", "alipay", "a", 1), channel("c", "wechatpay", "w", 2))
    book = ChannelBook(channels=made, capabilities=CAPABILITIES)
    layout = Layout(book, "m-1", environment, policy, profile, Health(policy))
    for amount_fen, remaining_ms, only in itertools.product((50, 9_900, 20_000), (30_000, 7_200_000), (True, False)):
        methods = frozenset({Method.ALIPAY}) if only else frozenset()
        request = payment(
            environment=environment, amount_fen=amount_fen, remaining_ms=remaining_ms, methods=methods
        )  # fmt: skip
        fired = profile.fired(request)
        if layout.plain_take(request, fired):
            waved += 1
            plain = [entry for entry in layout.entries if entry.plain]
            assert [why_not(entry, request, book, fired, NIGHT_MS) for entry in plain] == [None] * len(plain)
    assert waved
