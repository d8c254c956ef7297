"""付款码: a cashier scans a customer's code. The call takes the money, so no answer is read as more than it proves."""

from __future__ import annotations

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.connectors.wechatpay.fake_v2 import FakeV2, answers, genuine, refuses, says, xml
from tests.connectors.wechatpay.fake_wechat import (
    API_V2_KEY,
    APPID,
    MCHID,
    SUB_APPID,
    SUB_MCHID,
    account,
    partner_account,
    private_pem,
)
from tests.connectors.wechatpay.orders import NOW_MS, NUMBER, order

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import DebitClient
from payswitch.domain.exchange import DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds
from payswitch.kit.secrets import Secret

K = OutcomeKind
CODE = "134567890123456789"
ORDER = order(Product.WECHAT_CODE, subject="口红 <520> & 镜子")
DEBIT = DebitOrder(order=ORDER, consent=Secret(CODE))
REF = OrderRef(channel_order_no=NUMBER, product=Product.WECHAT_CODE, amount_fen=12_900, created_at_ms=NOW_MS)
TRANSACTION = "4200002345202611110123456789"
PAID = {
    "result_code": "SUCCESS",
    "trade_type": "MICROPAY",
    "total_fee": "12900",
    "fee_type": "CNY",
    "cash_fee": "11900",
    "transaction_id": TRANSACTION,
    "out_trade_no": NUMBER,
    "time_end": "20261111203701",
}


@pytest.fixture
def v2() -> FakeV2:
    return FakeV2()


def open_client(v2: FakeV2, clock: ManualClock, table: dict[str, str] | None = None, **changes: str) -> WechatPayClient:
    client = CONNECTOR.open(CHANNEL, {**(table or account()), **changes}, transport=v2, clock=clock, ids=SeededIds())
    assert isinstance(client, WechatPayClient)
    assert isinstance(client, DebitClient)
    return client


@pytest.fixture
def client(v2: FakeV2, clock: ManualClock) -> WechatPayClient:
    return open_client(v2, clock)


async def debited(client: WechatPayClient, v2: FakeV2, **fields: str) -> OrderFact:
    v2.answers.append(answers(**fields))
    return await client.debit(DEBIT, 5_000)


async def asked(client: WechatPayClient, v2: FakeV2, **fields: str) -> OrderFact:
    v2.answers.append(answers(**fields))
    return await client.query(REF, 5_000)


async def reversed_(client: WechatPayClient, v2: FakeV2, **fields: str) -> Outcome:
    v2.answers.append(answers(**fields))
    return await client.reverse(REF, 5_000)


# -- the debit -------------------------------------------------------------------------------------------------------


async def test_what_is_sent(client: WechatPayClient, v2: FakeV2) -> None:
    await debited(client, v2, **PAID)
    (sent,) = v2.requests
    assert v2.urls == ["https://wechat.test/pay/micropay"]
    assert v2.shown == [None], "a debit needs no certificate"
    assert {name: sent[name] for name in sorted(sent) if name not in ("sign", "nonce_str")} == {
        "appid": APPID,
        "auth_code": CODE,
        "body": "口红 <520> & 镜子",
        "fee_type": "CNY",
        "mch_id": MCHID,
        "out_trade_no": NUMBER,
        "sign_type": "MD5",
        "spbill_create_ip": "203.0.113.7",
        "time_expire": "20261111203805",
        "time_start": "20261111203700",
        "total_fee": "12900",
    }


async def test_a_late_debit_still_has_a_minute(client: WechatPayClient, v2: FakeV2, clock: ManualClock) -> None:
    clock.advance(seconds=30)
    await debited(client, v2, **PAID)
    assert v2.requests[0]["time_expire"] == "20261111203831", "WeChat wants more than a minute from now"


async def test_paid_with_every_particular(client: WechatPayClient, v2: FakeV2) -> None:
    fact = await debited(client, v2, **PAID)
    assert fact == OrderFact(
        channel_order_no=NUMBER,
        outcome=Outcome(kind=K.PAID, code="SUCCESS"),
        amount_fen=12_900,
        currency="CNY",
        transaction_id=TRANSACTION,
        paid_at_ms=NOW_MS + 1_000,
    )


@pytest.mark.parametrize("missing", ["out_trade_no", "total_fee", "transaction_id"])
async def test_paid_without_a_particular_is_asked_about(client: WechatPayClient, v2: FakeV2, missing: str) -> None:
    fact = await debited(client, v2, **{**PAID, missing: "-"})
    assert (fact.outcome.kind, fact.outcome.code) == (K.PENDING, "incomplete")


