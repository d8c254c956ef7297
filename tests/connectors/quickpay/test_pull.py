"""Debits, and what undoes them, word by word: what Allinpay answers, and what the switch may believe."""

from __future__ import annotations

import json

import pytest
from tests.connectors.quickpay.customers import confirmation, payment, payment_ref
from tests.connectors.quickpay.world import (
    CUSID,
    NOW_MS,
    ORDER_NO,
    FakeAllinpay,
    http,
    md5_account,
    open_client,
    order,
    order_ref,
    shop_with_allinpay,
)

from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.connectors.quickpay.reversing import Remembered, reversal_number
from payswitch.connectors.transport import HttpAnswer
from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import DebitOrder, OrderRef
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.secrets import Secret

K = OutcomeKind
CODES = [Product.WECHAT_CODE, Product.ALIPAY_CODE, Product.UNIONPAY_CODE]
OLD = NOW_MS - 60_000
BACK = reversal_number(ORDER_NO)


def fresh(**changes: str) -> tuple[QuickpayClient, FakeAllinpay]:
    """A client that remembers nothing of other tests."""
    allinpay = FakeAllinpay("MD5")
    return open_client(md5_account(**changes), allinpay), allinpay


def scan(product: Product, code: str = "134567890123456789") -> DebitOrder:
    return DebitOrder(order=order(product, environment=Environment.COUNTER), consent=Secret(code))


class Book:
    """An Allinpay that answers by number: `trxstatus` for each, 1001 for any other."""

    def __init__(self, allinpay: FakeAllinpay, **statuses: str) -> None:
        self._allinpay = allinpay
        self.statuses = statuses
        self.cancel = "0000"
        allinpay.reply = self._answer

    def _answer(self, request: dict[str, str]) -> HttpAnswer:
        name = "orderid" if "orderid" in request else "reqsn"
        number, cancels = request[name], f"old{name}" in request
        status = self.cancel if cancels else self.statuses.get(number, "1001")
        told = {
            "retcode": "SUCCESS",
            "cusid": CUSID,
            name: number,
            "trxstatus": status,
            "trxamt": "129900",
            "trxid": "7",
        }
        return http(json.dumps(self._allinpay.sealed(told)).encode())


@pytest.mark.parametrize("product", [Product.QUICKPAY_CARD, *CODES])
async def test_a_success_with_every_particular_is_paid_at_once(product: Product) -> None:
    client, allinpay = fresh()
    allinpay.says("0000", trxid="261111120000975981", trxamt="129900", fintime="20261111203719")
    fact = await client.debit(confirmation() if product is Product.QUICKPAY_CARD else scan(product), 500)
    assert (fact.outcome.kind, fact.amount_fen, fact.currency) == (K.PAID, 129_900, "CNY")
    assert (fact.transaction_id, fact.paid_at_ms) == ("261111120000975981", 1_794_400_639_000)


@pytest.mark.parametrize("missing", ["trxid", "trxamt", "reqsn"])
async def test_a_success_that_lacks_one_is_asked_about(missing: str) -> None:
    client, allinpay = fresh()
    allinpay.says("0000", **({"trxid": "1", "trxamt": "129900"} | {missing: None}))
    assert (await client.debit(scan(Product.WECHAT_CODE), 500)).outcome.kind is K.PENDING


async def test_a_debit_answered_about_another_order_is_not_believed() -> None:
    client, allinpay = fresh()
    allinpay.says("0000", reqsn="PS-OTHER", trxid="1", trxamt="129900")
    assert (await client.debit(scan(Product.WECHAT_CODE), 500)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize("product", CODES)
async def test_a_payment_code_on_the_wire(product: Product) -> None:
    client, allinpay = fresh()
    allinpay.says("2000")
    assert (await client.debit(scan(product), 500)).outcome.kind is K.PENDING, "the wallet asks for the password"
    assert allinpay.paths == ["unitorder/scanqrpay"]
    sent = {name: allinpay.sent[name] for name in ("reqsn", "trxamt", "authcode", "body")}
    assert sent == {"reqsn": ORDER_NO, "trxamt": "129900", "authcode": "134567890123456789", "body": "秋冬外套 一件"}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("3999", "付款码无效，请重新扫码", K.REFUSED_PAYER),
        ("3999", "二维码已过期，请用户刷新后再试", K.REFUSED_PAYER),
        ("3999", "余额不足", K.REFUSED_PAYER),
        ("3999", "系统异常，请刷新付款码后重试", K.UNKNOWN),
        ("3888", "流水号重复", K.UNKNOWN),
        ("3088", "交易未支付", K.UNKNOWN),
        ("3999", "订单已关闭", K.UNKNOWN),
        ("3777", "从未见过的说法", K.UNKNOWN),
    ],
)
async def test_a_refused_code(status: str, message: str, kind: OutcomeKind) -> None:
    client, allinpay = fresh()
    allinpay.says(status, message)
    outcome = (await client.debit(scan(Product.ALIPAY_CODE), 500)).outcome
    assert (outcome.kind, outcome.transient, outcome.ask_consent) == (kind, False, False)


@pytest.mark.parametrize("product", CODES)
async def test_a_code_is_never_created_and_never_closed(product: Product) -> None:
    client, allinpay = fresh()
    made = (await client.create(order(product), 500)).outcome
    assert (made.kind, made.code) == (K.REFUSED_CONFIG, "product_is_pull")
    assert (await client.close(order_ref(product), 500)).kind is K.UNKNOWN
    assert allinpay.requests == []


