"""The operator's morning: reconcile, see what is to be done, settle it; at a running service, over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from payswitch.kit.clock import SystemClock, beijing_date
from tests.admin.support import Desk

RUNS, BREAKS, BALANCES = "/v1/admin/reconciliations", "/v1/admin/breaks", "/v1/admin/ledger/balances"


def today() -> str:
    return beijing_date(SystemClock().now_ms())


async def bills_at_once(desk: Desk, *edits: dict[str, Any]) -> None:
    url = f"{desk.sandbox.base_url}/_sandbox/bills/wechatpay"
    async with desk.sandbox.session.put(url, json={"at_once": True, "edits": list(edits)}) as answer:
        assert answer.status == 200


async def sold(desk: Desk, number: str) -> dict[str, Any]:
    """A customer pays."""
    body = {"out_trade_no": number, "amount_fen": 12_900, "subject": "茶", "environment": "desktop"}
    made: dict[str, Any] = (await desk.shop.post("/v1/payments", body)).json
    paid = await desk.sandbox.pay(made["credential"]["content"])
    assert paid["result"] == "paid"
    return made


async def paid(desk: Desk, made: dict[str, Any]) -> dict[str, Any]:
    """Until the shop would see it."""
    async with asyncio.timeout(20):
        while True:
            view: dict[str, Any] = (await desk.shop.get(f"/v1/payments/{made['payment_id']}")).json
            if view["state"] == "succeeded":
                return view
            await asyncio.sleep(0.05)


async def test_a_break_from_the_bill_to_its_note(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    await desk.operator.post("/v1/admin/channels/w/enable")
    await paid(desk, await sold(desk, "order-1"))
    order = desk.sandbox.core.ledger.entries()[0]
    await bills_at_once(desk, {"channel_order_no": order.channel_order_no, "change": "amount", "by_fen": 1})

    done = await desk.operator.post(RUNS, {"date": today(), "channel_id": "w"})

    assert done.status == 200, done.json
    assert [(run["state"], run["lines"], run["breaks"]) for run in done.json["runs"]] == [("done", 1, 1)]
    [found] = done.json["breaks"]
    assert (found["kind"], found["here_fen"], found["there_fen"]) == ("amount_differs", 12_900, 12_901)
    assert found["owner"] == "channel"
    assert found["channel_order_no"] == order.channel_order_no
    assert (await desk.operator.get(BREAKS)).json["data"] == [found]

    settled = await desk.operator.post(f"{BREAKS}/{found['break_id']}/resolve", {"note": "渠道确认为四舍五入"})

    assert (settled.status, settled.json["resolved_by"], settled.json["state"]) == (200, "op-lin", "resolved")
    assert (await desk.operator.get(BREAKS)).json["data"] == []
    assert len((await desk.operator.get(f"{BREAKS}?state=all")).json["data"]) == 1
    again = await desk.operator.post(f"{BREAKS}/{found['break_id']}/resolve", {"note": "again"})
    assert (again.status, again.json["code"]) == (409, "wrong_state")
    assert [run["date"] for run in (await desk.operator.get(RUNS)).json["data"]] == [today()]


async def test_another_merchants_operator_sees_nothing_of_it(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    await desk.operator.post("/v1/admin/channels/w/enable")
    await paid(desk, await sold(desk, "order-1"))
    order = desk.sandbox.core.ledger.entries()[0]
    await bills_at_once(desk, {"channel_order_no": order.channel_order_no, "change": "amount", "by_fen": 1})
    found = (await desk.operator.post(RUNS, {"date": today(), "channel_id": "w"})).json["breaks"][0]
    other = desk.foreign_operator

    assert (await other.get(BREAKS)).json["data"] == []
    assert (await other.get(RUNS)).json["data"] == []
    assert (await other.get(BALANCES)).json["data"] == []
    assert (await other.get(f"{BREAKS}/{found['break_id']}")).status == 404
    assert (await other.post(f"{BREAKS}/{found['break_id']}/resolve", {"note": "x"})).status == 404
    assert (await other.post(RUNS, {"date": today(), "channel_id": "w"})).status == 404


async def test_the_balances_are_what_the_channel_holds_and_what_the_shop_has_earned(desk: Desk) -> None:
    await desk.create("w", "wechatpay")
    await desk.operator.post("/v1/admin/channels/w/enable")
    await paid(desk, await sold(desk, "order-1"))

    found = (await desk.operator.get(BALANCES)).json["data"]

    assert {one["account"]: one["balance_fen"] for one in found} == {
        "clearing/w": 12_900 - 77,
        "fees/w": 77,
        "shop/tea": 12_900,
    }


async def test_a_day_that_cannot_have_bills_is_refused_in_words(desk: Desk) -> None:
    for date, status, code in (
        ("11.11.", 400, "invalid_request"),
        ("2026-02-30", 400, "invalid_request"),
        ("2099-01-01", 409, "no_bills"),
        ("1900-01-01", 409, "no_bills"),
    ):
        answer = await desk.operator.post(RUNS, {"date": date})
        assert (answer.status, answer.json["code"]) == (status, code), date
    unknown = await desk.operator.post(RUNS, {"date": today(), "channel_id": "nobody"})
    assert unknown.status == 404