async def test_the_particulars_are_told_as_they_came_right_or_wrong(client: WechatPayClient, v2: FakeV2) -> None:
    """The funnel compares them, and refuses."""
    assert (await debited(client, v2, **PAID | {"total_fee": "12901"})).amount_fen == 12_901
    assert (await debited(client, v2, **PAID | {"fee_type": "HKD"})).currency == "HKD"
    assert (await debited(client, v2, **PAID | {"out_trade_no": "OTHER"})).channel_order_no == "OTHER"
    for other in ({"mch_id": "1900000002"}, {"appid": "wx1"}, {"sub_mch_id": "1900000003"}, {"mch_id": "-"}):
        assert not (await debited(client, v2, **PAID | other)).merchant_ok
    assert (await debited(client, v2, **PAID | {"fee_type": "-"})).currency == "CNY"
    assert (await debited(client, v2, **PAID | {"time_end": "20261399999999"})).paid_at_ms is None


async def test_the_customer_is_asked_for_the_password(client: WechatPayClient, v2: FakeV2) -> None:
    v2.answers.append(refuses("USERPAYING", "需要用户输入支付密码"))
    fact = await client.debit(DEBIT, 5_000)
    assert (fact.outcome.kind, fact.outcome.code) == (K.PENDING, "USERPAYING")


async def test_a_wrong_code_takes_nothing_and_another_may_be_scanned(client: WechatPayClient, v2: FakeV2) -> None:
    for code in ("AUTHCODEEXPIRE", "AUTH_CODE_INVALID", "AUTH_CODE_ERROR"):
        v2.answers.append(refuses(code, f"付款码{CODE}无效"))
        outcome = (await client.debit(DEBIT, 5_000)).outcome
        assert (outcome.kind, outcome.ask_consent) == (K.REFUSED_PAYER, True)
        assert CODE not in outcome.message, "the customer's code is repeated to nobody"


@pytest.mark.parametrize(
    "consent", ["", "1" * 17, "134" * 7, "164567890123456789", "284567890123456789", "13456789012345678x"]
)
async def test_what_is_no_code_of_wechats_is_not_sent(client: WechatPayClient, v2: FakeV2, consent: str) -> None:
    debit = msgspec.structs.replace(DEBIT, consent=Secret(consent))
    outcome = (await client.debit(debit, 5_000)).outcome
    assert (outcome.kind, outcome.code, outcome.ask_consent) == (K.REFUSED_PAYER, "payment_code_format", True)
    assert v2.requests == []


async def test_an_order_whose_time_is_over_is_not_sent(client: WechatPayClient, v2: FakeV2, clock: ManualClock) -> None:
    clock.advance(seconds=900)
    assert (await client.debit(DEBIT, 5_000)).outcome.kind is K.REFUSED_ORDER
    assert v2.requests == []


LOST = SendFailure(sent=True, code="connection_lost", latency_ms=1)
STRANGE = [
    ("lost", lambda _: LOST, K.UNKNOWN, "connection_lost"),
    ("silent", lambda _: SendFailure(sent=True, code="timeout", latency_ms=1), K.UNKNOWN, "timeout"),
    ("not sent", lambda _: SendFailure(sent=False, code="dns_failed", latency_ms=1), K.NOT_SENT, "dns_failed"),
    ("502", says(b"<html>502</html>", 502), K.UNKNOWN, "http_502"),
    ("403 page", says(b"<html>403</html>", 403), K.UNKNOWN, "http_403"),
    ("502 with XML", says(xml({"return_code": "FAIL", "return_msg": "签名错误"}), 502), K.UNKNOWN, "http_502"),
    ("no XML", says(b"{}"), K.UNKNOWN, "unreadable"),
    ("cut", says(b"<xml><return_code>SUCC"), K.UNKNOWN, "unreadable"),
    ("empty", says(b"<xml></xml>"), K.UNKNOWN, "unreadable"),
    ("said no result", answers(out_trade_no=NUMBER), K.UNKNOWN, ""),
    ("turned away", says(xml({"return_code": "FAIL", "return_msg": "系统繁忙"})), K.UNKNOWN, "return_code_fail"),
    ("no word", says(xml({"return_code": "FAIL"})), K.UNKNOWN, "return_code_fail"),
    ("our sign", says(xml({"return_code": "FAIL", "return_msg": "签名错误"})), K.REFUSED_CONFIG, "return_code_fail"),
    ("unsigned", says(xml({"return_code": "SUCCESS", **PAID})), K.UNTRUSTED, "signature_missing"),
    ("forged", lambda _: genuine(PAID, key="0" * 32), K.UNTRUSTED, "bad_signature"),
    ("forged no", lambda _: genuine({"result_code": "FAIL", "err_code": "NOTENOUGH"}, key="0" * 32), K.UNTRUSTED, None),
    ("other digest", lambda _: genuine(PAID, kind="HMAC-SHA256"), K.UNTRUSTED, "bad_signature"),
    ("other's no", refuses("NOTENOUGH", mch_id="1900000002"), K.UNTRUSTED, "wrong_merchant"),
]


