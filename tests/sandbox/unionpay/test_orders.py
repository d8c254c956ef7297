"""Customers at UnionPay: the app, the code, the form, the shown code, and what a query says at every moment."""

from __future__ import annotations

import re

import pytest
from tests.sandbox.unionpay.merchant import BACK, FRONT, QUERY, Merchant

from payswitch.sandbox.ledger import OrderState
from payswitch.sandbox.unionpay.codes import MESSAGES


def told(answer: dict[str, str]) -> tuple[str, str | None]:
    """About the query, and about the transaction."""
    return answer["respCode"], answer.get("origRespCode")


# -- the app -----------------------------------------------------------------------------------------------------


async def test_an_app_order_from_tn_to_paid(merchant: Merchant) -> None:
    made = await merchant.app(reqReserved="shop 7|live")
    assert (made["respCode"], made["respMsg"]) == ("00", "成功[0000000]")
    assert re.fullmatch(r"\d{21}", made["tn"])
    assert (made["orderId"], made["txnTime"], made["reqReserved"]) == ("ORDER00001", merchant.now(), "shop 7|live")
    assert told(await merchant.query()) == ("00", "05")

    paid = await merchant.pay(made)
    assert paid["result"] == "paid"
    asked = await merchant.query()
    expected = {
        "respCode": "00",
        "origRespCode": "00",
        "origRespMsg": "成功[0000000]",
        "merId": merchant.keys.mer_id,
        "orderId": "ORDER00001",
        "txnTime": "20261109203700",
        "txnType": "01",
        "txnSubType": "01",
        "bizType": "000201",
        "txnAmt": "12900",
        "settleAmt": "12900",
        "currencyCode": "156",
        "settleCurrencyCode": "156",
        "settleDate": "1109",
        "accNo": "6226********0048",
        "traceTime": "1109203700",
        "reqReserved": "shop 7|live",
    }
    assert {name: asked[name] for name in expected} == expected
    assert re.fullmatch(r"\d{21}", asked["queryId"])
    assert asked["queryId"][2:20] == "261109203700" + asked["traceNo"]


@pytest.mark.parametrize("wallet", ["unionpay", "apple_pay", "huawei_pay", "mi_pay", "samsung_pay", "vivo_pay"])
async def test_every_handset_pays_the_same_tn(merchant: Merchant, wallet: str) -> None:
    made = await merchant.app()
    assert (await merchant.pay(made, wallet=wallet))["result"] == "paid"
    assert (await merchant.pay(made, wallet=wallet))["result"] == "already_paid"


async def test_a_number_is_used_once_and_the_answer_to_ask_for_is_lost_for_ever(merchant: Merchant) -> None:
    await merchant.app()
    for again in (await merchant.app(), await merchant.app(txnAmt="1"), await merchant.code()):
        assert again["respCode"] == "12"
        assert "tn" not in again
        assert "qrCode" not in again


async def test_the_number_and_the_time_together_name_an_order(merchant: Merchant) -> None:
    await merchant.app()
    asked = await merchant.query(txn_time="20261109203701")
    assert told(asked) == ("34", None)
    assert asked["respMsg"] == "查无此交易[2600000]"
    assert asked["txnType"] == "00"
    assert told(await merchant.query("ORDER00002")) == ("34", None)


async def test_no_money_no_payment(merchant: Merchant) -> None:
    made = await merchant.app()
    assert (await merchant.pay(made, balance_fen=1))["result"] == "insufficient_balance"
    assert (await merchant.pay(made, wallet="wechat"))["result"] == "wrong_wallet"
    assert told(await merchant.query()) == ("00", "05")


async def test_a_tn_of_nobody(merchant: Merchant) -> None:
    assert (await merchant.pay({"tn": "1" * 21}))["result"] == "not_found"
    assert (await merchant.pay({"qrCode": "https://qr.95516.com/00010000/62"}))["result"] == "not_found"
    assert (await merchant.pay({"qrCode": "1" * 21}))["result"] == "not_found"


# -- the code ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [QUERY, BACK])
async def test_a_code_is_scanned_and_paid_and_asked_about_at_either_entrance(merchant: Merchant, path: str) -> None:
    made = await merchant.code()
    assert re.fullmatch(r"https://qr\.95516\.com/00010000/\d{32}", made["qrCode"])
    assert told(await merchant.query(path=path)) == ("00", "05")
    assert (await merchant.pay(made, wallet="apple_pay"))["result"] == "wrong_wallet"
    assert (await merchant.pay(made))["result"] == "paid"
    asked = await merchant.query(path=path)
    assert (told(asked), asked["txnSubType"], asked["bizType"]) == (("00", "00"), "07", "000000")


