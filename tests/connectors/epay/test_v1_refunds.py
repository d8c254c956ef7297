"""V1 refunds have no number. Money must go back once all the same, and "I do not know" must stay that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.connectors.epay.world import (
    KEY,
    ORDER_NO,
    PID,
    FakeEpay,
    Reply,
    Request,
    http,
    refund_order,
    shop_with_epay,
    silence,
)

from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient, OwnTerms
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind
WHOLE, PART = 129_900, 30_000


def platform(epay: FakeEpay, refund: Reply | dict[str, Any], **order: Any) -> None:
    """Answers queries with this order, refund calls with that."""

    def reply(request: Request) -> Reply:
        if request["act"] == "order":
            return epay.answer(epay.order(**order))
        return epay.answer(refund) if isinstance(refund, dict) else refund

    epay.replies = [reply]


def refunds_sent(epay: FakeEpay) -> list[Request]:
    return [request for request in epay.requests if request["act"] == "refund"]


async def refund(client: ChannelClient, amount_fen: int = WHOLE, number: str = "R1") -> tuple[K, str, bool]:
    fact = await client.refund(refund_order(amount_fen, number), 500)
    assert fact.out_refund_no == number
    return fact.outcome.kind, fact.outcome.code, fact.outcome.merchant_side


async def test_a_whole_order_goes_back() -> None:
    client, epay = shop_with_epay()
    platform(epay, {"code": 1, "msg": "退款成功"})
    assert await refund(client) == (K.PAID, "code_1", False)
    (sent,) = refunds_sent(epay)
    assert (sent.method, sent.path) == ("POST", "/api.php")
    assert KEY.encode() in sent.body, "the key travels in the body"
    assert KEY not in sent.url
    assert (sent["pid"], sent["out_trade_no"], sent["money"]) == (PID, ORDER_NO, "1299.00")


async def test_a_repeat_of_a_finished_refund_sends_nothing() -> None:
    client, epay = shop_with_epay()
    platform(epay, {"code": 1})
    assert await refund(client) == await refund(client)
    assert (await client.query_refund(refund_order(number="R1"), 500)).outcome.kind is K.PAID
    assert len(refunds_sent(epay)) == 1


@pytest.mark.parametrize("lost", [silence(), http(b"<html>502</html>", 502), http(b"broken"), http(b"{}")])
async def test_an_unanswered_refund_is_not_sent_again(lost: Reply) -> None:
    client, epay = shop_with_epay()
    platform(epay, lost)
    assert (await refund(client))[0] is K.UNKNOWN
    platform(epay, {"code": 1})
    for _ in range(3):
        assert await refund(client) == (K.UNKNOWN, "refund_unanswered", True)
    assert len(refunds_sent(epay)) == 1
    assert (await client.query_refund(refund_order(number="R1"), 500)).outcome.kind is K.UNKNOWN


async def test_a_cancelled_call_is_an_unanswered_one() -> None:
    client, epay = shop_with_epay()
    platform(epay, {"code": 1})
    arrived = asyncio.Event()
    send = epay.send

    async def hang(method: str, url: str, **more: Any) -> Reply:
        answer = await send(method, url, **more)
        if "act=refund" in url:
            arrived.set()
            await asyncio.Event().wait()
        return answer

    epay.send = hang  # type: ignore[method-assign, assignment]
    call = asyncio.create_task(client.refund(refund_order(number="R1"), 500))
    await arrived.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    assert await refund(client) == (K.UNKNOWN, "refund_unanswered", True)
    assert len(refunds_sent(epay)) == 1


async def test_the_operator_may_allow_repeats_where_the_platform_marks_refunds() -> None:
    client, epay = shop_with_epay(repeat_refunds="yes")
    platform(epay, silence())
    await refund(client)
    platform(epay, {"code": 1})
    assert (await refund(client))[0] is K.PAID
    assert len(refunds_sent(epay)) == 2


async def test_what_never_left_may_be_sent_again() -> None:
    client, epay = shop_with_epay()
    platform(epay, silence(sent=False))
    assert (await refund(client))[0] is K.NOT_SENT
    platform(epay, {"code": 1})
    assert (await refund(client))[0] is K.PAID


async def test_a_short_balance_waits_for_a_person_and_then_goes_through() -> None:
    client, epay = shop_with_epay()
    platform(epay, {"code": -1, "msg": "商户余额不足"})
    assert await refund(client) == (K.UNKNOWN, "-1", True)
    platform(epay, {"code": 1})
    assert (await refund(client))[0] is K.PAID


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"status": 0}, "not_paid_at_platform"),
        ({"status": 3}, "not_paid_at_platform"),
        ({"money": "1.00"}, "not_paid_at_platform"),
        ({"pid": 77}, "not_paid_at_platform"),
        ({"status": 2}, "refunded_at_platform"),
        ({"status": 1, "refundmoney": "10.00"}, "refunded_at_platform"),
    ],
)
async def test_nothing_is_sent_unless_the_platform_says_paid_and_not_refunded(order: dict[str, Any], code: str) -> None:
    client, epay = shop_with_epay()
    platform(epay, {"code": 1}, **order)
    assert await refund(client) == (K.UNKNOWN, code, True)
    assert not refunds_sent(epay)


async def test_when_the_look_fails_nothing_is_sent() -> None:
    client, epay = shop_with_epay()
    for reply, kind, person in (
        (silence(), K.UNKNOWN, False),
        (silence(sent=False), K.NOT_SENT, False),
        (epay.answer({"code": -1, "msg": "订单号不存在"}), K.UNKNOWN, True),
        (epay.answer({"code": -3, "msg": "商户密钥错误"}), K.UNKNOWN, True),
        (epay.answer(epay.order(out_trade_no="OTHER")), K.UNTRUSTED, False),
    ):
        epay.breaks(reply)
        found = await refund(client)
        assert (found[0], found[2]) == (kind, person)
    assert not refunds_sent(epay)


@pytest.mark.parametrize(
    ("settings", "order", "kind"),
    [
        ({"refunded_means_whole": "yes"}, {"status": 2}, K.PAID),
        ({}, {"status": 2, "refundmoney": "1299.00"}, K.PAID),
        ({"refunded_means_whole": "yes"}, {"status": 2, "refundmoney": "10.00"}, K.UNKNOWN),
    ],
)
async def test_a_lost_answer_is_settled_by_the_order_itself(
    settings: dict[str, str], order: dict[str, Any], kind: OutcomeKind
) -> None:
    client, epay = shop_with_epay(**settings)
    platform(epay, silence())
    await refund(client)
    platform(epay, {"code": 1}, **order)
    assert (await refund(client))[0] is kind
    assert (await client.query_refund(refund_order(number="R1"), 500)).outcome.kind is kind
    assert len(refunds_sent(epay)) == 1


async def test_part_of_an_order_is_refused_before_anything_is_sent() -> None:
    client, epay = shop_with_epay()
    assert await refund(client, PART) == (K.REFUSED_ORDER, "partial_refund_unsupported", False)
    assert not epay.requests


async def test_parts_where_the_operator_accepts_the_risk() -> None:
    client, epay = shop_with_epay(partial_refunds="yes")
    platform(epay, {"code": 1})
    assert (await refund(client, PART, "R1"))[0] is K.PAID
    platform(epay, {"code": 1}, refundmoney="300.00")
    assert (await refund(client, PART, "R1"))[0] is K.PAID, "the same number: remembered"
    assert (await refund(client, PART, "R2"))[0] is K.PAID
    assert len(refunds_sent(epay)) == 2
    platform(epay, {"code": 1}, refundmoney="1200.00")
    assert (await refund(client, PART, "R3"))[1] == "refunded_at_platform", "it does not fit any more"
    platform(epay, {"code": -1, "msg": "退款失败：上游超时"}, refundmoney="600.00")
    assert (await refund(client, PART, "R4"))[0] is K.UNKNOWN
    assert (await refund(client, PART, "R4"))[1] == "refund_unanswered", "a no may hide a yes of the upstream"


@pytest.mark.parametrize(("codes", "code", "kind"), [("1", 0, K.UNKNOWN), ("0,1", 0, K.PAID), ("0,1", "1", K.PAID)])
async def test_which_code_means_yes_is_the_platforms_habit(codes: str, code: object, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay(refund_ok_codes=codes)
    platform(epay, {"code": code, "msg": "退款成功"})
    assert (await refund(client))[0] is kind


async def test_an_amount_of_zero_code_is_only_for_refunds() -> None:
    client, epay = shop_with_epay(refund_ok_codes="0,1")
    epay.answers(epay.order(code=0))
    assert (await client.query(refund_order().order, 500)).outcome.kind is K.UNKNOWN


def test_the_account_says_beforehand_that_only_the_whole_goes_back() -> None:
    """So that a shop hears it when it asks, and not from an incident afterwards."""
    careful, _ = shop_with_epay()
    assert isinstance(careful, OwnTerms)
    terms = careful.refund_terms(Product.EPAY_ALIPAY)
    assert terms is not None
    assert terms.parts == 1
    trusting, _ = shop_with_epay(partial_refunds="yes")
    assert isinstance(trusting, OwnTerms)
    assert trusting.refund_terms(Product.EPAY_ALIPAY) is None, "as the table says"
