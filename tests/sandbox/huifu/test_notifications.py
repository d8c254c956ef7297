"""What the stand-in tells the shop, how often, and what it wants to hear."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.huifu.merchant import ORDER_NO, REFUND_NO, HuifuMerchant, shown
from tests.sandbox.huifu.shop import Shop

from payswitch.domain.exchange import NotifyAnswer, NotifyRequest, Reply
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock


class Answering:
    """A shop's reader that says the same to everything."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self._reply = Reply(status=status, body=body)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return NotifyAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), reply=self._reply)


async def pay(merchant: HuifuMerchant, trade_type: str = "D_NATIVE", wallet: str = "ecny") -> dict[str, Any]:
    made = await merchant.order(trade_type)
    content, params = shown(made)
    assert (await merchant.sandbox.pay(content, params=params, wallet=wallet))["result"] == "paid"
    return made


@pytest.mark.parametrize(
    ("trade_type", "wallet", "member"),
    [
        ("D_NATIVE", "ecny", "dc_response"),
        ("T_JSAPI", "wechat", "wx_response"),
        ("A_JSAPI", "alipay", "alipay_response"),
        ("U_NATIVE", "unionpay", "unionpay_response"),
    ],
)
async def test_a_payment_is_told_in_the_wallets_words(
    merchant: HuifuMerchant, shop: Shop, trade_type: str, wallet: str, member: str
) -> None:
    shop.reads_with(Answering(f"RECV_ORD_ID_{ORDER_NO}".encode()))
    made = await pay(merchant, trade_type, wallet)
    await shop.count(1)
    told = merchant.notified(shop.bodies[0])
    assert (told["trans_stat"], told["trans_amt"], told["trans_type"]) == ("S", "129.00", trade_type)
    assert (told["req_seq_id"], told["hf_seq_id"], told["huifu_id"]) == (
        ORDER_NO,
        made["hf_seq_id"],
        merchant.keys.huifu_id,
    )
    assert isinstance(told[member], dict)
    await shop.settled(merchant.sandbox)


async def test_a_refund_is_told_under_its_own_number(merchant: HuifuMerchant, shop: Shop, night: ManualClock) -> None:
    shop.reads_with(Answering(f"RECV_ORD_ID_{ORDER_NO}".encode()))
    await pay(merchant)
    await shop.settled(merchant.sandbox)
    shop.reads_with(Answering(f"RECV_ORD_ID_{REFUND_NO}".encode()))
    await merchant.refund()
    night.advance(seconds=1)
    await shop.count(2)
    told = merchant.notified(shop.bodies[1])
    assert (told["trans_type"], told["trans_stat"], told["ord_amt"]) == ("TRANS_REFUND", "S", "29.00")
    assert (told["req_seq_id"], told["org_req_seq_id"]) == (REFUND_NO, ORDER_NO)
    await shop.settled(merchant.sandbox)


@pytest.mark.parametrize(
    "answer",
    [
        Answering(b"RECV_ORD_ID_"),
        Answering(b"success"),
        Answering(b"RECV_ORD_ID_SOMETHING-ELSE"),
        Answering(f"RECV_ORD_ID_{ORDER_NO}".encode(), 500),
    ],
    ids=["no number", "alipay's word", "another number", "not 200"],
)
async def test_three_more_tries_for_whoever_answers_wrong(
    merchant: HuifuMerchant, shop: Shop, night: ManualClock, answer: Answering
) -> None:
    shop.reads_with(answer)
    await pay(merchant)
    for tries in (1, 2, 3, 4):
        await shop.count(tries)
        await shop.answered(merchant.sandbox, tries)
        night.advance(seconds=120)
    await shop.settled(merchant.sandbox)
    assert len(shop.bodies) == 4
    assert len(set(shop.bodies)) == 1, "every try is the same text"


async def test_whoever_answers_right_hears_it_once(merchant: HuifuMerchant, shop: Shop, night: ManualClock) -> None:
    shop.reads_with(Answering(f"RECV_ORD_ID_{ORDER_NO}".encode()))
    await pay(merchant)
    await shop.settled(merchant.sandbox)
    night.advance(seconds=3_600)
    assert len(shop.bodies) == 1
