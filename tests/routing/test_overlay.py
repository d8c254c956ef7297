"""The small filter that says whether there is trouble just now, and who is to blame."""

from __future__ import annotations

import pytest
from tests.routing.world import ACCEPTED, BUSY, FIVE, NIGHT_MS, TIMEOUT, Night, best_only, book, order, payment

from payswitch.domain.channel import Product
from payswitch.domain.customer import Customer
from payswitch.routing.overlay import LINE_STATES, SCOPED_STATES, Overlay
from payswitch.routing.policy import Policy, Split, SplitMode
from payswitch.routing.request import CallObservation, ExposedObservation, FinalObservation
from payswitch.routing.segments import BANDS, Segments, device_family, segments_of


@pytest.mark.parametrize("states", [LINE_STATES, SCOPED_STATES])
def test_left_alone_it_returns_to_its_ordinary_odds(states) -> None:  # type: ignore[no-untyped-def]
    overlay = Overlay(states, NIGHT_MS)
    usual = overlay.up
    overlay.weigh([1e-6, *([1.0] * (len(states.names) - 1))])
    assert overlay.up < 0.01
    half_way = overlay.up_at(NIGHT_MS + 360_000)
    assert 0.6 < half_way < 0.65  # 1 - exp(-1): a repair takes six minutes on average
    overlay.advance(NIGHT_MS + 10_000_000)
    assert overlay.up == pytest.approx(usual, abs=1e-6)
    assert sum(overlay.odds) == pytest.approx(1)


def test_idle_time_alone_is_no_reason_to_think_less_of_a_channel() -> None:
    overlay = Overlay(LINE_STATES, NIGHT_MS)
    for _ in range(50):
        overlay.weigh(LINE_STATES.created)
    assert overlay.left_at(NIGHT_MS + 3_600_000) == (overlay.up, 1.0)


def test_a_payment_stands_in_one_segment_of_each_kind() -> None:
    assert [segments_of(fen).amount for fen in (4_999, 5_000, 49_999, 500_000)] == [
        BANDS[0],
        BANDS[1],
        BANDS[1],
        BANDS[3],
    ]
    assert [device_family(word) for word in ("iPhone", "macOS", "Android 14", "harmonyos", "fridge", "", None)] == [
        "ios", "desktop", "android", "harmony", "other", "", "",
    ]  # fmt: skip
    assert Segments(bank="ICBC", device="ios").named() == ("bank:ICBC", "device:ios")


def test_a_segment_that_does_worse_has_a_lower_estimate_and_a_new_one_that_of_its_channel() -> None:
    night = Night()
    for n in range(300):
        device = "android" if n % 3 else "ios"
        seen = FinalObservation(
            at_ms=night.now_ms, channel_id="wechat-main", product=Product.WECHAT_NATIVE,
            segments=Segments(device=device), paid=n % 2 == 0 if device == "ios" else n % 10 != 0,
        )  # fmt: skip
        night.router.observe_final(seen)
    by_device = {}
    for device in ("ios", "android", "harmony"):
        plan = night.plan(customer=Customer(device=device))
        by_device[device] = next(c.estimate for c in plan.candidates if c.channel_id == "wechat-main")
    assert by_device["ios"] < by_device["harmony"] < by_device["android"]
    assert by_device["harmony"] == pytest.approx(0.97 * 0.77, abs=0.02)


def test_the_estimate_says_how_sure_it_is() -> None:
    night = Night()
    for _ in range(400):
        night.call("wechat-main")
        seen = FinalObservation(at_ms=night.now_ms, channel_id="wechat-main", product=Product.WECHAT_NATIVE, paid=True)
        night.router.observe_final(seen)
    sure = {c.channel_id: c.sd for c in night.plan().candidates}
    assert 2 * sure["wechat-main"] < sure["alipay-main"]


def test_the_customers_own_reasons_count_for_conversion_only() -> None:
    night = Night()
    for _ in range(30):
        seen = FinalObservation(
            at_ms=night.now_ms, channel_id="wechat-main", product=Product.WECHAT_NATIVE, paid=False, payer_side=True
        )
        night.router.observe_final(seen)
    line = next(x for x in night.router.health_snapshot(night.now_ms) if x.channel_id == "wechat-main")
    assert line.conversion < 0.3
    assert line.completion == pytest.approx(0.88)
    assert line.up > 0.95


def test_a_locally_signed_product_that_nobody_pays_any_more_is_found_out_by_the_silence() -> None:
    """There is no create call that could fail, and nothing expires for a quarter of an hour."""
    night = Night()
    where = {"channel_id": "alipay-main", "product": Product.ALIPAY_PAGE}
    moves = []
    for second in range(700):
        night.later(1)
        moves += night.router.observe_exposed(ExposedObservation(at_ms=night.now_ms, **where))  # type: ignore[arg-type]
        if 10 <= second < 600:
            ended = FinalObservation(at_ms=night.now_ms, paid=second % 10 != 0, waited_ms=10_000, **where)  # type: ignore[arg-type]
            moves += night.router.observe_final(ended)
        if second < 600:
            assert moves == []
    assert [move.reason for move in moves] == ["never_paid"]
    assert (moves[0].at_ms - NIGHT_MS) / 1_000 < 650


