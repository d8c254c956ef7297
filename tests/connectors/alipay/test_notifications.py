"""Alipay calls: is it Alipay, is it for us, and what does it prove?"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.alipay.world import (
    ORDER_NO,
    REFUND_NO,
    canonical,
    paid_notification,
    posted,
    raw_post,
    shop_with_alipay,
    sign,
)

from payswitch.domain.exchange import NotifyAnswer
from payswitch.domain.outcome import OutcomeKind


def unchanged(answer: NotifyAnswer) -> bool:
    return answer.order is None and answer.refund is None


def test_a_genuine_payment_is_believed() -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(posted(paid_notification()))

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.refund is None
    order = answer.order
    assert order is not None
    assert order.channel_order_no == ORDER_NO
    assert order.outcome.kind is OutcomeKind.PAID
    assert (order.amount_fen, order.currency, order.merchant_ok) == (129_900, "CNY", True)
    assert order.transaction_id == "2026111122001456231400000001"
    assert order.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000


def test_the_same_notification_again_says_the_same() -> None:
    client, _ = shop_with_alipay()
    request = posted(paid_notification())
    assert client.read_notify(request) == client.read_notify(request)


@pytest.mark.parametrize(
    "tampered",
    [
        {"total_amount": "0.01"},
        {"out_trade_no": "PS-OTHER"},
        {"trade_status": "TRADE_FINISHED"},
        {"app_id": "2021999999999999"},
        {"extra": "field"},
        {"sign": "AAAA"},
        {"sign": "不是签名"},
    ],
)
def test_a_changed_notification_changes_nothing(tampered: dict[str, str]) -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(posted(paid_notification(), tamper=tampered))
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "bad_signature")
    assert unchanged(answer)


def test_a_forger_with_another_key_changes_nothing() -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(posted(paid_notification(), signer="stranger"))
    assert answer.outcome.kind is OutcomeKind.UNTRUSTED
    assert unchanged(answer)


@pytest.mark.parametrize(("field", "code"), [("app_id", "wrong_app_id"), ("seller_id", "wrong_seller_id")])
def test_a_genuine_message_for_somebody_else_changes_nothing(field: str, code: str) -> None:
    client, _ = shop_with_alipay()
    fields = paid_notification(**{field: "2088000000000000"})
    missing = {name: value for name, value in fields.items() if name != field}
    for sent in (fields, missing):
        answer = client.read_notify(posted(sent))
        assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, code)
        assert unchanged(answer)


def test_without_a_configured_seller_any_seller_of_the_application_is_fine() -> None:
    client, _ = shop_with_alipay(seller_id="")
    answer = client.read_notify(posted(paid_notification(seller_id="2088000000000000")))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "dropped", "kind"),
    [
        ({}, (), OutcomeKind.PAID),
        ({"trade_status": "TRADE_FINISHED"}, (), OutcomeKind.PAID),
        ({"trade_status": "WAIT_BUYER_PAY"}, ("gmt_payment",), OutcomeKind.PENDING),
        # An unpaid trade that timed out: this is what Alipay sends, `refund_fee` and all.
        (
            {"trade_status": "TRADE_CLOSED", "refund_fee": "0.00", "gmt_close": "2026-11-11 20:52:00"},
            ("gmt_payment",),
            OutcomeKind.CLOSED,
        ),
        ({"trade_status": "SOMETHING_NEW"}, (), OutcomeKind.UNKNOWN),
        ({"total_amount": "12.345"}, (), OutcomeKind.UNTRUSTED),
        ({"total_amount": ""}, (), OutcomeKind.UNTRUSTED),
    ],
)
def test_each_status_says_what_it_proves(changes: dict[str, str], dropped: tuple[str, ...], kind: OutcomeKind) -> None:
    client, _ = shop_with_alipay()
    fields = {name: value for name, value in paid_notification(**changes).items() if name not in dropped}
    answer = client.read_notify(posted(fields))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.order is not None
    assert answer.order.outcome.kind is kind
    assert answer.refund is None


@pytest.mark.parametrize(("status", "refund_fee"), [("TRADE_SUCCESS", "0.50"), ("TRADE_CLOSED", "1299.00")])
def test_a_refund_is_told_as_a_refund(status: str, refund_fee: str) -> None:
    client, _ = shop_with_alipay()
    fields = paid_notification(
        trade_status=status, refund_fee=refund_fee, gmt_refund="2026-11-11 21:00:00.536", out_biz_no=REFUND_NO
    )
    answer = client.read_notify(posted(fields))
    assert answer.refund is not None
    assert (answer.refund.out_refund_no, answer.refund.outcome.kind) == (REFUND_NO, OutcomeKind.PAID)
    # The field is the sum of all refunds: no amount may be taken from it.
    assert answer.refund.amount_fen is None


def test_after_a_refund_of_a_part_the_payment_stays_a_payment() -> None:
    client, _ = shop_with_alipay()
    refunded = {"refund_fee": "0.50", "gmt_refund": "2026-11-11 21:00:00.536", "out_biz_no": REFUND_NO}
    order = client.read_notify(posted(paid_notification(**refunded))).order
    assert order is not None
    assert (order.outcome.kind, order.amount_fen) == (OutcomeKind.PAID, 129_900)


@pytest.mark.parametrize("refunded", [{}, {"refund_fee": "1299.00", "gmt_refund": "2026-11-11 21:00:00.536"}])
def test_a_paid_trade_that_was_closed_is_no_payment_that_one_could_keep(refunded: dict[str, str]) -> None:
    """The reversal of a debit notifies like this too: read as "paid", it would send goods out for money that is gone.
    The query knows which product it asks about."""
    client, _ = shop_with_alipay()
    answer = client.read_notify(posted(paid_notification(trade_status="TRADE_CLOSED", **refunded)))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert unchanged(answer)


@pytest.mark.parametrize("missing", ["gmt_refund", "out_biz_no", "refund_fee"])
@pytest.mark.parametrize("nothing", ["", "0.00"])
def test_a_refund_is_not_guessed_from_half_of_its_fields(missing: str, nothing: str) -> None:
    client, _ = shop_with_alipay()
    refunded = {"refund_fee": "0.50", "gmt_refund": "2026-11-11 21:00:00.536", "out_biz_no": REFUND_NO}
    value = nothing if missing == "refund_fee" else ""
    answer = client.read_notify(posted(paid_notification(**(refunded | {missing: value}))))
    assert answer.order is not None
    assert answer.refund is None


def test_a_genuine_message_about_something_else_is_taken_and_changes_nothing() -> None:
    client, _ = shop_with_alipay()
    fields = paid_notification(notify_type="dut_user_sign", trade_status="")
    answer = client.read_notify(posted(fields))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert unchanged(answer)


def test_the_signature_type_stays_out_of_the_signed_text() -> None:
    client, _ = shop_with_alipay()
    fields = paid_notification()
    with_type = {**fields, "sign_type": "RSA2"}
    body = urlencode({**with_type, "sign": sign("alipay", canonical(with_type))}).encode()
    assert client.read_notify(raw_post(body)).outcome.kind is OutcomeKind.UNTRUSTED


def test_a_field_without_a_value_may_be_signed_or_left_out() -> None:
    """Alipay's Java SDK keeps empty values in the text, its PHP SDK drops them: both notifications are genuine."""
    client, _ = shop_with_alipay()
    fields = paid_notification(passback_params="")
    assert client.read_notify(posted(fields)).outcome.kind is OutcomeKind.ACCEPTED
    kept = "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()
    assert b"passback_params=&" in kept
    body = urlencode({**fields, "sign_type": "RSA2", "sign": sign("alipay", kept)}).encode()
    assert client.read_notify(raw_post(body)).outcome.kind is OutcomeKind.ACCEPTED
    # An empty field that a stranger adds says nothing, whatever its name.
    answer = client.read_notify(raw_post(posted(fields).body + b"&gmt_refund=&out_biz_no=&refund_fee="))
    assert answer.refund is None


