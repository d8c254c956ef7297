"""Every code and every kind of message has its class, and its class has its effect on the money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.quickpay.customers import confirmation, payment_ref
from tests.connectors.quickpay.world import order, order_ref, refund_order, shop_with_allinpay

from payswitch.connectors.codes import CodeClass, Operation
from payswitch.connectors.quickpay.codes import TRXSTATUS, Codes, not_understood
from payswitch.domain.outcome import HURTS_HEALTH, OutcomeKind

C, K = CodeClass, OutcomeKind
CODES = Codes()

# Written out by hand, not derived from the tables under test.
ON_CREATE = [
    ("2000", "", K.UNKNOWN),
    ("2008", "交易处理中", K.UNKNOWN),
    ("1001", "交易不存在", K.UNKNOWN),
    ("1999", "请输入短信验证码", K.UNKNOWN),
    ("3014", "交易金额小于应收手续费", K.REFUSED_LIMIT),
    ("3031", "校验实名信息失败", K.REFUSED_PAYER),
    ("3050", "交易已被撤销", K.REFUSED_ORDER),
    ("3088", "交易未支付", K.REFUSED_ORDER),
    ("3089", "撤销异常", K.UNKNOWN),
    ("3099", "渠道商户错误", K.REFUSED_CHANNEL),
    ("3888", "流水号重复", K.DUPLICATE),
    ("3889", "交易金额超过单笔限额", K.REFUSED_LIMIT),
    ("3889", "交易控制失败", K.UNKNOWN),
    ("3045", "其他错误", K.UNKNOWN),
    ("3045", "余额不足", K.REFUSED_PAYER),
    ("3999", "银行卡密码错误", K.REFUSED_PAYER),
    ("3999", "短信验证码错误", K.REFUSED_PAYER),
    ("3999", "短信验证码错误次数过多", K.REFUSED_ORDER),
    ("3999", "用户取消支付", K.REFUSED_PAYER),
    ("3999", "该卡未开通快捷支付", K.REFUSED_PAYER),
    ("3999", "协议不存在", K.REFUSED_PAYER),
    ("3999", "该协议已失效", K.REFUSED_PAYER),
    ("3999", "交易存在风险，银行拒绝", K.REFUSED_RISK),
    ("3999", "疑似欺诈", K.REFUSED_RISK),
    ("3999", "超过日累计限额", K.REFUSED_LIMIT),
    ("3999", "系统繁忙，请稍后再试", K.REFUSED_CHANNEL),
    ("3999", "渠道异常", K.REFUSED_CHANNEL),
    ("3999", "银行系统维护中", K.REFUSED_CHANNEL),
    ("3999", "订单号重复", K.DUPLICATE),
    ("3999", "订单已关闭", K.REFUSED_ORDER),
    ("3999", "该交易方式未开通", K.REFUSED_CONFIG),
    ("3999", "商户不存在", K.REFUSED_CONFIG),
    ("3999", "缺少参数", K.REFUSED_CONFIG),
    ("3999", "银行交易超时，余额不足", K.UNKNOWN),
    ("3999", "", K.UNKNOWN),
    ("3777", "从未见过的说法", K.UNKNOWN),
    ("9999", "余额不足", K.UNKNOWN),
    ("INIT", "", K.UNKNOWN),
    ("", "", K.UNKNOWN),
]


@pytest.mark.parametrize(("status", "message", "kind"), ON_CREATE)
async def test_what_a_refused_order_means(status: str, message: str, kind: OutcomeKind) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message)
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code) == (kind, status or "no_trxstatus")
    assert outcome.listed is ("维护" in message or "繁忙" in message or status == "3099")


@pytest.mark.parametrize(("status", "message", "kind"), ON_CREATE)
async def test_what_a_refused_debit_means(status: str, message: str, kind: OutcomeKind) -> None:
    """The call that debits: only what names the payer, a limit, risk control or ourselves is a refusal."""
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message)
    outcome = (await client.debit(confirmation(), 500)).outcome
    expected = K.UNKNOWN if kind in (K.REFUSED_CHANNEL, K.DUPLICATE) else kind
    if status in ("2000", "2008"):
        expected = K.PENDING
    assert outcome.kind is expected
    assert not outcome.transient
    assert outcome.ask_consent is (message == "短信验证码错误"), "only a mistyped code is asked for again"


def test_every_listed_code_is_tried_above() -> None:
    assert set(TRXSTATUS) <= {status for status, _, _ in ON_CREATE}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("0000", "", K.PAID),
        ("2000", "", K.PENDING),
        ("2008", "", K.PENDING),
        ("1001", "", K.NOT_FOUND),
        ("3050", "", K.CLOSED),
        ("3088", "", K.CLOSED),
        ("3999", "订单已关闭", K.CLOSED),
        ("3999", "余额不足", K.UNKNOWN),
        ("3045", "其他错误", K.UNKNOWN),
        ("3089", "", K.UNKNOWN),
        ("1999", "", K.UNKNOWN),
        ("3777", "", K.UNKNOWN),
        ("INIT", "", K.UNKNOWN),
    ],
)
async def test_what_a_query_says_about_an_order(status: str, message: str, kind: OutcomeKind) -> None:
    """A customer whose first try failed may scan again: only a dead order is dead."""
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message, trxamt="129900", trxid="261111120000975981")
    assert (await client.query(order_ref(), 500)).outcome.kind is kind


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("1999", "", K.PENDING),
        ("2008", "", K.PENDING),
        ("1001", "", K.NOT_FOUND),
        ("3999", "余额不足", K.CLOSED),
        ("3889", "超过单笔限额", K.CLOSED),
        ("3889", "交易存在风险", K.CLOSED),
        ("3088", "", K.CLOSED),
        ("3999", "短信验证码错误", K.UNKNOWN),
        ("3999", "短信验证码错误次数过多", K.CLOSED),
        ("3999", "系统繁忙", K.UNKNOWN),
        ("3999", "银行交易超时", K.UNKNOWN),
        ("3999", "从未见过的说法", K.UNKNOWN),
    ],
)
async def test_what_a_query_says_about_a_quick_payment(status: str, message: str, kind: OutcomeKind) -> None:
    """Nobody but another call of ours can pay it: a definite failure is the end; a doubt stays a doubt."""
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message, trxamt="129900", trxid="261111120000975981")
    assert (await client.query(payment_ref(), 500)).outcome.kind is kind


@pytest.mark.parametrize(
    ("status", "message", "kind", "merchant_side"),
    [
        ("0000", "", K.PAID, False),
        ("2000", "", K.PENDING, False),
        ("2008", "", K.PENDING, False),
        ("3888", "流水号重复", K.UNKNOWN, False),
        ("3999", "商户可用余额不足", K.UNKNOWN, True),
        ("3999", "退款功能未开通", K.UNKNOWN, True),
        ("3999", "退款金额超过可退金额", K.REFUSED_ORDER, False),
        ("3999", "当前时间不允许退款", K.UNKNOWN, False),
        ("3999", "处理超时，退款金额超过可退金额", K.UNKNOWN, False),
        ("3999", "余额不足，超过可退金额", K.UNKNOWN, True),
        ("3050", "交易已被撤销", K.UNKNOWN, False),
        ("3088", "交易未支付", K.UNKNOWN, False),
        ("3777", "从未见过的说法", K.UNKNOWN, False),
    ],
)
async def test_what_a_refund_call_says(status: str, message: str, kind: OutcomeKind, merchant_side: bool) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message)
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.merchant_side) == (kind, merchant_side)


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("0000", "", K.CLOSED),
        ("1001", "交易不存在", K.NOT_FOUND),
        ("3050", "", K.CLOSED),
        ("3999", "订单已关闭", K.CLOSED),
        ("3999", "原交易已支付，不能关闭", K.DUPLICATE),
        ("3999", "该交易类型不支持关闭", K.UNKNOWN),
        ("3999", "商户已关闭", K.UNKNOWN),
        ("3999", "请求次数过多", K.UNKNOWN),
        ("2008", "处理中", K.UNKNOWN),
        ("3777", "从未见过的说法", K.UNKNOWN),
    ],
)
async def test_what_a_close_says(status: str, message: str, kind: OutcomeKind) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.says(status, message)
    assert (await client.close(order_ref(), 500)).kind is kind


@pytest.mark.parametrize(
    ("message", "on_create", "on_others"),
    [
        ("签名验证失败", K.REFUSED_CONFIG, K.REFUSED_CONFIG),
        ("参数错误:trxamt", K.REFUSED_CONFIG, K.REFUSED_CONFIG),
        ("appid不存在", K.REFUSED_CONFIG, K.REFUSED_CONFIG),
        ("系统异常", K.UNKNOWN, K.UNKNOWN),
        ("", K.UNKNOWN, K.UNKNOWN),
    ],
)
async def test_a_message_that_was_not_understood(message: str, on_create: OutcomeKind, on_others: OutcomeKind) -> None:
    client, allinpay = shop_with_allinpay()
    allinpay.fails(message)
    made = (await client.create(order(), 500)).outcome
    assert made.kind is on_create
    assert made.transient is (on_create is K.UNKNOWN), "once more with the same number"
    assert (await client.query(order_ref(), 500)).outcome.kind is on_others
    assert (await client.close(order_ref(), 500)).kind is on_others
    refund = (await client.refund(refund_order(), 500)).outcome
    assert refund.kind is K.UNKNOWN, "a refund is never given up for a message that was not understood"
    assert refund.merchant_side is (on_create is K.REFUSED_CONFIG)
    debit = (await client.debit(confirmation(), 500)).outcome
    assert debit.kind is K.UNKNOWN
    assert not debit.transient


async def test_what_the_merchant_knows_better_than_this_table() -> None:
    client, allinpay = shop_with_allinpay(trxstatus_classes="3045=cust, 3088=query")
    allinpay.says("3045", "其他错误")
    assert (await client.create(order(), 500)).outcome.kind is K.REFUSED_PAYER
    allinpay.says("3088", "交易未支付")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN
    allinpay.says("3045", "其他错误")
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.UNKNOWN, "refunds keep the careful table"


STATUSES = st.text(max_size=6) | st.from_regex(r"[0-9]{4}", fullmatch=True)


@given(status=STATUSES, message=st.text(max_size=40), operation=st.sampled_from(list(Operation)))
def test_no_refusal_ever_proves_that_money_moved_or_raises(status: str, message: str, operation: Operation) -> None:
    outcome = CODES.refusal(status, message, operation)
    assert outcome.kind not in (K.PAID, K.ACCEPTED)
    assert len(outcome.message) <= 200
    said = CODES.debit_refusal(status, message)
    assert said.kind not in (K.PAID, K.ACCEPTED, K.PENDING, K.REFUSED_CHANNEL)
    assert not said.transient
    for signed in (True, False):
        unheard = not_understood(message, operation, signed=signed)
        assert unheard.kind in (K.UNKNOWN, K.REFUSED_CONFIG)


@given(status=STATUSES.filter(lambda s: s not in TRXSTATUS and s not in ("1001", "2000", "2008")))
def test_an_unknown_code_without_words_is_unknown_for_every_operation(status: str) -> None:
    for operation in Operation:
        assert CODES.refusal(status, "", operation).kind is K.UNKNOWN


async def test_a_customers_own_trouble_is_not_the_channels_illness() -> None:
    client, allinpay = shop_with_allinpay()
    for message in ("余额不足", "用户取消支付", "超过单笔限额", "交易存在风险"):
        allinpay.says("3999", message)
        assert (await client.create(order(), 500)).outcome.kind not in HURTS_HEALTH
