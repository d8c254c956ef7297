"""Is it paid? And what a close is worth."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.connectors.epay.world import (
    KEY,
    NOW_MS,
    ORDER_NO,
    VERSIONS,
    http,
    order_ref,
    shop_with_epay,
    silence,
)

from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_paid_order(version: str) -> None:
    client, epay = shop_with_epay(version)
    epay.answers(epay.order())
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.channel_order_no) == (K.PAID, ORDER_NO)
    assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
    assert fact.transaction_id == "2026111120370012345"
    assert fact.paid_at_ms == int(datetime(2026, 11, 11, 12, 37, 19, tzinfo=UTC).timestamp()) * 1_000
    sent = epay.requests[0]
    if version == "1":
        assert (sent.method, sent.path, sent["act"], sent["key"]) == ("GET", "/api.php", "order", KEY)
    else:
        assert (sent.method, sent.path) == ("POST", "/api/pay/query")
        assert "key" not in sent
    assert sent["out_trade_no"] == ORDER_NO


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"status": 0, "endtime": None}, K.PENDING, "status_0"),
        ({"status": "0"}, K.PENDING, "status_0"),
        ({"status": "1"}, K.PAID, "status_1"),
        ({"status": 2}, K.PAID, "status_2"),
        ({"status": 2, "endtime": None}, K.UNKNOWN, "status_2"),
        ({"status": 3}, K.UNKNOWN, "status_3"),
        ({"status": 4}, K.UNKNOWN, "status_4"),
        ({"status": 1.0}, K.UNKNOWN, "status_1.0"),
        ({"status": "ABSENT"}, K.UNKNOWN, "status_"),
        ({"out_trade_no": "OTHER"}, K.UNTRUSTED, "wrong_order_no"),
        ({"out_trade_no": "ABSENT"}, K.UNKNOWN, "unreadable"),
        ({"money": "12.999"}, K.UNTRUSTED, "unreadable_amount"),
        ({"money": "-1"}, K.UNTRUSTED, "unreadable_amount"),
        ({"money": "1e3"}, K.UNTRUSTED, "unreadable_amount"),
        ({"money": "ABSENT"}, K.UNTRUSTED, "unreadable_amount"),
        ({"status": 0, "money": "x"}, K.PENDING, "status_0"),
    ],
)
async def test_each_word_of_the_platform(version: str, changes: dict[str, Any], kind: OutcomeKind, code: str) -> None:
    client, epay = shop_with_epay(version)
    epay.answers(epay.order(**changes))
    fact = await client.query(order_ref(), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (kind, code)
    if kind is not K.PAID:
        assert fact.paid_at_ms is None


@pytest.mark.parametrize("money", ["1299", "1299.0", "1299.00", 1299, 1299.0])
async def test_one_amount_in_many_forms(money: object) -> None:
    client, epay = shop_with_epay()
    epay.answers(epay.order(money=money))
    assert (await client.query(order_ref(), 500)).amount_fen == 129_900


@pytest.mark.parametrize("version", VERSIONS)
async def test_another_merchants_order_is_not_ours(version: str) -> None:
    client, epay = shop_with_epay(version)
    epay.answers(epay.order(pid=77))
    assert not (await client.query(order_ref(), 500)).merchant_ok
    epay.answers(epay.order(pid="ABSENT"))
    assert (await client.query(order_ref(), 500)).merchant_ok, "older platforms do not say it"


@pytest.mark.parametrize("version", VERSIONS)
async def test_trouble_says_nothing_about_the_order(version: str) -> None:
    client, epay = shop_with_epay(version)
    for reply in (silence(), http(b"{", 200), http(b"[]"), http(b"{}"), http(b"", 500), http(b"", 404)):
        epay.breaks(reply)
        assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN
    epay.breaks(silence(sent=False))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.NOT_SENT


async def test_a_boolean_reads_as_php_writes_it() -> None:
    client, epay = shop_with_epay()
    epay.answers(epay.order(status=True))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.PAID
    epay.answers(epay.order(status=False))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN


async def test_an_answer_that_says_two_things_is_not_read() -> None:
    client, epay = shop_with_epay()
    epay.breaks(http(b'{"code":1,"status":0,"status":1}'))
    assert (await client.query(order_ref(), 500)).outcome.code == "unreadable"


async def test_a_byte_order_mark_before_the_json() -> None:
    client, epay = shop_with_epay()
    epay.breaks(http(b"\xef\xbb\xbf" + epay.answer(epay.order()).body))
    assert (await client.query(order_ref(), 500)).outcome.kind is K.PAID


@pytest.mark.parametrize("signer", ["stranger", ""])
async def test_a_success_that_the_platform_did_not_sign(signer: str) -> None:
    client, epay = shop_with_epay("2")
    epay.answers(epay.order(), signer=signer)
    fact = await client.query(order_ref(), 500)
    assert fact.outcome.kind is K.UNTRUSTED
    assert fact.amount_fen is None


async def test_a_recorded_answer_is_not_believed_later() -> None:
    client, epay = shop_with_epay("2")
    epay.answers(epay.order(), timestamp=str(NOW_MS // 1_000 - 3_600))
    assert (await client.query(order_ref(), 500)).outcome.code == "stale"
    epay.answers(epay.order(), timestamp="")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.PAID, "some platforms send none"


async def test_v1_has_no_close_and_nothing_is_sent() -> None:
    client, epay = shop_with_epay()
    outcome = await client.close(order_ref(), 500)
    assert (outcome.kind, outcome.code) == (K.UNKNOWN, "no_close_call")
    assert not epay.requests


@pytest.mark.parametrize(("setting", "kind"), [("no", K.PENDING), ("yes", K.CLOSED)])
async def test_a_v2_close_is_worth_what_the_operator_says(setting: str, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay("2", close_is_final=setting)
    epay.answers({"code": 0, "msg": "success"})
    assert (await client.close(order_ref(), 500)).kind is kind
    assert (epay.requests[0].path, epay.requests[0]["out_trade_no"]) == ("/api/pay/close", ORDER_NO)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("订单已支付，无法关闭", K.DUPLICATE),
        ("订单号不存在", K.NOT_FOUND),
        ("当前支付插件不支持关闭订单", K.UNKNOWN),
        ("签名错误", K.REFUSED_CONFIG),
    ],
)
async def test_a_refused_close(message: str, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay("2", close_is_final="yes")
    epay.refuses(message)
    assert (await client.close(order_ref(), 500)).kind is kind
