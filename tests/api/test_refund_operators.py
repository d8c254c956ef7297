"""An operator finds the refunds that need a person, and pushes one on, over HTTP."""

from __future__ import annotations

from typing import Any

from payswitch.domain.outcome import Hurdle, Outcome, OutcomeKind
from tests.api.support import Evening, order

CARD_VOID = Outcome(kind=OutcomeKind.PENDING, code="ABNORMAL", merchant_side=True, hurdle=Hurdle.PAYEE)


async def abnormal(tonight: Evening) -> dict[str, Any]:
    """A paid payment whose refund the channel cannot pass on."""
    payment = (await tonight.shop.post("/v1/payments", order())).json
    file = await tonight.night.file(payment["payment_id"])
    await tonight.night.pays(file.attempts[0])
    tonight.night.channel("wechat-main").refund_script.append(CARD_VOID)
    tonight.night.channel("wechat-main").query_refund_script.extend([CARD_VOID] * 10)
    wish = {"refund_no": "r-1", "amount_fen": 5_000, "reason": "破损"}
    begun = (await tonight.shop.post(f"/v1/payments/{payment['payment_id']}/refunds", wish)).json
    assert (begun["state"], begun["trouble"]) == ("abnormal", "payee_void")
    found: dict[str, Any] = begun
    return found


async def test_an_operator_finds_it_with_advice_and_settles_it_by_hand(tonight: Evening) -> None:
    begun = await abnormal(tonight)

    (listed,) = (await tonight.operator.get("/v1/admin/refunds")).json["data"]
    assert listed["refund"]["refund_id"] == begun["refund_id"]
    assert (listed["code"], listed["may_retry"], listed["may_settle"]) == ("ABNORMAL", True, True)
    assert "退款异常处理" in listed["advice_zh"]

    path = f"/v1/admin/refunds/{begun['refund_id']}"
    assert (await tonight.operator.post(path + "/retry")).json["refund"]["state"] == "abnormal"
    blank = await tonight.operator.post(path + "/settle", {"note": "  "})
    assert (blank.status, blank.fields) == (400, ["note"])
    settled = (await tonight.operator.post(path + "/settle", {"note": "工行转账 0007"})).json
    assert (settled["refund"]["state"], settled["settled_by"]) == ("succeeded", "op-lin")

    shown = (await tonight.shop.get(f"/v1/refunds/{begun['refund_id']}")).json
    assert (shown["state"], shown["settled_by_hand"], shown["trouble"]) == ("succeeded", True, None)
    again = await tonight.operator.post(path + "/retry")
    assert (again.status, again.json["code"]) == (409, "refund_state")


async def test_a_channel_without_such_a_call_says_so_and_the_card_is_nowhere(tonight: Evening) -> None:
    begun = await abnormal(tonight)
    path = f"/v1/admin/refunds/{begun['refund_id']}/redirect"
    card = {"bank": "icbc", "card_no": "6222020200011111111", "name": "张三"}
    heard = await tonight.operator.post(path, card)
    assert (heard.status, heard.json["code"]) == (409, "refund_state")
    assert "6222" not in heard.text
    short = await tonight.operator.post(path, {**card, "card_no": "62-22"})
    assert (short.status, short.fields) == (400, ["card_no"])


async def test_it_is_not_the_shops_nor_another_merchants_to_settle(tonight: Evening) -> None:
    begun = await abnormal(tonight)
    path = f"/v1/admin/refunds/{begun['refund_id']}"
    assert (await tonight.shop.post(path + "/settle", {"note": "x"})).status == 401
    assert (await tonight.foreign_operator.post(path + "/settle", {"note": "x"})).status == 404
    assert (await tonight.foreign_operator.get("/v1/admin/refunds")).json["data"] == []
    assert (await tonight.operator.get(path)).json["refund"]["state"] == "abnormal"
