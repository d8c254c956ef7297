"""Whom risk control refused is not sent over another account: not in this payment, not in the next one today."""

from __future__ import annotations

from typing import Any

from tests.routing.world import RISK, Night, book, channel, customer, order, payment, why_excluded

from payswitch.domain.channel import Method
from payswitch.routing.beijing import next_midnight_ms
from payswitch.routing.risk_memory import RiskMemory

ANN: dict[str, Any] = {"upstream": "wechat", "method": Method.WECHAT, "customer": ("shop-1", "ann")}


def refused() -> Night:
    """WeChat's risk control has just refused Ann; the shop has a second WeChat account, and one over a provider."""
    provider = channel("provider", "wechatpay", "provider", 2)
    night = Night(the_book=book(*book().channels, provider))
    night.call("wechat-main", RISK, **ANN)
    return night


def test_the_next_payment_goes_over_no_account_of_that_upstream_or_method() -> None:
    plan = refused().plan(customer=customer(customer_id="ann"))
    for channel_id in ("wechat-main", "wechat-backup", "provider"):
        assert why_excluded(plan, channel_id) == {"customer_risk"}
    assert {candidate.method for candidate in plan.candidates} <= {Method.ALIPAY, Method.HUABEI}


def test_asking_for_the_method_by_name_does_not_help() -> None:
    plan = refused().plan(customer=customer(customer_id="ann"), methods=frozenset({Method.WECHAT}))
    assert plan.candidates == ()


def test_other_customers_other_shops_and_strangers_are_not_meant() -> None:
    night = refused()
    for facts in (
        {"customer": customer(customer_id="bob")},
        {"customer": customer(customer_id="ann"), "shop_id": "shop-2"},
        {"customer": customer()},
    ):
        assert "wechat-main" in order(night.plan(**facts))


def test_tomorrow_is_another_day() -> None:
    night = refused()
    ann = payment(customer=customer(customer_id="ann"))
    night.now_ms = next_midnight_ms(night.now_ms) - 1
    assert why_excluded(night.plan(ann), "wechat-main") == {"customer_risk"}
    night.now_ms += 1
    assert "wechat-main" in order(night.plan(ann))


def test_the_channel_is_not_ill() -> None:
    assert refused().state("wechat-main") == "healthy"


def test_a_customer_may_be_refused_at_several_and_the_memory_is_bounded() -> None:
    memory = RiskMemory(most=2)
    for name in ("ann", "bob", "cid"):
        memory.note(("s", name), "wechat", Method.WECHAT, 0)
    memory.note(("s", "cid"), "alipay", Method.ALIPAY, 1)
    assert memory.of("s", "ann", 2) is None
    cid = memory.of("s", "cid", 2)
    assert cid is not None
    assert cid.covers("alipay", Method.HUABEI)
    assert cid.covers("provider", Method.WECHAT)
    assert not cid.covers("bank", Method.QUICKPAY)