def test_after_never_paid_only_a_payment_made_since_brings_it_back() -> None:
    night = Night()
    where = {"channel_id": "alipay-main", "product": Product.ALIPAY_PAGE}
    opened = []
    while not opened:
        night.later(1)
        opened = night.router.observe_exposed(ExposedObservation(at_ms=night.now_ms, **where))  # type: ignore[arg-type]
    night.later(30)
    call = CallObservation(at_ms=night.now_ms, outcome=ACCEPTED, latency_ms=1, **where)  # type: ignore[arg-type]
    assert night.router.observe_call(call) == night.router.observe_call(call) == []
    old = FinalObservation(at_ms=night.now_ms, paid=True, waited_ms=60_000, **where)  # type: ignore[arg-type]
    assert night.router.observe_final(old) == []
    new = FinalObservation(at_ms=night.now_ms, paid=True, waited_ms=5_000, **where)  # type: ignore[arg-type]
    assert [move.reason for move in night.router.observe_final(new)] == ["probes_succeeded"]


def slow_night() -> Night:
    """The first of two equals answers all at once ten times as slowly."""
    night = Night(Policy(version="t", split=best_only()), book(FIVE[0], FIVE[1]))
    for _ in range(100):
        night.call("wechat-main", latency_ms=80)
    assert order(night.plan())[0] == "wechat-main"
    for _ in range(12):
        night.call("wechat-main", latency_ms=900)
    return night


def test_a_channel_much_slower_than_usual_gives_way_to_its_equals() -> None:
    night = slow_night()
    assert [move.reason for move in night.moves] == ["slow"]
    assert night.state("wechat-main") == "degraded"
    plan = night.plan()
    assert order(plan)[0] == "alipay-main"
    assert "slow_answers" in next(c for c in plan.candidates if c.channel_id == "wechat-main").reasons
    for _ in range(30):
        night.call("wechat-main", latency_ms=80)
    assert night.state("wechat-main") == "healthy"


def test_a_slow_channel_that_nobody_uses_any_more_is_tried_again_after_a_minute() -> None:
    night = slow_night()
    night.later(50)
    assert order(night.plan())[0] == "alipay-main"
    night.later(11)
    assert order(night.plan())[0] == "wechat-main"
    night.call("wechat-main", latency_ms=900)
    assert order(night.plan())[0] == "alipay-main"


def test_where_timeouts_are_ordinary_two_of_three_leave_the_channel_but_do_not_open_it() -> None:
    night = Night(the_book=book(FIVE[0], FIVE[1]))
    for n in range(2_000):
        night.call("wechat-main", TIMEOUT if n % 60 == 0 else ACCEPTED, latency_ms=1_000)
    assert night.moves == []
    night.call("wechat-main", TIMEOUT)
    night.call("wechat-main", TIMEOUT)
    assert [(move.after, move.reason) for move in night.moves] == [("degraded", "suspected")]
    plan = night.plan()
    assert plan.candidates[0].channel_id == "alipay-main"
    assert "suspect" in next(c for c in plan.candidates if c.channel_id == "wechat-main").reasons
    night.later(2)
    assert night.shadow(night.plan())  # and soon somebody finds out
    assert night.state("wechat-main") == "healthy"


def test_learned_mode_explores_less_the_surer_it_is() -> None:
    night = Night(Policy(version="l", split=Split(mode=SplitMode.LEARNED)), book(FIVE[0], FIVE[1]))
    young = night.plan().candidates[0].propensity, night.plan().candidates
    for n in range(600):
        for channel_id, product in (("wechat-main", Product.WECHAT_NATIVE), ("alipay-main", Product.ALIPAY_PRECREATE)):
            paid = n % 20 != 0 if channel_id == "wechat-main" else n % 8 != 0
            ended = FinalObservation(at_ms=night.now_ms, channel_id=channel_id, product=product, paid=paid)
            night.router.observe_final(ended)
    firsts = [night.plan() for _ in range(400)]
    sure = max(c.propensity for c in firsts[0].candidates)
    assert sure > max(c.propensity for c in young[1])
    assert sum(p.candidates[0].channel_id == "wechat-main" for p in firsts) / 400 == pytest.approx(sure, abs=0.03)


def test_a_failing_amount_band_is_named_on_the_live_page() -> None:
    night = Night()
    for n in range(300):
        big = n % 5 == 0
        seen = CallObservation(
            at_ms=night.now_ms, channel_id="wechat-main", product=Product.WECHAT_NATIVE, latency_ms=1,
            outcome=BUSY if big and n > 200 else ACCEPTED, segments=segments_of(600_000 if big else 9_900),
        )  # fmt: skip
        night.later(1)
        night.moves += night.router.observe_call(seen)
    line = next(x for x in night.router.health_snapshot(night.now_ms) if x.channel_id == "wechat-main")
    assert line.sick_segments == ("amount:over_5000",)
    assert line.up > 0.9
    assert not any(move.after == "open" for move in night.moves)
    request = payment(amount_fen=600_000)
    assert night.plan(request).candidates[0].channel_id != "wechat-main"
