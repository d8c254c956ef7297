"""The shop believes only what is signed, fresh and readable, and hears everything at least once."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from payswitch.drill.shop import ShopServer, webhook_key
from tests.drill.builders import InstantClock

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
BODY = json.dumps(
    {
        "type": "payment.succeeded",
        "timestamp": "2026-11-11T12:37:00.000Z",
        "sequence": 1,
        "data": {"payment_id": "pay_1", "out_trade_no": "N1", "amount_fen": 8_800, "metadata": {}},
    }
).encode()


def signed(clock: InstantClock, body: bytes = BODY, event_id: str = "evt_1", secret: str = SECRET) -> dict[str, str]:
    """Signed by an independent implementation of Standard Webhooks."""
    moment = datetime.fromtimestamp(clock.now_ms() // 1_000, UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(clock.now_ms() // 1_000),
        "webhook-signature": Webhook(secret).sign(event_id, moment, body.decode()),
    }


@pytest.fixture
def clock() -> InstantClock:
    return InstantClock()


@pytest.fixture
def shop(clock: InstantClock) -> ShopServer:
    return ShopServer(SECRET, clock)


def test_a_signed_event_is_believed(shop: ShopServer, clock: InstantClock) -> None:
    status, _ = shop.take(signed(clock), BODY)

    assert status == 200
    assert shop.book.by_payment()["pay_1"][0].type == "payment.succeeded"


def test_while_a_secret_is_changed_one_fitting_signature_is_enough(shop: ShopServer, clock: InstantClock) -> None:
    headers = signed(clock)
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]

    assert shop.take(headers, BODY)[0] == 200


def test_the_same_event_again_is_old_news(shop: ShopServer, clock: InstantClock) -> None:
    for _ in range(3):
        assert shop.take(signed(clock), BODY)[0] == 200

    assert len(shop.book.events) == 1
    assert shop.book.repeats == 2
    assert shop.book.changed == []


def test_the_same_event_with_other_bytes_is_noticed(shop: ShopServer, clock: InstantClock) -> None:
    shop.take(signed(clock), BODY)
    shop.take(signed(clock, BODY + b" "), BODY + b" ")

    assert shop.book.changed == ["evt_1"]


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_message_without_its_headers_is_refused(shop: ShopServer, clock: InstantClock, missing: str) -> None:
    headers = signed(clock)
    del headers[missing]

    assert shop.take(headers, BODY)[0] == 401
    assert shop.book.events == {}


def test_a_stranger_s_signature_and_a_changed_body_are_refused(shop: ShopServer, clock: InstantClock) -> None:
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()

    assert shop.take(signed(clock, secret=other), BODY)[0] == 401
    assert shop.take(signed(clock), BODY.replace(b"8800", b"1"))[0] == 401
    assert len(shop.book.rejected) == 2


def test_a_replay_from_yesterday_is_refused(shop: ShopServer, clock: InstantClock) -> None:
    headers = signed(clock)
    clock.ms += 301_000

    assert shop.take(headers, BODY)[0] == 401


def test_a_signed_riddle_is_refused_and_noted(shop: ShopServer, clock: InstantClock) -> None:
    assert shop.take(signed(clock, b"{}"), b"{}")[0] == 400
    assert "unreadable" in shop.book.rejected[0]


async def test_an_overrun_shop_answers_503_and_takes_the_event_later(shop: ShopServer, clock: InstantClock) -> None:
    await shop.start()
    try:
        async with aiohttp.ClientSession() as session:
            statuses = []
            for down in (True, False):
                shop.down = down
                async with session.post(shop.url, data=BODY, headers=signed(clock)) as answer:
                    statuses.append(answer.status)
    finally:
        await shop.stop()

    assert statuses == [503, 200]
    assert len(shop.book.events) == 1


@pytest.mark.parametrize("secret", ["", "secret", "whsec_***"])
def test_what_is_no_webhook_secret_is_refused_without_being_quoted(secret: str) -> None:
    with pytest.raises(ValueError, match=r"whsec_|base64") as caught:
        webhook_key(secret)
    assert "***" not in str(caught.value)
