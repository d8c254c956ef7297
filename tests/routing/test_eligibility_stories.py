"""Who may take a payment at all, and the reason given when not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.routing.world import ALIPAY, FIVE, NIGHT_MS, WECHAT, Night, book, channel, order, qr_product, why_excluded

from payswitch.domain.channel import Capability, Closing, Consent, CredentialKind, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.routing.policy import Maintenance, Policy, Tier
from payswitch.routing.request import ChannelBook

ONE = channel("wechat-main", "wechatpay", "wechat", 1)


@pytest.mark.parametrize(
    ("reason", "the_channel", "facts"),
    [
        ("disabled", channel("c", "wechatpay", "wechat", 1, enabled=False), {}),
        ("other_merchant", channel("c", "wechatpay", "wechat", 1, merchant_id="m-2"), {}),
        ("environment", channel("c", "wechatpay", "wechat", 1), {"environment": Environment.APP}),
        ("not_signed", channel("c", "wechatpay", "wechat", 1, products=frozenset({Product.WECHAT_H5})), {}),
        ("unsupported", channel("c", "unheard_of", "x", 1, products=frozenset({Product.WECHAT_H5})), {}),
        ("method_not_allowed", channel("c", "wechatpay", "wechat", 1), {"methods": frozenset({Method.ALIPAY})}),
        ("product_not_allowed", channel("c", "wechatpay", "wechat", 1), {"products": frozenset({Product.WECHAT_H5})}),
        ("method_refused", channel("c", "wechatpay", "wechat", 1), {"refused_methods": frozenset({Method.WECHAT})}),
        ("needs_openid", channel("c", "wechatpay", "wechat", 1), {"environment": Environment.WECHAT}),
        ("expiry_too_short", channel("c", "wechatpay", "wechat", 1), {"remaining_ms": 58_999}),
        ("not_for_this_shop", channel("c", "wechatpay", "wechat", 1, shops=frozenset({"shop-2"})), {}),
        ("amount_too_small", channel("c", "wechatpay", "wechat", 1, min_fen=10_000), {}),
        ("amount_too_large", channel("c", "wechatpay", "wechat", 1, max_fen=9_899), {}),
    ],
)
def test_every_exclusion_has_its_reason(reason: str, the_channel: Any, facts: dict[str, Any]) -> None:
    plan = Night(the_book=book(the_channel)).plan(**facts)
    assert plan.candidates == ()
    assert [exclusion.reason for exclusion in plan.excluded] == [reason]


def test_jsapi_is_offered_inside_wechat_once_the_openid_is_known() -> None:
    night = Night(the_book=book(ONE))
    plan = night.plan(environment=Environment.WECHAT, customer=Customer(openid="oUpF8uMuAJO"))
    assert [candidate.product for candidate in plan.candidates] == [Product.WECHAT_JSAPI]


def test_a_product_inside_a_wallet_waits_for_that_wallets_id_of_the_customer() -> None:
    jsapi = Capability(
        product=Product.ALIPAY_JSAPI,
        method=Method.ALIPAY,
        push=True,
        server_created=True,
        environments=frozenset({Environment.ALIPAY}),
        needs_buyer_id=True,
        closing=Closing.YES,
        credential=CredentialKind.JSAPI,
    )
    account = channel("psp", "psp", "alipay", 1, products=frozenset({Product.ALIPAY_JSAPI}))
    night = Night(the_book=ChannelBook(channels=(account,), capabilities={"psp": {Product.ALIPAY_JSAPI: jsapi}}))
    refused = night.plan(environment=Environment.ALIPAY)
    assert [exclusion.reason for exclusion in refused.excluded] == ["needs_buyer_id"]
    offered = night.plan(environment=Environment.ALIPAY, customer=Customer(buyer_id="2088"))
    assert [candidate.product for candidate in offered.candidates] == [Product.ALIPAY_JSAPI]


def test_a_bank_card_is_debited_only_where_the_customer_has_signed_it_up() -> None:
    card = Capability(
        product=Product.QUICKPAY_CARD,
        method=Method.QUICKPAY,
        push=False,
        server_created=True,
        environments=frozenset({Environment.MOBILE}),
        needs_agreement=True,
        consent=Consent.SMS_CODE,
        closing=Closing.YES,
        credential=CredentialKind.SMS,
    )
    products = frozenset({Product.QUICKPAY_CARD})
    banks = [channel(name, "psp", name, 1, products=products) for name in ("icbc", "ccb")]
    night = Night(the_book=ChannelBook(channels=tuple(banks), capabilities={"psp": {Product.QUICKPAY_CARD: card}}))
    stranger = night.plan(environment=Environment.MOBILE)
    assert [exclusion.reason for exclusion in stranger.excluded] == ["needs_agreement"] * 2
    known = night.plan(environment=Environment.MOBILE, agreements=frozenset({"ccb"}))
    assert order(known) == ["ccb"]
    assert why_excluded(known, "icbc") == {"needs_agreement"}


def test_a_life_of_just_the_shortest_length_is_enough() -> None:
    """And what it lost between the shop's request and this decision does not count."""
    night = Night(the_book=book(ONE))
    assert order(night.plan(remaining_ms=60_000)) == ["wechat-main"]
    assert order(night.plan(remaining_ms=59_950)) == ["wechat-main"]


