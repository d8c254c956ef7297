"""Huifu calls: is it Huifu, is it for us, what does it prove, and what does it want to hear?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.huifu.world import (
    HF_ID,
    ORDER_NO,
    REFUND_NO,
    paid_notification,
    posted,
    raw_post,
    refund_notification,
    shop_with_huifu,
    sign,
    signed_text,
)

from payswitch.domain.exchange import NotifyAnswer
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind


def unchanged(answer: NotifyAnswer) -> bool:
    return answer.order is None and answer.refund is None


def test_a_genuine_ecny_payment_is_believed_and_answered_with_its_number() -> None:
    client, _ = shop_with_huifu()
    answer = client.read_notify(posted(paid_notification()))
    assert answer.outcome.kind is K.ACCEPTED
    assert answer.refund is None
    order = answer.order
    assert (order.channel_order_no, order.outcome.kind) == (ORDER_NO, K.PAID)
    assert (order.amount_fen, order.currency, order.merchant_ok) == (129_900, "CNY", True)
    assert order.transaction_id == HF_ID
    assert order.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000
    assert (answer.reply.status, answer.reply.body) == (200, b"RECV_ORD_ID_" + ORDER_NO.encode())


def test_two_messages_at_once_are_answered_each_with_its_own_number() -> None:
    client, _ = shop_with_huifu()
    first = client.read_notify(posted(paid_notification()))
    second = client.read_notify(posted(paid_notification(req_seq_id="PS-OTHER")))
    assert [answer.reply.body for answer in (first, second)] == [
        b"RECV_ORD_ID_" + ORDER_NO.encode(),
        b"RECV_ORD_ID_PS-OTHER",
    ]


def test_a_refund_is_told_apart_from_a_payment() -> None:
    client, _ = shop_with_huifu()
    answer = client.read_notify(posted(refund_notification()))
    assert answer.order is None
    assert (answer.refund.out_refund_no, answer.refund.outcome.kind) == (REFUND_NO, K.PAID)
    assert answer.refund.amount_fen == 2_900, "the refund's own amount, not the order's"
    assert answer.refund.channel_refund_id == "00300TOP1A261111204000P001ac130000000200000"
    assert answer.reply.body == b"RECV_ORD_ID_" + REFUND_NO.encode()


@pytest.mark.parametrize(("stat", "kind"), [("F", K.CLOSED), ("P", K.PENDING), ("Z", K.UNKNOWN)])
def test_only_the_state_says_what_became_of_the_money(stat: str, kind: OutcomeKind) -> None:
    client, _ = shop_with_huifu()
    assert client.read_notify(posted(paid_notification(trans_stat=stat))).order.outcome.kind is kind
    assert client.read_notify(posted(refund_notification(trans_stat=stat))).refund.outcome.kind is kind


def test_the_same_notification_again_says_the_same() -> None:
    client, _ = shop_with_huifu()
    request = posted(paid_notification())
    assert client.read_notify(request) == client.read_notify(request)


def test_the_text_may_be_signed_as_sent_or_sorted() -> None:
    """The guide says "as sent"; the Python SDK's own check sorts."""
    client, _ = shop_with_huifu()
    data = paid_notification()
    as_sent = json.dumps(data, ensure_ascii=False)
    assert as_sent.encode() != signed_text(data)
    for text, signed in ((as_sent, as_sent.encode()), (as_sent, signed_text(data))):
        body = urlencode({"resp_data": text, "sign": sign("huifu", signed)}).encode()
        assert client.read_notify(raw_post(body)).outcome.kind is K.ACCEPTED


@pytest.mark.parametrize(
    "changes",
    [{"trans_amt": "0.01"}, {"req_seq_id": "PS-OTHER"}, {"trans_stat": "F"}, {"huifu_id": "6666"}, {"new": "x"}],
)
def test_a_changed_notification_changes_nothing(changes: dict[str, str]) -> None:
    client, _ = shop_with_huifu()
    tampered = json.dumps(paid_notification(**changes), ensure_ascii=False, separators=(",", ":"))
    answer = client.read_notify(posted(paid_notification(), tamper={"resp_data": tampered}))
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "bad_signature")
    assert unchanged(answer)
    assert answer.reply is None


@pytest.mark.parametrize("bad", ["AAAA", "不是签名", "=", "a b"])
def test_nonsense_for_a_signature_is_a_bad_signature(bad: str) -> None:
    client, _ = shop_with_huifu()
    assert client.read_notify(posted(paid_notification(), tamper={"sign": bad})).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize("signer", ["stranger", "merchant"])
