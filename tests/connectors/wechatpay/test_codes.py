"""Every error code, for every operation: what it proves about the money."""

from __future__ import annotations

import pytest
from tests.connectors.wechatpay.fake_wechat import FakeWechat
from tests.connectors.wechatpay.orders import REF, REFUND, order

from payswitch.connectors.codes import CodeClass, Operation
from payswitch.connectors.wechatpay.codes import BY_OPERATION, CODES, NOT_FOUND, classify, normalise, unreadable_error
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.outcome import HURTS_HEALTH, Outcome, OutcomeKind

K = OutcomeKind


def of(
    operation: Operation, code: str, status: int = 400, message: str = "", detail: str = "", genuine: bool = True
) -> Outcome:
    return classify(operation, status=status, code=code, message=message, detail=detail, genuine=genuine)


CREATE = [
    # code, HTTP status, kind, transient
    ("SYSTEM_ERROR", 500, K.UNKNOWN, True),
    ("SYSTEMERROR", 200, K.REFUSED_CHANNEL, True),
    ("BANK_ERROR", 500, K.UNKNOWN, True),
    ("BANKERROR", 400, K.REFUSED_CHANNEL, True),
    ("FREQUENCY_LIMITED", 429, K.REFUSED_CHANNEL, True),
    ("FREQUENCY_LIMIT_EXCEED", 429, K.REFUSED_CHANNEL, True),
    ("RATELIMIT_EXCEEDED", 429, K.REFUSED_CHANNEL, True),
    ("NOTSUPPORTCARD", 403, K.REFUSED_CHANNEL, False),
    ("RULE_LIMIT", 403, K.REFUSED_LIMIT, False),
    ("RULELIMIT", 403, K.REFUSED_LIMIT, False),
    ("ACCOUNT_ERROR", 403, K.REFUSED_RISK, False),
    ("ACCOUNTERROR", 403, K.REFUSED_RISK, False),
    ("NOT_ENOUGH", 403, K.REFUSED_PAYER, False),
    ("NOTENOUGH", 403, K.REFUSED_PAYER, False),
    ("AUTHCODEEXPIRE", 400, K.REFUSED_PAYER, False),
    ("AUTH_CODE_INVALID", 400, K.REFUSED_PAYER, False),
    ("AUTH_CODE_ERROR", 400, K.REFUSED_PAYER, False),
    ("BUYER_MISMATCH", 400, K.REFUSED_PAYER, False),
    ("OPENID_MISMATCH", 400, K.REFUSED_PAYER, False),
    ("PAYERERROR", 400, K.REFUSED_PAYER, False),
    ("USERPAYING", 400, K.UNKNOWN, False),
    ("TRADE_ERROR", 403, K.UNKNOWN, False),
    ("ORDERPAID", 400, K.DUPLICATE, False),
    ("ORDER_PAID", 400, K.DUPLICATE, False),
    ("OUT_TRADE_NO_USED", 403, K.DUPLICATE, False),
    ("ORDER_CLOSED", 400, K.REFUSED_ORDER, False),
    ("ORDERCLOSED", 400, K.REFUSED_ORDER, False),
    ("ORDERREVERSED", 400, K.REFUSED_ORDER, False),
    ("SIGN_ERROR", 401, K.REFUSED_CONFIG, False),
    ("NO_AUTH", 403, K.REFUSED_CONFIG, False),
    ("NOAUTH", 403, K.REFUSED_CONFIG, False),
    ("APPID_MCHID_NOT_MATCH", 400, K.REFUSED_CONFIG, False),
    ("MCH_NOT_EXISTS", 400, K.REFUSED_CONFIG, False),
    ("APPID_NOT_EXIST", 400, K.REFUSED_CONFIG, False),
    ("PARAM_ERROR", 400, K.REFUSED_CONFIG, False),
    ("INVALID_REQUEST", 400, K.REFUSED_CONFIG, False),
    ("INVALID_TRANSACTIONID", 400, K.REFUSED_CONFIG, False),
    ("XML_FORMAT_ERROR", 400, K.REFUSED_CONFIG, False),
    ("NOT_UTF8", 400, K.REFUSED_CONFIG, False),
    ("RESOURCE_NOT_EXISTS", 404, K.REFUSED_CONFIG, False),
    ("ORDER_NOT_EXIST", 404, K.REFUSED_CHANNEL, False),
    # Unheard of: a readable refusal is the channel's, a 5xx may have made the order.
    ("NEW_CODE", 400, K.REFUSED_CHANNEL, False),
    ("NEW_CODE", 403, K.REFUSED_CHANNEL, False),
    ("NEW_CODE", 500, K.UNKNOWN, True),
    ("NEW_CODE", 503, K.UNKNOWN, True),
]


