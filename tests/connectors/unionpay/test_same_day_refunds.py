"""消费撤销: some contracts want what goes back whole, on the day of the payment, to be undone instead of refunded."""

from __future__ import annotations

import pytest
from tests.connectors.unionpay.world import (
    NOW_MS,
    QUERY_ID,
    REFUND_NO,
    REFUND_QUERY_ID,
    REFUND_TIME,
    order_ref,
    refund_order,
    shop_with_unionpay,
)

from payswitch.connectors.acp.same_day import is_over_for, settlement_day
from payswitch.connectors.transport import SendFailure
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock

UNTIL_ELEVEN_S = 8_580
"""From the world's 20:37:00 to 23:00:00."""
DAY_MS = 86_400_000


async def test_the_whole_amount_is_undone_under_the_refunds_own_number() -> None:
    client, unionpay = shop_with_unionpay(same_day_refund="undo")
    unionpay.succeeds(queryId=REFUND_QUERY_ID)
    fact = await client.refund(refund_order(), 500)
    sent = unionpay.sent
    assert (sent["txnType"], sent["txnSubType"], sent["origQryId"]) == ("31", "00", QUERY_ID)
    assert (sent["orderId"], sent["txnTime"], sent["txnAmt"]) == (REFUND_NO, REFUND_TIME, "129900")
    assert (fact.outcome.kind, fact.channel_refund_id) == (OutcomeKind.PENDING, REFUND_QUERY_ID)

    unionpay.tells("00")
    done = await client.query_refund(refund_order(), 500)
    assert (unionpay.sent["orderId"], unionpay.sent["txnTime"]) == (REFUND_NO, REFUND_TIME)
    assert (done.outcome.kind, done.amount_fen) == (OutcomeKind.PAID, 129_900)


async def test_a_payment_code_is_undone_as_a_code() -> None:
    client, unionpay = shop_with_unionpay(same_day_refund="undo")
    unionpay.succeeds()
    await client.refund(refund_order(order=order_ref(Product.UNIONPAY_CODE)), 500)
    assert (unionpay.sent["txnType"], unionpay.sent["bizType"]) == ("31", "000000")


async def test_without_the_option_everything_is_a_refund() -> None:
    client, unionpay = shop_with_unionpay()
    unionpay.succeeds()
    await client.refund(refund_order(), 500)
    assert unionpay.sent["txnType"] == "04"


async def test_a_part_is_always_a_refund() -> None:
    client, unionpay = shop_with_unionpay(same_day_refund="undo")
    unionpay.succeeds()
    await client.refund(refund_order(amount_fen=129_899), 500)
    assert unionpay.sent["txnType"] == "04"


async def test_what_could_not_be_undone_before_eleven_is_refunded_under_the_same_number() -> None:
    """The answer is lost at 22:59:59. The repeat is a refund: one number and one time, so UnionPay can tell that both
    are the same wish, and neither can be made beside the other because each is over the whole amount."""
    clock = ManualClock(NOW_MS)
    client, unionpay = shop_with_unionpay(clock, same_day_refund="undo")
    clock.advance(seconds=UNTIL_ELEVEN_S - 1)
    unionpay.breaks(SendFailure(sent=True, code="timeout", latency_ms=500.0))
    assert (await client.refund(refund_order(), 500)).outcome.kind is OutcomeKind.UNKNOWN
    first = unionpay.sent
    clock.advance(seconds=1)
    unionpay.refuses("12")
    again = await client.refund(refund_order(), 500)
    assert (first["txnType"], unionpay.sent["txnType"]) == ("31", "04")
    assert (first["orderId"], first["txnTime"]) == (unionpay.sent["orderId"], unionpay.sent["txnTime"])
    assert again.outcome.kind is OutcomeKind.PENDING, "UnionPay has it already: ask"


@pytest.mark.parametrize(
    ("code", "kind", "transient"),
    [
        ("39", OutcomeKind.UNKNOWN, True),
        ("45", OutcomeKind.PENDING, False),
        ("12", OutcomeKind.PENDING, False),
        ("03", OutcomeKind.PENDING, False),
        ("62", OutcomeKind.UNKNOWN, True),
    ],
)
async def test_a_refused_undoing_is_no_lost_refund(code: str, kind: OutcomeKind, transient: bool) -> None:
    """Too late, or a bank that does not do it: the number lives on, and after 23:00 it is a refund."""
    client, unionpay = shop_with_unionpay(same_day_refund="undo")
    unionpay.refuses(code)
    outcome = (await client.refund(refund_order(), 500)).outcome
    assert (outcome.kind, outcome.transient) == (kind, transient)


async def test_yesterdays_payment_is_refunded() -> None:
    client, unionpay = shop_with_unionpay(ManualClock(NOW_MS + DAY_MS), same_day_refund="undo")
    unionpay.succeeds()
    await client.refund(refund_order(), 500)
    assert unionpay.sent["txnType"] == "04"


def test_a_settlement_day_ends_at_eleven_in_the_evening() -> None:
    eleven_ms = NOW_MS + UNTIL_ELEVEN_S * 1_000
    assert settlement_day(eleven_ms - 1) == settlement_day(NOW_MS)
    assert settlement_day(eleven_ms).day == settlement_day(NOW_MS).day + 1


@pytest.mark.parametrize(
    ("made_s", "now_s", "over"),
    [
        (UNTIL_ELEVEN_S - 1, UNTIL_ELEVEN_S + 1, False),  # over 23:00, one date
        (UNTIL_ELEVEN_S + 3_599, UNTIL_ELEVEN_S + 3_601, False),  # over midnight, one settlement day
        (0, UNTIL_ELEVEN_S + 3_601, True),
        (UNTIL_ELEVEN_S + 1, UNTIL_ELEVEN_S + 86_401, True),
    ],
)
def test_only_what_is_certainly_another_day_is_over(made_s: int, now_s: int, over: bool) -> None:
    assert is_over_for(NOW_MS + made_s * 1_000, now_ms=NOW_MS + now_s * 1_000) is over
