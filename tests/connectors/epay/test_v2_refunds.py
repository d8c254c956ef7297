"""V2 refunds have numbers: a repeat is harmless, and they can be asked about."""

from __future__ import annotations

from typing import Any

import pytest
from tests.connectors.epay.world import NOW_MS, ORDER_NO, REFUND_NO, http, refund_order, shop_with_epay, silence

from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind
FOUND = {"code": 0, "refund_no": "77", "out_refund_no": REFUND_NO, "out_trade_no": ORDER_NO, "money": "300.00"}


async def test_a_part_goes_back_under_its_number() -> None:
    client, epay = shop_with_epay("2")
    epay.answers({"code": 0, "msg": "success", "refund_no": "77", "out_refund_no": REFUND_NO, "money": "300.00"})
    for _ in range(2):
        fact = await client.refund(refund_order(30_000), 500)
        assert (fact.outcome.kind, fact.channel_refund_id) == (K.PENDING, "77"), "taken, not through"
    sent = epay.requests[1]
    assert sent.path == "/api/pay/refund"
    assert (sent["out_refund_no"], sent["out_trade_no"], sent["money"]) == (REFUND_NO, ORDER_NO, "300.00")


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": 1}, K.PAID),
        ({"status": "1"}, K.PAID),
        ({"status": 0}, K.PENDING),
        ({"status": 7}, K.UNKNOWN),
        ({}, K.UNKNOWN),
        ({"status": 1, "money": "x"}, K.UNTRUSTED),
        ({"status": 1, "out_refund_no": "OTHER"}, K.UNTRUSTED),
        ({"status": 1, "out_trade_no": "OTHER"}, K.UNTRUSTED),
    ],
)
async def test_how_far_a_refund_is(changes: dict[str, Any], kind: OutcomeKind) -> None:
    client, epay = shop_with_epay("2")
    epay.answers({**FOUND, **changes})
    fact = await client.query_refund(refund_order(30_000), 500)
    assert (fact.outcome.kind, fact.out_refund_no) == (kind, REFUND_NO)
    if kind is K.PAID:
        assert (fact.amount_fen, fact.channel_refund_id) == (30_000, "77")


async def test_an_unknown_number_may_be_asked_for_again() -> None:
    client, epay = shop_with_epay("2")
    epay.refuses("退款单不存在")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.NOT_FOUND


@pytest.mark.parametrize("message", ["商户余额不足", "该通道不支持退款", "退款金额不能大于订单剩余金额", "新的原因"])
async def test_a_refused_refund_waits_for_a_person(message: str) -> None:
    client, epay = shop_with_epay("2")
    epay.refuses(message)
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.merchant_side, outcome.message) == (K.UNKNOWN, True, message)


async def test_a_lost_answer_stays_unknown() -> None:
    client, epay = shop_with_epay("2")
    for reply in (silence(), http(b"", 502), http(b"<html>")):
        epay.breaks(reply)
        outcome = (await client.refund(refund_order(), 500)).outcome
        assert (outcome.kind, outcome.merchant_side) == (K.UNKNOWN, False)


@pytest.mark.parametrize(
    ("signer", "more"),
    [("stranger", {}), ("", {}), ("platform", {"timestamp": str(NOW_MS // 1_000 + 400)})],
)
async def test_a_yes_that_the_platform_did_not_say(signer: str, more: dict[str, str]) -> None:
    client, epay = shop_with_epay("2")
    epay.answers({**FOUND, "status": 1}, signer=signer, **more)
    assert (await client.refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNTRUSTED


async def test_an_answer_about_another_refund() -> None:
    client, epay = shop_with_epay("2")
    epay.answers({**FOUND, "out_refund_no": "OTHER"})
    assert (await client.refund(refund_order(), 500)).outcome.code == "wrong_refund_no"
