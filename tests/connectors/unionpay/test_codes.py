"""Every respCode of UnionPay's list has its class, and its class has its effect on the money."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.unionpay.world import NOW_MS, order, order_ref, shop_with_unionpay

from payswitch.connectors.acp.codes import (
    BY_OPERATION,
    FILE_CODES,
    RESP_CODES,
    SUCCESS,
    classify,
    kind_of_payment,
    kind_of_refund,
    refusal,
)
from payswitch.connectors.codes import CodeClass, Operation
from payswitch.domain.channel import Product
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret

C = CodeClass

# Written out by hand from the reference, not derived from the table under test.
EXPECTED = {
    C.RETRY1: "06 37",
    C.SWITCH: "01 44 62 68 78",
    C.MAINT: "02 31 39 92 93 94 95 96",
    C.LIMIT: "33",
    C.RISK: "38 60",
    C.CUST: "30 61 63 64 65 66 67 69 71 72 73 76 77 79 80",
    C.QUERY: "03 04 05 34 42 45 46 70 74 75 83",
    C.PAID: "12",
    C.CONFIG: "10 11 13 32 35 36 40 43 82",
}
LISTED = [(code, code_class) for code_class, codes in EXPECTED.items() for code in codes.split()]
KIND_ON_CREATE = {
    C.RETRY1: OutcomeKind.REFUSED_CHANNEL,
    C.SWITCH: OutcomeKind.REFUSED_CHANNEL,
    C.MAINT: OutcomeKind.REFUSED_CHANNEL,
    C.LIMIT: OutcomeKind.REFUSED_LIMIT,
    C.RISK: OutcomeKind.REFUSED_RISK,
    C.CUST: OutcomeKind.REFUSED_PAYER,
    C.QUERY: OutcomeKind.UNKNOWN,
    C.PAID: OutcomeKind.DUPLICATE,
    C.CONFIG: OutcomeKind.REFUSED_CONFIG,
}
MONEY_TAKEN_OR_NOT_KNOWN = ["03", "04", "05", "12", "34", "42", "45", "46", "70", "74", "75", "83"]


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_every_listed_code_reaches_the_switch_as_the_right_outcome(code: str, code_class: CodeClass) -> None:
    assert classify(code, Operation.CREATE) is code_class
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code, "说明")
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (KIND_ON_CREATE[code_class], code, "说明")
    assert outcome.transient is (code_class is C.RETRY1)
    assert outcome.listed is (code_class is C.MAINT)


def test_the_hand_written_list_and_the_table_cover_each_other() -> None:
    assert {code for code, _ in LISTED} == set(RESP_CODES)
    assert not SUCCESS & set(RESP_CODES)


@pytest.mark.parametrize("code", ["98", "99"])
def test_the_file_interface_has_two_codes_of_its_own(code: str) -> None:
    assert FILE_CODES[code] is C.CONFIG
    assert {known: FILE_CODES[known] for known in RESP_CODES} == RESP_CODES
    assert classify(code, Operation.CREATE) is C.QUERY


@pytest.mark.parametrize(
    ("operation", "code", "code_class"),
    [
        (Operation.REFUND, "02", C.SWITCH),
        (Operation.REFUND, "39", C.SWITCH),
        (Operation.REFUND, "31", C.MAINT),
        (Operation.REFUND, "64", C.RISK),
        (Operation.REFUND, "61", C.RISK),
        (Operation.REVERSE, "46", C.RENEW),
        (Operation.REVERSE, "12", C.QUERY),
        (Operation.REVERSE, "35", C.QUERY),
        (Operation.REVERSE, "39", C.PAID),
        (Operation.REVERSE, "45", C.QUERY),
        (Operation.REVERSE, "34", C.RENEW),
        (Operation.QUERY, "12", C.PAID),
        (Operation.QUERY, "64", C.CUST),
    ],
)
def test_the_same_code_means_another_thing_for_another_operation(
    operation: Operation, code: str, code_class: CodeClass
) -> None:
    assert classify(code, operation) is code_class


def test_every_special_code_differs_from_the_general_table() -> None:
    for operation, special in BY_OPERATION.items():
        for code, code_class in special.items():
            assert RESP_CODES[code] is not code_class, f"{code} is not special for {operation}"


@pytest.mark.parametrize(("code", "code_class"), LISTED)
def test_what_each_code_means_as_the_outcome_of_a_payment(code: str, code_class: CodeClass) -> None:
    before, after = (kind_of_payment(code, past_deadline=past) for past in (False, True))
    if code in MONEY_TAKEN_OR_NOT_KNOWN:
        assert before is after
        assert after is not OutcomeKind.CLOSED
    else:
        assert (before, after) == (OutcomeKind.PENDING, OutcomeKind.CLOSED)


@pytest.mark.parametrize(("code", "code_class"), LISTED)
def test_what_each_code_means_as_the_outcome_of_a_refund(code: str, code_class: CodeClass) -> None:
    closed = kind_of_refund(code) is OutcomeKind.CLOSED
    assert closed is (code not in MONEY_TAKEN_OR_NOT_KNOWN)


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_what_every_listed_code_proves_about_a_debit(code: str, code_class: CodeClass) -> None:
    """03, 04, 05 and their like leave it unknown, and so does "busy" once the message has arrived."""
    client, unionpay = shop_with_unionpay()
    unionpay.refuses(code, "说明")
    debit = DebitOrder(order=order(Product.UNIONPAY_CODE), consent=Secret("6228480402564890018"))
    outcome = (await client.debit(debit, 500)).outcome
    proves_nothing = code_class in (C.RETRY1, C.QUERY, C.PAID)
    expected = OutcomeKind.UNKNOWN if proves_nothing else KIND_ON_CREATE[code_class]
    assert (outcome.kind, outcome.code, outcome.transient) == (expected, code, False)
    assert outcome.listed is (code_class is C.MAINT)


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_what_every_listed_code_says_of_a_reversal(code: str, code_class: CodeClass) -> None:
    """Reversed already, or not there: an end. Its day is over: as the query says. Else no more than a reason to ask."""
    client, unionpay = shop_with_unionpay(ManualClock(NOW_MS + 65_000))
    unionpay.refuses(code)
    outcome = await client.reverse(order_ref(Product.UNIONPAY_CODE), 500)
    expected = OutcomeKind.UNKNOWN
    if code in ("34", "46"):
        expected = OutcomeKind.CLOSED
    elif code == "39":
        expected = OutcomeKind.DUPLICATE
    elif code_class is C.CONFIG and code != "35":
        expected = OutcomeKind.REFUSED_CONFIG
    assert (outcome.kind, outcome.code) == (expected, code)
    assert outcome.transient is (code_class is C.RETRY1)
    assert outcome.merchant_side is (code_class is C.LIMIT)
    assert outcome.listed is (code_class is C.MAINT and code != "39"), "a day that is over is no illness"


@pytest.mark.parametrize(("code", "code_class"), LISTED)
async def test_what_each_code_means_as_the_outcome_of_a_debit(code: str, code_class: CodeClass) -> None:
    """A debit has one try: its failure is its end, before `payTimeout` too."""
    client, unionpay = shop_with_unionpay()
    unionpay.tells(code)
    kind = (await client.query(order_ref(Product.UNIONPAY_CODE), 500)).outcome.kind
    assert (kind is OutcomeKind.CLOSED) is (code not in MONEY_TAKEN_OR_NOT_KNOWN)
    assert kind is not OutcomeKind.PAID


async def test_busy_words_open_the_breaker_at_once() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("06", "系统繁忙，请稍后再试[0600000]")
    outcome = (await client.create(order(), 500)).outcome
    assert outcome.listed
    assert outcome.transient


async def test_an_unsigned_refusal_is_enough_to_go_on_to_another_channel() -> None:
    """UnionPay cannot sign for a merchant it does not know: code 11 and its like come bare."""
    client, unionpay = shop_with_unionpay()
    unionpay.refuses("11", "验证签名失败[9100004]", is_signed=False)
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, "11")


async def test_an_unsigned_success_is_no_success() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.answers({"respCode": "00", "tn": "1"}, is_signed=False)
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "unsigned")
    assert answer.credential is None


@pytest.mark.parametrize("operation", [Operation.QUERY, Operation.REFUND, Operation.QUERY_REFUND])
@pytest.mark.parametrize("code", sorted(RESP_CODES))
def test_an_unsigned_error_proves_nothing_about_an_order_or_refund(operation: Operation, code: str) -> None:
    outcome = refusal(code, "", operation, signed=False)
    assert outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.REFUSED_CONFIG)


@pytest.mark.parametrize("operation", [Operation.DEBIT, Operation.REVERSE])
@pytest.mark.parametrize("code", sorted(RESP_CODES))
def test_an_unsigned_error_decides_nothing_about_a_debit(code: str, operation: Operation) -> None:
    outcome = refusal(code, "", operation, signed=False)
    assert (outcome.kind, outcome.transient) == (OutcomeKind.UNKNOWN, False)


@given(
    code=st.text(max_size=8) | st.sampled_from(sorted({*RESP_CODES, *SUCCESS})),
    operation=st.sampled_from(list(Operation)),
    signed=st.booleans(),
)
def test_no_error_code_ever_proves_that_money_moved_or_raises(code: str, operation: Operation, signed: bool) -> None:
    outcome = refusal(code, "m" * 1_000, operation, signed=signed)
    assert outcome.kind not in (OutcomeKind.PAID, OutcomeKind.ACCEPTED)
    assert outcome.kind is not OutcomeKind.PENDING or operation is Operation.REFUND
    assert len(outcome.message) <= 200


@given(code=st.text(max_size=40).filter(lambda text: text not in RESP_CODES and text not in SUCCESS))
def test_an_unknown_code_is_unknown_for_every_operation_and_every_outcome(code: str) -> None:
    for operation in Operation:
        assert refusal(code, "", operation, signed=True).kind is OutcomeKind.UNKNOWN
    assert kind_of_refund(code) is OutcomeKind.UNKNOWN
    assert kind_of_payment(code, past_deadline=True) is OutcomeKind.UNKNOWN
