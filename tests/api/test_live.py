"""The operator looks at the live page while a channel dies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.clock import ManualClock
from payswitch.services.channel_watch import watch_channels
from payswitch.services.checkup import DAY_MS
from payswitch.services.live_board import MOST_MOMENTS, LiveBoard, RecentIds
from payswitch.services.live_lane import KEPT_S, Series, percentile
from tests.api.support import Evening, Web, evening, order
from tests.services.harness import MAINTENANCE


async def data(tonight: Evening) -> Any:
    heard = await Web(tonight.app).get("/live/data")
    assert heard.status == 200
    return heard.json


def lane(shown: Any, channel_id: str) -> Any:
    return next(one for one in shown["lanes"] if one["channel_id"] == channel_id)


async def test_a_hedge_is_seen_with_what_the_minute_still_allows(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").latency_ms = 400
    await tonight.shop.post("/v1/payments", order())

    shown = await data(tonight)

    totals = shown["totals"]
    assert (totals["hedges"], totals["hedges_won"], totals["hedges_denied"]) == (1, 1, 0)
    assert shown["hedging"] == [{"merchant_id": "m-1", "creates": 1, "hedges": 1, "allowed": 5}]
    hedged = next(moment for moment in shown["moments"] if moment["kind"] == "hedged")
    assert (hedged["from_channel"], hedged["to_channel"], hedged["waited_ms"]) == ("wechat-main", "alipay-main", 250)


async def test_a_switch_is_seen_as_it_happens(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(MAINTENANCE)
    made = (await tonight.shop.post("/v1/payments", order())).json
    file = await tonight.night.file(made["payment_id"])
    await tonight.night.pays(file.attempts[-1])

    shown = await data(tonight)

    totals = shown["totals"]
    assert (totals["payments"], totals["paid"], totals["switches"], totals["saved"]) == (1, 1, 1, 1)
    assert totals["saved_fen"] == totals["paid_fen"] == 12_900
    assert totals["success_rate"] == 1.0
    sick, well = lane(shown, "wechat-main"), lane(shown, file.attempts[-1].channel_id)
    assert sick["success_rate"] == 0.0
    assert sick["state"] == "open"
    assert sick["last_error"]["code"] == "MAINTENANCE"
    assert (well["success_rate"], well["share"], well["paid"]) == (1.0, 1.0, 1)
    kinds = [moment["kind"] for moment in shown["moments"]]
    assert set(kinds) == {"switched", "breaker"}
    opened = next(moment for moment in shown["moments"] if moment["kind"] == "breaker")
    assert opened["after"] == "open"
    assert opened["reason_zh"] == "渠道自报繁忙或维护"
    assert {channel["channel_id"] for channel in shown["channels"]} == set(tonight.night.directory.clients)


async def test_the_page_itself_is_sealed_and_needs_nothing_from_elsewhere(tonight: Evening) -> None:
    heard = await Web(tonight.app).get("/live")

    assert heard.status == 200
    assert "unsafe" not in heard.headers["content-security-policy"]
    assert re.findall(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\bsrc=)", heard.text) == []
    for address in re.findall(r'"(/live-assets/[^"]+)"', heard.text):
        assert (await Web(tonight.app).get(address)).status == 200


@pytest.mark.parametrize("path", ["/live", "/live/data"])
async def test_by_default_only_this_machine_may_look(tonight: Evening, path: str) -> None:
    assert (await Web(tonight.app).get(path)).status == 200
    assert (await Web(tonight.app, client="::1").get(path, host="[::1]:8080")).status == 200
    strangers = {
        "from elsewhere": await Web(tonight.app, client="203.0.113.9").get(path),
        "through a proxy": await Web(tonight.app).get(path, x_forwarded_for="127.0.0.1"),
        "through a proxy that says only that it is one": await Web(tonight.app).get(path, via="1.1 proxy"),
        "through one that ends TLS": await Web(tonight.app).get(path, x_forwarded_proto="https"),
        "under a foreign name": await Web(tonight.app).get(path, host="rebound.evil.example"),
        "without an address": await Web(tonight.app, client="").get(path),
    }
    assert {name: heard.status for name, heard in strangers.items()} == dict.fromkeys(strangers, 404)


async def test_it_can_be_shown_to_everybody_or_switched_off(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with evening(tmp_path / "a", live_page="public") as public:
        assert (await public.browser().get("/live")).status == 200
    async with evening(tmp_path / "b", live_page="off") as off:
        assert (await Web(off.app).get("/live")).status == 404


def answered(board: LiveBoard, outcome: str, latency_ms: float = 10.0) -> None:
    facts = {"channel_id": "c", "product": "wechat_native", "outcome": outcome, "code": "X", "latency_ms": latency_ms}
    board.tell("create_answered", facts)


def shown_lane(board: LiveBoard, clock: ManualClock) -> Any:
    lanes: Any = board.snapshot(clock.now_ms())["lanes"]
    return lanes[0]


def test_what_payers_decide_is_not_the_channels_fault() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for outcome in ("accepted", "accepted", "accepted", "unknown", "refused_payer", "refused_risk", "refused_limit"):
        answered(board, outcome)

    one = shown_lane(board, clock)

    assert one["calls"] == 7
    assert one["success_rate"] == 0.75


def test_after_a_minute_the_past_is_past() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    answered(board, "unknown", 900.0)
    clock.advance(seconds=61)
    answered(board, "accepted", 20.0)

    one = shown_lane(board, clock)

    assert (one["calls"], one["success_rate"], one["p95_ms"]) == (1, 1.0, 20.0)
    assert one["last_error"]["code"] == "X"


def test_a_payment_counts_once_whatever_is_told_about_it() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    board.tell("payment_created", {"payment_id": "p", "shop_id": "s", "amount_fen": 100})
    for _ in range(3):
        board.tell("closed", {"payment_id": "p", "reason": "expired"})
    board.tell("surplus", {"payment_id": "p", "amount_fen": 100})

    totals: Any = board.snapshot(clock.now_ms())["totals"]

    assert (totals["payments"], totals["closed"], totals["open"], totals["surplus_open"]) == (1, 1, 0, 1)


def test_surplus_money_is_open_until_it_is_back() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    board.tell("surplus", {"payment_id": "p", "amount_fen": 100})
    refund = {"payment_id": "p", "kind": "surplus", "amount_fen": 100}
    board.tell("refunded", {**refund, "state": "failed"})
    assert board.snapshot(clock.now_ms())["totals"]["surplus_open"] == 1  # type: ignore[index]
    board.tell("refunded", {**refund, "state": "succeeded"})
    clock.advance(seconds=1)
    assert board.snapshot(clock.now_ms())["totals"]["surplus_open"] == 0  # type: ignore[index]


def test_an_event_being_retried_is_counted_until_delivered() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for _ in range(2):
        board.tell("event_failed", {"event_id": "e"})
    assert board.snapshot(clock.now_ms())["totals"]["events_retried"] == 1  # type: ignore[index]
    board.tell("event_delivered", {"event_id": "e"})
    clock.advance(seconds=1)
    assert board.snapshot(clock.now_ms())["totals"]["events_retried"] == 0  # type: ignore[index]


def test_unknown_news_is_ignored() -> None:
    board = LiveBoard(ManualClock())

    board.tell("something_new", {"payment_id": "p"})

    assert board.totals.payments == 0


def test_a_long_night_takes_no_more_memory_than_a_short_one() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)
    for number in range(5_000):
        clock.advance(ms=300)
        payment_id = f"p-{number}"
        board.tell("payment_created", {"payment_id": payment_id, "shop_id": "s", "amount_fen": 1})
        answered(board, "accepted")
        board.tell("switched", {"payment_id": payment_id, "from_channel": "a", "to_channel": "b", "switch_ms": 1})

    shown: Any = board.snapshot(clock.now_ms())

    assert len(shown["moments"]) == MOST_MOMENTS
    assert shown["moments"][0]["payment_id"] == "p-4999"
    assert len(json.dumps(shown)) < 40_000
    assert 195 <= shown["minute"]["created"] <= 200, "60 seconds, the running one not complete"


def test_many_watchers_cost_no_more_than_one() -> None:
    clock = ManualClock()
    board = LiveBoard(clock)

    first = board.snapshot(clock.now_ms())
    assert board.snapshot(clock.now_ms()) is first
    clock.advance(seconds=1)
    assert board.snapshot(clock.now_ms()) is not first


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


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, None), ([7], 0.99, 7), (range(1, 101), 0.95, 95), (range(1, 101), 0.99, 99), ([1, 2, 3, 4], 0.5, 2)],
)
def test_percentiles(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected


async def test_what_concerns_a_whole_channel_stands_at_its_head(tonight: Evening) -> None:
    night = tonight.night
    night.directory.cap("wechat-main", 50_000)
    end_ms = night.clock.now_ms() + 12 * DAY_MS + 700_000
    night.directory.certificate_ends["wechat-main"] = [
        CertificateEnd(key="a", ends_at_ms=end_ms + DAY_MS),
        CertificateEnd(key="b", ends_at_ms=end_ms),
    ]
    made = (await tonight.shop.post("/v1/payments", order())).json
    await night.pays((await night.file(made["payment_id"])).attempts[-1])
    for _ in range(2):
        await watch_channels(night.ctx)
        night.clock.advance(seconds=301)
    shown = {channel["channel_id"]: channel for channel in (await data(tonight))["channels"]}
    head = shown["wechat-main"]
    assert (head["used_today_fen"], head["daily_cap_fen"], head["certificate_days"]) == (12_900, 50_000, 12)
    assert head["probe"]["severity"] == "ok"
    assert (shown["alipay-main"]["daily_cap_fen"], shown["alipay-main"]["certificate_days"]) == (None, None)
