"""Every code of API V2's micropay, orderquery and reverse: what it proves about the money."""

from __future__ import annotations

import pytest

from payswitch.connectors.codes import Operation
from payswitch.connectors.wechatpay.codes import CODES
from payswitch.connectors.wechatpay.v2_codes import ANOTHER_CODE, BY_OPERATION, V2_ONLY, classify, turned_away
from payswitch.domain.outcome import HURTS_HEALTH, OutcomeKind

K = OutcomeKind

DEBIT = [
    # Not known: ask, in the end reverse.
    ("SYSTEMERROR", K.UNKNOWN),
    ("SYSTEM_ERROR", K.UNKNOWN),
    ("BANKERROR", K.UNKNOWN),
    ("BANK_ERROR", K.UNKNOWN),
    ("TRADE_ERROR", K.UNKNOWN),
    ("FREQUENCY_LIMITED", K.UNKNOWN),
    ("OUT_TRADE_NO_USED", K.UNKNOWN),
    ("INVALID_REQUEST", K.UNKNOWN),
    ("ORDERPAID", K.UNKNOWN),
    ("ORDERNOTEXIST", K.NOT_FOUND),
    ("USERPAYING", K.PENDING),
    # The customer's own matter.
    ("NOTENOUGH", K.REFUSED_PAYER),
    ("AUTHCODEEXPIRE", K.REFUSED_PAYER),
    ("AUTH_CODE_INVALID", K.REFUSED_PAYER),
    ("AUTH_CODE_ERROR", K.REFUSED_PAYER),
    ("BUYER_MISMATCH", K.REFUSED_PAYER),
    ("OPENID_MISMATCH", K.REFUSED_PAYER),
    # The channel, the contract, risk control.
    ("NOTSUPORTCARD", K.REFUSED_CHANNEL),
    ("NOTSUPPORTCARD", K.REFUSED_CHANNEL),
    ("RULELIMIT", K.REFUSED_LIMIT),
    ("ACCOUNTERROR", K.REFUSED_RISK),
    # The number is dead.
    ("ORDERCLOSED", K.REFUSED_ORDER),
    ("ORDERREVERSED", K.REFUSED_ORDER),
    # Ours.
    ("NOAUTH", K.REFUSED_CONFIG),
    ("SIGNERROR", K.REFUSED_CONFIG),
    ("PARAM_ERROR", K.REFUSED_CONFIG),
    ("LACK_PARAMS", K.REFUSED_CONFIG),
    ("XML_FORMAT_ERROR", K.REFUSED_CONFIG),
    ("REQUIRE_POST_METHOD", K.REFUSED_CONFIG),
    ("NOT_UTF8", K.REFUSED_CONFIG),
    ("APPID_NOT_EXIST", K.REFUSED_CONFIG),
    ("MCHID_NOT_EXIST", K.REFUSED_CONFIG),
    ("APPID_MCHID_NOT_MATCH", K.REFUSED_CONFIG),
    # Nobody has ever heard of it: the money may have been taken.
    ("BRAND_NEW_ERROR", K.UNKNOWN),
    ("", K.UNKNOWN),
]


@pytest.mark.parametrize(("code", "kind"), DEBIT)
def test_a_debit(code: str, kind: OutcomeKind) -> None:
    outcome = classify(Operation.DEBIT, code, "")
    assert outcome.kind is kind
    assert outcome.code == code
    assert not outcome.transient, "a debit is sent once"


def test_only_a_wrong_code_asks_for_another() -> None:
    asking = {code for code, _ in DEBIT if classify(Operation.DEBIT, code, "").ask_consent}
    assert {code.replace("_", "") for code in asking} == ANOTHER_CODE


def test_the_customers_matters_and_ours_do_not_hurt_the_channel() -> None:
    hurting = {code for code, _ in DEBIT if classify(Operation.DEBIT, code, "").kind in HURTS_HEALTH}
    assert hurting.isdisjoint({"NOTENOUGH", "AUTHCODEEXPIRE", "BUYER_MISMATCH", "SIGNERROR", "RULELIMIT"})


def test_the_text_beside_a_code() -> None:
    assert classify(Operation.DEBIT, "RULELIMIT", "该交易存在风险").kind is K.REFUSED_RISK
    assert classify(Operation.DEBIT, "NOAUTH", "收款功能已被限制").kind is K.REFUSED_CHANNEL
    assert classify(Operation.DEBIT, "SYSTEMERROR", "收款功能已被限制").kind is K.UNKNOWN, "unknown stays unknown"
    assert classify(Operation.DEBIT, "SYSTEMERROR", "系统繁忙").listed
    assert len(classify(Operation.DEBIT, "X", "很长" * 500).message) == 200


def test_every_listed_code_of_every_operation_is_safe() -> None:
    """Whatever a reversal or a question is answered, only a known word ends anything."""
    names = {*CODES, *V2_ONLY, *(name for table in BY_OPERATION.values() for name in table)}
    ends = {name for name in names if classify(Operation.REVERSE, name, "").kind is K.CLOSED}
    assert ends == {"ORDERCLOSED", "ORDERREVERSED"}
    assert {classify(Operation.QUERY, name, "").kind for name in names} == {
        K.UNKNOWN,
        K.REFUSED_CONFIG,
        K.NOT_FOUND,
    }


@pytest.mark.parametrize(
    ("message", "ours"),
    [
        ("签名错误", True),
        ("缺少参数", True),
        ("appid不存在", True),
        ("商户号mch_id或sub_mch_id不存在", True),
        ("XML格式错误", True),
        ("请使用post方法", True),
        ("证书验证失败", True),
        ("系统繁忙，请稍后再试", False),
        ("SYSTEMERROR", False),
        ("OK", False),
        ("", False),
    ],
)
def test_a_request_that_was_turned_away(message: str, ours: bool) -> None:
    for operation in (Operation.DEBIT, Operation.REVERSE, Operation.QUERY):
        kind = turned_away(operation, message).kind
        assert kind is (K.REFUSED_CONFIG if ours else K.UNKNOWN)
