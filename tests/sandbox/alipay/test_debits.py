"""付款码 at Alipay's stand-in: trade.pay takes the money of a code that a wallet shows, trade.cancel undoes it."""

from __future__ import annotations

import pytest
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, Shop, until

MODES = ("payable", "tombstone")


async def test_a_small_amount_is_taken_at_once(merchant: Merchant, shop: Shop) -> None:
    paid = await merchant.debit(merchant.shown())
    assert (paid["code"], paid["out_trade_no"], paid["total_amount"]) == ("10000", "T1", "12.34")
    assert paid["gmt_payment"] == "2026-11-09 20:37:00"
    assert paid["fund_bill_list"] == [{"amount": "12.34", "fund_channel": "ALIPAYACCOUNT"}]
    found = await merchant.query()
    assert (found["trade_status"], found["trade_no"]) == ("TRADE_SUCCESS", paid["trade_no"])
    await until(lambda: len(shop.heard) == 1, what="the shop is told")
    assert (shop.heard[0]["trade_status"], shop.heard[0]["trade_no"]) == ("TRADE_SUCCESS", paid["trade_no"])


async def test_above_its_threshold_the_wallet_asks_for_the_password(merchant: Merchant) -> None:
    code = merchant.shown(ask_above_fen=1_000)
    waiting = await merchant.debit(code)
    assert (waiting["code"], waiting["msg"]) == ("10003", " order success pay inprocess")
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY"
    assert (await merchant.debit(code))["code"] == "10003", "the same call again asks the same customer once"
    assert (await merchant.pay(code))["result"] == "paid"
    assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS"
    assert (await merchant.debit(code))["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"


async def test_the_customer_says_no(merchant: Merchant) -> None:
    code = merchant.shown(ask_above_fen=1_000)
    await merchant.debit(code)
    assert merchant.core.payment_codes.decline(code)
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay(code))["result"] == "closed"
    assert (await merchant.debit(code))["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


async def test_nobody_confirms_in_time(merchant: Merchant, sandbox: Sandbox) -> None:
    code = merchant.shown(ask_above_fen=1_000)
    await merchant.debit(code, time_expire="2026-11-09 20:42:00")
    sandbox.clock.advance(seconds=300)
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay(code))["result"] == "expired"


@pytest.mark.parametrize(
    ("wallet", "sub_code"), [("balance", "ACQ.BUYER_BALANCE_NOT_ENOUGH"), ("failing", "ACQ.PAYMENT_FAIL")]
)
async def test_a_refused_debit_takes_nothing_and_ends_the_trade(merchant: Merchant, wallet: str, sub_code: str) -> None:
    if wallet == "failing":
        await merchant.set_faults({"kind": "wallet_error"})
    code = merchant.shown(balance_fen=100 if wallet == "balance" else None)
    refused = await merchant.debit(code)
    assert (refused["code"], refused["sub_code"]) == ("40004", sub_code)
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.pay(code))["result"] == "closed"


async def test_a_code_is_good_for_one_minute_and_one_debit(merchant: Merchant, sandbox: Sandbox) -> None:
    used, late, foreign = merchant.shown(), merchant.shown(), merchant.shown("wechat")
    assert (await merchant.debit(used, "T1"))["code"] == "10000"
    sandbox.clock.advance(seconds=60)
    for number, code in (("T2", used), ("T3", late), ("T4", foreign), ("T5", "287634438256643947"), ("T6", "28")):
        node = await merchant.debit(code, number)
        assert (node["code"], node["sub_code"]) == ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID")
        assert (await merchant.query(number))["sub_code"] == "ACQ.TRADE_NOT_EXIST"