def test_a_customer_who_comes_back_late_goes_where_the_time_still_suffices() -> None:
    """20 seconds are left: WeChat's orders live for a minute at least, the bank's for ten seconds."""
    patient = {product: msgspec.structs.replace(c, least_expiry_s=10) for product, c in ALIPAY.items()}
    the_book = ChannelBook(channels=FIVE, capabilities={"wechatpay": WECHAT, "alipay": patient})
    plan = Night(the_book=the_book).plan(remaining_ms=20_000)
    assert why_excluded(plan, "wechat-main") == why_excluded(plan, "wechat-backup") == {"expiry_too_short"}
    assert set(order(plan)) == {"alipay-main", "alipay-backup", "bank-alipay"}


def test_limits_are_inclusive_and_the_products_own_limits_count_too() -> None:
    night = Night(the_book=book(channel("c", "wechatpay", "wechat", 1, min_fen=9_900, max_fen=9_900)))
    assert order(night.plan()) == ["c"]
    huabei = frozenset({Method.HUABEI})
    assert "amount_too_small" in why_excluded(Night().plan(methods=huabei, amount_fen=99), "alipay-main")
    assert "amount_too_large" in why_excluded(Night().plan(methods=huabei, amount_fen=5_000_001), "alipay-main")


def test_the_daily_cap_counts_this_payment_too() -> None:
    capped = channel("c", "wechatpay", "wechat", 1, daily_cap_fen=100_000)
    assert order(Night(the_book=book(capped, used_today_fen={"c": 90_100})).plan()) == ["c"]
    full = Night(the_book=book(capped, used_today_fen={"c": 90_101}))
    assert why_excluded(full.plan(), "c") == {"daily_cap"}
    assert order(Night(the_book=book(capped)).plan()) == ["c"]


def test_the_monthly_cap_counts_this_payment_too() -> None:
    capped = channel("c", "wechatpay", "wechat", 1, monthly_cap_fen=100_000)
    assert order(Night(the_book=book(capped, used_month_fen={"c": 90_100})).plan()) == ["c"]
    full = Night(the_book=book(capped, used_month_fen={"c": 90_101}))
    assert why_excluded(full.plan(), "c") == {"monthly_cap"}


def test_a_channel_that_is_kept_for_some_shops_serves_them_alone() -> None:
    night = Night(the_book=book(channel("c", "wechatpay", "wechat", 1, shops=frozenset({"shop-1", "shop-2"}))))
    assert order(night.plan(shop_id="shop-2")) == ["c"]
    assert why_excluded(night.plan(shop_id="shop-3"), "c") == {"not_for_this_shop"}


def test_usage_that_changes_is_seen_at_the_next_decision() -> None:
    """The layout is kept between decisions; what the shop took today must not be."""
    capped = channel("c", "wechatpay", "wechat", 1, daily_cap_fen=100_000)
    night = Night(the_book=book(capped, used_today_fen={}))
    assert order(night.plan()) == ["c"]
    night.book = book(capped, used_today_fen={"c": 99_000})
    assert why_excluded(night.plan(), "c") == {"daily_cap"}


