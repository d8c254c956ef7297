"""渠道异步通知 arriving: the channel hears exactly what it expects, a forger learns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.exchange import NotifyRequest, Reply
from payswitch.services.attempts import results
from tests.api.support import Evening, order


async def test_a_true_notification_makes_the_payment_succeed(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    number = made["attempts"][0]["channel_order_no"]
    assert tonight.night.channel("wechat-main").customer_pays(number)

    heard = await tonight.channel.send("POST", "/notify/wechat-main", number.encode())

    assert (heard.status, heard.body) == (200, b"success")
    assert (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json["state"] == "succeeded"


async def test_a_forged_notification_changes_nothing(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json

    heard = await tonight.channel.send("POST", "/notify/wechat-main", b"forged: paid, honestly")

    assert (heard.status, heard.body) == (500, b"fail")
    assert (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json["state"] == "pending"


async def test_a_replayed_notification_is_acknowledged_and_changes_nothing(tonight: Evening) -> None:
    made = (await tonight.shop.post("/v1/payments", order())).json
    number = made["attempts"][0]["channel_order_no"]
    assert tonight.night.channel("wechat-main").customer_pays(number)
    await tonight.channel.send("POST", "/notify/wechat-main", number.encode())
    before = (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json

    heard = await tonight.channel.send("POST", "/notify/wechat-main", number.encode())

    assert heard.status == 200
    assert (await tonight.shop.get(f"/v1/payments/{made['payment_id']}")).json == before


async def test_a_channel_that_does_not_exist_is_told_nothing(tonight: Evening) -> None:
    heard = await tonight.channel.send("POST", "/notify/unionpay-main", b"{}")

    assert (heard.status, heard.body) == (404, b"")


async def test_the_connector_gets_the_bytes_exactly_as_they_came(
    tonight: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, NotifyRequest]] = []

    async def receive(_: Any, channel_id: str, request: NotifyRequest) -> Reply:
        seen.append((channel_id, request))
        return Reply(status=202, content_type="application/json", body=b'{"code":"SUCCESS"}')

    monkeypatch.setattr(results, "receive_notify", receive)
    body = b'{ "id" : "\xe4\xb8\xad",\r\n "a":1}\xff'
    heard = await tonight.channel.send(
        "POST", "/notify/wechat-main?a=1&b=%20", body, headers={"Wechatpay-Signature": "c2ln", "Content-Type": "x/y"}
    )

    assert (heard.status, heard.body) == (202, b'{"code":"SUCCESS"}')
    assert heard.headers["content-type"].startswith("application/json")
    channel_id, request = seen[0]
    assert channel_id == "wechat-main"
    assert request.body == body
    assert request.headers["wechatpay-signature"] == "c2ln"
    assert (request.method, request.path, request.query) == ("POST", "/notify/wechat-main", "a=1&b=%20")


async def test_while_the_database_is_away_the_channel_is_asked_to_come_again(
    tonight: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> Reply:
        raise StorageUnavailable("locked")

    monkeypatch.setattr(results, "receive_notify", away)
    heard = await tonight.channel.send("POST", "/notify/wechat-main", b"{}")

    assert (heard.status, heard.body) == (503, b"")
