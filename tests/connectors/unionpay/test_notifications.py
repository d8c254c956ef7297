"""UnionPay calls: is it UnionPay, is it for us, and what does it prove?"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.unionpay.authority import certificate
from tests.connectors.unionpay.world import (
    ORDER_NO,
    QUERY_ID,
    REFUND_NO,
    REFUND_QUERY_ID,
    paid_notification,
    posted,
    raw_post,
    refund_notification,
    shop_with_unionpay,
    signed,
)

from payswitch.domain.exchange import NotifyAnswer
from payswitch.domain.outcome import OutcomeKind

CLIENT, _ = shop_with_unionpay()


def unchanged(answer: NotifyAnswer) -> bool:
    return answer.order is None and answer.refund is None


@pytest.mark.parametrize("code", ["00", "A6"])
def test_a_genuine_payment_is_believed(code: str) -> None:
    answer = CLIENT.read_notify(posted(paid_notification(respCode=code)))
    assert (answer.outcome.kind, answer.refund) == (OutcomeKind.ACCEPTED, None)
    fact = answer.order
    assert fact is not None
    assert (fact.channel_order_no, fact.outcome.kind) == (ORDER_NO, OutcomeKind.PAID)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
    assert fact.transaction_id == QUERY_ID
    assert fact.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000


def test_the_same_notification_again_says_the_same() -> None:
    request = posted(paid_notification())
    assert CLIENT.read_notify(request) == CLIENT.read_notify(request)


@pytest.mark.parametrize(
    "tampered",
    [
        {"txnAmt": "1"},
        {"orderId": "P00000OTHER"},
        {"respCode": "A6"},
        {"merId": "777290058110097"},
        {"extra": "field"},
        {"signature": "AAAA"},
        {"signature": "不是签名"},
    ],
)
def test_a_changed_notification_changes_nothing(tampered: dict[str, str]) -> None:
    answer = CLIENT.read_notify(posted(paid_notification(), tamper=tampered))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "bad_signature")
    assert unchanged(answer)


def test_a_forger_with_another_key_changes_nothing() -> None:
    answer = CLIENT.read_notify(posted(paid_notification(), signer="stranger"))
    assert answer.outcome.kind is OutcomeKind.UNTRUSTED
    assert unchanged(answer)
    own = certificate("stranger", "stranger")
    answer = CLIENT.read_notify(posted(paid_notification(), signer="stranger", certificate=own))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "unknown_issuer")
    assert unchanged(answer)


def test_genuine_text_cut_into_other_fields_changes_nothing() -> None:
    """`orderId=P1&payCardType=01` can be sent as one field with an `&` in it: the signed text stays the same."""
    whole = signed(paid_notification())
    whole["orderId"] = whole["orderId"] + "&payCardType=" + whole.pop("payCardType")
    answer = CLIENT.read_notify(raw_post(urlencode(whole).encode()))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "ambiguous_text")
    assert unchanged(answer)


@pytest.mark.parametrize("mer_id", ["777290058110097", ""])
def test_a_genuine_message_for_somebody_else_changes_nothing(mer_id: str) -> None:
    answer = CLIENT.read_notify(posted(paid_notification(merId=mer_id)))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_mer_id")
    assert unchanged(answer)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"respCode": "03"}, OutcomeKind.PENDING),
        ({"respCode": "05"}, OutcomeKind.PENDING),
        ({"respCode": "64"}, OutcomeKind.PENDING),
        ({"respCode": "42"}, OutcomeKind.UNKNOWN),
        ({"respCode": "Z9"}, OutcomeKind.UNKNOWN),
        ({"txnAmt": ""}, OutcomeKind.UNTRUSTED),
        ({"txnAmt": "1299.00"}, OutcomeKind.UNTRUSTED),
    ],
)
def test_only_a_success_with_an_amount_is_a_payment(changes: dict[str, str], kind: OutcomeKind) -> None:
    """A notification never says that an order is dead: the customer may try again with another card."""
    answer = CLIENT.read_notify(posted(paid_notification(**changes)))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.order is not None
    assert answer.order.outcome.kind is kind


@pytest.mark.parametrize("txn_type", ["04", "31"])
def test_a_refund_is_told_as_a_refund(txn_type: str) -> None:
    answer = CLIENT.read_notify(posted(refund_notification(txnType=txn_type)))
    assert (answer.outcome.kind, answer.order) == (OutcomeKind.ACCEPTED, None)
    fact = answer.refund
    assert fact is not None
    assert (fact.out_refund_no, fact.outcome.kind) == (REFUND_NO, OutcomeKind.PAID)
    assert (fact.amount_fen, fact.channel_refund_id) == (129_900, REFUND_QUERY_ID)


def test_a_refund_that_failed_is_told_as_failed() -> None:
    answer = CLIENT.read_notify(posted(refund_notification(respCode="36", respMsg="与原交易信息不符")))
    assert answer.refund is not None
    assert (answer.refund.outcome.kind, answer.refund.outcome.code) == (OutcomeKind.CLOSED, "36")


@pytest.mark.parametrize("changes", [{"txnType": "79"}, {"txnType": ""}, {"orderId": ""}, {"respCode": ""}])
def test_a_genuine_message_about_something_else_is_taken_and_changes_nothing(changes: dict[str, str]) -> None:
    answer = CLIENT.read_notify(posted(paid_notification(**changes)))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert unchanged(answer)


def test_what_stands_in_the_address_is_not_part_of_the_message() -> None:
    request = posted(paid_notification())
    changed = type(request)(
        method="POST", path=request.path, query="txnAmt=1&orderId=OTHER", headers=request.headers, body=request.body
    )
    assert CLIENT.read_notify(changed) == CLIENT.read_notify(request)


def test_the_front_page_return_is_the_same_form_and_proves_the_same() -> None:
    """UnionPay posts it through the customer's browser too; it is signed like a notification."""
    body = posted(paid_notification()).body
    assert parse_qs(body.decode())["respCode"] == ["00"]
    assert CLIENT.read_notify(raw_post(body, method="post")).outcome.kind is OutcomeKind.ACCEPTED


