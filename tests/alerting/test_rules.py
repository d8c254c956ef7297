"""The rules: what they say of a picture, and what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from payswitch.alerting.catalog import CATALOG, Settings
from payswitch.alerting.rules import chance_of
from payswitch.alerting.rules_of_books import ALL_RULES, evaluate
from payswitch.alerting.sentences import ACTIONS, SENTENCES
from payswitch.alerting.view import (
    AuditView,
    CertificateView,
    EventView,
    LaneView,
    OpenMoney,
    QuotaView,
    ReceiverView,
    RefundView,
    ShopView,
    TroubleView,
    View,
)
from payswitch.domain.alert import AlertRule, Finding, RuleSetting, Severity

NOW_MS = 1_762_864_620_000
MINUTE_MS = 60_000
DAY_MS = 86_400_000
R = AlertRule


def a_lane(**changes: Any) -> LaneView:
    lane = LaneView(
        merchant_id="m-1",
        channel_id="wechat-main",
        name="微信支付·主",
        product="wechat_native",
        state="healthy",
        state_since_ms=NOW_MS - 40_000,
    )
    return replace(lane, **changes)


def a_shop(**changes: Any) -> ShopView:
    shop = ShopView(merchant_id="m-1", shop_id="shop-1", name="小店", window_from_ms=NOW_MS - 10 * MINUTE_MS)
    return replace(shop, **changes)


def said(view: View, *, stored: tuple[RuleSetting, ...] = ()) -> list[Finding]:
    return evaluate(view, Settings(stored))


def rules_of(view: View) -> list[AlertRule]:
    return [finding.rule for finding in said(view)]


def a_view(**parts: Any) -> View:
    return View(now_ms=NOW_MS, **parts)


def test_every_rule_has_defaults_a_sentence_an_action_and_code() -> None:
    assert set(CATALOG) == set(ALL_RULES) == set(SENTENCES) == set(ACTIONS) == set(AlertRule)
    for info in CATALOG.values():
        for threshold in info.thresholds.values():
            assert threshold.least <= threshold.default <= threshold.most


def test_nothing_wrong_is_nothing_said() -> None:
    quiet = a_view(lanes=[a_lane(good=500, bad=2, calls=502, p95_ms=90)], shops=[a_shop(paid=300, ours=2, silent=90)])
    assert said(quiet) == []


@pytest.mark.parametrize(
    ("paid", "ours", "speaks"), [(94, 6, False), (90, 10, True), (19, 1, False), (15, 5, True), (10, 5, False)]
)
def test_success_below_95_percent_is_told_when_it_is_no_chance(paid: int, ours: int, *, speaks: bool) -> None:
    view = a_view(shops=[a_shop(paid=paid, ours=ours, silent=40, payer=80, ours_fen=ours * 100)])
    assert (rules_of(view) == [R.SUCCESS_LOW]) is speaks


def test_an_open_breaker_is_told_with_what_the_switch_did() -> None:
    lane = a_lane(
        state="open", reason=("渠道自报繁忙或维护", "busy"), moved=12, saved=9, saved_fen=90_000, error="SYSTEM_ERROR"
    )
    money = OpenMoney(
        merchant_id="m-1",
        channel_id="wechat-main",
        name="微信支付·主",
        product="wechat_native",
        shown=2,
        shown_fen=500,
        unknown=1,
        unknown_fen=1_000,
        unknown_since_ms=NOW_MS,
    )
    [found] = said(a_view(lanes=[lane], money=[money]))
    assert (found.rule, found.subject, found.severity) == (
        R.BREAKER_OPEN,
        "wechat-main/wechat_native",
        Severity.CRITICAL,
    )
    assert found.since_ms == NOW_MS - 40_000
    assert (found.facts["open"], found.facts["risk_fen"], found.facts["saved_fen"]) == (3, 1_500, 90_000)
    assert rules_of(a_view(lanes=[replace(lane, state="degraded")])) == []
    assert rules_of(a_view(lanes=[replace(lane, state="probing")])) == [R.BREAKER_OPEN]


@pytest.mark.parametrize(
    ("good", "bad", "speaks"), [(18, 2, False), (15, 6, True), (10, 9, False), (940, 60, False), (900, 100, True)]
)
def test_a_channel_that_fails_more_than_5_percent_is_told_when_it_is_no_chance(
    good: int, bad: int, *, speaks: bool
) -> None:
    lane = a_lane(good=good, bad=bad, lately_good=good // 3, lately_bad=bad // 2)
    assert (rules_of(a_view(lanes=[lane])) == [R.CHANNEL_FAILING]) is speaks
    over = replace(lane, lately_good=20, lately_bad=0)
    assert rules_of(a_view(lanes=[over])) == [], "it is over: no alert that begins after its trouble"


def test_slow_needs_enough_calls() -> None:
    slow = a_lane(calls=50, p95_ms=1_200.0, lately_p95_ms=1_100.0)
    assert rules_of(a_view(lanes=[slow])) == [R.SLOW]
    assert rules_of(a_view(lanes=[replace(slow, calls=19)])) == []
    assert rules_of(a_view(lanes=[replace(slow, lately_p95_ms=90.0)])) == []


def test_silence_is_told_when_the_pattern_would_have_brought_many() -> None:
    shop = a_shop(last_created_ms=NOW_MS - 12 * MINUTE_MS, expected=20.0)
    [found] = said(a_view(shops=[shop]))
    assert (found.rule, found.since_ms, found.facts["minutes"]) == (R.NO_TRAFFIC, shop.last_created_ms, 12)
    for quiet in (replace(shop, expected=9.0), replace(shop, last_created_ms=NOW_MS - 60_000), a_shop(expected=99.0)):
        assert said(a_view(shops=[quiet])) == []


def test_debits_in_doubt_are_summed_over_the_merchants_channels() -> None:
    def doubt(channel: str, fen: int, age_s: int, merchant: str = "m-1") -> OpenMoney:
        return OpenMoney(
            merchant_id=merchant,
            channel_id=channel,
            name=channel,
            product="code",
            unknown=1,
            unknown_fen=fen,
            unknown_since_ms=NOW_MS - age_s * 1_000,
        )

    both = [doubt("a", 60_000, 30), doubt("b", 40_000, 200), doubt("c", 10**9, 500, "m-2")]
    mine, theirs = said(a_view(money=both))
    assert (mine.merchant_id, mine.facts["risk_fen"], mine.facts["count"]) == ("m-1", 100_000, 2)
    assert (theirs.merchant_id, theirs.facts["risk_fen"]) == ("m-2", 10**9)
    assert said(a_view(money=[doubt("a", 99_999, 500)])) == []
    assert said(a_view(money=[doubt("a", 100_000, 119)])) == []


BOOKS = {
    R.EVENTS_FAILING: a_view(
        events=[
            EventView(
                merchant_id="m-1", shop_id="s", name="店", count=3, oldest_ms=NOW_MS - 301_000, tries=4, error="500"
            )
        ]
    ),
    R.SURPLUS_OPEN: a_view(surplus=[RefundView(merchant_id="m-1", count=1, amount_fen=5, oldest_ms=NOW_MS - 120_000)]),
    R.REFUNDS_ABNORMAL: a_view(abnormal=[RefundView(merchant_id="m-1", count=1, amount_fen=5, oldest_ms=NOW_MS)]),
    R.CERTIFICATE_ENDS: a_view(
        certificates=[
            CertificateView(merchant_id="m-1", channel_id="c", name="渠道", key="mch", ends_at_ms=NOW_MS + 29 * DAY_MS)
        ]
    ),
    R.QUOTA_ENDS: a_view(
        quotas=[
            QuotaView(
                merchant_id="m-1", channel_id="c", name="渠道", period="day", used_fen=90, cap_fen=100, began_ms=0
            )
        ]
    ),
    R.CHANNEL_REFUSED: a_view(
        refused=[TroubleView(merchant_id="m-1", subject="c", name="渠道", since_ms=NOW_MS - 1, detail="签名")]
    ),
    R.BILL_MISSING: a_view(
        bills=[
            TroubleView(
                merchant_id="m-1", subject="c/d", name="渠道", since_ms=NOW_MS - 21_600_000, detail="2026-11-10"
            )
        ]
    ),
    R.AUDIT_VIOLATION: a_view(
        audits=[AuditView(number="1.1", name="w", title="one winner", title_zh="唯一", rows=2, more=True, since_ms=1)]
    ),
    R.RECEIVER_DEAD: a_view(
        receivers=[
            ReceiverView(
                merchant_id="m-1", receiver_id="duty", name="群", failures=3, dead=0, since_ms=1, error="310000"
            )
        ]
    ),
}


@pytest.mark.parametrize("rule", list(BOOKS))
def test_each_rule_of_the_books_speaks_and_can_be_switched_off(rule: AlertRule) -> None:
    [found] = said(BOOKS[rule])
    assert found.rule is rule
    for zh in (True, False):
        assert SENTENCES[rule](found.facts, zh)
    off = RuleSetting(merchant_id=found.merchant_id, rule=rule, enabled=False, updated_at_ms=1, updated_by="op")
    assert said(BOOKS[rule], stored=(off,)) == []


def test_the_last_days_of_a_certificate_are_critical() -> None:
    one = BOOKS[R.CERTIFICATE_ENDS].certificates[0]
    levels = [
        said(a_view(certificates=[replace(one, ends_at_ms=NOW_MS + days * DAY_MS)])) for days in (31, 30, 8, 7, -1)
    ]
    assert [found[0].severity.value if found else "" for found in levels] == [
        "", "warning", "warning", "critical", "critical",
    ]  # fmt: skip


def test_a_merchants_threshold_is_only_theirs() -> None:
    mine = RuleSetting(merchant_id="m-1", rule=R.SLOW, thresholds={"p95_ms": 50.0}, updated_at_ms=1, updated_by="op")
    lanes = [
        a_lane(calls=50, p95_ms=90.0, lately_p95_ms=90.0),
        a_lane(calls=50, p95_ms=90.0, lately_p95_ms=90.0, merchant_id="m-2", channel_id="c"),
    ]
    assert [found.merchant_id for found in said(a_view(lanes=lanes), stored=(mine,))] == ["m-1"]


def test_chance_is_the_tail_of_the_binomial() -> None:
    assert chance_of(0, 20, 0.05) == 1
    assert chance_of(1, 20, 0.05) == pytest.approx(1 - 0.95**20)
    assert chance_of(20, 20, 0.05) == pytest.approx(0, abs=1e-12)
