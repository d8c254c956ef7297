"""What the live board reads after a start: the same on every database."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from tests.storage.builders import NOW_MS, a_decision, a_payment, an_attempt

from payswitch.domain.changes import Changes
from payswitch.domain.live_minute import LiveMinute
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState
from payswitch.kit.ids import lowest_id
from payswitch.storage.store import DatabaseStore

MINUTE_MS = 60_000
START = NOW_MS // MINUTE_MS * MINUTE_MS
EXPOSED = {"state": AttemptState.CLOSED, "exposed_at_ms": START + 50}
FAILED = {"state": AttemptState.FAILED, "outcome": Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="X")}
WON = {"state": AttemptState.SUCCEEDED, "exposed_at_ms": START + 50, "channel_id": "alipay-main"}


async def made(store: DatabaseStore, n: int, attempts: tuple[dict[str, Any], ...], **payment: Any) -> None:
    payment_id = lowest_id("pay_", START + n) + f"{n:012d}"
    file = replace(a_payment(n, **payment), payment_id=payment_id, created_at_ms=START + n)
    tries = [
        an_attempt(f"{n}-{k}", attempt_id=f"att_{n}-{k}", payment_id=payment_id, ordinal=k + 1, **attempt)
        for k, attempt in enumerate(attempts)
    ]
    decisions = [
        a_decision(f"{n}-{k}", decision_id=one.decision_id, payment_id=payment_id) for k, one in enumerate(tries)
    ]
    await store.commit(Changes(insert_payments=[file], insert_attempts=tries, insert_decisions=decisions))


async def test_a_day_is_counted_minute_by_minute_as_the_board_would_have_heard_it(store: DatabaseStore) -> None:
    paid = {"state": PaymentState.SUCCEEDED, "succeeded_at_ms": START + 61_000}
    expired = {"state": PaymentState.CLOSED, "close_reason": CloseReason.EXPIRED, "closed_at_ms": START + 61_000}
    cancelled = {**expired, "close_reason": CloseReason.CANCELLED}
    await made(store, 0, (WON,), **paid, winner_attempt_id="att_0-0")
    await made(store, 1, (FAILED, WON), **paid, winner_attempt_id="att_1-1")  # saved
    await made(store, 2, (EXPOSED,), **expired)  # the customer's
    await made(store, 3, (FAILED,), **expired)  # lost by a channel
    await made(store, 4, (FAILED,), **cancelled)  # the customer's
    await made(store, 5, (), **cancelled)  # nobody could take it
    await made(store, 6, (WON,), **paid, winner_attempt_id="att_6-0", shop_id="test:alipay-main")  # not counted
    await made(store, 7, (EXPOSED,))  # still open

    found = await store.live_minutes(START, START + 10 * MINUTE_MS)

    assert sorted(found, key=lambda minute: minute.at_ms) == [
        LiveMinute("m-1", START, created=7, created_fen=7 * 129_900),
        LiveMinute(
            "m-1",
            START + MINUTE_MS,
            paid=2,
            paid_fen=2 * 129_900,
            lost=4,
            lost_fen=4 * 129_900,
            lost_by_customer=2,
            saved=1,
            saved_fen=129_900,
        ),
    ]
    assert await store.live_minutes(START + 10 * MINUTE_MS, START + 20 * MINUTE_MS) == []
