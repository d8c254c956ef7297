"""Server-sent events: an open page hears each change at once, and is let go of when nobody looks any more."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from payswitch.entry.checkout.stream import EAGER_LOOKS, FIRST_GAP_S, LAST_GAP_S, gap_s
from payswitch.entry.http.bounded_head import BoundedHead
from tests.api.listening import Listening
from tests.api.listening import listening as open_page
from tests.api.server import serving
from tests.api.support import DESK, Evening
from tests.api.test_checkout import link, the_payment


def listening(tonight: Evening, path: str) -> AbstractAsyncContextManager[Listening]:
    return open_page(tonight.app, f"{path}/events", {"user-agent": DESK})


async def test_the_page_hears_at_once_what_the_channel_told(tonight: Evening) -> None:
    path = await link(tonight)
    async with listening(tonight, path) as page:
        name, first = await page.next()
        await tonight.browser().submit(f"{path}/start", method="wechat")
        _, waiting = await page.next()
        file = await tonight.night.file((await the_payment(tonight))["payment_id"])
        await tonight.night.pays(file.attempts[-1])
        _, paid = await page.next()

    assert page.headers["content-type"] == "text/event-stream"
    assert page.headers["cache-control"] == "no-store"
    assert (name, first["phase"], waiting["phase"], paid["phase"]) == ("view", "choose", "waiting", "succeeded")
    assert waiting["shown"]["kind"] == "qr"


async def test_an_open_page_makes_the_service_ask_where_a_notification_was_lost(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="wechat")
    async with listening(tonight, path) as page:
        assert (await page.next())[1]["phase"] == "waiting"
        file = await tonight.night.file((await the_payment(tonight))["payment_id"])
        await tonight.night.pays(file.attempts[-1], notified=False)
        while page.events.empty():
            tonight.night.clock.advance(seconds=1)
            await asyncio.sleep(0)
        assert (await page.next())[1]["phase"] == "succeeded"


async def test_where_nothing_changes_the_line_is_kept_warm(tonight: Evening) -> None:
    path = await link(tonight)
    async with listening(tonight, path) as page:
        await page.next()
        while page.events.empty():
            tonight.night.clock.advance(seconds=1)
            await asyncio.sleep(0)
        assert (await page.next())[0] == "beat"


async def test_a_page_that_is_closed_leaves_nothing_behind(tonight: Evening) -> None:
    path = await link(tonight)
    async with listening(tonight, path) as page:
        await page.next()
    assert tonight.night.ctx.bells._waiting == {}


async def test_an_unknown_link_has_no_events(tonight: Evening) -> None:
    assert (await tonight.browser().get("/checkout/nobody/events")).status == 404


def test_the_gaps_grow_from_one_second_to_four() -> None:
    gaps = [gap_s(look) for look in range(200)]
    assert gaps[:EAGER_LOOKS] == [FIRST_GAP_S] * EAGER_LOOKS
    assert gaps == sorted(gaps)
    assert gaps[-1] == LAST_GAP_S


@pytest.mark.parametrize("stream", [True, False])
async def test_a_server_that_stops_ends_streams_at_once_and_lets_answers_finish(stream: bool) -> None:
    from payswitch.entry.http.asgi import STREAMING

    begun, finish = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope[STREAMING] = stream
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        await receive()
        left = asyncio.ensure_future(receive())
        done = asyncio.ensure_future(finish.wait())
        await asyncio.wait({left, done}, return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        await send({"type": "http.response.body", "body": b"whole", "more_body": False})

    async with serving(app, http=BoundedHead) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await begun.wait()
        if not stream:
            asyncio.get_running_loop().call_later(0.2, finish.set)
    heard = await asyncio.wait_for(reader.read(), 10)
    writer.close()

    assert (b"whole" in heard) is not stream