def test_a_channel_that_the_operator_disables_is_out_at_the_next_decision() -> None:
    night = Night(the_book=book(ONE))
    assert order(night.plan()) == ["wechat-main"]
    night.book = book(channel("wechat-main", "wechatpay", "wechat", 1, enabled=False))
    assert why_excluded(night.plan(), "wechat-main") == {"disabled"}


@pytest.mark.parametrize(
    ("start", "end", "on"),
    [
        ("20:00", "21:00", True),
        ("20:37", "20:38", True),
        ("20:38", "21:00", False),
        ("20:00", "20:37", False),
        ("23:00", "20:38", True),
        ("21:00", "06:00", False),
        (20 * 60, 21 * 60, True),
        ("2024-11-11 20:00", "2024-11-11 21:00", True),
        ("2024-11-10 20:00", "2024-11-10 21:00", False),
        ("2024-02-29 00:00", "2025-01-01 00:00", True),
    ],
)
def test_planned_maintenance_is_in_beijing_time(start: str | int, end: str | int, on: bool) -> None:
    policy = Policy(version="t", maintenance=(Maintenance(channel="wechat-main", start=start, end=end),))
    plan = Night(policy, book(ONE)).plan()
    assert why_excluded(plan, "wechat-main") == ({"maintenance"} if on else set())
    assert NIGHT_MS // 60_000 * 60_000 == NIGHT_MS  # the night begins at 20:37 sharp


def test_maintenance_of_one_product_leaves_the_others() -> None:
    window = Maintenance(channel="alipay-main", product=Product.ALIPAY_PRECREATE, start="20:00", end="21:00")
    plan = Night(Policy(version="t", maintenance=(window,)), book(FIVE[1])).plan()
    assert [candidate.product for candidate in plan.candidates] == [Product.ALIPAY_PAGE, Product.HUABEI_PRECREATE]


def test_several_products_of_one_channel_come_in_the_order_of_its_capability_table() -> None:
    plan = Night(the_book=book(FIVE[1])).plan()
    assert [candidate.product for candidate in plan.candidates] == [
        Product.ALIPAY_PRECREATE,
        Product.ALIPAY_PAGE,
        Product.HUABEI_PRECREATE,
    ]
    turned = ChannelBook(channels=(FIVE[1],), capabilities={"alipay": dict(reversed(ALIPAY.items()))})
    assert Night(the_book=turned).plan().candidates[0].product is Product.ALIPAY_PAGE


def test_the_policy_may_put_channels_into_other_tiers() -> None:
    tiers = (Tier(name="first", rank=1, channels=("alipay-backup",)), Tier(name="rest", rank=2))
    plan = Night(Policy(version="t", tiers=tiers), book(*FIVE[2:4])).plan()
    assert {candidate.channel_id: candidate.reasons[0] for candidate in plan.candidates} == {
        "alipay-backup": "tier:first",
        "wechat-backup": "tier:rest",
    }


def test_a_tag_puts_a_channel_into_a_tier_and_its_name_weighs_more() -> None:
    tiers = (Tier(name="named", rank=1, channels=("bank-alipay",)), Tier(name="bank", rank=3, tags=("bank",)))
    assert "tier:named" in Night(Policy(version="t", tiers=tiers)).plan().candidates[0].reasons
    plan = Night(the_book=book(channel("b", "wechatpay", "bank", 1, tags=frozenset({"bank"})))).plan()
    assert plan.candidates[0].reasons[0] == "tier:bank"


def test_one_line_tells_why_a_channel_is_absent_not_one_per_product() -> None:
    plan = Night().plan(environment=Environment.WECHAT, customer=Customer(openid="o"))
    assert sorted(exclusion.channel_id for exclusion in plan.excluded) == [
        "alipay-backup",
        "alipay-main",
        "bank-alipay",
    ]


def test_the_story_world_offers_what_it_says() -> None:
    assert all(qr_product(c.channel_id) in {*WECHAT, *ALIPAY} for c in FIVE)
