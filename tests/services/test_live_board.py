"""What the live board remembers, and what it forgets."""

from __future__ import annotations

import json
import random

import pytest

from payswitch.kit.briefly import Briefly
from payswitch.kit.clock import ManualClock
from payswitch.kit.durations import DAY_MS
from payswitch.services.decisions.usage import day_start_ms
from payswitch.services.live.live_board import MOST_MOMENTS, LiveBoard, RecentIds
from payswitch.services.live.live_figures import KEPT_MINUTES, Figures, MerchantFigures, Times
from payswitch.services.live.live_lane import KEPT_S, Series, percentile

M = "m-1"
LANE = {"channel_id": "c", "product": "wechat_native"}


def answered(board: LiveBoard, outcome: str, latency_ms: float = 10.0) -> None:
    board.tell("create_answered", {**LANE, "outcome": outcome, "code": "X", "latency_ms": latency_ms})


def today(board: LiveBoard, clock: ManualClock) -> Figures:
    return board.merchant(M).today(clock.now_ms()).counts


def test_what_payers_decide_is_not_the_channels_fault() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for outcome in ("accepted", "accepted", "accepted", "unknown", "refused_payer", "refused_risk", "refused_limit"):
        answered(board, outcome)

    lane = board.lane("c", "wechat_native")
    assert lane is not None
    counts = lane.counts(clock.now_ms())
    assert (counts.calls, counts.good, counts.bad) == (7, 3, 1)


def test_a_lane_tells_what_was_wanted_and_what_came_of_it() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for _ in range(10):
        board.tell("decided", {"chances": [("c", "wechat_native", 0.7), ("d", "alipay_wap", 0.3)]})
        board.tell("exposed", {**LANE, "payment_id": "p", "merchant_id": M, "credential_ms": 20.0})

    lane = board.lane("c", "wechat_native")
    assert lane is not None
    traffic = lane.traffic(clock.now_ms())
    assert (traffic.wanted, traffic.exposed) == (pytest.approx(7.0), 10)
    clock.advance(seconds=61)
    traffic = lane.traffic(clock.now_ms())
    assert (traffic.wanted, traffic.exposed, sum(traffic.trend)) == (0.0, 0, 10)


def test_a_payment_counts_once_whatever_is_told_about_it() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    told = {"payment_id": "p", "merchant_id": M, "amount_fen": 100}
    for _ in range(3):
        board.tell("closed", {**told, "fixer": "channel"})
        board.tell("succeeded", {**told, **LANE})

    counts = today(board, clock)
    assert (counts.lost, counts.lost_by_customer, counts.paid, counts.payable) == (1, 0, 0, 1)


def test_the_list_of_moments_holds_openings_and_recoveries_not_every_probe() -> None:
    board = LiveBoard(ManualClock())
    moves = [("healthy", "open"), ("open", "probing"), ("probing", "open"), ("open", "probing"), ("probing", "healthy")]
    for before, after in moves:
        board.tell("breaker", {**LANE, "before": before, "after": after, "reason": "x"})

    assert [moment["after"] for moment in board.moments({"c"})] == ["healthy", "open"]
    assert board.moments({"d"}) == [], "of other channels nothing"


def test_unknown_news_is_ignored() -> None:
    board = LiveBoard(ManualClock())

    board.tell("something_new", {"payment_id": "p"})

    assert board.heard == 0


def test_a_long_night_takes_no_more_memory_than_a_short_one() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for number in range(20_000):
        clock.advance(ms=300)
        told = {"payment_id": f"p-{number}", "merchant_id": M, "amount_fen": 1}
        board.tell("payment_created", told)
        board.tell("switched", {**told, "from_channel": "c", "to_channel": "b", "switch_ms": number % 900})

    moments = board.moments({"c"})
    assert (len(moments), moments[0]["payment_id"]) == (MOST_MOMENTS, "p-19999")
    assert len(json.dumps(moments)) < 20_000
    minutes = board.merchant(M).by_minute(clock.now_ms())
    assert len(minutes) == KEPT_MINUTES
    assert {one.created for one in minutes[1:-1]} == {200}
    assert board.merchant(M).last(15, clock.now_ms()).counts.created == sum(one.created for one in minutes[-15:])


def test_the_day_begins_at_midnight_in_beijing() -> None:
    clock = ManualClock()
    clock.advance(ms=day_start_ms(clock.now_ms()) + DAY_MS - clock.now_ms() - 1)
    board = LiveBoard(clock)
    board.tell("payment_created", {"merchant_id": M, "amount_fen": 100})
    assert today(board, clock).created_fen == 100

    clock.advance(ms=1)

    assert today(board, clock).created_fen == 0
    assert board.merchant(M).last(15, clock.now_ms()).counts.created_fen == 100


def test_what_was_before_the_start_is_added_to_its_minute_and_its_day() -> None:
    now_ms = day_start_ms(ManualClock().now_ms()) + DAY_MS // 2
    figures = MerchantFigures()
    for minutes_ago in (5, 90, 60 * 24):
        figures.restore(now_ms - minutes_ago * 60_000, Figures(paid=1, paid_fen=100), now_ms)

    assert figures.last(15, now_ms).counts.paid == 1
    assert figures.today(now_ms).counts.paid_fen == 200, "not yesterday's"


def test_times_are_right_to_five_per_cent() -> None:
    source, times = random.Random(1), Times()
    drawn = sorted(source.lognormvariate(4, 1) for _ in range(20_000))
    for ms in drawn:
        times.add(ms)

    for share in (0.5, 0.95, 0.99):
        exact, told = percentile(drawn, share), times.percentile(share)
        assert exact is not None
        assert told == pytest.approx(exact, rel=0.05)
    assert Times().percentile(0.5) is None


def test_a_series_forgets_after_ten_minutes() -> None:
    series, now_ms = Series(), 1_700_000_000_000
    series.add(now_ms, 3)

    assert series.total(now_ms) == 3
    assert series.total(now_ms + KEPT_S * 1_000, KEPT_S) == 0
    assert sum(series.trend(now_ms + 10_000)) == 3


def test_recent_ids_forget_the_oldest() -> None:
    ids = RecentIds(most=2)

    assert [ids.add(name) for name in ("a", "b", "a", "c")] == [True, True, False, True]
    assert "a" not in ids
    assert len(ids) == 2


def test_an_answer_is_kept_for_a_moment_only() -> None:
    answers: Briefly[str, int] = Briefly(500)
    answers.keep("question", 1, 10_000)

    assert answers.get("question", 10_499) == 1
    assert answers.get("another", 10_499) is None
    assert answers.get("question", 10_500) is None
    answers.keep("question", 2, 20_000)
    assert answers.get("question", 19_000) is None, "a clock that was set back"


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.99, 7), (range(1, 101), 0.95, 95), (range(1, 101), 0.99, 99), ([1, 2, 3, 4], 0.5, 2)],
)
def test_percentiles(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected
