"""Orders by WeChat's rules, as a merchant meets them on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.world import World


async def test_an_unpaid_order_shows_only_what_is_known_before_a_payment(shop: Merchant) -> None:
    await shop.create(attach="直播间 7")
    answered = await shop.query()
    assert answered.verified
    assert answered.body == {
        "appid": shop.keys.appid,
        "mchid": shop.keys.mchid,
        "out_trade_no": "NIGHT-0001",
        "trade_type": "NATIVE",
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
        "attach": "直播间 7",
        "amount": {"total": 12_900, "currency": "CNY"},
    }


async def test_a_paid_order_shows_who_paid_when_and_how_much(shop: Merchant, channels: RunningSandbox) -> None:
    assert (await channels.pay(await shop.code()))["result"] == "paid"
    order = (await shop.query()).body
    assert (order["trade_state"], order["success_time"]) == ("SUCCESS", "2026-11-09T20:37:00+08:00")
    assert order["amount"] == {"total": 12_900, "payer_total": 12_900, "currency": "CNY", "payer_currency": "CNY"}
    assert order["payer"]["openid"].startswith("o")
    by_transaction = await shop.send(
        "GET", f"/v3/pay/transactions/id/{order['transaction_id']}?mchid={shop.keys.mchid}"
    )
    assert by_transaction.body == order


async def test_the_same_request_again_gives_a_fresh_code_and_kills_the_old_one(
    shop: Merchant, channels: RunningSandbox
) -> None:
    first = await shop.code()
    second = await shop.code()
    assert first != second
    assert (await channels.pay(first))["result"] == "expired"
    assert (await channels.pay(second))["result"] == "paid"
    assert len(await channels.ledger()) == 1


@pytest.mark.parametrize("change", [{"total": 12_901}, {"attach": "other"}, {"trade": "app"}])
async def test_the_same_number_for_something_else_is_refused(shop: Merchant, change: dict[str, Any]) -> None:
    await shop.create()
    answered = await shop.create(**change)
    assert (answered.status, answered.code) == (403, "OUT_TRADE_NO_USED")
    assert answered.headers["Request-ID"].endswith("-268498688")


async def test_a_number_that_is_over_cannot_be_used_again(shop: Merchant, channels: RunningSandbox) -> None:
    await shop.create("CLOSED-1")
    await shop.close("CLOSED-1")
    await channels.pay(await shop.code("PAID-1"))
    closed, paid = await shop.create("CLOSED-1"), await shop.create("PAID-1")
    assert (closed.status, closed.code) == (400, "ORDER_CLOSED")
    assert (paid.status, paid.code) == (400, "ORDERPAID")


async def test_two_merchants_may_use_the_same_number(shop: Merchant, migrating_shop: Merchant) -> None:
    assert (await shop.create()).status == 200
    assert (await migrating_shop.create()).status == 200
    await shop.close()
    assert await migrating_shop.state() == "NOTPAY"


async def test_closing_is_repeatable_and_proves_nothing(shop: Merchant, channels: RunningSandbox) -> None:
    code = await shop.code()
    for _ in range(2):
        answered = await shop.close()
        assert (answered.status, answered.raw, answered.verified) == (204, b"", True)
    assert (await shop.close("NEVER-MADE")).status == 204
    assert await shop.state() == "CLOSED"
    assert (await channels.pay(code))["result"] == "closed"


async def test_a_paid_order_cannot_be_closed(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.pay(await shop.code())
    answered = await shop.close()
    assert (answered.status, answered.code) == (400, "ORDERPAID")
    assert await shop.state() == "SUCCESS"


async def test_after_a_close_the_query_may_lag_behind(world: World, night: ManualClock, listener: Listener) -> None:
    async with running_sandbox(world, clock=night, settings=Settings(close_lag_s=2)) as sandbox:
        shop = Merchant(sandbox, sandbox.world.account("wechat-main"), night, listener.url)
        code = await shop.code()
        await shop.close()
        assert await shop.state() == "NOTPAY"
        assert (await sandbox.pay(code))["result"] == "closed", "the lag is in the query, not in the money"
        night.advance(seconds=2)
        assert await shop.state() == "CLOSED"


async def test_an_order_ends_when_the_merchant_said(
    shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    code = await shop.code(time_expire=shop.time_expire(60))
    night.advance(seconds=59)
    assert await shop.state() == "NOTPAY"
    night.advance(seconds=1)
    assert (await channels.pay(code))["result"] == "expired"
    assert await shop.state() == "CLOSED"


async def test_a_code_dies_before_its_order_and_can_be_renewed(
    shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    code = await shop.code()
    night.advance(seconds=7_200)
    assert (await channels.pay(code))["result"] == "expired"
    assert (await channels.pay(await shop.code()))["result"] == "paid"


async def test_an_h5_link_lives_five_minutes_and_opens_a_page(
    shop: Merchant, channels: RunningSandbox, night: ManualClock
) -> None:
    scene = {"payer_client_ip": "14.23.150.211", "h5_info": {"type": "Wap"}}
    link = (await shop.create(trade="h5", scene_info=scene)).body["h5_url"]
    back = "&redirect_url=https%3A%2F%2Fshop.example%2Fdone"
    async with channels.session.get(link + back) as page:
        text = await page.text()
    assert "¥129.00" in text
    assert 'href="https://shop.example/done"' in text
    night.advance(seconds=300)
    assert (await channels.pay(link))["result"] == "expired"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"out_trade_no": "12345"}, "/body/out_trade_no"),
        ({"out_trade_no": "A" * 33}, "/body/out_trade_no"),
        ({"out_trade_no": "NIGHT 0001"}, "/body/out_trade_no"),
        ({"amount": {"total": 0}}, "/body/amount/total"),
        ({"amount": {"total": "12900"}}, "/body/amount/total"),
        ({"amount": {"total": 129.5}}, "/body/amount/total"),
        ({"amount": {"total": 1, "currency": "USD"}}, "/body/amount/currency"),
        ({"amount": {}}, "/body/amount/total"),
        ({"description": ""}, "/body/description"),
        ({"description": "款" * 128}, "/body/description"),
        ({"notify_url": "https://shop.example/notify?shop=1"}, "/body/notify_url"),
        ({"notify_url": "shop.example/notify"}, "/body/notify_url"),
        ({"notify_url": "https://["}, "/body/notify_url"),
        ({"time_expire": "2026-11-09T20:36:59+08:00"}, "/body/time_expire"),
        ({"time_expire": "2026-11-09 21:00:00"}, "/body/time_expire"),
        ({"time_expire": "soon"}, "/body/time_expire"),
    ],
)
async def test_a_wrong_field_is_named(
    shop: Merchant, channels: RunningSandbox, change: dict[str, object], field: str
) -> None:
    answered = await shop.post("/v3/pay/transactions/native", shop.order() | change)
    assert (answered.status, answered.code) == (400, "PARAM_ERROR")
    assert answered.body["detail"]["field"] == field
    assert await channels.ledger() == []


@pytest.mark.parametrize("missing", ["appid", "mchid", "description", "out_trade_no", "notify_url", "amount"])
async def test_a_missing_field_is_named(shop: Merchant, missing: str) -> None:
    body = {name: value for name, value in shop.order().items() if name != missing}
    answered = await shop.post("/v3/pay/transactions/native", body)
    assert (answered.code, answered.body["detail"]["field"]) == ("PARAM_ERROR", f"/body/{missing}")


async def test_each_product_wants_its_own_field(shop: Merchant) -> None:
    jsapi, h5 = await shop.create(trade="jsapi"), await shop.create(trade="h5")
    assert (jsapi.code, jsapi.headers["Request-ID"][-9:]) == ("PARAM_ERROR", "268501013")
    assert h5.body["detail"]["field"] == "/body/scene_info/h5_info/type"


async def test_somebody_elses_ids_are_refused(shop: Merchant) -> None:
    other_app = await shop.post("/v3/pay/transactions/native", shop.order() | {"appid": "wx0000000000000000"})
    other_merchant = await shop.post("/v3/pay/transactions/native", shop.order() | {"mchid": "1600000000"})
    asked = await shop.send("GET", "/v3/pay/transactions/out-trade-no/NIGHT-0001?mchid=1600000000")
    assert (other_app.status, other_app.code) == (400, "APPID_MCHID_NOT_MATCH")
    assert (other_merchant.status, other_merchant.code) == (400, "PARAM_ERROR")
    assert (asked.status, asked.code) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"amount": 1}', b"\xff\xfe"])
async def test_a_body_that_is_no_order_is_refused(shop: Merchant, body: bytes) -> None:
    answered = await shop.send("POST", "/v3/pay/transactions/native", body)
    assert (answered.status, answered.code) == (400, "PARAM_ERROR")


async def test_nobody_finds_an_order_that_was_never_made(shop: Merchant) -> None:
    by_number = await shop.query("NEVER-MADE")
    by_transaction = await shop.send("GET", f"/v3/pay/transactions/id/4200?mchid={shop.keys.mchid}")
    assert (by_number.status, by_number.code) == (404, "ORDER_NOT_EXIST")
    assert by_number.headers["Request-ID"].endswith("-268512771")
    assert (by_transaction.status, by_transaction.code) == (404, "ORDER_NOT_EXIST")