def test_a_forger_with_another_key_changes_nothing(signer: str) -> None:
    client, _ = shop_with_huifu()
    answer = client.read_notify(posted(paid_notification(), signer=signer))
    assert answer.outcome.kind is K.UNTRUSTED
    assert unchanged(answer)


@pytest.mark.parametrize("huifu_id", ["6666000199999999", ""])
def test_a_genuine_message_for_another_merchant_changes_nothing(huifu_id: str) -> None:
    client, _ = shop_with_huifu()
    for data in (paid_notification(huifu_id=huifu_id), refund_notification(huifu_id=huifu_id)):
        answer = client.read_notify(posted(data))
        assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "wrong_huifu_id")
        assert unchanged(answer)


@pytest.mark.parametrize("amount", ["", "1299.001", "1e3", 1299])
def test_a_payment_whose_amount_must_be_guessed_is_not_believed(amount: object) -> None:
    client, _ = shop_with_huifu()
    order = client.read_notify(posted(paid_notification(trans_amt=amount))).order
    assert (order.outcome.kind, order.amount_fen) == (K.UNTRUSTED, None)


def test_a_genuine_message_about_something_else_is_taken_and_changes_nothing() -> None:
    """Money unfrozen (`notify_type` 3) has no `trans_stat`: it must be answered, or Huifu repeats it."""
    client, _ = shop_with_huifu()
    data = paid_notification(notify_type=3, fund_freeze_stat="UNFREEZE")
    del data["trans_stat"]
    answer = client.read_notify(posted(data))
    assert answer.outcome.kind is K.ACCEPTED
    assert unchanged(answer)
    assert answer.reply.body == b"RECV_ORD_ID_" + ORDER_NO.encode()


GOOD = posted(paid_notification()).body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml/>",
        b"a=1",
        b"resp_data=&sign=AAAA",
        b"resp_data=%7B%7D",
        b"resp_data=%5B1%5D&sign=AAAA",
        b"resp_data=nonsense&sign=AAAA",
        b"sign=AAAA",
        b"&".join([b"a=1"] * 500),
        GOOD + b"&resp_data=%7B%7D",
        GOOD + b"&more=%ff%fe",
        GOOD + "&more=中文".encode(),
        urlencode({"resp_data": "[" * 100_000, "sign": "AAAA"}).encode(),
    ],
)
def test_what_is_no_notification_is_refused_without_alarm(body: bytes) -> None:
    client, _ = shop_with_huifu()
    answer = client.read_notify(raw_post(body))
    assert answer.outcome.kind is K.REFUSED_CONFIG
    assert unchanged(answer)


def test_a_browser_that_opens_the_address_is_refused() -> None:
    client, _ = shop_with_huifu()
    assert client.read_notify(raw_post(GOOD, method="GET")).outcome.kind is K.REFUSED_CONFIG


@given(
    st.binary(max_size=400)
    | st.fixed_dictionaries({"resp_data": st.text(max_size=60), "sign": st.text(max_size=20)}).map(
        lambda fields: urlencode(fields, errors="replace").encode()
    )
    | st.dictionaries(st.text(max_size=6), st.none() | st.integers() | st.text(max_size=9)).map(
        lambda data: urlencode({"resp_data": json.dumps(data), "sign": "AAAA"}, errors="replace").encode()
    )
)
def test_no_body_can_break_the_reader_or_be_believed(body: bytes) -> None:
    client, _ = shop_with_huifu()
    answer = client.read_notify(raw_post(body))
    assert answer.outcome.kind in (K.REFUSED_CONFIG, K.UNTRUSTED)
    assert unchanged(answer)


@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.integers(min_value=0, max_value=255))
def test_no_single_changed_byte_is_believed_as_something_else(at: int, value: int) -> None:
    client, _ = shop_with_huifu()
    original = client.read_notify(raw_post(GOOD))
    answer = client.read_notify(raw_post(GOOD[:at] + bytes([value]) + GOOD[at + 1 :]))
    # Another spelling of the same value ("%2d" for "%2D", "%20" for "+"), or another outer code, is the same message.
    assert unchanged(answer) or answer == original


def test_what_is_refused_is_sent_again() -> None:
    client, _ = shop_with_huifu()
    refused: Any = client.acknowledge(False)
    assert refused.status == 400
    assert not refused.body.startswith(b"RECV_ORD_ID_")
    accepted: Any = client.acknowledge(True)
    assert (accepted.status, accepted.body) == (200, b"RECV_ORD_ID_")