async def test_reserved_text_in_braces_comes_back_whole(merchant: Merchant) -> None:
    """A value may hold `&` and `=` inside of braces, and travels unescaped."""
    made = await merchant.code(reqReserved="{shop=7&night=live}")
    assert made["reqReserved"] == "{shop=7&night=live}"
    assert (await merchant.query())["reqReserved"] == "{shop=7&night=live}"


# -- the form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "product"), [("07", "unionpay_web"), ("08", "unionpay_wap")])
async def test_a_form_makes_its_order_when_the_customer_opens_it(
    merchant: Merchant, channel: str, product: str
) -> None:
    form = merchant.form(channelType=channel)
    assert told(await merchant.query()) == ("34", None)
    assert (await merchant.pay(form))["result"] == "paid"
    asked = await merchant.query()
    assert (told(asked), asked["txnAmt"]) == (("00", "00"), "12900")
    assert [entry["product"] for entry in await merchant.sandbox.ledger()] == [product]


async def test_a_form_that_was_touched_pays_nothing(merchant: Merchant) -> None:
    for form in (merchant.form() | {"txnAmt": "1"}, merchant.form() | {"merId": "777290058000000"}):
        assert (await merchant.pay(form))["result"] == "not_found"
    assert len(merchant.sandbox.core.ledger) == 0


async def test_another_form_with_the_same_number(merchant: Merchant) -> None:
    await merchant.pay(merchant.form(), balance_fen=0)
    assert (await merchant.pay(merchant.form(txnAmt="1")))["result"] == "wallet_error"
    assert (await merchant.pay(merchant.form()))["result"] == "paid"


async def test_a_form_opened_after_its_time(merchant: Merchant) -> None:
    form = merchant.form()
    merchant.clock.advance(seconds=900)
    assert (await merchant.pay(form))["result"] == "expired"
    assert told(await merchant.query(txn_time=form["txnTime"])) == ("34", None)


# -- time --------------------------------------------------------------------------------------------------------


async def test_pay_timeout_is_the_only_end_of_an_order(merchant: Merchant) -> None:
    started = merchant.now()
    made, form = await merchant.app(), merchant.form("ORDER00002")
    await merchant.pay(form, balance_fen=0)
    merchant.clock.advance(seconds=899)
    assert told(await merchant.query(txn_time=started)) == ("00", "05")
    merchant.clock.advance(seconds=1)
    for paid in (await merchant.pay(made), await merchant.pay(form)):
        assert paid["result"] == "expired"
    for number in ("ORDER00001", "ORDER00002"):
        assert told(await merchant.query(number, started)) == ("00", "01"), "neither 00 nor A6: never paid"


async def test_there_is_no_close(merchant: Merchant) -> None:
    """Neither reversal nor void ends what a customer may still pay."""
    made = await merchant.app()
    assert (await merchant.reverse())["respCode"] == "35"
    assert (await merchant.give_back("0" * 21, 12_900, txn_type="31"))["respCode"] == "35"
    assert (await merchant.pay(made))["result"] == "paid"
    assert (await merchant.reverse())["respCode"] == "35"


async def test_an_order_without_a_timeout_lives_for_an_hour(merchant: Merchant) -> None:
    started = merchant.now()
    made = await merchant.app(payTimeout="")
    merchant.clock.advance(seconds=3_599)
    assert told(await merchant.query(txn_time=started)) == ("00", "05")
    merchant.clock.advance(seconds=1)
    assert (await merchant.pay(made))["result"] == "expired"


async def test_a_banks_own_page_may_bring_money_late_and_unionpay_gives_it_back(merchant: Merchant) -> None:
    await merchant.behave(late_netbank_s=600, late_refund_s=3_600)
    started, form = merchant.now(), merchant.form()
    await merchant.pay(form, balance_fen=0)
    merchant.clock.advance(seconds=901)
    assert told(await merchant.query(txn_time=started)) == ("00", "01"), "looks dead"
    assert (await merchant.pay(form))["result"] == "wrong_wallet", "only a bank brings money now"
    assert (await merchant.pay(form, wallet="bank"))["result"] == "paid"

    late = await merchant.query(txn_time=started)
    assert (told(late), late["origRespMsg"]) == (("00", "42"), MESSAGES["42"])
    assert (await merchant.give_back(late["queryId"], 12_900))["respCode"] == "35", "it is not the merchant's"
    assert merchant.sandbox.core.notifier.pending == 0, "nobody is told"
    (entry,) = await merchant.sandbox.ledger()
    assert (entry["state"], entry["refunds"]) == ("paid", [])

    merchant.clock.advance(seconds=3_600)
    assert told(await merchant.query(txn_time=started)) == ("00", "42")
    (entry,) = await merchant.sandbox.ledger()
    assert entry["state"] == "refunded"
    assert merchant.shop.heard == []


