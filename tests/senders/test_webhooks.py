"""The shop hears of its payment, can prove who told it, and cannot hold anybody else up."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.senders.conftest import FakeShop

from payswitch.domain.events import DeliveryState, Event, EventType
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.secrets import Secret
from payswitch.senders.webhooks import WebhookSender

NEW = "whsec_" + base64.b64encode(b"the new secret of shop-1").decode()
OLD = "whsec_" + base64.b64encode(b"the old secret of shop-1!!").decode()
SECRETS: dict[str, list[Secret]] = {
    "shop-1": [Secret(NEW), Secret(OLD)],
    "shop-none": [],
    "shop-typo": [Secret("whsec_***not base64***é")],
}
BODY = '{"type":"payment.succeeded","data":{"payment_id":"pay_1","amount_fen":129900,"subject":"爆款"}}'.encode()


def secrets_of(shop_id: str) -> Sequence[Secret]:
    return SECRETS[shop_id]


def event(url: str | None, shop_id: str = "shop-1") -> Event:
    return Event(
        event_id="evt_01ABC",
        shop_id=shop_id,
        payment_id="pay_1",
        type=EventType.PAYMENT_SUCCEEDED,
        sequence=1,
        body=BODY,
        url=url,
        state=DeliveryState.PENDING,
        created_at_ms=0,
    )


@pytest.fixture
async def sender() -> AsyncIterator[WebhookSender]:
    """As the demo runs it: the shop lives on loopback. The system's clock, because the shop's library has no other."""
    async with WebhookSender(secrets_of=secrets_of, clock=SystemClock(), allow_private_networks=True) as sender:
        yield sender


async def test_the_shop_verifies_the_event_with_its_own_library(sender: WebhookSender, shop: FakeShop) -> None:
    assert await sender.deliver(event(shop.url + "?shop=1"), 5_000) is None

    [got] = shop.received
    assert (got.method, got.path, got.body) == ("POST", "/hook?shop=1", BODY)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "evt_01ABC"
    assert Webhook(NEW).verify(got.body, got.headers) == json.loads(BODY)


async def test_while_the_secret_is_being_changed_both_verify(sender: WebhookSender, shop: FakeShop) -> None:
    await sender.deliver(event(shop.url), 5_000)

    [got] = shop.received
    Webhook(NEW).verify(got.body, got.headers)
    Webhook(OLD).verify(got.body, got.headers)
    stranger = Webhook("whsec_" + base64.b64encode(b"somebody else").decode())
    with pytest.raises(WebhookVerificationError):
        stranger.verify(got.body, got.headers)


@pytest.mark.parametrize("tampered", ["body", "id", "timestamp"])
async def test_a_changed_event_does_not_verify(sender: WebhookSender, shop: FakeShop, tampered: str) -> None:
    await sender.deliver(event(shop.url), 5_000)
    [got] = shop.received
    if tampered == "body":
        got.body = got.body.replace(b"129900", b"129901")
    elif tampered == "id":
        got.headers["webhook-id"] = "evt_other"
    else:
        got.headers["webhook-timestamp"] = str(int(got.headers["webhook-timestamp"]) - 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(got.body, got.headers)


async def test_the_same_bytes_at_every_try_with_the_time_of_the_try(shop: FakeShop) -> None:
    clock = ManualClock(1_762_864_620_999)
    async with WebhookSender(secrets_of=secrets_of, clock=clock, allow_private_networks=True) as sender:
        await sender.deliver(event(shop.url), 5_000)
        clock.advance(seconds=60)
        await sender.deliver(event(shop.url), 5_000)

    first, second = shop.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] == "1762864620"
    assert second.headers["webhook-timestamp"] == "1762864680"


async def test_an_event_without_an_address_counts_as_delivered(sender: WebhookSender, shop: FakeShop) -> None:
    assert await sender.deliver(event(None), 5_000) is None
    assert shop.received == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_2xx_is_delivered(sender: WebhookSender, shop: FakeShop, status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    shop.answer = answer
    assert await sender.deliver(event(shop.url), 5_000) is None


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
async def test_any_other_answer_is_told_in_one_short_line(sender: WebhookSender, shop: FakeShop, status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text="数据库\n\tdown \x1b[31m" + "x" * 100_000)

    shop.answer = answer
    sentence = await sender.deliver(event(shop.url), 5_000)

    assert sentence is not None
    assert sentence.startswith(f"answered {status}: 数据库 down [31mxxx")
    assert len(sentence) < 200


async def test_redirects_are_not_followed(sender: WebhookSender, shop: FakeShop) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"location": "/elsewhere"})

    shop.answer = answer

    assert await sender.deliver(event(shop.url), 5_000) == "answered 302: redirects are not followed / 不跟随重定向"
    assert [got.path for got in shop.received] == ["/hook"]


async def test_cookies_of_a_shop_are_not_kept(sender: WebhookSender, shop: FakeShop) -> None:
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(status=200)
        response.set_cookie("session", "1")
        return response

    shop.answer = answer
    await sender.deliver(event(shop.url), 5_000)
    await sender.deliver(event(shop.url), 5_000)

    assert "cookie" not in shop.received[1].headers


async def test_a_silent_shop_is_given_up_in_time_and_holds_nobody_up(sender: WebhookSender, shop: FakeShop) -> None:
    """Thirty deliveries hang, more than a shop has connections; a delivery to another shop goes straight through."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/hook":
            await shop.release.wait()
        return web.Response()

    shop.answer = answer
    stuck = [asyncio.ensure_future(sender.deliver(event(shop.url), 1_500)) for _ in range(30)]
    await shop.heard(20)
    assert await sender.deliver(event(f"http://localhost:{shop.port}/other"), 30_000) is None

    assert set(await asyncio.gather(*stuck)) == {"no answer within 1500 ms / 超时无应答"}