@pytest.mark.parametrize(("reply", "kind", "code"), [s[1:] for s in STRANGE], ids=[s[0] for s in STRANGE])
async def test_no_answer_is_read_as_more_than_it_proves(
    client: WechatPayClient, v2: FakeV2, reply: object, kind: OutcomeKind, code: str | None
) -> None:
    v2.answers.append(reply)
    outcome = (await client.debit(DEBIT, 5_000)).outcome
    assert outcome.kind is kind
    assert code is None or outcome.code == code
    assert not (outcome.transient and kind is K.UNKNOWN), "a debit that may have arrived is never sent again"


# -- the question ----------------------------------------------------------------------------------------------------


async def test_the_question_is_about_our_number(client: WechatPayClient, v2: FakeV2) -> None:
    fact = await asked(client, v2, **PAID, trade_state="SUCCESS")
    assert v2.urls == ["https://wechat.test/pay/orderquery"]
    assert v2.requests[0]["out_trade_no"] == NUMBER
    assert (fact.outcome.kind, fact.amount_fen, fact.transaction_id) == (K.PAID, 12_900, TRANSACTION)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("NOTPAY", K.PENDING),
        ("USERPAYING", K.PENDING),
        ("CLOSED", K.CLOSED),
        ("REVOKED", K.CLOSED),
        ("PAYERROR", K.CLOSED),
        ("SOMETHING_NEW", K.UNKNOWN),
    ],
)
async def test_the_states_of_a_debit(client: WechatPayClient, v2: FakeV2, state: str, kind: OutcomeKind) -> None:
    fact = await asked(client, v2, result_code="SUCCESS", out_trade_no=NUMBER, trade_state=state)
    assert (fact.outcome.kind, fact.outcome.code) == (kind, state)


async def test_a_death_that_is_not_about_our_order_is_not_believed(client: WechatPayClient, v2: FakeV2) -> None:
    dead = {"result_code": "SUCCESS", "out_trade_no": NUMBER, "trade_state": "CLOSED"}
    for wrong, code in (
        ({"out_trade_no": "OTHER"}, "wrong_number"),
        ({"out_trade_no": "-"}, "wrong_number"),
        ({"mch_id": "1900000002"}, "wrong_merchant"),
        ({"sub_mch_id": "1900000009"}, "wrong_merchant"),
    ):
        outcome = (await asked(client, v2, **dead | wrong)).outcome
        assert (outcome.kind, outcome.code) == (K.UNTRUSTED, code)


async def test_a_number_that_wechat_does_not_know(client: WechatPayClient, v2: FakeV2) -> None:
    v2.answers.append(refuses("ORDERNOTEXIST", "此交易订单号不存在"))
    assert (await client.query(REF, 5_000)).outcome.kind is K.NOT_FOUND


async def test_a_question_that_fails_says_nothing_about_the_money(client: WechatPayClient, v2: FakeV2) -> None:
    for code in ("SYSTEMERROR", "NOTENOUGH", "ORDERCLOSED", "WHATEVER"):
        v2.answers.append(refuses(code))
        assert (await client.query(REF, 5_000)).outcome.kind is K.UNKNOWN


# -- the reversal ----------------------------------------------------------------------------------------------------


async def test_a_reversal_shows_the_merchants_certificate(client: WechatPayClient, v2: FakeV2) -> None:
    outcome = await reversed_(client, v2, result_code="SUCCESS", recall="N")
    assert outcome.kind is K.CLOSED
    assert v2.urls == ["https://tls.wechat.test/secapi/pay/reverse"]
    (tls,) = v2.shown
    assert tls is not None
    assert tls.certificate_pem == account()["merchant_certificate"].strip()
    assert tls.private_key_pem.reveal() == private_pem("merchant").strip()