async def test_late_money_does_not_come_after_its_own_time_nor_for_apps(merchant: Merchant) -> None:
    await merchant.behave(late_netbank_s=600)
    made, form = await merchant.app(), merchant.form("ORDER00002")
    await merchant.pay(form, balance_fen=0)
    merchant.clock.advance(seconds=900)
    assert (await merchant.pay(made))["result"] == "expired"
    merchant.clock.advance(seconds=600)
    assert (await merchant.pay(form, wallet="bank"))["result"] == "expired"


# -- oddities ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lag", "seen"), [("34", ("34", None)), *((code, ("00", code)) for code in ("03", "04", "05"))]
)
async def test_a_payment_that_shows_late(merchant: Merchant, lag: str, seen: tuple[str, str | None]) -> None:
    await merchant.behave(lag_code=lag, lag_s=30)
    started = merchant.now()
    await merchant.pay(await merchant.app())
    assert told(await merchant.query(txn_time=started)) == seen
    merchant.clock.advance(seconds=30)
    assert told(await merchant.query(txn_time=started)) == ("00", "00")


async def test_a_success_with_a_flaw_is_a_success(merchant: Merchant) -> None:
    await merchant.behave(success_code="A6")
    await merchant.pay(await merchant.app())
    assert told(await merchant.query()) == ("00", "A6")
    assert (await merchant.shop.count(1))[0].body.decode().count("respCode=A6") == 1


async def test_unpaid_and_overdue_orders_may_be_unknown_to_queries(merchant: Merchant) -> None:
    await merchant.behave(unpaid_code="34", overdue_code="34")
    started = merchant.now()
    await merchant.app()
    assert told(await merchant.query()) == ("34", None)
    merchant.clock.advance(seconds=900)
    assert told(await merchant.query(txn_time=started)) == ("34", None)


@pytest.mark.parametrize(
    "body",
    [
        {"account": "unionpay-main", "oddities": {"lag_code": "00"}},
        {"account": "unionpay-main", "oddities": {"overdue_code": "00"}},
        {"account": "unionpay-main", "oddities": {"success_code": "01"}},
        {"account": "unionpay-main", "oddities": {"unpaid_code": "00"}},
        {"account": "unionpay-main", "oddities": {"debit_code": "34"}},
        {"account": "unionpay-main", "oddities": {"lag_s": -1}},
        {"account": "unionpay-main", "oddities": {"laziness": 1}},
        {"account": "nobody", "oddities": {}},
    ],
)
async def test_unionpay_never_behaves_like_that(merchant: Merchant, body: dict[str, object]) -> None:
    address = merchant.sandbox.base_url + "/_sandbox/unionpay/oddities"
    async with merchant.sandbox.session.put(address, json=body) as answer:
        assert answer.status == 400
        assert "error" in await answer.json()


async def test_one_account_behaves_and_the_other_does_not(merchant: Merchant, other_merchant: Merchant) -> None:
    await merchant.behave(success_code="A6")
    address = merchant.sandbox.base_url + "/_sandbox/unionpay/oddities"
    async with merchant.sandbox.session.get(address) as answer:
        seen = {name: oddities["success_code"] for name, oddities in (await answer.json()).items()}
    assert seen == {merchant.account_id: "A6", other_merchant.account_id: "00"}


# -- the books ---------------------------------------------------------------------------------------------------


async def test_a_retry_of_the_browser_makes_no_second_order(merchant: Merchant) -> None:
    form = merchant.form()
    for _ in range(2):
        address = merchant.sandbox.base_url + FRONT
        async with merchant.sandbox.session.post(address, data=form, allow_redirects=False) as answer:
            assert answer.status == 303
    orders = list(merchant.sandbox.core.ledger)
    assert [order.state for order in orders] == [OrderState.OPEN]