@pytest.mark.parametrize(("code", "status", "kind", "transient"), CREATE)
def test_creating(code: str, status: int, kind: OutcomeKind, transient: bool) -> None:
    outcome = of(Operation.CREATE, code, status, "原因")
    assert (outcome.kind, outcome.transient) == (kind, transient)
    assert (outcome.code, outcome.message) == (code, "原因"), "the channel's own words are kept"
    assert not outcome.merchant_side


QUERY = [
    ("ORDER_NOT_EXIST", 404, K.NOT_FOUND),
    ("ORDERNOTEXIST", 404, K.NOT_FOUND),
    ("RESOURCE_NOT_EXISTS", 404, K.NOT_FOUND),
    ("SYSTEM_ERROR", 500, K.UNKNOWN),
    ("BANK_ERROR", 500, K.UNKNOWN),
    ("FREQUENCY_LIMITED", 429, K.UNKNOWN),
    ("RULE_LIMIT", 403, K.UNKNOWN),
    ("ORDERPAID", 400, K.UNKNOWN),
    ("ORDER_CLOSED", 400, K.UNKNOWN),
    ("ACCOUNT_ERROR", 403, K.UNKNOWN),
    ("NOT_ENOUGH", 403, K.UNKNOWN),
    ("TRADE_ERROR", 403, K.UNKNOWN),
    ("SIGN_ERROR", 401, K.REFUSED_CONFIG),
    ("PARAM_ERROR", 400, K.REFUSED_CONFIG),
    ("MCH_NOT_EXISTS", 400, K.REFUSED_CONFIG),
    ("NEW_CODE", 400, K.UNKNOWN),
    ("NEW_CODE", 500, K.UNKNOWN),
]


@pytest.mark.parametrize(("code", "status", "kind"), QUERY)
def test_asking(code: str, status: int, kind: OutcomeKind) -> None:
    assert of(Operation.QUERY, code, status).kind is kind


CLOSE = [
    ("ORDERPAID", 400, K.DUPLICATE),
    ("ORDER_PAID", 400, K.DUPLICATE),
    ("ORDER_CLOSED", 400, K.CLOSED),
    ("ORDERCLOSED", 400, K.CLOSED),
    ("ORDER_NOT_EXIST", 404, K.NOT_FOUND),
    ("SYSTEM_ERROR", 500, K.UNKNOWN),
    ("FREQUENCY_LIMITED", 429, K.UNKNOWN),
    ("INVALID_REQUEST", 400, K.UNKNOWN),
    ("TRADE_ERROR", 403, K.UNKNOWN),
    ("NOT_ENOUGH", 403, K.UNKNOWN),
    ("SIGN_ERROR", 401, K.REFUSED_CONFIG),
    ("NO_AUTH", 403, K.REFUSED_CONFIG),
    ("NEW_CODE", 400, K.UNKNOWN),
    ("NEW_CODE", 500, K.UNKNOWN),
]


@pytest.mark.parametrize(("code", "status", "kind"), CLOSE)
def test_closing(code: str, status: int, kind: OutcomeKind) -> None:
    assert of(Operation.CLOSE, code, status).kind is kind


