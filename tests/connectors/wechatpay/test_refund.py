"""Money goes back to where it came from, once."""

from __future__ import annotations

import msgspec
import pytest
from tests.connectors.wechatpay.fake_wechat import FakeWechat
from tests.connectors.wechatpay.orders import NUMBER, REF, REFUND, REFUND_NUMBER

from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.outcome import OutcomeKind


def refund_object(status: str, **changes: object) -> dict[str, object]:
    return {
        "refund_id": "50000000382019052709732678859",
        "out_refund_no": REFUND_NUMBER,
        "transaction_id": "4200001234202611111234567890",
        "out_trade_no": NUMBER,
        "channel": "ORIGINAL",
        "user_received_account": "招商银行信用卡0403",
        "create_time": "2026-11-11T20:40:00+08:00",
        "status": status,
        "amount": {"total": 12_900, "refund": 2_900, "payer_total": 12_400, "payer_refund": 2_900, "currency": "CNY"},
        **changes,
    }


async def test_a_partial_refund(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, refund_object("PROCESSING"))
    fact = await client.refund(REFUND, 5_000)

    (request,) = wechat.requests
    assert (request.method, request.target) == ("POST", "/v3/refund/domestic/refunds")
    assert request.json == {
        "out_trade_no": NUMBER,
        "out_refund_no": REFUND_NUMBER,
        "reason": "色号发错",
        "notify_url": "https://pay.shop.example/notify/wechat-main",
        "amount": {"refund": 2_900, "total": 12_900, "currency": "CNY"},
    }
    assert (fact.outcome.kind, fact.amount_fen) == (OutcomeKind.PENDING, 2_900)
    assert fact.channel_refund_id == "50000000382019052709732678859"


async def test_wechats_own_number_is_used_when_it_is_known(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, refund_object("SUCCESS"))
    paid = msgspec.structs.replace(REF, transaction_id="4200001234202611111234567890")
    fact = await client.refund(msgspec.structs.replace(REFUND, order=paid, reason="太" * 60), 5_000)
    sent = wechat.requests[0].json
    assert sent["transaction_id"] == "4200001234202611111234567890"
    assert "out_trade_no" not in sent
    assert sent["reason"] == "太" * 26, "80 bytes at most"
    assert fact.outcome.kind is OutcomeKind.PAID


@pytest.mark.parametrize(
    ("status", "kind", "merchant_side"),
    [
        ("PROCESSING", OutcomeKind.PENDING, False),
        ("SUCCESS", OutcomeKind.PAID, False),
        ("CLOSED", OutcomeKind.CLOSED, False),
        ("ABNORMAL", OutcomeKind.PENDING, True),
        ("NEW_WORD", OutcomeKind.UNKNOWN, False),
    ],
)
async def test_asking_after_a_refund(
    client: ChannelClient, wechat: FakeWechat, status: str, kind: OutcomeKind, merchant_side: bool
) -> None:
    wechat.will_answer(200, refund_object(status))
    fact = await client.query_refund(REFUND, 5_000)
    assert wechat.requests[0].method == "GET"
    assert wechat.requests[0].target == f"/v3/refund/domestic/refunds/{REFUND_NUMBER}"
    assert (fact.outcome.kind, fact.outcome.code, fact.outcome.merchant_side) == (kind, status, merchant_side)


async def test_the_merchants_balance_is_short(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(403, {"code": "NOT_ENOUGH", "message": "基本账户余额不足，请充值后重新发起"})
    outcome = (await client.refund(REFUND, 5_000)).outcome
    assert (outcome.kind, outcome.merchant_side) == (OutcomeKind.UNKNOWN, True)


async def test_a_customer_whose_account_is_gone(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(403, {"code": "USER_ACCOUNT_ABNORMAL", "message": "用户账号注销"})
    assert (await client.refund(REFUND, 5_000)).outcome.kind is OutcomeKind.REFUSED_PAYER


async def test_an_unsigned_refusal_never_ends_a_refund(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer_unsigned(403, b'{"code":"USER_ACCOUNT_ABNORMAL","message":""}')
    assert (await client.refund(REFUND, 5_000)).outcome.kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 502])
async def test_an_unheard_of_error_leaves_the_refund_unknown(
    client: ChannelClient, wechat: FakeWechat, status: int
) -> None:
    wechat.will_answer(status, {"code": "NEVER_SEEN_BEFORE", "message": "?"})
    assert (await client.refund(REFUND, 5_000)).outcome.kind is OutcomeKind.UNKNOWN


async def test_an_answer_about_another_refund_is_untrusted(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(200, refund_object("SUCCESS", out_refund_no="R999"))
    fact = await client.refund(REFUND, 5_000)
    assert (fact.outcome.kind, fact.out_refund_no) == (OutcomeKind.UNTRUSTED, REFUND_NUMBER)


async def test_a_refund_that_wechat_does_not_know(client: ChannelClient, wechat: FakeWechat) -> None:
    wechat.will_answer(404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
    assert (await client.query_refund(REFUND, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"out_refund_no":5}'])
async def test_a_signed_answer_that_cannot_be_read(client: ChannelClient, wechat: FakeWechat, body: bytes) -> None:
    wechat.will_answer(200, body)
    assert (await client.refund(REFUND, 5_000)).outcome.code == "unreadable"
