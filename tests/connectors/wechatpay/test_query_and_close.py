"""Was it paid? And: make it unpayable."""

from __future__ import annotations

import pytest
from tests.connectors.wechatpay.fake_wechat import MCHID, FakeWechat, paid_transaction
from tests.connectors.wechatpay.orders import NUMBER, REF

from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import OrderRef
from payswitch.domain.outcome import OutcomeKind

PAID_AT_MS = 1_794_400_625_000


async def test_a_paid_order_with_a_coupon(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, paid_transaction(NUMBER))
    fact = await client.query(REF, 2_000)

    assert wechat.requests[0].method == "GET"
    assert wechat.requests[0].target == f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={MCHID}"
    assert wechat.requests[0].body == b""
    assert fact.outcome.kind is OutcomeKind.PAID
    assert fact.channel_order_no == NUMBER
    assert (fact.amount_fen, fact.currency) == (12_900, "CNY"), "what the order was for, not what the customer paid"
    assert fact.merchant_ok
    assert fact.transaction_id == "4200001234202611111234567890"
    assert fact.paid_at_ms == PAID_AT_MS


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("SUCCESS", OutcomeKind.PAID),
        ("REFUND", OutcomeKind.PAID),
        ("NOTPAY", OutcomeKind.PENDING),
        ("USERPAYING", OutcomeKind.PENDING),
        ("ACCEPT", OutcomeKind.PENDING),
        ("CLOSED", OutcomeKind.CLOSED),
        ("REVOKED", OutcomeKind.CLOSED),
        ("PAYERROR", OutcomeKind.CLOSED),
        ("SOMETHING_NEW", OutcomeKind.UNKNOWN),
        ("success", OutcomeKind.UNKNOWN),
    ],
)
async def test_every_state(client: ChannelClient, wechat: FakeWechat, state: str, kind: OutcomeKind) -> None:
    wechat.will_answer(200, paid_transaction(NUMBER, trade_state=state))
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.code) == (kind, state)


async def test_an_unpaid_order_has_little_to_say(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, {"out_trade_no": NUMBER, "mchid": MCHID, "trade_state": "NOTPAY"})
    fact = await client.query(REF, 2_000)
    assert fact.outcome.kind is OutcomeKind.PENDING
    assert (fact.amount_fen, fact.transaction_id, fact.paid_at_ms) == (None, None, None)


@pytest.mark.parametrize("changes", [{"mchid": "1900000002"}, {"appid": "wx0000000000000000"}, {"mchid": ""}])
async def test_money_of_another_merchant_is_named_so(
    client: ChannelClient, wechat: FakeWechat, changes: dict[str, object]
) -> None:
    wechat.will_answer(200, paid_transaction(NUMBER, **changes))
    assert not (await client.query(REF, 2_000)).merchant_ok


async def test_an_answer_about_another_order_is_untrusted(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, paid_transaction("A99999999999"))
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_number")
    assert fact.channel_order_no == NUMBER
    assert fact.amount_fen is None


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": "12900"}},
        {"amount": {"total": 129.5}},
        {"amount": {"total": -1}},
        {"amount": {"total": 10**30}},
        {"amount": 12_900},
        {"trade_state": None},
    ],
)
async def test_an_amount_that_is_not_exactly_readable_is_never_guessed(
    client: ChannelClient, wechat: FakeWechat, changes: dict[str, object]
) -> None:
    wechat.will_answer(200, paid_transaction(NUMBER, **changes))
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNKNOWN, "unreadable")


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-11", "2026-13-11T20:37:05+08:00", "2026-11-11T20:37:05"])
async def test_an_unreadable_time_does_not_hide_the_payment(
    client: ChannelClient, wechat: FakeWechat, time: str
) -> None:
    wechat.will_answer(200, paid_transaction(NUMBER, success_time=time))
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.paid_at_ms) == (OutcomeKind.PAID, None)


async def test_a_number_that_wechat_does_not_know(client: ChannelClient, wechat: FakeWechat) -> None:
    body = {"code": "ORDER_NOT_EXIST", "message": "订单不存在"}
    wechat.will_answer(404, body, request_id="08F2-268512771")
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.message) == (OutcomeKind.NOT_FOUND, "订单不存在")


async def test_an_unsigned_not_found_proves_nothing(client: ChannelClient, wechat: FakeWechat) -> None:
    """ "Not paid" is a fact about money: an unsigned page cannot establish it."""
    wechat.will_answer_unsigned(404, b'{"code":"ORDER_NOT_EXIST","message":"x"}')
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.UNKNOWN, "ORDER_NOT_EXIST")


async def test_odd_characters_in_a_number_are_escaped_once(client: ChannelClient, wechat: FakeWechat) -> None:
    number = "A|B*C-d_9"
    wechat.will_answer(200, paid_transaction(number))
    reference = OrderRef(channel_order_no=number, product=REF.product, amount_fen=1, created_at_ms=0)
    assert (await client.query(reference, 2_000)).outcome.kind is OutcomeKind.PAID
    assert wechat.requests[0].target == f"/v3/pay/transactions/out-trade-no/A%7CB%2AC-d_9?mchid={MCHID}"


async def test_closing(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(204, b"")
    outcome = await client.close(REF, 2_000)
    assert outcome.kind is OutcomeKind.CLOSED
    (request,) = wechat.requests
    assert (request.method, request.target) == ("POST", f"/v3/pay/transactions/out-trade-no/{NUMBER}/close")
    assert request.json == {"mchid": MCHID}


async def test_closing_comes_too_late(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(400, {"code": "ORDERPAID", "message": "该订单已支付"})
    assert (await client.close(REF, 2_000)).kind is OutcomeKind.DUPLICATE


async def test_a_close_confirmation_that_nobody_signed(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer_unsigned(204, b"")
    outcome = await client.close(REF, 2_000)
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNTRUSTED, "signature_missing")


@pytest.mark.parametrize(
    ("failure", "kind", "transient"),
    [
        (SendFailure(sent=False, code="connect_failed", latency_ms=1.0), OutcomeKind.NOT_SENT, True),
        (SendFailure(sent=False, code="tls_failed", latency_ms=1.0), OutcomeKind.NOT_SENT, False),
        (SendFailure(sent=False, code="pool_timeout", latency_ms=1.0), OutcomeKind.NOT_SENT, False),
        (SendFailure(sent=True, code="timeout", latency_ms=1.0), OutcomeKind.UNKNOWN, False),
        (SendFailure(sent=True, code="connection_lost", latency_ms=1.0), OutcomeKind.UNKNOWN, True),
    ],
)
async def test_the_line_breaks(
    client: ChannelClient, wechat: FakeWechat, failure: SendFailure, kind: OutcomeKind, transient: bool
) -> None:
    for _ in range(2):
        wechat.will_fail(failure)
    fact = await client.query(REF, 2_000)
    assert (fact.outcome.kind, fact.outcome.code, fact.outcome.transient) == (kind, failure.code, transient)
    assert (await client.close(REF, 2_000)) == fact.outcome
    assert len(wechat.requests) == 2, "nothing is sent a second time by the connector"