GOOD = posted(paid_notification()).body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml/>",
        b"a=1",
        b"orderId=P1&respCode=00&txnType=01",
        b"signature=",
        b"&".join([b"a=1"] * 500),
        GOOD + b"&orderId=P00000OTHER",
        GOOD + b"&reqReserved=%ff%fe",
        GOOD + "&reqReserved=中文".encode(),
    ],
)
def test_what_is_no_notification_is_refused_without_alarm(body: bytes) -> None:
    answer = CLIENT.read_notify(raw_post(body))
    assert answer.outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert unchanged(answer)


def test_a_browser_that_opens_the_address_is_refused() -> None:
    assert CLIENT.read_notify(raw_post(GOOD, method="GET")).outcome.kind is OutcomeKind.REFUSED_CONFIG


@settings(deadline=None)
@given(
    st.binary(max_size=400)
    | st.dictionaries(
        st.sampled_from(["signature", "signPubKeyCert", "orderId", "respCode", "merId", "txnType"])
        | st.text(max_size=8),
        st.text(max_size=20),
    ).map(lambda fields: urlencode(fields, errors="replace").encode())
)
def test_no_body_can_break_the_reader_or_be_believed(body: bytes) -> None:
    answer = CLIENT.read_notify(raw_post(body))
    assert answer.outcome.kind in (OutcomeKind.REFUSED_CONFIG, OutcomeKind.UNTRUSTED)
    assert unchanged(answer)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(deadline=None, max_examples=300)
@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.integers(min_value=0, max_value=255))
def test_no_single_changed_byte_is_believed_as_something_else(at: int, value: int) -> None:
    original = CLIENT.read_notify(raw_post(GOOD))
    answer = CLIENT.read_notify(raw_post(GOOD[:at] + bytes([value]) + GOOD[at + 1 :]))
    # Another spelling of the same value ("%2d" for "%2D", "%20" for "+") is the same message.
    assert unchanged(answer) or answer == original


def test_unionpay_hears_what_it_waits_for() -> None:
    yes, no = CLIENT.acknowledge(True), CLIENT.acknowledge(False)
    assert (yes.status, yes.body) == (200, b"ok")
    assert no.status == 500
