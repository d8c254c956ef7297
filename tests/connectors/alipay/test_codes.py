"""Every error code of Alipay's lists has its class, and its class has its effect on the money."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.alipay.world import order, order_ref, shop_with_alipay

from payswitch.connectors.alipay.client import AlipayClient
from payswitch.connectors.alipay.codes import BY_OPERATION, SUB_CODES, bare, classify, refusal
from payswitch.connectors.codes import CodeClass, Operation
from payswitch.domain.channel import Product
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import HURTS_HEALTH, OutcomeKind
from payswitch.kit.secrets import Secret

C = CodeClass

# Written out by hand from Alipay's lists, not derived from the table under test.
EXPECTED_ON_CREATE = {
    C.RETRY1: """SYSTEM_ERROR PAYMENT_FAIL REFUND_CHARGE_ERROR""",
    C.SWITCH: """PULL_MOBILE_CASHIER_FAIL NOT_SUPPORT_PAYMENT_INST UN_SUPPORT_TRADE_SCENE""",
    C.MAINT: """MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT SELLER_BEEN_BLOCKED MERCHANT_STATUS_NOT_NORMAL
        MERCHANT_AGREEMENT_INVALID MERCHANT_AGREEMENT_NOT_EXIST SECONDARY_MERCHANT_STATUS_ERROR
        SECONDARY_MERCHANT_ISV_PUNISH_INDIRECT""",
    C.LIMIT: """BEYOND_PAY_RESTRICTION BEYOND_PER_RECEIPT_RESTRICTION BEYOND_PER_RECEIPT_DAY_RESTRICTION
        BEYOND_PER_RECEIPT_SINGLE_RESTRICTION MERCHANT_PERM_RECEIPT_DAY_LIMIT MERCHANT_PERM_RECEIPT_SINGLE_LIMIT
        PRODUCT_AMOUNT_LIMIT_ERROR RESTRICTED_MERCHANT_INDUSTRY TOTAL_FEE_EXCEED REQUEST_AMOUNT_EXCEED
        CYCLE_PAY_DATE_EXCEED CYCLE_PAY_SINGLE_FEE_EXCEED""",
    C.RISK: """PAYMENT_REQUEST_HAS_RISK BUYER_ENABLE_STATUS_FORBID CUSTOMER_VALIDATE_ERROR EXIST_FORBIDDEN_WORD""",
    C.CUST: """BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR BUYER_BALANCE_NOT_ENOUGH
        BUYER_BANKCARD_BALANCE_NOT_ENOUGH ERROR_BALANCE_PAYMENT_DISABLE PAYMENT_AUTH_CODE_INVALID
        MOBILE_PAYMENT_SWITCH_OFF USER_FACE_PAYMENT_SWITCH_OFF NO_PAYMENT_INSTRUMENTS_AVAILABLE NOT_CERTIFIED_USER
        ERROR_BUYER_CERTIFY_LEVEL_LIMIT BUYER_NOT_MAINLAND_CERT PAYER_UNMATCHED BUYER_SELLER_EQUAL BUYER_NOT_EXIST
        USER_LOGONID_DUP ZM_AUTH_FAILED""",
    C.QUERY: """TRADE_STATUS_ERROR CANCEL_NOT_ALLOWED TRADE_CANCEL_TIME_OUT REASON_TRADE_BEEN_FREEZEN
        TRADE_NOT_EXIST""",
    C.PAID: """TRADE_HAS_SUCCESS""",
    C.RENEW: """TRADE_HAS_CLOSE CONTEXT_INCONSISTENT TRADE_BUYER_NOT_MATCH NOW_TIME_AFTER_EXPIRE_TIME_ERROR
        APPLY_PC_MERCHANT_CODE_ERROR""",
    C.CONFIG: """ACCESS_FORBIDDEN PARTNER_ERROR INVALID_PARAMETER INVALID_RECEIVE_ACCOUNT SELLER_NOT_EXIST
        RISK_MERCHANT_IP_NOT_EXIST INVALID_STORE_ID""",
}
LISTED = [(code, code_class) for code_class, codes in EXPECTED_ON_CREATE.items() for code in codes.split()]

KIND_ON_CREATE = {
    C.RETRY1: OutcomeKind.REFUSED_CHANNEL,
    C.SWITCH: OutcomeKind.REFUSED_CHANNEL,
    C.MAINT: OutcomeKind.REFUSED_CHANNEL,
    C.LIMIT: OutcomeKind.REFUSED_LIMIT,
    C.RISK: OutcomeKind.REFUSED_RISK,
    C.CUST: OutcomeKind.REFUSED_PAYER,
    C.QUERY: OutcomeKind.UNKNOWN,
    C.PAID: OutcomeKind.DUPLICATE,
    C.RENEW: OutcomeKind.REFUSED_ORDER,
    C.CONFIG: OutcomeKind.REFUSED_CONFIG,
}


@pytest.mark.parametrize(("code", "code_class"), LISTED)
@pytest.mark.parametrize("prefix", ["ACQ.", "aop.ACQ.", ""])
def test_every_listed_business_code_has_its_class(prefix: str, code: str, code_class: CodeClass) -> None:
    assert classify("40004", prefix + code, Operation.CREATE) is code_class


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_every_listed_code_reaches_the_switch_as_the_right_outcome(code: str, code_class: CodeClass) -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses(f"ACQ.{code}")
    outcome = (await client.create(order(), 500)).outcome
    expected = OutcomeKind.UNKNOWN if code == "SYSTEM_ERROR" else KIND_ON_CREATE[code_class]
    assert (outcome.kind, outcome.code) == (expected, f"ACQ.{code}")
    assert outcome.transient is (code_class is C.RETRY1)
    assert outcome.listed is (code_class is C.MAINT)


def test_the_hand_written_list_and_the_table_cover_each_other() -> None:
    written = {code for code, _ in LISTED}
    gateways = {name for name in SUB_CODES if name.startswith("isv.") or "-" in name}
    assert set(SUB_CODES) - gateways - written <= {"REASON_TRADE_STATUS_INVALID"}


@pytest.mark.parametrize(
    ("code", "sub_code", "code_class"),
    [
        ("20000", "isp.unknow-error", C.RETRY1),
        ("20000", "aop.unknow-error", C.RETRY1),
        ("20000", "aop.ACQ.SYSTEM_ERROR", C.RETRY1),
        ("20000", "", C.RETRY1),
        ("20001", "aop.invalid-auth-token", C.CONFIG),
        ("40001", "isv.missing-signature", C.CONFIG),
        ("40001", "isv.missing-app-id", C.CONFIG),
        ("40002", "isv.invalid-signature", C.CONFIG),
        ("40002", "isv.invalid-app-id", C.CONFIG),
        ("40002", "isv.invalid-timestamp", C.CONFIG),
        ("40002", "isv.app-cert-expired", C.CONFIG),
        ("40002", "isv.suspected-attack", C.RISK),
        ("40003", "", C.QUERY),
        ("40005", "isv.app-call-limited", C.RETRY1),
        ("40005", "isv.method-call-limited", C.RETRY1),
        ("40006", "isv.insufficient-isv-permissions", C.CONFIG),
        ("40006", "insufficient-isv-permissions", C.CONFIG),
        ("40006", "something.new", C.CONFIG),
        ("10003", "", C.QUERY),
        ("40004", "AQC.SYSTEM_ERROR", C.RETRY1),
    ],
)
def test_the_gateways_own_codes(code: str, sub_code: str, code_class: CodeClass) -> None:
    assert classify(code, sub_code, Operation.CREATE) is code_class


@pytest.mark.parametrize(
    ("operation", "sub_code", "code_class"),
    [
        (Operation.REFUND, "ACQ.SYSTEM_ERROR", C.QUERY),
        (Operation.REFUND, "aop.unknow-error", C.QUERY),
        (Operation.REFUND, "ACQ.SELLER_BALANCE_NOT_ENOUGH", C.LIMIT),
        (Operation.REFUND, "ACQ.DISCORDANT_REPEAT_REQUEST", C.CONFIG),
        (Operation.REFUND, "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", C.RENEW),
        (Operation.REFUND, "ACQ.TRADE_NOT_ALLOW_REFUND", C.RENEW),
        (Operation.REFUND, "ACQ.TRADE_HAS_FINISHED", C.RENEW),
        (Operation.REFUND, "ACQ.NOT_ALLOW_PARTIAL_REFUND", C.RENEW),
        (Operation.REFUND, "ACQ.TRADE_HAS_CLOSE", C.CONFIG),
        (Operation.CLOSE, "ACQ.TRADE_STATUS_ERROR", C.PAID),
        (Operation.CLOSE, "ACQ.REASON_TRADE_STATUS_INVALID", C.PAID),
        (Operation.REFUND, "ACQ.CONTEXT_INCONSISTENT", C.QUERY),
        (Operation.REFUND, "ACQ.BUYER_NOT_EXIST", C.RISK),
        (Operation.CLOSE, "ACQ.TRADE_HAS_CLOSE", C.RENEW),
        (Operation.CLOSE, "ACQ.CONTEXT_INCONSISTENT", C.QUERY),
        (Operation.CLOSE, "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR", C.QUERY),
        (Operation.QUERY, "ACQ.TRADE_HAS_CLOSE", C.QUERY),
        (Operation.QUERY, "ACQ.SYSTEM_ERROR", C.RETRY1),
        (Operation.CLOSE, "ACQ.SYSTEM_ERROR", C.RETRY1),
    ],
)
def test_the_same_code_means_another_thing_for_another_operation(
    operation: Operation, sub_code: str, code_class: CodeClass
) -> None:
    assert classify("40004", sub_code, operation) is code_class


def kind_of_debit(code: str, code_class: CodeClass) -> OutcomeKind:
    """By the reference: QUERY for trade.pay are silence, 10003, 20000, SYSTEM_ERROR; paid already is asked about."""
    if code == "PAYMENT_FAIL":
        return OutcomeKind.REFUSED_CHANNEL
    if code_class in (C.RETRY1, C.QUERY, C.PAID):
        return OutcomeKind.UNKNOWN
    return KIND_ON_CREATE[code_class]


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_what_every_listed_code_proves_about_a_debit(code: str, code_class: CodeClass) -> None:
    client, alipay = shop_with_alipay()
    assert isinstance(client, AlipayClient)
    alipay.refuses(f"ACQ.{code}")
    debit = DebitOrder(order=order(Product.ALIPAY_CODE), consent=Secret("287634438256643947"))
    outcome = (await client.debit(debit, 500)).outcome
    assert (outcome.kind, outcome.code) == (kind_of_debit(code, code_class), f"ACQ.{code}")
    assert not outcome.transient, "a debit is sent once"
    assert outcome.listed is (code_class is C.MAINT)


@pytest.mark.parametrize(
    ("code", "sub_code", "kind"),
    [
        ("20000", "isp.unknow-error", OutcomeKind.UNKNOWN),
        ("20000", "aop.unknow-error", OutcomeKind.UNKNOWN),
        ("20000", "aop.ACQ.SYSTEM_ERROR", OutcomeKind.UNKNOWN),
        ("20000", "", OutcomeKind.UNKNOWN),
        ("40004", "ACQ.SYSTEM_ERROR", OutcomeKind.UNKNOWN),
        ("40005", "isv.app-call-limited", OutcomeKind.UNKNOWN),
        ("40005", "isv.method-call-limited", OutcomeKind.UNKNOWN),
        ("40003", "", OutcomeKind.UNKNOWN),
        ("20001", "aop.invalid-auth-token", OutcomeKind.REFUSED_CONFIG),
        ("40001", "isv.missing-signature", OutcomeKind.REFUSED_CONFIG),
        ("40002", "isv.invalid-signature", OutcomeKind.REFUSED_CONFIG),
        ("40002", "isv.invalid-app-id", OutcomeKind.REFUSED_CONFIG),
        ("40002", "isv.suspected-attack", OutcomeKind.REFUSED_RISK),
        ("40006", "isv.insufficient-isv-permissions", OutcomeKind.REFUSED_CONFIG),
    ],
)
def test_what_the_gateways_own_codes_prove_about_a_debit(code: str, sub_code: str, kind: OutcomeKind) -> None:
    assert refusal(code, sub_code, "", Operation.DEBIT, signed=True).kind is kind
    assert refusal(code, sub_code, "", Operation.DEBIT, signed=False).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize(
    ("sub_code", "kind", "transient", "merchant_side"),
    [
        ("CANCEL_NOT_ALLOWED", OutcomeKind.DUPLICATE, False, False),
        ("TRADE_CANCEL_TIME_OUT", OutcomeKind.DUPLICATE, False, False),
        ("TRADE_HAS_FINISHED", OutcomeKind.DUPLICATE, False, False),
        ("REASON_TRADE_BEEN_FREEZEN", OutcomeKind.UNKNOWN, False, False),
        ("SELLER_BALANCE_NOT_ENOUGH", OutcomeKind.UNKNOWN, False, True),
        ("TRADE_HAS_CLOSE", OutcomeKind.CLOSED, False, False),
        ("TRADE_NOT_EXIST", OutcomeKind.UNKNOWN, False, False),
        ("TRADE_STATUS_ERROR", OutcomeKind.UNKNOWN, False, False),
        ("REASON_TRADE_STATUS_INVALID", OutcomeKind.UNKNOWN, False, False),
        ("SYSTEM_ERROR", OutcomeKind.UNKNOWN, True, False),
        ("CONTEXT_INCONSISTENT", OutcomeKind.UNKNOWN, False, False),
        ("NOW_TIME_AFTER_EXPIRE_TIME_ERROR", OutcomeKind.UNKNOWN, False, False),
        ("INVALID_PARAMETER", OutcomeKind.REFUSED_CONFIG, False, False),
        ("BUYER_BALANCE_NOT_ENOUGH", OutcomeKind.UNKNOWN, False, False),
        ("SOMETHING_NEW", OutcomeKind.UNKNOWN, False, False),
    ],
)
@pytest.mark.parametrize("prefix", ["ACQ.", "AQC.", "aop.ACQ."])
async def test_what_a_refused_cancel_says(
    prefix: str, sub_code: str, kind: OutcomeKind, transient: bool, merchant_side: bool
) -> None:
    """TRADE_CANCEL_TIME_OUT and its like: it is paid, and cancel is not the way to give it back."""
    client, alipay = shop_with_alipay()
    assert isinstance(client, AlipayClient)
    alipay.refuses(prefix + sub_code)
    outcome = await client.reverse(msgspec.structs.replace(order_ref(), product=Product.ALIPAY_CODE), 500)
    assert (outcome.kind, outcome.transient, outcome.merchant_side) == (kind, transient, merchant_side)


@pytest.mark.parametrize("code", sorted({*SUB_CODES, *BY_OPERATION[Operation.REVERSE]}))
def test_an_unsigned_error_proves_nothing_about_a_reversal(code: str) -> None:
    """Not even "we were not allowed to": with a "paid" after it, that would say that the money is there to stay."""
    outcome = refusal("40004", f"ACQ.{code}", "", Operation.REVERSE, signed=False)
    assert outcome.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("code", sorted({*SUB_CODES, *BY_OPERATION[Operation.DEBIT]}))
def test_an_unsigned_error_leaves_a_debit_unknown(code: str) -> None:
    outcome = refusal("40004", f"ACQ.{code}", "", Operation.DEBIT, signed=False)
    assert (outcome.kind, outcome.transient) == (OutcomeKind.UNKNOWN, False)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("ACQ.BUYER_BANKCARD_BALANCE_NOT_E", "BUYER_BANKCARD_BALANCE_NOT_ENOUGH"),
        ("ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIM", "BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR"),
        ("ACQ.BUYER_PAYMENT_AMOUNT_MONTH_L", "BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR"),
        ("aop.ACQ.NO_PAYMENT_INSTRUMENTS_AVAI", "NO_PAYMENT_INSTRUMENTS_AVAILABLE"),
        ("ACQ.MERCHANT_PERM_RECEIPT_SUSPEN", "MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT"),
    ],
)
def test_a_code_that_came_cut_off_is_recognised(cut: str, whole: str) -> None:
    assert bare(cut) == whole


@pytest.mark.parametrize("cut", ["ACQ.BUYER_PAYMENT_AMOUNT_", "ACQ.BUYER_BANK", "ACQ.TRADE_HAS", "ACQ.", ""])
def test_a_beginning_that_could_be_two_codes_or_is_too_short_is_not_guessed(cut: str) -> None:
    assert classify("40004", cut, Operation.CREATE) is C.QUERY


def test_every_known_code_is_itself_even_when_it_begins_another() -> None:
    for name in {*SUB_CODES, *(code for codes in BY_OPERATION.values() for code in codes)}:
        assert bare(f"ACQ.{name}") == name


async def test_a_forbidden_word_in_one_order_does_not_take_the_channel_out() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.EXIST_FORBIDDEN_WORD", sub_msg="订单信息中包含违禁词")
    outcome = (await client.create(order(subject="某违禁词"), 500)).outcome
    assert outcome.kind not in HURTS_HEALTH | {OutcomeKind.REFUSED_CONFIG, OutcomeKind.REFUSED_LIMIT}
    assert not outcome.listed


async def test_busy_words_open_the_breaker_at_once() -> None:
    client, alipay = shop_with_alipay()
    alipay.refuses("ACQ.SYSTEM_ERROR", sub_msg="系统繁忙，请稍后再试")
    outcome = (await client.create(order(), 500)).outcome
    assert outcome.listed
    assert outcome.message == "系统繁忙，请稍后再试"


@given(
    code=st.text(max_size=8) | st.sampled_from(["40004", "20000", "10003", "99999", ""]),
    sub_code=st.text(max_size=40) | st.text(max_size=30).map("ACQ.".__add__),
    operation=st.sampled_from(list(Operation)),
    signed=st.booleans(),
)
def test_no_error_code_ever_proves_that_money_moved_or_raises(
    code: str, sub_code: str, operation: Operation, signed: bool
) -> None:
    outcome = refusal(code, sub_code, "m" * 1_000, operation, signed=signed)
    assert outcome.kind not in (OutcomeKind.PAID, OutcomeKind.ACCEPTED, OutcomeKind.PENDING)
    assert len(outcome.message) <= 200


@given(sub_code=st.text(alphabet="ABCDEFGHIJ_", min_size=5, max_size=40).filter(lambda s: bare(s) not in SUB_CODES))
def test_an_unknown_code_is_unknown_for_every_operation(sub_code: str) -> None:
    for operation in Operation:
        outcome = refusal("40004", f"ACQ.{sub_code}", "", operation, signed=True)
        assert outcome.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("operation", [Operation.QUERY, Operation.CLOSE, Operation.REFUND, Operation.QUERY_REFUND])
@pytest.mark.parametrize("code", sorted({*SUB_CODES, *BY_OPERATION[Operation.REFUND]}))
def test_an_unsigned_error_proves_nothing_about_an_order_or_refund(operation: Operation, code: str) -> None:
    outcome = refusal("40004", f"ACQ.{code}", "", operation, signed=False)
    assert outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED_CONFIG)