async def test_an_answer_that_drips_for_ever_is_cut_off(sender: WebhookSender, shop: FakeShop) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        await shop.release.wait()
        return response

    shop.answer = answer

    assert await sender.deliver(event(shop.url), 200) == "no answer within 200 ms / 超时无应答"


async def test_2xx_is_delivered_even_if_its_body_never_ends(sender: WebhookSender, shop: FakeShop) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=200)
        await response.prepare(request)
        await shop.release.wait()
        return response

    shop.answer = answer

    assert await sender.deliver(event(shop.url), 5_000) is None


async def test_a_dead_server_and_a_wrong_name_are_told_apart(sender: WebhookSender, unused_port: int) -> None:
    nobody = await sender.deliver(event(f"http://127.0.0.1:{unused_port}/hook"), 5_000)
    nowhere = await sender.deliver(event("http://shop.invalid/hook"), 5_000)

    assert nobody == "the shop's server could not be reached"
    assert nowhere == "the shop's host name could not be looked up"


@pytest.fixture
async def unused_port() -> int:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def raw_answer(sender: WebhookSender, answer: bytes, scheme: str = "http") -> str | None:
    """Deliver to a server that says exactly these bytes and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        return await sender.deliver(event(f"{scheme}://127.0.0.1:{port}/secret-path"), 5_000)


async def test_servers_that_do_not_speak_http(sender: WebhookSender) -> None:
    assert await raw_answer(sender, b"") == "the shop's server closed the connection without an answer"
    assert await raw_answer(sender, b"SSH-2.0-OpenSSH_9.6\r\n") == "the shop's server did not answer in HTTP"
    assert await raw_answer(sender, b"HTTP/1.1 500 No\r\ncontent-length: 99\r\n\r\nhalf") in (
        "answered 500: half",
        "answered 500",
    )
    tls = await raw_answer(sender, b"HTTP/1.1 400 plain text\r\n\r\n", scheme="https")
    assert tls == "the TLS connection failed"


@pytest.mark.parametrize(
    "url", ["", "shop.example/hook", "ftp://shop.example/", "http://", "http://[::1/", "http://a..b/", "file:///etc"]
)
async def test_an_address_that_is_none_is_told_without_quoting_it(sender: WebhookSender, url: str) -> None:
    sentence = await sender.deliver(event(url), 5_000)

    assert sentence == "the callback address is not a valid http(s) URL / 回调地址无效"


async def test_missing_and_broken_secrets_are_told_without_quoting_them(sender: WebhookSender, shop: FakeShop) -> None:
    missing = await sender.deliver(event(shop.url, "shop-none"), 5_000)
    broken = await sender.deliver(event(shop.url, "shop-typo"), 5_000)

    assert missing is not None
    assert broken is not None
    assert "no webhook secret" in missing
    assert "not readable" in broken
    assert "not base64" not in broken
    assert shop.received == [], "an unsigned event never leaves"


async def test_cancelling_stops_the_call(sender: WebhookSender, shop: FakeShop) -> None:
    async def answer(request: web.Request) -> web.Response:
        await shop.release.wait()
        return web.Response()

    shop.answer = answer
    delivery = asyncio.ensure_future(sender.deliver(event(shop.url), 60_000))
    await shop.heard(1)
    delivery.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivery


async def test_a_sender_that_is_not_running_says_so() -> None:
    sender = WebhookSender(secrets_of=secrets_of, clock=ManualClock())
    assert await sender.deliver(event("https://shop.example/hook"), 5_000) == "the sender is not running"