@pytest.mark.parametrize(
    ("change", "sub_code"),
    [
        ({"total_amount": "12.35"}, "ACQ.CONTEXT_INCONSISTENT"),
        ({"auth_code": "287634438256643947"}, "ACQ.TRADE_BUYER_NOT_MATCH"),
        ({"scene": "security_code"}, "ACQ.INVALID_PARAMETER"),
        ({"auth_code": ""}, "ACQ.INVALID_PARAMETER"),
        ({"product_code": "JSAPI_PAY"}, "ACQ.INVALID_PARAMETER"),
        ({"out_trade_no": "T2", "time_expire": "2026-11-09 20:37:00"}, "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR"),
    ],
)
async def test_what_is_not_taken(merchant: Merchant, change: dict[str, str], sub_code: str) -> None:
    code = merchant.shown(ask_above_fen=1_000)
    assert (await merchant.debit(code))["code"] == "10003"
    biz = merchant.order(scene="bar_code", auth_code=code) | change
    assert (await merchant.call("alipay.trade.pay", biz))["sub_code"] == sub_code


async def test_instalments_need_a_huabei_code(merchant: Merchant) -> None:
    extend = {"hb_fq_num": "3", "hb_fq_seller_percent": "0"}
    refused = await merchant.debit(merchant.shown(), "T1", "200.00", extend_params=extend)
    assert refused["sub_code"] == "ACQ.PAYMENT_AUTH_CODE_INVALID"
    paid = await merchant.debit(merchant.shown("huabei"), "T2", "200.00", extend_params=extend)
    assert paid["fund_bill_list"] == [{"amount": "200.00", "fund_channel": "PCREDIT"}]


@pytest.mark.parametrize("answered", ["lost", "refused"])
async def test_a_debit_whose_answer_was_lost_is_cancelled(merchant: Merchant, answered: str) -> None:
    """The work was done although the caller heard "busy": cancel gives the money back."""
    created = {"kind": "error_code", "code": "aop.ACQ.SYSTEM_ERROR", "operations": ["debit"], "created": True}
    await merchant.set_faults(*([created] if answered == "refused" else []))
    await merchant.debit(merchant.shown())
    await merchant.set_faults()
    done = await merchant.cancel()
    assert (done["action"], done["retry_flag"]) == ("refund", "N")
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"
    assert (await merchant.cancel())["action"] == "refund", "once: the second cancel finds nothing to give back"


async def test_a_waiting_debit_is_cancelled_before_the_customer_confirms(merchant: Merchant) -> None:
    code = merchant.shown(ask_above_fen=1_000)
    await merchant.debit(code)
    done = await merchant.cancel()
    assert (done["action"], done["retry_flag"]) == ("close", "N")
    assert (await merchant.pay(code))["result"] == "closed"


async def test_a_cancel_may_have_to_be_asked_three_times(merchant: Merchant) -> None:
    assert await merchant.behave(cancel_retries=2) == 200
    await merchant.debit(merchant.shown())
    for _ in range(2):
        again = await merchant.cancel()
        assert (again["code"], again["retry_flag"], again.get("action")) == ("10000", "Y", None)
        assert (await merchant.query())["trade_status"] == "TRADE_SUCCESS", "nothing was done yet"
    done = await merchant.cancel()
    assert (done["retry_flag"], done["action"]) == ("N", "refund")
    assert (await merchant.query())["trade_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize("mode", MODES)
async def test_a_debit_that_arrives_after_its_cancel(merchant: Merchant, mode: str) -> None:
    """Both reported worlds: the cancel of a trade that does not exist yet does nothing, or kills the number."""
    assert await merchant.behave(close_before_scan=mode) == 200
    done = await merchant.cancel()
    assert (done["retry_flag"], done.get("action")) == ("N", None)
    late = await merchant.debit(merchant.shown())
    assert late.get("sub_code") == (None if mode == "payable" else "ACQ.TRADE_HAS_CLOSE")
    found = await merchant.query()
    assert found.get("trade_status") == ("TRADE_SUCCESS" if mode == "payable" else None)


@pytest.mark.parametrize(
    "wish", [{"cancel_retries": -1}, {"close_before_scan": "perhaps"}, {"unheard_of": 1}, {"cancel_retries": "2"}]
)
async def test_behaviour_that_alipay_never_shows_is_refused(merchant: Merchant, wish: dict[str, object]) -> None:
    assert await merchant.behave(**wish) == 400
    async with merchant.session.get(f"{merchant.base}/_sandbox/alipay/oddities") as answer:
        shown = (await answer.json())["alipay-main"]
    assert shown == {"close_before_scan": "payable", "cancel_retries": 0}
