"""Refunds at the stand-in: partial, slow, and known by number and day."""

from __future__ import annotations

import pytest
from tests.sandbox.huifu.merchant import ORDER_NO, REFUND_NO, HuifuMerchant, shown

from payswitch.kit.clock import ManualClock


async def paid(merchant: HuifuMerchant) -> None:
    content, _ = shown(await merchant.order())
    assert (await merchant.sandbox.pay(content, wallet="ecny"))["result"] == "paid"


async def test_a_part_goes_back_and_takes_a_while(merchant: HuifuMerchant, night: ManualClock) -> None:
    await paid(merchant)
    given = await merchant.refund()
    assert (given["resp_code"], given["trans_stat"], given["ord_amt"]) == ("00000100", "P", "29.00")
    assert (given["req_seq_id"], given["org_req_seq_id"]) == (REFUND_NO, ORDER_NO)
    asked = await merchant.query_refund()
    assert (asked["trans_stat"], asked["org_req_seq_id"]) == ("P", REFUND_NO)
    night.advance(seconds=1)
    asked = await merchant.query_refund()
    assert (asked["trans_stat"], asked["ord_amt"], asked["actual_ref_amt"]) == ("S", "29.00", "29.00")
    by_huifu = await merchant.query_refund(org_hf_seq_id=given["hf_seq_id"], org_req_seq_id="", org_req_date="")
    assert by_huifu["org_req_seq_id"] == REFUND_NO
    assert (await merchant.query())["trans_stat"] == "S"


async def test_the_same_number_of_the_same_day_is_refused(merchant: HuifuMerchant) -> None:
    await paid(merchant)
    await merchant.refund()
    assert (await merchant.refund())["resp_code"] == "20000000"
    assert (await merchant.refund("1.00"))["resp_code"] == "20000000"


async def test_the_same_number_of_another_day_is_a_second_refund(merchant: HuifuMerchant, night: ManualClock) -> None:
    """The trap that a careless client falls into after midnight."""
    await paid(merchant)
    ordered = merchant.today
    await merchant.refund()
    night.advance(seconds=86_400)
    second = await merchant.refund(org_req_date=ordered)
    assert second["resp_code"] == "00000100"
    first = await merchant.query_refund(org_req_date=ordered)
    assert first["org_hf_seq_id"] != second["hf_seq_id"]
    assert (await merchant.query_refund())["org_hf_seq_id"] == second["hf_seq_id"]
    (entry,) = await merchant.sandbox.ledger()
    assert [r["amount_fen"] for r in entry["refunds"]] == [2_900, 2_900]
    assert (await merchant.refund(org_req_date=ordered))["resp_code"] == "20000000"


@pytest.mark.parametrize("amount", ["29", "0.00", "-1.00", "1e2"])
async def test_an_amount_has_two_decimals(merchant: HuifuMerchant, amount: str) -> None:
    await paid(merchant)
    assert (await merchant.refund(amount))["resp_code"] == "10000000"


async def test_no_more_goes_back_than_came_in(merchant: HuifuMerchant) -> None:
    await paid(merchant)
    assert (await merchant.refund("100.00"))["resp_code"] == "00000100"
    more = await merchant.refund("29.01", req_seq_id="R2")
    assert (more["resp_code"], more["resp_desc"]) == ("23000003", "申请退款金额大于可退余额")
    assert (await merchant.refund("29.00", req_seq_id="R2"))["resp_code"] == "00000100"


async def test_what_cannot_be_paid_back(merchant: HuifuMerchant) -> None:
    assert (await merchant.refund())["resp_code"] == "23000001"
    await merchant.order()
    assert (await merchant.refund())["resp_code"] == "23000000"
    assert (await merchant.query_refund())["resp_code"] == "23000001"
    assert (await merchant.query_refund(org_req_seq_id=""))["resp_code"] == "21000000"


async def test_ecny_wants_a_reason(merchant: HuifuMerchant) -> None:
    await paid(merchant)
    refused = await merchant.refund(remark="")
    assert (refused["resp_code"], refused["resp_desc"]) == ("21000000", "数字货币交易退款原因必填")
