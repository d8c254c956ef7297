"""The owner looks at the live board while a channel dies."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import suppress
from typing import Any

import pytest

from payswitch.kit.certificates import CertificateEnd
from payswitch.services.channel_watch import watch_channels
from payswitch.services.checkup import DAY_MS
from payswitch.services.usage import day_start_ms
from tests.api.support import OPERATOR_KEY, Evening, Web, order
from tests.services.harness import MAINTENANCE

LIVE = "/v1/admin/live"


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

    wanted = {one["channel_id"]: one["wanted_share"] for one in shown["channels"]}
    assert sum(wanted.values()) == pytest.approx(1.0)
    assert wanted["wechat-main"] > 0.5, "the policy's best"
    assert channel(shown, "wechat-main")["share"] == 0.0, "and its traffic has moved"
    assert [(one["best"], one["warm"], one["explore"]) for one in shown["splits"]] == [(70, 20, 10)]


async def test_what_customers_leave_counts_of_all_but_not_of_the_payable(tonight: Evening) -> None:
    await paid(tonight)
    left = (await tonight.shop.post("/v1/payments", order("order-2"))).json
    await tonight.shop.post(f"/v1/payments/{left['payment_id']}/close")
    for one in tonight.night.directory.clients:
        tonight.night.channel(one).script += [MAINTENANCE] * 4
    unlucky = (await tonight.shop.post("/v1/payments", order("order-3"))).json
    await tonight.shop.post(f"/v1/payments/{unlucky['payment_id']}/close")

    one = window(await board(tonight))

    assert (one["paid"], one["lost"], one["lost_fen"], one["lost_by_customer"]) == (1, 2, 25_800, 2)
    assert one["of_all"]["share"] == pytest.approx(1 / 3, abs=1e-4)
    assert (one["of_payable"]["share"], one["of_payable"]["of"]) == (1.0, 1.0)


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


class Listener:
    """A browser with the board open."""

    def __init__(self, tonight: Evening) -> None:
        self._tonight = tonight
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._text = ""
        self._more = asyncio.Event()
        self._gone = asyncio.Event()
        self.headers: dict[str, str] = {}

    async def listen(self) -> None:
        head = {"accept": "text/event-stream", "accept-encoding": "gzip", "authorization": f"Bearer {OPERATOR_KEY}"}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": LIVE,
            "raw_path": LIVE.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in head.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
        }
        await self._tonight.app(scope, self._receive, self._send)

    async def _receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self._text += self._unpack.decompress(message.get("body", b"")).decode()
        self._more.set()

    def leave(self) -> None:
        self._gone.set()

    async def next(self) -> Any:
        """The next event that arrives."""
        while "\n\n" not in self._text:
            self._more.clear()
            await self._more.wait()
        event, _, self._text = self._text.partition("\n\n")
        name, data = event.split("\n")
        assert name == "event: live"
        return json.loads(data.removeprefix("data: "))


async def test_an_open_board_is_told_of_a_change_within_two_seconds(tonight: Evening) -> None:
    listener = Listener(tonight)
    listening = asyncio.ensure_future(listener.listen())
    try:
        first = await listener.next()
        assert window(first)["created"] == 0
        assert listener.headers["content-encoding"] == "gzip"
        before_ms = tonight.night.clock.now_ms()
        await paid(tonight)

        later = await listener.next()

        assert window(later)["paid"] == 1
        assert tonight.night.clock.now_ms() - before_ms <= 2_000
    finally:
        listener.leave()
        with suppress(asyncio.CancelledError):
            await listening


async def test_the_old_live_page_leads_to_the_console(tonight: Evening) -> None:
    heard = await Web(tonight.app).get("/live")

    assert (heard.status, heard.headers["location"]) == (303, "/console/live")