async def test_without_an_address_of_its_own_it_goes_to_wechats_one_host(v2: FakeV2, clock: ManualClock) -> None:
    table = {name: value for name, value in account().items() if name != "base_url_tls"}
    await reversed_(open_client(v2, clock, table), v2, result_code="SUCCESS", recall="N")
    assert v2.urls == ["https://wechat.test/secapi/pay/reverse"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"result_code": "SUCCESS", "recall": "N"}, K.CLOSED),
        ({"result_code": "SUCCESS", "recall": "Y"}, K.PENDING),
        ({"result_code": "SUCCESS"}, K.UNKNOWN),
        ({"result_code": "FAIL", "recall": "Y", "err_code": "SYSTEMERROR"}, K.PENDING),
        ({"result_code": "FAIL", "recall": "N", "err_code": "SYSTEMERROR"}, K.UNKNOWN),
        ({"result_code": "FAIL", "err_code": "USERPAYING"}, K.UNKNOWN),
        ({"result_code": "FAIL", "recall": "N", "err_code": "REVERSE_EXPIRE"}, K.DUPLICATE),
        ({"result_code": "FAIL", "recall": "N", "err_code": "ORDERREVERSED"}, K.CLOSED),
        ({"result_code": "FAIL", "recall": "N", "err_code": "TRADE_ERROR"}, K.UNKNOWN),
        ({"result_code": "FAIL", "recall": "N", "err_code": "TRADE_STATE_ERROR"}, K.UNKNOWN),
        ({"result_code": "FAIL", "recall": "N", "err_code": "SIGNERROR"}, K.REFUSED_CONFIG),
        ({"result_code": "FAIL", "recall": "N", "err_code": "NEVER_HEARD_OF"}, K.UNKNOWN),
        ({"result_code": "SUCCESS", "recall": "N", "mch_id": "1900000002"}, K.UNTRUSTED),
        ({"result_code": "SUCCESS", "recall": "N", "sub_mch_id": "1900000002"}, K.UNTRUSTED),
    ],
)
async def test_what_a_reversal_proves(
    client: WechatPayClient, v2: FakeV2, fields: dict[str, str], kind: OutcomeKind
) -> None:
    assert (await reversed_(client, v2, **fields)).kind is kind


async def test_the_merchants_empty_purse_is_for_a_person(client: WechatPayClient, v2: FakeV2) -> None:
    outcome = await reversed_(client, v2, result_code="FAIL", recall="N", err_code="NOTENOUGH")
    assert (outcome.kind, outcome.merchant_side) == (K.UNKNOWN, True)


async def test_a_debit_that_never_came_is_over_when_it_cannot_come_any_more(
    client: WechatPayClient, v2: FakeV2, clock: ManualClock
) -> None:
    """WeChat refuses a debit after the `time_expire` in it: only then does "no such order" stand for ever."""
    for seconds, kind in ((45, K.PENDING), (19, K.PENDING), (1, K.CLOSED)):
        clock.advance(seconds=seconds)
        outcome = await reversed_(client, v2, result_code="FAIL", recall="N", err_code="ORDERNOTEXIST")
        assert outcome.kind is kind


async def test_a_reversal_whose_answer_is_lost_or_forged_proves_nothing(client: WechatPayClient, v2: FakeV2) -> None:
    done = {"result_code": "SUCCESS", "recall": "N"}
    for reply, kind in (
        (lambda _: LOST, K.UNKNOWN),
        (lambda _: SendFailure(sent=False, code="tls_failed", latency_ms=1), K.NOT_SENT),
        (says(b"<html>400 No required SSL certificate was sent</html>", 400), K.UNKNOWN),
        (says(xml({"return_code": "FAIL", "return_msg": "证书验证失败"})), K.REFUSED_CONFIG),
        (says(xml({"return_code": "SUCCESS", **done})), K.UNTRUSTED),
        (lambda _: genuine(done, key="0" * 32), K.UNTRUSTED),
    ):
        v2.answers.append(reply)
        assert (await client.reverse(REF, 5_000)).kind is kind


# -- accounts, modes, and what this product does not do ----------------------------------------------------------------


async def test_hmac_where_the_account_says_so(v2: FakeV2, clock: ManualClock) -> None:
    v2.kind = "HMAC-SHA256"
    client = open_client(v2, clock, v2_sign_type="HMAC-SHA256")
    v2.answers.append(lambda _: genuine(PAID, kind="HMAC-SHA256"))
    assert (await client.debit(DEBIT, 5_000)).outcome.kind is K.PAID


