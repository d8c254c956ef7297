"""Refunds, voids and their ends: accepted is not done, and a day has its cut."""

from __future__ import annotations

from collections.abc import Callable

from tests.sandbox.unionpay.merchant import BACK, Merchant, parse_form

DAY_S = 86_400


async def paid(merchant: Merchant, order_id: str = "ORDER00001") -> str:
    """A paid app order's queryId."""
    made = await merchant.app(order_id)
    assert (await merchant.pay(made))["result"] == "paid"
    return (await merchant.query(order_id))["queryId"]


async def test_a_refund_is_accepted_then_done_then_told(merchant: Merchant, sleeping: Callable[[], int]) -> None:
    number = await paid(merchant)
    await merchant.shop.count(1)
    started = merchant.now()
    taken = await merchant.give_back(number, 2_900)
    assert (taken["respCode"], taken["origQryId"], taken["txnAmt"]) == ("00", number, "2900")
    assert (await merchant.query("REFUND0001"))["origRespCode"] == "05", "accepted is not done"

    await merchant.settled(sleeping)
    asked = await merchant.query("REFUND0001", started)
    assert (asked["origRespCode"], asked["txnType"], asked["txnAmt"]) == ("00", "04", "2900")
    assert (asked["origQryId"], asked["queryId"]) == (number, taken["queryId"])
    assert (asked["origOrderId"], asked["origTxnTime"]) == ("ORDER00001", started)
    told = parse_form((await merchant.shop.count(2))[1].body)
    assert merchant.genuine(told)
    assert (told["orderId"], told["txnType"], told["respCode"], told["settleAmt"]) == ("REFUND0001", "04", "00", "2900")
    payment = await merchant.query(txn_time=started)
    assert payment["origRespCode"] == "00", "the payment stays a success, however much was given back"


async def test_parts_never_exceed_the_whole(merchant: Merchant) -> None:
    number = await paid(merchant)
    assert (await merchant.give_back(number, 12_000))["respCode"] == "00"
    assert (await merchant.give_back(number, 901, "REFUND0002"))["respCode"] == "36"
    assert (await merchant.give_back(number, 900, "REFUND0003"))["respCode"] == "00"
    assert (await merchant.give_back(number, 1, "REFUND0004"))["respCode"] == "45"
    (entry,) = await merchant.sandbox.ledger()
    assert [refund["amount_fen"] for refund in entry["refunds"]] == [12_000, 900]  # type: ignore[attr-defined]


async def test_the_same_refund_number_again(merchant: Merchant) -> None:
    number = await paid(merchant)
    await merchant.give_back(number, 100)
    assert (await merchant.give_back(number, 100))["respCode"] == "12"
    assert (await merchant.give_back(number, 100, "ORDER00001"))["respCode"] == "12", "a payment's number is taken too"
    (entry,) = await merchant.sandbox.ledger()
    assert len(entry["refunds"]) == 1  # type: ignore[arg-type]


async def test_the_payment_may_be_named_by_number_and_time(merchant: Merchant) -> None:
    await paid(merchant)
    times = {"origOrderId": "ORDER00001", "origTxnTime": merchant.now()}
    assert (await merchant.give_back("", 100, **times))["respCode"] == "00"
    assert (await merchant.give_back("", 100, "REFUND0002", origOrderId="ORDER00001"))["respCode"] == "13"
    wrong = times | {"origTxnTime": "20261109203701"}
    assert (await merchant.give_back("", 100, "REFUND0003", **wrong))["respCode"] == "35"


async def test_what_was_never_paid_cannot_be_given_back(merchant: Merchant) -> None:
    await merchant.app()
    times = {"origOrderId": "ORDER00001", "origTxnTime": merchant.now()}
    assert (await merchant.give_back("", 100, **times))["respCode"] == "35"
    assert (await merchant.give_back("9" * 21, 100))["respCode"] == "35"
    assert (await merchant.query("REFUND0001"))["respCode"] == "34"


async def test_refunds_have_ninety_days_and_codes_thirty(merchant: Merchant) -> None:
    number = await paid(merchant)
    code = await merchant.code("ORDER00002")
    await merchant.pay(code)
    code_number = (await merchant.query("ORDER00002"))["queryId"]
    merchant.clock.advance(seconds=30 * DAY_S)
    assert (await merchant.give_back(code_number, 1))["respCode"] == "00"
    merchant.clock.advance(seconds=1)
    assert (await merchant.give_back(code_number, 1, "REFUND0002"))["respCode"] == "39"
    merchant.clock.advance(seconds=60 * DAY_S - 1)
    assert (await merchant.give_back(number, 1, "REFUND0003"))["respCode"] == "00"
    merchant.clock.advance(seconds=1)
    assert (await merchant.give_back(number, 1, "REFUND0004"))["respCode"] == "39"


async def test_a_void_takes_all_back_before_eleven(merchant: Merchant, sleeping: Callable[[], int]) -> None:
    number = await paid(merchant)
    started = merchant.now()
    assert (await merchant.give_back(number, 12_899, txn_type="31"))["respCode"] == "36"
    assert (await merchant.give_back(number, 12_900, txn_type="31"))["respCode"] == "00"
    await merchant.settled(sleeping)
    asked = await merchant.query("REFUND0001", started)
    assert (asked["origRespCode"], asked["txnType"]) == ("00", "31")
    assert (await merchant.give_back(number, 12_900, "REFUND0002", "31"))["respCode"] == "45"
    (entry,) = await merchant.sandbox.ledger()
    assert entry["state"] == "refunded"


async def test_after_eleven_there_is_no_void_but_a_refund(merchant: Merchant) -> None:
    number = await paid(merchant)
    merchant.clock.advance(seconds=8_580)
    assert merchant.now() == "20261109230000"
    assert (await merchant.give_back(number, 12_900, txn_type="31"))["respCode"] == "39"
    assert (await merchant.give_back(number, 12_900))["respCode"] == "00"


async def test_a_message_at_the_wrong_entrance(merchant: Merchant) -> None:
    number = await paid(merchant)
    for fields in ({"txnSubType": "01"}, {"txnType": "05"}):
        message = merchant.message("04", "00", "000201", orderId="REFUND0001", origQryId=number, txnAmt="1")
        assert (await merchant.call(BACK, message | fields))["respCode"] == "32"


async def test_a_refund_shows_late_in_queries(merchant: Merchant, sleeping: Callable[[], int]) -> None:
    number = await paid(merchant)
    await merchant.behave(lag_code="34", lag_s=60)
    started = merchant.now()
    await merchant.give_back(number, 100)
    await merchant.settled(sleeping)
    assert (await merchant.query("REFUND0001", started))["respCode"] == "34"
    merchant.clock.advance(seconds=60)
    assert (await merchant.query("REFUND0001", started))["origRespCode"] == "00"
