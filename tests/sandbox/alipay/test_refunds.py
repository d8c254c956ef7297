"""Giving money back: in parts, never twice, never more than was paid."""

from __future__ import annotations

import pytest
from tests.sandbox.alipay.merchant import Merchant


async def paid(merchant: Merchant, out_trade_no: str = "T1", amount: str = "12.34") -> None:
    made = await merchant.precreate(out_trade_no, amount)
    assert (await merchant.pay(made["qr_code"]))["result"] == "paid"


async def test_two_partial_refunds_make_a_whole_one(merchant: Merchant) -> None:
    await paid(merchant)
    first = await merchant.refund("4.34", "R1")
    assert (first["fund_change"], first["refund_fee"]) == ("Y", "4.34")
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"

    second = await merchant.refund("8.00", "R2")
    assert (second["fund_change"], second["refund_fee"]) == ("Y", "12.34"), "refund_fee counts both"
    closed = await merchant.query()
    assert (closed["trade_status"], closed["send_pay_date"]) == ("TRADE_CLOSED", "2026-11-09 20:37:00")


async def test_the_same_request_number_moves_money_once(merchant: Merchant) -> None:
    await paid(merchant)
    assert (await merchant.refund("12.34"))["fund_change"] == "Y"
    again = await merchant.refund("12.34")
    assert (again["code"], again["fund_change"], again["refund_fee"]) == ("10000", "N", "12.34")
    other_amount = await merchant.refund("12.33")
    assert (other_amount["code"], other_amount["sub_code"]) == ("40004", "ACQ.DISCORDANT_REPEAT_REQUEST")


async def test_refunds_never_exceed_the_payment(merchant: Merchant) -> None:
    await paid(merchant)
    assert (await merchant.refund("12.35"))["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    await merchant.refund("12.00", "R1")
    assert (await merchant.refund("0.35", "R2"))["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert (await merchant.refund("0.34", "R3"))["fund_change"] == "Y"
    assert (await merchant.refund("0.01", "R4"))["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"


async def test_without_a_request_number_only_the_whole_amount_goes_back(merchant: Merchant) -> None:
    await paid(merchant)
    partial = await merchant.refund("1.00", None)
    assert partial["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert "out_request_no" in partial["sub_msg"]
    assert (await merchant.refund("12.34", None))["fund_change"] == "Y"
    assert (await merchant.query_refund("T1"))["refund_amount"] == "12.34", "the trade's number stands in"


async def test_two_trades_may_use_the_same_request_number(merchant: Merchant) -> None:
    await paid(merchant, "T1")
    await paid(merchant, "T2")
    assert (await merchant.refund("1.00", "1", "T1"))["fund_change"] == "Y"
    assert (await merchant.refund("2.00", "1", "T2"))["fund_change"] == "Y"
    assert (await merchant.query_refund("1", "T1"))["refund_amount"] == "1.00"
    assert (await merchant.query_refund("1", "T2"))["refund_amount"] == "2.00"


async def test_asking_about_a_refund(merchant: Merchant) -> None:
    await paid(merchant)
    assert await merchant.query_refund("NEVER") == {"code": "10000", "msg": "Success"}, "no error, and no refund"
    await merchant.refund("4.34")
    node = await merchant.query_refund()
    assert (node["refund_status"], node["refund_amount"]) == ("REFUND_SUCCESS", "4.34")
    assert (node["out_request_no"], node["out_trade_no"], node["total_amount"]) == ("R1", "T1", "12.34")
    assert (await merchant.query_refund("R1", "T9"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"


async def test_only_what_was_paid_can_be_refunded(merchant: Merchant) -> None:
    assert (await merchant.refund("1.00"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    made = await merchant.precreate()
    assert (await merchant.refund("1.00"))["sub_code"] == "ACQ.TRADE_NOT_EXIST", "not scanned: no trade"
    await merchant.scan(made["qr_code"])
    assert (await merchant.refund("1.00"))["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    await merchant.close()
    assert (await merchant.refund("1.00"))["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1.234", "一元", "1e2"])
async def test_an_amount_that_cannot_be_read_refunds_nothing(merchant: Merchant, amount: str) -> None:
    await paid(merchant)
    assert (await merchant.refund(amount))["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    order = merchant.core.ledger.find("alipay-main", "T1")
    assert order is not None
    assert order.refunds == []