def test_values_are_decoded_exactly_once() -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(posted(paid_notification(subject="50%25 off %2B+ 减半")))
    assert answer.outcome.kind is OutcomeKind.ACCEPTED


GOOD = posted(paid_notification()).body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml/>",
        b"a=1",
        b"out_trade_no=1&trade_status=TRADE_SUCCESS",
        b"sign=",
        b"&".join([b"a=1"] * 500),
        GOOD + b"&out_trade_no=PS-OTHER",
        GOOD + b"&subject=%ff%fe",
        GOOD + "&subject=中文".encode(),
    ],
)
def test_what_is_no_notification_is_refused_without_alarm(body: bytes) -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(raw_post(body))
    assert answer.outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert unchanged(answer)


def test_a_browser_that_opens_the_address_is_refused() -> None:
    client, _ = shop_with_alipay()
    assert client.read_notify(raw_post(GOOD, method="GET")).outcome.kind is OutcomeKind.REFUSED_CONFIG


@given(
    st.binary(max_size=400)
    | st.dictionaries(st.text(max_size=8), st.text(max_size=20)).map(
        lambda fields: urlencode(fields, errors="replace").encode()
    )
)
def test_no_body_can_break_the_reader_or_be_believed(body: bytes) -> None:
    client, _ = shop_with_alipay()
    answer = client.read_notify(raw_post(body))
    assert answer.outcome.kind in (OutcomeKind.REFUSED_CONFIG, OutcomeKind.UNTRUSTED)
    assert unchanged(answer)


@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.integers(min_value=0, max_value=255))
def test_no_single_changed_byte_is_believed_as_something_else(at: int, value: int) -> None:
    client, _ = shop_with_alipay()
    original = client.read_notify(raw_post(GOOD))
    answer = client.read_notify(raw_post(GOOD[:at] + bytes([value]) + GOOD[at + 1 :]))
    # Another spelling of the same value ("%2d" for "%2D", "%20" for "+") is the same message.
    assert unchanged(answer) or answer == original


def test_alipay_hears_exactly_what_it_waits_for() -> None:
    client, _ = shop_with_alipay()
    assert (client.acknowledge(True).status, client.acknowledge(True).body) == (200, b"success")
    assert client.acknowledge(False).body == b"fail"
