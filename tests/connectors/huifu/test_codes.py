"""Every code of Huifu's lists has its class, and its class has its effect on the money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.huifu.world import order, order_ref, refund_order, shop_with_huifu

from payswitch.connectors.codes import CodeClass, Operation
from payswitch.connectors.huifu.codes import BY_OPERATION, CODES, TAKEN, classify, refusal
from payswitch.domain.outcome import HURTS_HEALTH, Outcome, OutcomeKind

C = CodeClass
K = OutcomeKind
O = Operation  # noqa: E741 - as short as the other two

# Written out by hand from Huifu's pages, not derived from the table under test.
ON_CREATE = [
    ("10000000", "产品号不能为空", C.CONFIG),
    ("10000000", "交易金额不符合金额格式", C.CONFIG),
    ("10000000", "订单已超时", C.RENEW),
    ("10000000", "订单时间错误", C.RENEW),
    ("10000000", "请求日期必须是当前日期", C.RENEW),
    ("20000000", "重复交易", C.PAID),
    ("20000001", "并发冲突，请稍后重试", C.RETRY1),
    ("21000000", "手续费金额、手续费收取方式、手续费扣款标识必须同时为空或同时必填", C.CONFIG),
    ("22000000", "产品号不存在", C.CONFIG),
    ("22000000", "产品号状态异常", C.CONFIG),
    ("22000002", "商户信息不存在", C.CONFIG),
    ("22000002", "商户状态异常", C.CONFIG),
    ("22000003", "商户账户信息不存在", C.CONFIG),
    ("22000004", "暂未开通微信支付权限", C.CONFIG),
    ("22000005", "数字货币手续费费率未配置或配置有误", C.CONFIG),
    ("23000003", "交易金额不足以支付内扣手续费", C.LIMIT),
    ("23000003", "优惠金额大于交易金额", C.CONFIG),
    ("23000004", "交易类型不支持", C.CONFIG),
    ("90000000", "交易存在风险", C.RISK),
    ("90000000", "支付失败，风控拦截交易", C.RISK),
    ("90000000", "交易失败，单日金额超限，请联系客服提额", C.LIMIT),
    ("90000000", "该功能已关闭，请联系客服", C.MAINT),
    ("90000000", "特约子商户该产品权限已被冻结", C.MAINT),
    ("90000000", "当前商户需补齐相关资料后，才可进行相应的支付交易", C.MAINT),
    ("90000000", "当前商户未认证，请通知商户完成认证后开通交易", C.MAINT),
    ("90000000", "sub_mch_id与sub_appid不匹配", C.CONFIG),
    ("90000000", "sub_appid与sub_openid不匹配", C.SWITCH),
    ("90000000", "业务执行失败，账户可用余额不足", C.SWITCH),
    ("91111119", "通道异常，请稍后重试", C.RETRY1),
    ("98888888", "系统错误", C.QUERY),
    ("99999999", "系统异常，请稍后重试", C.QUERY),
]
KIND_ON_CREATE = {
    C.RETRY1: K.REFUSED_CHANNEL,
    C.SWITCH: K.REFUSED_CHANNEL,
    C.MAINT: K.REFUSED_CHANNEL,
    C.LIMIT: K.REFUSED_LIMIT,
    C.RISK: K.REFUSED_RISK,
    C.QUERY: K.UNKNOWN,
    C.PAID: K.DUPLICATE,
    C.RENEW: K.REFUSED_ORDER,
    C.CONFIG: K.REFUSED_CONFIG,
}
ELSEWHERE = [
    (O.QUERY, "10000000", "参数不能为空", C.CONFIG),
    (O.QUERY, "90000000", "业务执行失败", C.QUERY),
    (O.CLOSE, "10000015", "不允许关闭一分钟以内的订单", C.QUERY),
    (O.CLOSE, "20000001", "不允许关闭一分钟以内的订单", C.QUERY),
    (O.CLOSE, "20000001", "并发冲突，请稍后重试", C.RETRY1),
    (O.CLOSE, "10000016", "原订单已为终态,请发起查询交易获取", C.PAID),
    (O.CLOSE, "10000018", "", C.QUERY),
    (O.CLOSE, "23000000", "原订单已为终态，无法发起关单操作", C.PAID),
    (O.CLOSE, "23000004", "原订单为银联二维码交易，不支持关单", C.QUERY),
    (O.CLOSE, "90000000", "业务执行失败", C.QUERY),
    (O.REFUND, "20000000", "重复交易", C.QUERY),
    (O.REFUND, "21000000", "数字货币交易退款原因必填", C.CONFIG),
    (O.REFUND, "23000000", "原交易未入账，不能发起退款", C.RETRY1),
    (O.REFUND, "23000001", "原交易不存在", C.CONFIG),
    (O.REFUND, "23000002", "退款手续费承担方和原交易手续费承担方不一致", C.CONFIG),
    (O.REFUND, "23000003", "账户余额不足", C.LIMIT),
    (O.REFUND, "23000004", "优惠交易不支持部分退款", C.CONFIG),
    (O.REFUND, "90000000", "业务执行失败，可用余额不足", C.LIMIT),
    (O.REFUND, "90000000", "交易存在风险", C.RISK),
    (O.REFUND, "91111119", "通道异常，请稍后重试", C.QUERY),
    (O.REFUND, "99999999", "系统异常，请稍后重试", C.QUERY),
    (O.QUERY_REFUND, "99999999", "系统异常，请稍后重试", C.QUERY),
    (O.QUERY_REFUND, "21000000", "不能同时为空", C.CONFIG),
]


@pytest.mark.parametrize(("code", "words", "code_class"), ON_CREATE)
async def test_every_listed_code_reaches_the_switch_as_the_right_outcome(
    code: str, words: str, code_class: CodeClass
) -> None:
    assert classify(code, words, O.CREATE) is code_class
    client, huifu = shop_with_huifu()
    huifu.refuses(code, words)
    answer = await client.create(order(), 500)
    expected = K.UNKNOWN if code == "91111119" else KIND_ON_CREATE[code_class]
    assert (answer.outcome.kind, answer.outcome.code, answer.outcome.message) == (expected, code, words)
    assert answer.outcome.transient is (code_class is C.RETRY1)
    assert answer.outcome.listed is (code_class is C.MAINT)
    assert answer.credential is None


@pytest.mark.parametrize(("operation", "code", "words", "code_class"), ELSEWHERE)
def test_every_listed_code_has_its_class_where_it_means_something_else(
    operation: Operation, code: str, words: str, code_class: CodeClass
) -> None:
    assert classify(code, words, operation) is code_class


def test_the_hand_written_lists_and_the_tables_cover_each_other() -> None:
    written = {(O.CREATE, code) for code, _, _ in ON_CREATE} | {(op, code) for op, code, _, _ in ELSEWHERE}
    assert set(CODES) <= {code for _, code in written}
    special = {(operation, code) for operation, table in BY_OPERATION.items() for code in table}
    assert special <= written


@given(st.sampled_from(list(O)), st.text(max_size=10), st.text(max_size=30), st.booleans())
def test_an_unknown_code_proves_nothing(operation: Operation, code: str, message: str, signed: bool) -> None:
    if code in CODES or any(code in table for table in BY_OPERATION.values()) or code in TAKEN | {"23000001"}:
        return
    assert refusal(code, message, operation, signed=signed).kind is K.UNKNOWN


@given(st.sampled_from(sorted({*CODES, *(c for t in BY_OPERATION.values() for c in t)})), st.text(max_size=40))
def test_no_words_make_a_refund_or_a_close_final(code: str, message: str) -> None:
    """Whatever Huifu writes beside a code: no refund is given up, and no order believed dead, over a refusal."""
    for signed in (True, False):
        assert refusal(code, message, O.REFUND, signed=signed).kind is K.UNKNOWN
        assert refusal(code, message, O.CLOSE, signed=signed).kind is not K.CLOSED
        assert refusal(code, message, O.QUERY, signed=signed).kind not in (K.CLOSED, K.PAID)


@pytest.mark.parametrize(("code", "words", "code_class"), ON_CREATE)
async def test_an_unsigned_refusal_moves_a_customer_on_and_proves_nothing_else(
    code: str, words: str, code_class: CodeClass
) -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses(code, words, signed=False)
    assert (await client.create(order(), 500)).outcome.kind is not K.ACCEPTED
    assert (await client.query(order_ref(), 500)).outcome.kind in (K.UNKNOWN, K.REFUSED_CONFIG)
    assert (await client.close(order_ref(), 500)).kind in (K.UNKNOWN, K.REFUSED_CONFIG)
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.UNKNOWN


@pytest.mark.parametrize("code", ["90000000", "22000005", "20000000"])
def test_a_payers_or_our_own_trouble_is_not_the_channels_illness(code: str) -> None:
    outcome = refusal(code, "交易存在风险", O.CREATE, signed=True)
    assert outcome.kind not in HURTS_HEALTH


async def test_the_wallets_own_words_decide_too() -> None:
    """Behind "业务执行失败" the real reason often stands in `bank_message`."""
    client, huifu = shop_with_huifu()
    huifu.refuses("90000000", "业务执行失败", bank_message="单日金额超限")
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.message) == (K.REFUSED_LIMIT, "业务执行失败 单日金额超限")


async def test_busy_words_open_the_breaker() -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses("91111119", "通道维护，请稍后重试")
    assert (await client.create(order(), 500)).outcome.listed is True


# The reference table of payment service providers' codes, row by row, for every operation through the whole client:
# (code, words, operation, kind, transient).
REFERENCE = [
    # QUERY: in work, or a system error: nothing is known, ask.
    ("98888888", "系统错误", O.CREATE, K.UNKNOWN, False),
    ("98888888", "系统错误", O.QUERY, K.UNKNOWN, False),
    ("98888888", "系统错误", O.CLOSE, K.UNKNOWN, False),
    ("98888888", "系统错误", O.REFUND, K.UNKNOWN, False),
    ("98888888", "系统错误", O.QUERY_REFUND, K.UNKNOWN, False),
    ("99999999", "系统异常", O.CREATE, K.UNKNOWN, False),
    ("99999999", "系统异常", O.QUERY, K.UNKNOWN, False),
    ("99999999", "系统异常", O.CLOSE, K.UNKNOWN, False),
    ("99999999", "系统异常", O.REFUND, K.UNKNOWN, False),
    ("99999999", "系统异常", O.QUERY_REFUND, K.UNKNOWN, False),
    # RETRY1: too frequent. A refused create is worth one more call; everything else is asked again.
    ("20000001", "请求过于频繁", O.CREATE, K.REFUSED_CHANNEL, True),
    ("20000001", "请求过于频繁", O.QUERY, K.UNKNOWN, True),
    ("20000001", "请求过于频繁", O.CLOSE, K.UNKNOWN, True),
    ("20000001", "请求过于频繁", O.REFUND, K.UNKNOWN, True),
    ("20000001", "请求过于频繁", O.QUERY_REFUND, K.UNKNOWN, True),
    # Duplicate: the number was used. Never paid, never refused: ask.
    ("20000000", "重复交易", O.CREATE, K.DUPLICATE, False),
    ("20000000", "重复交易", O.REFUND, K.UNKNOWN, False),
    # LIMIT and RISK share one code; a refund is never given up for it.
    ("90000000", "单日金额超限", O.CREATE, K.REFUSED_LIMIT, False),
    ("90000000", "交易存在风险", O.CREATE, K.REFUSED_RISK, False),
    ("90000000", "从未见过的说法", O.CREATE, K.REFUSED_CHANNEL, False),
    ("90000000", "交易存在风险", O.QUERY, K.UNKNOWN, False),
    ("90000000", "交易存在风险", O.REFUND, K.UNKNOWN, False),
    # CONFIG: ours to mend, for whatever was asked.
    ("22000000", "产品号不存在", O.CREATE, K.REFUSED_CONFIG, False),
    ("22000000", "产品号不存在", O.QUERY, K.REFUSED_CONFIG, False),
    ("22000000", "产品号不存在", O.CLOSE, K.REFUSED_CONFIG, False),
    ("22000000", "产品号不存在", O.REFUND, K.UNKNOWN, False),
    ("22000002", "商户信息不存在", O.CREATE, K.REFUSED_CONFIG, False),
    ("22000002", "商户信息不存在", O.QUERY, K.REFUSED_CONFIG, False),
    ("22000002", "商户信息不存在", O.CLOSE, K.REFUSED_CONFIG, False),
    ("22000002", "商户信息不存在", O.QUERY_REFUND, K.UNKNOWN, False),
    # Close: too young, at its end already, not closable. None of them is proof of an end.
    ("10000015", "不允许关闭一分钟以内的订单", O.CLOSE, K.UNKNOWN, False),
    ("10000016", "原订单已为终态", O.CLOSE, K.DUPLICATE, False),
    ("10000018", "", O.CLOSE, K.UNKNOWN, False),
    ("23000004", "不支持关单", O.CLOSE, K.UNKNOWN, False),
]


@pytest.mark.parametrize(("code", "words", "operation", "kind", "transient"), REFERENCE)
async def test_the_reference_table_row_by_row(
    code: str, words: str, operation: Operation, kind: OutcomeKind, transient: bool
) -> None:
    client, huifu = shop_with_huifu()
    huifu.refuses(code, words)
    calls = {
        O.CREATE: lambda: client.create(order(), 500),
        O.QUERY: lambda: client.query(order_ref(), 500),
        O.CLOSE: lambda: client.close(order_ref(), 500),
        O.REFUND: lambda: client.refund(refund_order(), 500),
        O.QUERY_REFUND: lambda: client.query_refund(refund_order(), 500),
    }
    answer = await calls[operation]()
    outcome = answer if isinstance(answer, Outcome) else answer.outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (kind, code, transient)
    needs_person = kind is K.UNKNOWN and operation in (O.REFUND, O.QUERY_REFUND) and code in _OURS
    assert outcome.merchant_side is needs_person


_OURS = {"22000000", "22000002", "90000000"}
"""For a refund these need a person, and the same number goes through afterwards."""


@pytest.mark.parametrize("code", ["00000000", "00000100"])
async def test_a_call_that_was_taken_but_shows_nothing_is_unknown(code: str) -> None:
    """`00000100` and `trans_stat` P say that Huifu works on it; without a code to show nobody can pay it."""
    client, huifu = shop_with_huifu()
    huifu.succeeds(resp_code=code, req_seq_id=order().channel_order_no, trans_stat="P")
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.credential) == (K.UNKNOWN, None)
