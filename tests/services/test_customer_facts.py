"""What the shop does not say about its customer is derived, marked as derived, and read only when a rule asks."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from payswitch.domain.channel import Environment, Product
from payswitch.domain.customer import Customer
from payswitch.domain.device import device_of
from payswitch.domain.exchange import CreateOrder, OpenidSpace
from payswitch.domain.payment import Payment
from payswitch.routing.policy import Action, Condition, Policy, Rule, RuleSplit, Target
from payswitch.services.attempts.asking import create_order
from payswitch.services.commands import PaymentAnswer
from payswitch.services.decisions.customer_history import CustomerHistory
from tests.services.harness import Night

NEW_TO_ALIPAY = Rule(
    name="new", when=Condition(customer_new=True), then=Action(prefer=Target(channels=("alipay-main",)))
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
ANN = Customer(customer_id="ann")


def with_rules(night: Night, *rules: Rule) -> list[tuple[str, str]]:
    """Activate a policy with these rules; gives the list that every look into the history is written to."""
    night.ctx.router.replace_policy(Policy(version="rules", rules=(*rules, best_only())))
    looked: list[tuple[str, str]] = []
    has_paid = night.store.has_paid

    async def look(shop_id: str, customer_id: str) -> bool:
        looked.append((shop_id, customer_id))
        return await has_paid(shop_id, customer_id)

    night.store.has_paid = look  # type: ignore[method-assign]
    return looked


def best_only() -> Rule:
    return Rule(name="best", when=Condition(), then=Action(split=RuleSplit(best=100)))


async def recorded(night: Night, answer: PaymentAnswer) -> dict[str, Any]:
    """The last decision of the payment, as it was written down."""
    plan: dict[str, Any] = msgspec.json.decode((await night.store.decisions(answer.file.payment.payment_id))[-1].plan)
    return plan


async def test_a_customer_is_new_until_they_have_paid_here(tonight: Night) -> None:
    with_rules(tonight, NEW_TO_ALIPAY)
    first = await tonight.order("order-1", customer=ANN)
    assert first.file.attempts[0].channel_id == "alipay-main"
    assert (await recorded(tonight, first))["facts"] == {"customer_new": {"origin": "derived", "value": "new"}}
    await tonight.pays(first.file.attempts[0])
    second = await tonight.order("order-2", customer=ANN)
    assert second.file.attempts[0].channel_id == "wechat-main"
    assert (await recorded(tonight, second))["facts"] == {"customer_new": {"origin": "derived", "value": "returning"}}


async def test_an_order_that_is_not_paid_leaves_the_customer_new(tonight: Night) -> None:
    with_rules(tonight, NEW_TO_ALIPAY)
    await tonight.order("order-1", customer=ANN)
    second = await tonight.order("order-2", customer=ANN)
    assert second.file.attempts[0].channel_id == "alipay-main"


async def test_the_history_is_read_once_and_kept_true_afterwards(tonight: Night) -> None:
    looked = with_rules(tonight, NEW_TO_ALIPAY)
    answers = [await tonight.order(f"order-{n}", customer=ANN) for n in range(3)]
    await tonight.pays(answers[0].file.attempts[0])
    assert (await recorded(tonight, await tonight.order("order-9", customer=ANN)))["rules_fired"] == ["best"]
    assert looked == [(answers[0].file.payment.shop_id, "ann")]


async def test_after_a_restart_the_history_comes_from_storage(tonight: Night) -> None:
    first = await tonight.order("order-1", customer=ANN)
    await tonight.pays(first.file.attempts[0])
    looked = with_rules(tonight, NEW_TO_ALIPAY)
    tonight.ctx.history = CustomerHistory()
    second = await tonight.order("order-2", customer=ANN)
    assert second.file.attempts[0].channel_id == "wechat-main"
    assert len(looked) == 1


@pytest.mark.parametrize(
    ("rules", "customer"),
    [
        ((), ANN),  # no rule asks
        ((NEW_TO_ALIPAY,), Customer(customer_id="ann", is_new=False)),  # the shop says so itself
        ((NEW_TO_ALIPAY,), Customer()),  # a stranger has no history
    ],
)
async def test_nothing_is_read_that_nobody_needs(tonight: Night, rules: tuple[Rule, ...], customer: Customer) -> None:
    looked = with_rules(tonight, *rules)
    await tonight.order("order-1", customer=customer)
    assert looked == []


async def test_the_device_is_read_from_the_user_agent_unless_the_shop_says_it(tonight: Night) -> None:
    apple = Rule(name="apple", when=Condition(devices=("ios",)), then=Action(prefer=Target(channels=("alipay-main",))))
    with_rules(tonight, apple)
    derived = await tonight.order("order-1", user_agent=IPHONE)
    assert derived.file.attempts[0].channel_id == "alipay-main"
    assert (await recorded(tonight, derived))["facts"] == {"device": {"origin": "derived", "value": "ios"}}
    told = await tonight.order("order-2", user_agent=IPHONE, customer=Customer(device="android"))
    assert (await recorded(tonight, told))["facts"] == {"device": {"origin": "given", "value": "android"}}
    unknown = await tonight.order("order-3")
    assert (await recorded(tonight, unknown))["facts"] == {"device": {"origin": "unknown"}}
    assert derived.file.payment.customer == Customer()


async def test_the_age_band_follows_from_the_age(tonight: Night) -> None:
    young = Rule(name="young", when=Condition(max_age=30), then=Action(prefer=Target(channels=("alipay-main",))))
    with_rules(tonight, young)
    answer = await tonight.order("order-1", customer=Customer(age=22))
    assert answer.file.attempts[0].channel_id == "alipay-main"
    assert (await recorded(tonight, answer))["facts"] == {"age_band": {"origin": "derived", "value": "18_24"}}


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (IPHONE, "ios"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "ios"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 ArkWeb/4.1", "harmony"),
        ("Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00)", "harmony"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) MicroMessenger/8.0", "android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "macos"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "linux"),
        ("curl/8.0", None),
        ("", None),
    ],
)
def test_which_device_a_user_agent_names(user_agent: str, device: str | None) -> None:
    assert device_of(user_agent) == device


def test_the_memory_of_customers_is_bounded_and_a_payment_knows_better_than_a_read() -> None:
    history = CustomerHistory(most=2)
    for name in ("ann", "bob", "cid"):
        history.heard("s", name, returning=False)
    assert [history.is_new("s", name) for name in ("ann", "bob", "cid")] == [None, True, True]
    history.heard("s", "bob", returning=True)
    assert history.is_new("s", "bob") is True


async def test_each_channel_is_asked_under_the_openid_of_its_own_appid(tonight: Night) -> None:
    """The provider's account knows the customer by another openid than the shop's own."""
    product = Product.WECHAT_NATIVE
    tonight.directory.teach(product, needs_openid=True)
    appids = {"wechat-main": OpenidSpace("wx-own"), "wechat-backup": OpenidSpace("wx-provider", own=False)}
    for channel_id, space in appids.items():
        tonight.channel(channel_id).openid_space = lambda _, space=space: space  # type: ignore[attr-defined]
    openids = {"wx-own": "o-own", "wx-provider": "o-provider"}
    answer = await tonight.order(
        "order-1", environment=Environment.WECHAT, customer=Customer(openids=openids), products=(product,)
    )
    attempt = answer.file.attempts[0]

    def asked(payment: Payment, channel_id: str) -> CreateOrder:
        return create_order(tonight.ctx, payment, replace(attempt, channel_id=channel_id), Environment.WECHAT)

    payment = answer.file.payment
    assert [asked(payment, name).openid for name in appids] == ["o-own", "o-provider"]
    single = replace(payment, customer=Customer(openid="o"))
    assert [asked(single, name).openid for name in appids] == ["o", "o"]
    own_only = await tonight.order(
        "order-2", environment=Environment.WECHAT, customer=Customer(openids={"wx-own": "o-own"}), products=(product,)
    )
    plan = await recorded(tonight, own_only)
    assert "needs_openid_of:wx-provider" in {e["reason"] for e in plan["excluded"]}