REFUND_CODES = [
    ("NOT_ENOUGH", 403, K.UNKNOWN, True),
    ("NOTENOUGH", 403, K.UNKNOWN, True),
    ("SYSTEM_ERROR", 500, K.UNKNOWN, False),
    ("BANK_ERROR", 500, K.UNKNOWN, False),
    ("FREQUENCY_LIMITED", 429, K.UNKNOWN, False),
    ("TRADE_ERROR", 403, K.UNKNOWN, False),
    ("ORDERPAID", 400, K.UNKNOWN, False),
    ("ORDER_CLOSED", 400, K.UNKNOWN, False),
    ("OUT_TRADE_NO_USED", 400, K.UNKNOWN, False),
    ("OPENID_MISMATCH", 400, K.UNKNOWN, False),
    ("USER_ACCOUNT_ABNORMAL", 403, K.REFUSED_PAYER, False),
    ("SIGN_ERROR", 401, K.UNKNOWN, True),
    ("NO_AUTH", 403, K.UNKNOWN, True),
    ("PARAM_ERROR", 400, K.UNKNOWN, True),
    ("INVALID_REQUEST", 400, K.UNKNOWN, True),
    ("MCH_NOT_EXISTS", 404, K.UNKNOWN, True),
    ("RESOURCE_NOT_EXISTS", 404, K.UNKNOWN, True),
    ("RULE_LIMIT", 403, K.UNKNOWN, True),
    ("NEW_CODE", 400, K.UNKNOWN, False),
    ("NEW_CODE", 500, K.UNKNOWN, False),
]


@pytest.mark.parametrize(("code", "status", "kind", "merchant_side"), REFUND_CODES)
def test_refunding(code: str, status: int, kind: OutcomeKind, merchant_side: bool) -> None:
    outcome = of(Operation.REFUND, code, status)
    assert (outcome.kind, outcome.merchant_side) == (kind, merchant_side)


def test_no_known_code_ends_a_refund_but_the_documented_one() -> None:
    endings = {
        code
        for code in {*CODES, *BY_OPERATION[Operation.REFUND]}
        if of(Operation.REFUND, code).kind not in (K.UNKNOWN, K.PENDING)
    }
    assert endings == {"USERACCOUNTABNORMAL"}


@pytest.mark.parametrize("code", sorted({*CODES, *(c for codes in NOT_FOUND.values() for c in codes)}))
@pytest.mark.parametrize("operation", [Operation.QUERY, Operation.QUERY_REFUND])
@pytest.mark.parametrize("status", [400, 500])
def test_an_error_is_never_a_state(operation: Operation, code: str, status: int) -> None:
    """No error code of a query says paid, pending or closed; unsigned it does not even say "not found"."""
    assert of(operation, code, status).kind in (K.UNKNOWN, K.NOT_FOUND, K.REFUSED_CONFIG)
    assert of(operation, code, status, genuine=False).kind in (K.UNKNOWN, K.REFUSED_CONFIG)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("RULE_LIMIT", "业务规则限制", K.REFUSED_LIMIT),
        ("RULE_LIMIT", "商户单笔限额", K.REFUSED_LIMIT),
        ("RULE_LIMIT", "该交易存在风险，请更换支付方式", K.REFUSED_RISK),
        ("RULE_LIMIT", "风控拦截", K.REFUSED_RISK),
        ("RULE_LIMIT", "商户收款功能已被限制", K.REFUSED_CHANNEL),
        ("OUT_TRADE_NO_USED", "商户订单号重复", K.DUPLICATE),
        ("OUT_TRADE_NO_USED", "请求重入时，参数与首次请求时不一致", K.REFUSED_ORDER),
        ("INVALID_REQUEST", "请求参数不一致", K.REFUSED_CONFIG),
    ],
)
def test_the_text_tells_them_apart(code: str, message: str, kind: OutcomeKind) -> None:
    assert of(Operation.CREATE, code, 403, message).kind is kind


