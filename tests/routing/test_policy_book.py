"""Policies of merchants and shops in one process: each decides for its own, and all see the same sick channel."""

from __future__ import annotations

import pytest
from tests.routing.world import ACCEPTED, TIMEOUT, Night, best_only, order, payment

from payswitch.domain.channel import Method, Product
from payswitch.routing.policy import Action, Condition, Policy, Rule, SoftLimit, Split, Target, Triggers
from payswitch.routing.policy_book import WHOLE_MERCHANT, PolicyBook

WECHAT_FIRST = Policy(version="service", split=best_only())
ALIPAY_FIRST = Policy(
    version="m-1@1",
    split=best_only(),
    rules=(Rule(name="a", when=Condition(), then=Action(prefer=Target(methods=(Method.ALIPAY,)))),),
)


class BookNight(Night):
    """The night of a service that knows more than one policy."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.policies = PolicyBook(policy, merchant_of=lambda channel_id: "m-1")
        self.router = self.policies


def test_the_shops_policy_decides_then_the_merchants_then_the_services() -> None:
    night = BookNight(WECHAT_FIRST)
    night.policies.install("m-1", WHOLE_MERCHANT, ALIPAY_FIRST)
    night.policies.install("m-1", "shop-2", Policy(version="m-1@1+shop-2@1", split=best_only()))

    plans = [night.plan(shop_id="shop-1"), night.plan(shop_id="shop-2"), night.plan(merchant_id="m-2")]

    assert [plan.policy_version for plan in plans] == ["m-1@1", "m-1@1+shop-2@1", "service"]
    assert [order(plan)[:1] for plan in plans] == [["alipay-main"], ["wechat-main"], []]
    offered = [
        night.router.offered(payment(shop_id=shop), night.book, now_ms=night.now_ms)[0] for shop in ("a", "shop-2")
    ]
    assert offered == [Method.ALIPAY, Method.WECHAT]


def test_taken_back_a_shop_inherits_again() -> None:
    night = BookNight(WECHAT_FIRST)
    night.policies.install("m-1", "shop-1", ALIPAY_FIRST)
    assert order(night.plan())[0] == "alipay-main"
    night.policies.install("m-1", "shop-1", None)
    assert night.plan().policy_version == night.policies.policy_for("m-1", "shop-1").version == "service"


def test_a_channel_that_falls_ill_in_one_shop_is_avoided_in_all() -> None:
    night = BookNight(WECHAT_FIRST)
    night.policies.install("m-1", WHOLE_MERCHANT, ALIPAY_FIRST)
    night.policies.install("m-1", "shop-2", Policy(version="s", split=best_only()))
    for _ in range(3):
        night.plan(shop_id="shop-2")
        night.call("wechat-main", TIMEOUT)

    assert night.state("wechat-main") == "open"
    assert order(night.plan(shop_id="shop-2"))[0] != "wechat-main"


def test_the_merchants_triggers_watch_its_channels() -> None:
    night = BookNight(WECHAT_FIRST)
    eager = Policy(version="m-1@2", split=best_only(), triggers=Triggers(timeouts=1, of_calls=1))
    night.policies.install("m-1", WHOLE_MERCHANT, eager)
    night.call("wechat-main", ACCEPTED)
    moves = night.call("wechat-main", TIMEOUT)
    assert [(move.channel_id, move.after) for move in moves] == [("wechat-main", "open")]


def test_the_live_page_shows_a_channel_as_its_merchants_policy_judges_it() -> None:
    """Two merchants, a call every two seconds: one looks back ten seconds and waits for 90 ms at most, the other has
    the service's policy."""
    night = BookNight(WECHAT_FIRST)
    night.policies = PolicyBook(WECHAT_FIRST, merchant_of=lambda channel_id: channel_id.partition("/")[0])
    night.router = night.policies
    hasty = Policy(version="m-1@3", soft_limit=SoftLimit(min_ms=10, max_ms=90), triggers=Triggers(window_s=10.0))
    night.policies.install("m-1", WHOLE_MERCHANT, hasty)
    for _ in range(15):
        for channel_id in ("m-1/wechat", "m-2/wechat"):
            night.call(channel_id, product=Product.WECHAT_NATIVE, latency_ms=40)
        night.later(2)

    shown = {line.channel_id: line for line in night.router.health_snapshot(night.now_ms)}
    assert (shown["m-1/wechat"].calls, shown["m-2/wechat"].calls) == (4, 15)
    assert shown["m-1/wechat"].soft_limit_ms < 90 < shown["m-2/wechat"].soft_limit_ms
    assert sum(line.traffic_share for line in shown.values()) == pytest.approx(1)


def test_every_shop_has_its_own_exact_split() -> None:
    night = BookNight(WECHAT_FIRST)
    night.policies.install("m-1", "shop-2", Policy(version="half", split=Split(best=50, warm=50, explore=0)))
    first = [order(night.plan(shop_id=f"shop-{1 + n % 2}"))[0] for n in range(400)]
    assert set(first[::2]) == {"wechat-main"}
    assert abs(first[1::2].count("wechat-main") - 100) <= 3
