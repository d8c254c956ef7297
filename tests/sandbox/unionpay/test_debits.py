"""付款码 at UnionPay's stand-in: 01/06 debits the code that a wallet shows, 99/01 undoes it on the same day."""

from __future__ import annotations

import pytest
from tests.sandbox.unionpay.merchant import BACK, Merchant
from tests.sandbox.unionpay.test_orders import told

ASKS = {"ask_above_fen": 1_000}


async def test_the_shop_scans_the_customers_code(merchant: Merchant) -> None:
    made = await merchant.debit(merchant.shown())
    assert made["respCode"] == "00"
    asked = await merchant.query(path=BACK)
    assert (told(asked), asked["queryId"]) == (("00", "00"), made["queryId"])
    heard = (await merchant.shop.count(1))[0].body.decode()
    assert heard.count(f"queryId={made['queryId']}") == 1


@pytest.mark.parametrize("code", ["03", "04", "05"])
async def test_the_answer_is_not_clear_and_the_query_is(merchant: Merchant, code: str) -> None:
    await merchant.behave(debit_code=code, lag_code="34", lag_s=5)
    started = merchant.now()
    made = await merchant.debit(merchant.shown())
    assert (made["respCode"], made.get("queryId")) == (code, None)
    assert told(await merchant.query(txn_time=started)) == ("34", None), "not even found in the first seconds"
    merchant.clock.advance(seconds=5)
    assert told(await merchant.query(txn_time=started)) == ("00", "00")


async def test_the_customers_bank_declines(merchant: Merchant) -> None:
    made = await merchant.debit(merchant.shown(balance_fen=1))
    assert (made["respCode"], made["respMsg"]) == ("64", "卡上的余额不足")
    assert told(await merchant.query()) == ("00", "64")


async def test_the_customers_wallet_fails(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "wallet_error"})
    assert (await merchant.debit(merchant.shown()))["respCode"] == "01"
    assert told(await merchant.query()) == ("00", "01")


async def test_the_customer_must_confirm_first(merchant: Merchant) -> None:
    code = merchant.shown(**ASKS)
    made = await merchant.debit(code)
    assert (made["respCode"], made.get("queryId")) == ("00", None), "taken, and no more"
    assert told(await merchant.query()) == ("00", "05")
    assert (await merchant.pay({"qrCode": code}))["result"] == "paid"
    assert told(await merchant.query()) == ("00", "00")


async def test_the_customer_says_no(merchant: Merchant) -> None:
    code = merchant.shown(**ASKS)
    await merchant.debit(code)
    assert merchant.sandbox.core.payment_codes.decline(code)
    assert told(await merchant.query()) == ("00", "01")


async def test_nobody_confirms_in_time(merchant: Merchant) -> None:
    started, code = merchant.now(), merchant.shown(**ASKS)
    await merchant.debit(code)
    merchant.clock.advance(seconds=900)
    assert told(await merchant.query(txn_time=started)) == ("00", "01")
    assert (await merchant.pay({"qrCode": code}))["result"] == "expired"


@pytest.mark.parametrize("qr_no", ["", "6200", "1200000000000000000", "62000000000000000x0"])
async def test_a_code_that_is_none(merchant: Merchant, qr_no: str) -> None:
    assert (await merchant.debit(qr_no))["respCode"] == ("10" if qr_no else "13")


async def test_a_code_is_good_for_one_minute_and_one_debit(merchant: Merchant) -> None:
    used, late = merchant.shown(), merchant.shown()
    assert (await merchant.debit(used))["respCode"] == "00"
    merchant.clock.advance(seconds=60)
    for number, code in (("ORDER00002", used), ("ORDER00003", late), ("ORDER00004", "6228480402564890018")):
        assert (await merchant.debit(code, number))["respCode"] == "30"
        assert told(await merchant.query(number)) == ("34", None)


async def test_a_number_is_good_for_one_debit(merchant: Merchant) -> None:
    assert (await merchant.debit(merchant.shown()))["respCode"] == "00"
    fresh = merchant.shown()
    assert (await merchant.debit(fresh))["respCode"] == "12"
    assert (await merchant.debit(fresh, "ORDER00002"))["respCode"] == "00", "the refused message used no code up"


async def test_a_debit_whose_answer_was_lost_is_undone(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["debit"]})
    signed = merchant.sign(merchant.sale("06", "000000", "ORDER00001", qrNo=merchant.shown(), termId="49000002"))
    async with merchant.sandbox.session.post(merchant.sandbox.base_url + BACK, data=signed) as answer:
        assert answer.status == 503
    for _ in range(2):
        assert (await merchant.reverse())["respCode"] == "00", "repeating it is harmless"
    (entry,) = await merchant.sandbox.ledger()
    assert entry["state"] == "refunded"
    assert told(await merchant.query()) == ("00", "01")
    assert (await merchant.reverse("ORDER00009"))["respCode"] == "34"


async def test_a_debit_that_still_waits_is_undone_before_the_customer_confirms(merchant: Merchant) -> None:
    code = merchant.shown(**ASKS)
    await merchant.debit(code)
    assert (await merchant.reverse())["respCode"] == "00"
    assert (await merchant.pay({"qrCode": code}))["result"] == "closed"
    assert told(await merchant.query()) == ("00", "01")


async def test_reversing_is_for_the_same_day(merchant: Merchant) -> None:
    started = merchant.now()
    await merchant.debit(merchant.shown())
    merchant.clock.advance(seconds=8_579)
    assert merchant.now() == "20261109225959"
    merchant.clock.advance(seconds=1)
    assert (await merchant.reverse(txn_time=started))["respCode"] == "39"


async def test_what_was_refunded_is_not_reversed_too(merchant: Merchant) -> None:
    made = await merchant.debit(merchant.shown())
    assert (await merchant.give_back(made["queryId"], 100))["respCode"] == "00"
    assert (await merchant.reverse())["respCode"] == "45"


@pytest.mark.parametrize(("operation", "struck"), [("debit", "debit"), ("reverse", "reverse"), ("create", "code")])
async def test_a_fault_strikes_its_own_operation_only(merchant: Merchant, operation: str, struck: str) -> None:
    await merchant.sandbox.set_faults({"kind": "error_code", "code": "06", "operations": [operation]})
    answers = {
        "debit": (await merchant.debit(merchant.shown()))["respCode"],
        "code": (await merchant.code("ORDER00002"))["respCode"],
        "reverse": (await merchant.reverse("ORDER00009"))["respCode"],
    }
    assert [name for name, code in answers.items() if code == "06"] == [struck]
