"""The platform calls: is it the platform, is it for us, and can its words be read in one way only?"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.epay.world import (
    KEY,
    ORDER_NO,
    VERSIONS,
    joined,
    md5,
    paid_fields,
    raw_get,
    shop_with_epay,
    told,
)

from payswitch.domain.exchange import NotifyRequest
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind


@pytest.mark.parametrize("version", VERSIONS)
def test_a_genuine_payment_is_believed(version: str) -> None:
    client, _ = shop_with_epay(version)
    answer = client.read_notify(told(paid_fields(), version))
    assert (answer.outcome.kind, answer.refund) == (K.ACCEPTED, None)
    fact = answer.order
    assert fact is not None
    assert (fact.outcome.kind, fact.channel_order_no) == (K.PAID, ORDER_NO)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
    assert fact.transaction_id == "2026111120370012345"


@pytest.mark.parametrize(("money", "fen"), [("1", 100), ("1.0", 100), ("1.00", 100), ("0.01", 1), ("1299.9", 129_990)])
def test_money_in_the_platforms_own_form(money: str, fen: int) -> None:
    client, _ = shop_with_epay()
    fact = client.read_notify(told(paid_fields(money=money))).order
    assert fact is not None
    assert (fact.outcome.kind, fact.amount_fen) == (K.PAID, fen)


@pytest.mark.parametrize("money", ["1.001", "", "-1", "1,000", "1e2", " 1", "٣", "01"])
def test_money_that_is_not_exact_is_not_guessed(money: str) -> None:
    client, _ = shop_with_epay()
    fact = client.read_notify(told(paid_fields(money=money))).order
    assert fact is not None
    assert (fact.outcome.kind, fact.outcome.code, fact.amount_fen) == (K.UNTRUSTED, "unreadable_amount", None)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "tampered",
    [
        {"money": "0.01"},
        {"out_trade_no": "PS-OTHER"},
        {"trade_status": "TRADE_CLOSED"},
        {"pid": "77"},
        {"extra": "field"},
        {"sign": "0" * 32},
        {"sign": "不是签名"},
    ],
)
def test_a_changed_notification_changes_nothing(version: str, tampered: dict[str, str]) -> None:
    client, _ = shop_with_epay(version)
    answer = client.read_notify(told(paid_fields(), version, tamper=tampered))
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "bad_signature")
    assert (answer.order, answer.refund) == (None, None)


@pytest.mark.parametrize(("version", "signer"), [("1", "AnotherKey"), ("2", "stranger")])
def test_a_forger_with_another_key_changes_nothing(version: str, signer: str) -> None:
    client, _ = shop_with_epay(version)
    answer = client.read_notify(told(paid_fields(), version, signer=signer))
    assert (answer.outcome.kind, answer.order) == (K.UNTRUSTED, None)


def test_a_v2_account_does_not_take_v1s_signature() -> None:
    client, _ = shop_with_epay("2")
    for secret in (KEY, ""):
        fields = paid_fields()
        query = urlencode({**fields, "sign": md5(fields, secret), "sign_type": "MD5"})
        assert client.read_notify(raw_get(query)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("pid", ["77", "ABSENT"])
def test_a_genuine_message_for_somebody_else(version: str, pid: str) -> None:
    client, _ = shop_with_epay(version)
    answer = client.read_notify(told(paid_fields(pid=pid), version))
    assert (answer.outcome.kind, answer.outcome.code, answer.order) == (K.UNTRUSTED, "wrong_pid", None)


@pytest.mark.parametrize("status", ["TRADE_CLOSED", "WAIT_BUYER_PAY", "", "ABSENT"])
def test_any_other_status_proves_nothing(status: str) -> None:
    client, _ = shop_with_epay()
    fact = client.read_notify(told(paid_fields(trade_status=status))).order
    assert fact is not None
    assert fact.outcome.kind is K.UNKNOWN


def test_a_message_about_no_order_at_all() -> None:
    client, _ = shop_with_epay()
    answer = client.read_notify(told(paid_fields(out_trade_no="ABSENT")))
    assert (answer.outcome.kind, answer.order) == (K.ACCEPTED, None)


def test_a_customer_cannot_turn_one_signed_message_into_another() -> None:
    """The customer sees the signed return address of an order whose subject he wrote. Cut differently, the same text
    under the same signature would pay for another order of the same price."""
    client, _ = shop_with_epay()
    genuine = paid_fields(name="A&out_trade_no=OTHER&out_x=1")
    sign = md5(genuine)
    first = {"name": "A", "out_trade_no": "OTHER", "out_x": f"1&out_trade_no={ORDER_NO}"}
    second = {"name": "A", "out_trade_no": "OTHER", "out_x=1&out_trade_no": ORDER_NO}
    for cut in (genuine, {**genuine, **first}, {**paid_fields(), **second}):
        assert joined(cut) == joined(genuine), "the same text, so the same signature"
        answer = client.read_notify(raw_get(urlencode({**cut, "sign": sign, "sign_type": "MD5"})))
        assert (answer.outcome.kind, answer.outcome.code, answer.order) == (K.UNTRUSTED, "ambiguous", None)


@pytest.mark.parametrize(
    "query",
    ["", "a", "a=b", "pid=1001&sign=", "pid=1&pid=1&sign=x", "sign=%ff", "=", "&", "sign=x&" * 200],
)
def test_what_is_no_notification(query: str) -> None:
    client, _ = shop_with_epay()
    answer = client.read_notify(raw_get(query))
    assert answer.outcome.kind in (K.REFUSED_CONFIG, K.UNTRUSTED)
    assert answer.order is None


def test_a_posted_form_says_the_same_and_its_query_nothing() -> None:
    client, _ = shop_with_epay()
    got = told(paid_fields())
    posted = NotifyRequest(method="POST", path="/n", query="pid=77", headers={}, body=got.query.encode())
    assert client.read_notify(posted) == client.read_notify(got)
    raw = NotifyRequest(method="POST", path="/n", query=got.query, headers={}, body="金额".encode())
    assert client.read_notify(raw).outcome.kind is K.REFUSED_CONFIG


def test_upper_case_digits_are_the_same_signature() -> None:
    client, _ = shop_with_epay()
    fields = paid_fields()
    query = urlencode({**fields, "sign": md5(fields).upper(), "sign_type": "MD5"})
    assert client.read_notify(raw_get(query)).outcome.kind is K.ACCEPTED


def test_exactly_success() -> None:
    client, _ = shop_with_epay()
    assert (client.acknowledge(True).status, client.acknowledge(True).body) == (200, b"success")
    assert client.acknowledge(False).body == b"fail"


SIGNABLE = st.dictionaries(
    st.sampled_from(["pid", "out_trade_no", "money", "trade_status", "name", "param", "x&y", "a=b", ""]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    max_size=8,
)


@given(fields=SIGNABLE)
def test_whatever_was_signed_is_ours_or_refused(fields: dict[str, str]) -> None:
    client, _ = shop_with_epay()
    answer = client.read_notify(told(fields))
    if answer.order is not None:
        assert fields["pid"] == "1001"
        assert not any("&" in value for value in fields.values())