async def test_a_push_product_is_never_debited() -> None:
    client, allinpay = fresh()
    for outcome in (
        (await client.debit(scan(Product.WECHAT_NATIVE), 500)).outcome,
        await client.reverse(order_ref(), 500),
    ):
        assert (outcome.kind, outcome.code) == (K.REFUSED_CONFIG, "product_is_push")
    assert allinpay.requests == []


def ref(product: Product, created_at_ms: int = OLD) -> OrderRef:
    return OrderRef(channel_order_no=ORDER_NO, product=product, amount_fen=129_900, created_at_ms=created_at_ms)


@pytest.mark.parametrize(("product", "path"), [(Product.QUICKPAY_CARD, "qpay"), (Product.WECHAT_CODE, "unitorder")])
async def test_a_reversed_payment_is_not_paid_even_if_its_own_status_still_says_so(product: Product, path: str) -> None:
    client, allinpay = fresh()
    Book(allinpay, **{ORDER_NO: "0000", BACK: "0000"})
    fact = await client.query(ref(product), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (K.CLOSED, "reversed")
    assert allinpay.paths == [f"{path}/query"] * 2


@pytest.mark.parametrize(("created_at_ms", "calls"), [(NOW_MS, 1), (OLD, 2)])
async def test_only_an_old_payment_is_asked_about_twice(created_at_ms: int, calls: int) -> None:
    client, allinpay = fresh()
    Book(allinpay, **{ORDER_NO: "0000"})
    fact = await client.query(ref(Product.QUICKPAY_CARD, created_at_ms), 500)
    assert (fact.outcome.kind, fact.amount_fen) == (K.PAID, 129_900)
    assert len(allinpay.requests) == calls


@pytest.mark.parametrize("back", ["2008", "3777"])
async def test_a_payment_whose_cancel_is_in_doubt_is_neither_paid_nor_closed(back: str) -> None:
    client, allinpay = fresh()
    Book(allinpay, **{ORDER_NO: "0000", BACK: back})
    assert (await client.query(ref(Product.QUICKPAY_CARD), 500)).outcome.kind is K.UNKNOWN


@pytest.mark.parametrize(
    ("cancel", "state", "kind"),
    [
        ("0000", "0000", K.CLOSED),
        ("2008", "0000", K.PENDING),
        ("3999", "0000", K.DUPLICATE),
        ("3999", "1999", K.CLOSED),
        ("3999", "3088", K.CLOSED),
        ("3999", "2008", K.PENDING),
        ("1001", "1001", K.CLOSED),
        ("3999", "1001", K.NOT_FOUND),
        ("3999", "3777", K.UNKNOWN),
    ],
)
async def test_what_a_reversal_says(cancel: str, state: str, kind: OutcomeKind) -> None:
    client, allinpay = fresh()
    Book(allinpay, **{ORDER_NO: state}).cancel = cancel
    assert (await client.reverse(payment_ref(), 500)).kind is kind
    sent = allinpay.requests[0]
    assert allinpay.paths[0] == "qpay/cancel"
    assert (sent["orderid"], sent["oldorderid"], sent["trxamt"]) == (BACK, ORDER_NO, "129900")


def test_the_number_of_a_cancel_is_fixed_and_fits() -> None:
    for number in ("P1", ORDER_NO, "P" * 31, "P" * 32, "P" * 64):
        assert reversal_number(number) == reversal_number(number) != number
        assert len(reversal_number(number)) <= 32
    assert reversal_number("P" * 32) != reversal_number("P" * 33)


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    numbers = Remembered(most=2)
    for number in ("a", "b", "c"):
        numbers.add(number)
    assert ["a" in numbers, "b" in numbers, "c" in numbers] == [False, True, True]


async def test_applying_without_a_signed_card_is_our_mistake() -> None:
    client, allinpay = fresh()
    outcome = (await client.create(payment(agreement_no=""), 500)).outcome
    assert (outcome.kind, outcome.code) == (K.REFUSED_CONFIG, "agreement_missing")
    assert allinpay.requests == []


@pytest.mark.parametrize("sms", ["yes", "no"])
async def test_a_contract_that_debits_when_applied_for(sms: str) -> None:
    """Told as it is, whatever the account says about its contract."""
    client, allinpay = fresh(payment_sms=sms)
    allinpay.says("0000", trxid="1", trxamt="129900")
    paid = await client.create(payment(), 500)
    assert (paid.outcome.kind, paid.credential) == (K.PAID, None)
    allinpay.says("0000")
    assert (await client.create(payment(), 500)).outcome.kind is K.PENDING
    allinpay.says("2008")
    assert (await client.create(payment(), 500)).outcome.kind is K.PENDING


@pytest.mark.parametrize(("sms", "busy", "unclear"), [("yes", K.REFUSED_CHANNEL, True), ("no", K.UNKNOWN, False)])
async def test_applying_is_a_debit_only_for_contracts_without_sms(sms: str, busy: OutcomeKind, unclear: bool) -> None:
    client, allinpay = shop_with_allinpay(payment_sms=sms)
    allinpay.says("3999", "系统繁忙")
    assert (await client.create(payment(), 500)).outcome.kind is busy
    allinpay.fails("系统异常")
    outcome = (await client.create(payment(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (K.UNKNOWN, unclear)