async def test_under_a_service_provider(v2: FakeV2, clock: ManualClock) -> None:
    client = open_client(v2, clock, partner_account())
    fact = await debited(client, v2, **PAID, sub_mch_id=SUB_MCHID, sub_appid=SUB_APPID)
    assert (fact.outcome.kind, fact.merchant_ok) == (K.PAID, True)
    names = ("appid", "mch_id", "sub_appid", "sub_mch_id")
    assert {name: v2.requests[0][name] for name in names} == {
        "appid": APPID,
        "mch_id": MCHID,
        "sub_appid": SUB_APPID,
        "sub_mch_id": SUB_MCHID,
    }
    for other in ("1900000110", "-"):
        assert not (await debited(client, v2, **PAID, sub_mch_id=other)).merchant_ok, "another shop's money"


async def test_the_other_products_and_calls_are_told_apart(client: WechatPayClient, v2: FakeV2) -> None:
    made = await client.create(ORDER, 5_000)
    assert (made.outcome.kind, made.outcome.code) == (K.REFUSED_CONFIG, "product_is_pull")
    closed = await client.close(REF, 5_000)
    assert (closed.kind, closed.code) == (K.UNKNOWN, "not_closable")
    push = msgspec.structs.replace(DEBIT, order=order(Product.WECHAT_NATIVE))
    assert (await client.debit(push, 5_000)).outcome.code == "product_is_push"
    strange = msgspec.structs.replace(REF, product=Product.ALIPAY_CODE)
    assert (await client.reverse(strange, 5_000)).code == "product_not_supported"
    assert v2.requests == []


async def test_an_account_without_the_key_opens_for_everything_else(v2: FakeV2, clock: ManualClock) -> None:
    lean = {n: v for n, v in account().items() if n not in ("api_v2_key", "merchant_certificate", "base_url_tls")}
    pushing = msgspec.structs.replace(CHANNEL, products=CHANNEL.products - {Product.WECHAT_CODE})
    client = CONNECTOR.open(pushing, lean, transport=v2, clock=clock, ids=SeededIds())
    assert isinstance(client, WechatPayClient)
    for outcome in (
        (await client.debit(DEBIT, 5_000)).outcome,
        (await client.query(REF, 5_000)).outcome,
        await client.reverse(REF, 5_000),
    ):
        assert (outcome.kind, outcome.code) == (K.REFUSED_CONFIG, "api_v2_key_missing")
    assert v2.requests == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("api_v2_key", "", "wechat_code is paid over API V2"),
        ("api_v2_key", "31-characters-are-not-enough...", "exactly 32 ASCII characters"),
        ("v2_sign_type", "RSA", "MD5 or HMAC-SHA256"),
        ("merchant_certificate", "", "a reversal shows the merchant API certificate"),
        ("merchant_certificate", "no certificate", "not a readable certificate"),
        ("ca_certificate", "no certificate", "readable PEM"),
        ("base_url_tls", "https://api.mch.weixin.qq.com/secapi", "without a path"),
    ],
)
def test_what_is_wrong_with_the_account_is_said_when_it_is_opened(
    v2: FakeV2, clock: ManualClock, key: str, value: str, words: str
) -> None:
    with pytest.raises(AccountProblem) as raised:
        open_client(v2, clock, **{key: value})
    (problem,) = raised.value.problems
    assert words in problem
    english, _, chinese = problem.partition(" / ")
    assert english.isascii()
    assert not chinese.isascii()
    assert "PRIVATE" not in problem


def test_a_certificate_of_another_key_is_noticed(v2: FakeV2, clock: ManualClock) -> None:
    with pytest.raises(AccountProblem, match="does not belong"):
        open_client(v2, clock, merchant_private_key=private_pem("stranger"))


async def test_no_secret_comes_out(client: WechatPayClient, v2: FakeV2) -> None:
    replies = [
        answers(**PAID),
        refuses("SYSTEMERROR", f"auth_code={CODE}"),
        says(xml({"return_code": "FAIL", "return_msg": f"参数错误 auth_code={CODE}"})),
        lambda _: genuine(PAID, key="0" * 32),
    ]
    said = [repr(client), repr(client._account), repr(client._code_pay), repr(DEBIT)]
    for reply in replies:
        v2.answers.append(reply)
        said.append(repr(await client.debit(DEBIT, 5_000)))
    v2.answers.append(lambda _: HttpAnswer(status=500, headers={}, body=b"", latency_ms=1))
    said.append(repr(await client.reverse(REF, 5_000)))
    for secret in (API_V2_KEY, CODE, private_pem("merchant").splitlines()[1]):
        assert not any(secret in text for text in said)