@pytest.mark.parametrize(
    ("detail", "kind", "listed"),
    [
        ("268449538", K.DUPLICATE, False),
        ("268498689", K.DUPLICATE, False),
        ("268447914", K.REFUSED_ORDER, False),
        ("268498688", K.REFUSED_ORDER, False),
        ("268443715", K.REFUSED_CHANNEL, True),
        ("268448010", K.REFUSED_CHANNEL, True),
        ("268447840", K.REFUSED_CHANNEL, False),
        ("268435461", K.REFUSED_CONFIG, False),
        ("268445527", K.REFUSED_CONFIG, False),
        ("268501013", K.REFUSED_CONFIG, False),
        ("", K.REFUSED_CONFIG, False),
    ],
)
def test_the_request_id_names_the_sub_reason(detail: str, kind: OutcomeKind, listed: bool) -> None:
    outcome = of(Operation.CREATE, "INVALID_REQUEST", 400, detail=detail)
    assert (outcome.kind, outcome.listed) == (kind, listed)


def test_a_precise_code_is_not_overruled_by_its_number() -> None:
    assert of(Operation.CREATE, "MCH_NOT_EXISTS", 400, detail="268443715").kind is K.REFUSED_CONFIG
    assert of(Operation.CREATE, "NEW_CODE", 400, detail="268449538").kind is K.DUPLICATE


@pytest.mark.parametrize(
    ("code", "status", "message", "listed"),
    [
        ("SYSTEM_ERROR", 500, "系统繁忙，请稍后重试", True),
        ("SYSTEM_ERROR", 500, "系统异常，请用相同参数重新调用", False),
        ("SYSTEM_ERROR", 500, "通道维护中", True),
        ("BANK_ERROR", 500, "银行系统维护", True),
        ("FREQUENCY_LIMITED", 429, "系统繁忙，频率超限", False),
        ("NOT_ENOUGH", 403, "系统繁忙", False),
        ("PARAM_ERROR", 400, "系统繁忙", False),
    ],
)
def test_only_the_channels_own_trouble_opens_the_breaker_at_once(
    code: str, status: int, message: str, listed: bool
) -> None:
    assert of(Operation.CREATE, code, status, message).listed is listed


def test_the_payers_and_our_own_matters_never_hurt_the_channel() -> None:
    for code, code_class in CODES.items():
        hurts = of(Operation.CREATE, code).kind in HURTS_HEALTH
        ours = code_class in (CodeClass.CUST, CodeClass.RISK, CodeClass.LIMIT, CodeClass.CONFIG, CodeClass.RENEW)
        assert not (hurts and ours) or code == "ORDERNOTEXIST", code


def test_spellings() -> None:
    assert {normalise(code) for code in ("ORDER_PAID", "ORDERPAID", "order_paid", "OrderPaid")} == {"ORDERPAID"}
    assert all(
        normalise(code) == code for codes in (CODES, *BY_OPERATION.values(), *NOT_FOUND.values()) for code in codes
    )


@pytest.mark.parametrize("operation", NOT_FOUND)
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_a_page_instead_of_an_answer(operation: Operation, status: int) -> None:
    outcome = unreadable_error(operation, status)
    assert outcome.code == f"http_{status}"
    if operation is Operation.CREATE and status == 429:
        assert (outcome.kind, outcome.transient) == (K.REFUSED_CHANNEL, True)
    else:
        assert (outcome.kind, outcome.transient) == (K.UNKNOWN, status >= 500 or status == 429)


async def test_through_the_client(client: ChannelClient, wechat: FakeWechat) -> None:
    """The same, over the wire: status, body, Request-ID and signature all reach the tables."""
    wechat.will_answer(400, {"code": "INVALID_REQUEST", "message": "m" * 900}, request_id="0123ABC-268443715")
    answer = await client.create(order(Product.WECHAT_NATIVE), 400)
    assert (answer.outcome.kind, answer.outcome.listed) == (K.REFUSED_CHANNEL, True)
    assert len(answer.outcome.message) == 200

    wechat.will_answer_unsigned(502, b"<html>Bad Gateway</html>")
    assert (await client.create(order(Product.WECHAT_NATIVE), 400)).outcome == Outcome(
        kind=K.UNKNOWN, code="http_502", transient=True
    )
    wechat.will_answer(500, {"code": "SYSTEM_ERROR", "message": None})
    assert (await client.refund(REFUND, 400)).outcome.kind is K.UNKNOWN
    wechat.will_answer(302, {"code": "ORDERPAID"})
    assert (await client.close(REF, 400)).code == "http_302"
