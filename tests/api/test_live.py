"""The owner looks at the live board while a channel dies."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.durations import DAY_MS
from payswitch.services.channels.channel_watch import watch_channels
from payswitch.services.decisions.usage import day_start_ms
from payswitch.services.live.live_board import LiveBoard
from tests.api.listening import Listening, listening
from tests.api.support import OPERATOR_KEY, Evening, Web, order
from tests.services.fake_channel import MAINTENANCE

LIVE = "/v1/admin/live"
NO_PERMISSION = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="NO_AUTH")
"""Our own mistake: the channel is left alone for a long time."""


async def board(tonight: Evening) -> Any:
    tonight.night.clock.advance(seconds=1)
    heard = await tonight.operator.get(LIVE)
    assert heard.status == 200, heard.text
    return heard.json


def window(shown: Any, name: str = "15m") -> Any:
    return next(one for one in shown["windows"] if one["window"] == name)


def channel(shown: Any, channel_id: str) -> Any:
    return next(one for one in shown["channels"] if one["channel_id"] == channel_id)


async def paid(tonight: Evening, number: str = "order-1") -> Any:
    made = (await tonight.shop.post("/v1/payments", order(number))).json
    file = await tonight.night.file(made["payment_id"])
    await tonight.night.pays(file.attempts[-1])
    return file


async def test_a_switch_is_seen_as_it_happens_and_what_it_saved(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(MAINTENANCE)
    file = await paid(tonight)

    shown = await board(tonight)

    for name in ("15m", "1h", "today"):
        one = window(shown, name)
        assert (one["created"], one["paid"], one["paid_fen"], one["switches"]) == (1, 1, 12_900, 1)
        assert (one["saved"], one["saved_fen"]) == (1, 12_900)
        assert (one["of_all"]["share"], one["of_payable"]["share"]) == (1.0, 1.0)
        assert one["credential"]["count"] == one["switch"]["count"] == 1
    assert shown["minutes"]["paid"][-1] == 1
    sick, well = channel(shown, "wechat-main"), channel(shown, file.attempts[-1].channel_id)
    assert (sick["health"], sick["creates"]["share"], sick["share"]) == ("open", 0.0, 0.0)
    assert sick["quality"]["lines"][0]["last_error"]["code"] == "MAINTENANCE"
    assert (well["health"], well["creates"]["share"], well["share"], well["exposed"]) == ("healthy", 1.0, 1.0, 1)
    assert [one["kind"] for one in shown["moments"]] == ["switched", "breaker"]
    switched, opened = shown["moments"]
    assert (switched["channel_id"], switched["to_channel"]) == ("wechat-main", file.attempts[-1].channel_id)
    assert (opened["after"], opened["reason_zh"]) == ("open", "渠道自报繁忙或维护")


async def test_traffic_is_shown_beside_what_the_policy_wanted(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(MAINTENANCE)
    await paid(tonight)

    shown = await board(tonight)

    best = channel(shown, "wechat-main")
    assert (best["wanted_share"], best["share"]) == (1.0, 0.0), "the policy's best, and its traffic has moved"
    assert sum(one["share"] for one in shown["channels"]) == 1.0
    assert [(one["best"], one["warm"], one["explore"]) for one in shown["splits"]] == [(100, 0, 0)]


async def test_what_customers_leave_counts_of_all_but_not_of_the_payable(tonight: Evening) -> None:
    await paid(tonight)
    await tonight.shop.post("/v1/payments", order("order-2", expires_in_s=60))
    for channel_id in tonight.night.directory.clients:
        tonight.night.channel(channel_id).script += [MAINTENANCE] * 8
    await tonight.shop.post("/v1/payments", order("order-3", expires_in_s=60))
    await tonight.night.wait(150, step_s=10)

    one = window(await board(tonight))

    assert (one["paid"], one["lost"], one["lost_fen"], one["lost_by_customer"]) == (1, 2, 25_800, 1)
    assert one["of_all"]["share"] == pytest.approx(1 / 3, abs=1e-4)
    assert (one["of_payable"]["share"], one["of_payable"]["of"]) == (0.5, 2.0)


async def test_a_new_day_begins_with_nothing_and_the_last_hour_goes_on(tonight: Evening) -> None:
    clock = tonight.night.clock
    clock.advance(ms=day_start_ms(clock.now_ms()) + DAY_MS - clock.now_ms() - 30_000)
    await paid(tonight)
    assert window(await board(tonight), "today")["paid"] == 1
    clock.advance(seconds=60)

    shown = await board(tonight)

    assert (window(shown, "today")["paid"], window(shown, "1h")["paid"]) == (0, 1)
    assert shown["minutes"]["paid"][-2:] == [1, 0]


async def test_nobody_sees_another_merchants_money_channels_or_troubles(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(MAINTENANCE)
    await paid(tonight)

    stranger = (await tonight.foreign_operator.get(LIVE)).json

    assert (stranger["channels"], stranger["moments"]) == ([], [])
    assert {one["created"] for one in stranger["windows"]} == {0}
    assert (await Web(tonight.app).get(LIVE)).status == 401
    assert (await tonight.shop.get(LIVE)).status == 401


async def test_what_concerns_a_whole_channel_stands_at_its_head(tonight: Evening) -> None:
    night = tonight.night
    night.directory.cap("wechat-main", 50_000)
    end_ms = night.clock.now_ms() + 12 * DAY_MS + 700_000
    night.directory.certificate_ends["wechat-main"] = [CertificateEnd(key="a", ends_at_ms=end_ms)]
    await paid(tonight)
    for _ in range(2):
        await watch_channels(night.ctx)
        night.clock.advance(seconds=301)

    head = channel(await board(tonight), "wechat-main")["quality"]

    assert (head["limits"]["used_today_fen"], head["limits"]["daily_cap_fen"]) == (12_900, 50_000)
    assert head["certificates"][0]["days_left"] == 12
    assert head["probe"]["severity"] == "ok"


async def test_a_channels_test_payment_is_nobodys_money(tonight: Evening) -> None:
    made = await tonight.operator.post("/v1/admin/channels/wechat-main/tests", {"product": "wechat_native"})
    assert made.status == 201, made.text

    assert {one["created"] for one in (await board(tonight))["windows"]} == {0}


def watching(tonight: Evening) -> AbstractAsyncContextManager[Listening]:
    head = {"accept": "text/event-stream", "accept-encoding": "gzip", "authorization": f"Bearer {OPERATOR_KEY}"}
    return listening(tonight.app, LIVE, head)


async def heard_after_ms(tonight: Evening, page: Listening) -> int:
    """How long the board's clock goes on until there is news."""
    clock = tonight.night.clock
    began_ms = clock.now_ms()
    while page.events.empty():
        clock.advance(ms=100)
        await asyncio.sleep(0)
    return clock.now_ms() - began_ms


