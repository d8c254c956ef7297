"""A trade's life: when it begins, what it can become, and the trap before the scan."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant

from payswitch.kit.clock import beijing
from payswitch.sandbox.alipay import CloseBeforeScan, Oddities


def _at(ms: int) -> str:
    return f"{beijing(ms):%Y-%m-%d %H:%M:%S}"


async def test_a_customer_scans_and_pays(merchant: Merchant) -> None:
    made = await merchant.precreate()
    assert (made["code"], made["out_trade_no"]) == ("10000", "T1")
    assert made["qr_code"].startswith("https://qr.alipay.com/bax")

    assert (await merchant.pay(made["qr_code"]))["result"] == "paid"

    node = await merchant.query()
    assert node["trade_status"] == "TRADE_SUCCESS"
    assert (node["total_amount"], node["receipt_amount"], node["buyer_pay_amount"]) == ("12.34", "12.34", "12.34")
    assert node["send_pay_date"] == "2026-11-09 20:37:00"
    assert len(node["trade_no"]) == 28
    assert node["buyer_user_id"].startswith("2088")
    assert len(node["buyer_user_id"]) == 16


async def test_before_the_scan_there_is_no_trade_and_a_close_leaves_the_code_payable(merchant: Merchant) -> None:
    made = await merchant.precreate()
    for answer in (await merchant.query(), await merchant.close()):
        assert (answer["code"], answer["sub_code"]) == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert (await merchant.pay(made["qr_code"]))["result"] == "paid"
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"


async def test_in_the_other_reported_world_a_close_before_the_scan_kills_the_number(
    merchant: Merchant, sandbox: Sandbox
) -> None:
    sandbox.wire.behave(Oddities(close_before_scan=CloseBeforeScan.TOMBSTONE), "alipay-main")
    made = await merchant.precreate()
    assert (await merchant.close())["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert (await merchant.query())["sub_code"] == "ACQ.TRADE_NOT_EXIST"

    assert (await merchant.pay(made["qr_code"]))["result"] == "closed"
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY", "as merchants report it"

    again = await merchant.precreate()
    assert again["code"] == "10000", "the number goes on giving codes that nobody can pay"
    assert (await merchant.pay(again["qr_code"]))["result"] == "closed"


async def test_the_tombstone_also_lies_on_a_link_that_nobody_has_opened(merchant: Merchant, sandbox: Sandbox) -> None:
    sandbox.wire.behave(Oddities(close_before_scan=CloseBeforeScan.TOMBSTONE))
    link = merchant.link("wap")
    assert (await merchant.cancel())["code"] == "10000"
    assert (await merchant.pay(link, "redirect"))["result"] == "closed"


async def test_a_link_closed_before_it_was_opened_is_still_payable(merchant: Merchant) -> None:
    link = merchant.link("wap")
    assert (await merchant.close())["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert (await merchant.pay(link, "redirect"))["result"] == "paid"


async def test_after_the_scan_a_close_is_final(merchant: Merchant) -> None:
    made = await merchant.precreate()
    assert "12.34" in await merchant.scan(made["qr_code"])
    waiting = await merchant.query()
    assert (waiting["trade_status"], waiting["receipt_amount"]) == ("WAIT_BUYER_PAY", "0.00")
    assert "send_pay_date" not in waiting

    closed = await merchant.close()
    assert (closed["code"], closed["trade_no"]) == ("10000", waiting["trade_no"])
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay(made["qr_code"]))["result"] == "closed"
    assert (await merchant.close())["sub_code"] == "ACQ.REASON_TRADE_STATUS_INVALID"


async def test_a_paid_trade_cannot_be_closed(merchant: Merchant) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    assert (await merchant.close())["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"


async def test_a_customer_without_money_leaves_a_trade_that_waits(merchant: Merchant) -> None:
    made = await merchant.precreate()
    assert (await merchant.pay(made["qr_code"], balance_fen=1_233))["result"] == "insufficient_balance"
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY"
    assert (await merchant.pay(made["qr_code"], balance_fen=1_234))["result"] == "paid"
    assert (await merchant.pay(made["qr_code"]))["result"] == "already_paid"


async def test_trades_are_found_by_alipays_number_too_and_by_nobody_elses(
    merchant: Merchant, cert_merchant: Merchant
) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    trade_no = (await merchant.query())["trade_no"]
    by_trade_no = {"trade_no": trade_no}
    assert (await merchant.call("alipay.trade.query", by_trade_no))["out_trade_no"] == "T1"
    assert (await cert_merchant.call("alipay.trade.query", by_trade_no))["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert (await cert_merchant.query())["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    for wrong in ("1", "abc", trade_no[:-1] + "7", "0" * 28):
        node = await merchant.call("alipay.trade.query", {"trade_no": wrong})
        assert node["sub_code"] == "ACQ.TRADE_NOT_EXIST"


# -- the same number again ---------------------------------------------------------------------------------------


async def test_an_identical_precreate_gives_the_same_code(merchant: Merchant) -> None:
    first = await merchant.precreate()
    assert await merchant.precreate() == first


@pytest.mark.parametrize(
    ("amount", "change"),
    [
        ("120.01", {}),
        ("120.00", {"subject": "另一件"}),
        ("120.00", {"extend_params": {"hb_fq_num": "3", "hb_fq_seller_percent": "0"}}),
    ],
)
async def test_the_same_number_with_other_terms_is_refused(
    merchant: Merchant, amount: str, change: dict[str, Any]
) -> None:
    await merchant.precreate("T1", "120.00")
    again = await merchant.precreate("T1", amount, **change)
    assert (again["code"], again["sub_code"]) == ("40004", "ACQ.CONTEXT_INCONSISTENT")


async def test_the_same_number_after_payment_and_after_closing(merchant: Merchant) -> None:
    paid = await merchant.precreate("P1")
    await merchant.pay(paid["qr_code"])
    assert (await merchant.precreate("P1"))["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"

    closed = await merchant.precreate("C1")
    await merchant.scan(closed["qr_code"])
    await merchant.close("C1")
    assert (await merchant.precreate("C1"))["sub_code"] == "ACQ.TRADE_HAS_CLOSE"

    await merchant.refund("12.34", "R1", "P1")
    assert (await merchant.precreate("P1"))["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


# -- time --------------------------------------------------------------------------------------------------------


async def test_an_unscanned_code_lives_two_hours(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await merchant.precreate()
    sandbox.clock.advance(seconds=7_199)
    assert "12.34" in await merchant.scan(made["qr_code"])
    other = await merchant.precreate("T2")
    sandbox.clock.advance(seconds=7_200)
    assert (await merchant.pay(other["qr_code"]))["result"] == "expired"
    assert (await merchant.query("T2"))["sub_code"] == "ACQ.TRADE_NOT_EXIST", "it never became a trade"


async def test_the_codes_own_validity_ends_with_the_scan(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await merchant.precreate(qr_code_timeout_express="1m")
    sandbox.clock.advance(seconds=59)
    await merchant.scan(made["qr_code"])
    sandbox.clock.advance(seconds=3_600)
    assert (await merchant.pay(made["qr_code"]))["result"] == "paid"

    late = await merchant.precreate("T2", qr_code_timeout_express="1m")
    sandbox.clock.advance(seconds=60)
    assert (await merchant.pay(late["qr_code"]))["result"] == "expired"


async def test_time_expire_binds_scanned_or_not(merchant: Merchant, sandbox: Sandbox) -> None:
    ends = _at(sandbox.clock.now_ms() + 60_000)
    scanned = await merchant.precreate("T1", time_expire=ends)
    unscanned = await merchant.precreate("T2", time_expire=ends)
    await merchant.scan(scanned["qr_code"])
    sandbox.clock.advance(seconds=60)
    for made in (scanned, unscanned):
        assert (await merchant.pay(made["qr_code"]))["result"] == "expired"
    assert (await merchant.query("T1"))["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.query("T2"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"


async def test_timeout_express_counts_from_the_scan(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await merchant.precreate(timeout_express="5m")
    sandbox.clock.advance(seconds=3_600)
    await merchant.scan(made["qr_code"])
    sandbox.clock.advance(seconds=299)
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY"
    sandbox.clock.advance(seconds=1)
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay(made["qr_code"]))["result"] == "expired"


async def test_a_link_past_its_time_opens_nothing(merchant: Merchant, sandbox: Sandbox) -> None:
    link = merchant.link("page", time_expire=_at(sandbox.clock.now_ms() + 60_000))
    sandbox.clock.advance(seconds=60)
    assert (await merchant.pay(link, "redirect"))["result"] == "expired"
    assert (await merchant.query())["sub_code"] == "ACQ.TRADE_NOT_EXIST"


async def test_long_after_the_payment_a_trade_is_finished(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    sandbox.clock.advance(seconds=365 * 86_400)
    assert (await merchant.query())["trade_status"] == "TRADE_FINISHED"
    assert (await merchant.refund("12.34"))["sub_code"] == "ACQ.TRADE_HAS_FINISHED"
    assert (await merchant.cancel())["sub_code"] == "ACQ.TRADE_HAS_FINISHED"


# -- cancel ------------------------------------------------------------------------------------------------------


async def test_cancelling_what_never_was_succeeds_without_an_action(merchant: Merchant) -> None:
    node = await merchant.cancel("NEVER_HEARD")
    assert (node["code"], node["retry_flag"], node["out_trade_no"]) == ("10000", "N", "NEVER_HEARD")
    assert "action" not in node
    assert "trade_no" not in node


async def test_cancelling_an_unpaid_trade_closes_it(merchant: Merchant) -> None:
    made = await merchant.precreate()
    await merchant.scan(made["qr_code"])
    for _ in range(2):
        node = await merchant.cancel()
        assert (node["action"], node["retry_flag"]) == ("close", "N")
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"


async def test_cancelling_a_paid_trade_gives_the_money_back_once(merchant: Merchant) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    for _ in range(2):
        assert (await merchant.cancel())["action"] == "refund"
    node = await merchant.query()
    assert (node["trade_status"], node["send_pay_date"]) == ("TRADE_CLOSED", "2026-11-09 20:37:00")
    order = merchant.core.ledger.find("alipay-main", "T1")
    assert order is not None
    assert [refund.amount_fen for refund in order.refunds] == [1_234]


async def test_yesterdays_payment_is_refunded_not_cancelled(merchant: Merchant, sandbox: Sandbox) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    sandbox.clock.advance(seconds=4 * 3_600)
    assert (await merchant.cancel())["sub_code"] == "ACQ.TRADE_CANCEL_TIME_OUT"


async def test_a_partly_refunded_trade_is_not_cancelled(merchant: Merchant) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await merchant.refund("1.00")
    assert (await merchant.cancel())["sub_code"] == "ACQ.CANCEL_NOT_ALLOWED"