async def test_an_open_board_is_told_of_a_change_within_two_seconds(tonight: Evening) -> None:
    async with watching(tonight) as page:
        name, first = await page.next()
        await paid(tonight)

        assert await heard_after_ms(tonight, page) <= 2_000

        _, later = await page.next()
    assert (name, page.headers["content-type"], page.headers["content-encoding"]) == (
        "live",
        "text/event-stream",
        "gzip",
    )
    assert (window(first)["paid"], window(later)["paid"]) == (0, 1)


async def test_a_quiet_board_says_now_and_then_that_it_is_alive(tonight: Evening) -> None:
    async with watching(tonight) as page:
        await page.next()

        assert 5_000 <= await heard_after_ms(tonight, page) <= 15_000


async def test_the_old_live_page_leads_to_the_console(tonight: Evening) -> None:
    heard = await Web(tonight.app).get("/live")

    assert (heard.status, heard.headers["location"]) == (303, "/console/live")


async def test_a_probe_at_a_persons_wish_lends_the_next_payment_to_a_channel_that_is_out(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script += [NO_PERMISSION] * 2
    for number in ("order-a", "order-b"):
        await paid(tonight, number)
    assert channel(await board(tonight), "wechat-main")["health"] == "open"
    line = channel(await board(tonight), "wechat-main")["quality"]["lines"][0]
    assert line["next_probe_at"] > (await board(tonight))["at"]

    probed = await tonight.operator.post("/v1/admin/channels/wechat-main/probe?reason=%E9%97%AE%E8%BF%87%E4%BA%86")

    assert probed.status == 200, probed.text
    assert [one["severity"] for one in probed.json["findings"]] == ["ok"]
    for number in ("order-2", "order-3"):
        await paid(tonight, number)
    assert channel(await board(tonight), "wechat-main")["health"] in ("probing", "healthy")
    trail = (await tonight.operator.get("/v1/admin/channels/wechat-main/audit")).json["data"]
    assert trail[0]["action"] == "probe"


async def test_a_probe_is_for_channels_of_ones_own(tonight: Evening) -> None:
    assert (await tonight.foreign_operator.post("/v1/admin/channels/wechat-main/probe")).status == 404


async def test_after_a_restart_the_day_goes_on_where_it_was(tonight: Evening) -> None:
    night = tonight.night
    night.channel("wechat-main").script.append(MAINTENANCE)
    await paid(tonight)
    await tonight.shop.post("/v1/payments", order("order-2", expires_in_s=60))
    for channel_id in night.directory.clients:
        night.channel(channel_id).script += [MAINTENANCE] * 8
    await tonight.shop.post("/v1/payments", order("order-3", expires_in_s=60))
    await night.wait(150, step_s=10)
    before = window(await board(tonight), "today")

    night.ctx.board = LiveBoard(night.clock)  # a new process knows nothing
    night.clock.advance(seconds=2)
    await board(tonight)  # the first look begins to read
    await night.ctx.live_recalling.finished()

    after = window(await board(tonight), "today")
    kept = ("created", "created_fen", "paid", "paid_fen", "lost", "lost_fen", "lost_by_customer", "saved", "saved_fen")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert (after["paid"], after["lost"], after["lost_by_customer"], after["saved"]) == (1, 2, 1, 1)
    assert window(await board(tonight), "today") == after, "once, not at every look"
    assert (await tonight.foreign_operator.get(LIVE)).json["windows"][2]["created"] == 0
