"""影子探测: stored like any attempt, and counted as one of the customer's nowhere. The same in each database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from sqlalchemy import NullPool, create_engine
from tests.storage.builders import NOW_MS, a_decision, a_payment, an_attempt, launched, next_version

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Method
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, CloseReason, PaymentState
from payswitch.domain.payment_search import FoundPayment, PaymentFilter
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds, lowest_id
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.migrations.upgrade import alembic_config
from payswitch.storage.sqlite import SqliteStore
from payswitch.storage.sqlite.upgrading import upgrade
from payswitch.storage.store import DatabaseStore

MINUTE_MS = 60_000
START = NOW_MS // MINUTE_MS * MINUTE_MS
SUSPECT = "alipay-main"
EXPIRED = {"state": PaymentState.CLOSED, "close_reason": CloseReason.EXPIRED, "closed_at_ms": START + 1_000}
EXPOSED = {"state": AttemptState.CLOSED, "exposed_at_ms": START}
FAILED = {"state": AttemptState.FAILED, "outcome": Outcome(kind=OutcomeKind.REFUSED_CHANNEL)}
WON = {"state": AttemptState.SUCCEEDED, "exposed_at_ms": START, "transaction_id": "tx-1"}


async def probed(store: DatabaseStore, said: OutcomeKind, customers: dict[str, Any], n: int = 0, **payment: Any) -> str:
    """A payment with one attempt of the customer's at WeChat, and a shadow probe at Alipay that was told so much. Gives
    the probe's number at its channel."""
    payment_id = lowest_id("pay_", START + n) + f"{n:012d}"
    number = SeededIds(n).new("P", START + n)
    shadow = an_attempt(
        f"{n}-s",
        ordinal=0,
        shadow=True,
        channel_id=SUSPECT,
        method=Method.ALIPAY,
        channel_order_no=number,
        state=AttemptState.DISCARDED,
        outcome=Outcome(kind=said),
    )
    tries = [shadow, an_attempt(f"{n}-1", **customers)]
    made = [msgspec.structs.replace(one, payment_id=payment_id, decision_id=f"dec_{n}") for one in tries]
    file = msgspec.structs.replace(a_payment(n, **payment), payment_id=payment_id, created_at_ms=START + n)
    decision = msgspec.structs.replace(a_decision(n), payment_id=payment_id)
    await store.commit(Changes(insert_payments=[file], insert_attempts=made, insert_decisions=[decision]))
    return number


async def found(store: DatabaseStore, **wanted: Any) -> list[FoundPayment]:
    page = await store.payment_list(PaymentFilter(**wanted), merchants=["m-1"], shops=["shop-1"], after=None, limit=10)
    return list(page.found)


async def test_the_mark_comes_back_and_stays_what_it_is(store: DatabaseStore) -> None:
    number = await probed(store, OutcomeKind.ACCEPTED, EXPOSED)
    file = await store.file_by_order_no(SUSPECT, number)
    assert file is not None
    assert [(one.shadow, one.ordinal) for one in file.attempts] == [(True, 0), (False, 1)]
    assert [one.ordinal for one in file.for_customer] == [1]

    shown = msgspec.structs.replace(file.attempts[0], shadow=False)
    with pytest.raises(InvariantViolation, match="fixed_columns"):
        await store.commit(Changes(update_payments=[next_version(file.payment)], update_attempts=[shown]))


async def test_a_payment_with_a_probe_was_made_once_and_not_switched(store: DatabaseStore) -> None:
    await probed(store, OutcomeKind.ACCEPTED, EXPOSED)
    (listed,) = await found(store)
    assert listed.tries == 1
    assert listed.told is not None
    assert listed.told.channel_id == "wechat-main"
    assert await found(store, switched=True) == []


async def test_the_suspects_list_does_not_name_it_and_its_number_leads_to_it(store: DatabaseStore) -> None:
    number = await probed(store, OutcomeKind.ACCEPTED, EXPOSED)
    assert await found(store, channel_id=SUSPECT) == []
    assert await found(store, method=Method.ALIPAY) == []
    assert len(await found(store, channel_id="wechat-main", method=Method.WECHAT)) == 1
    (match,) = await store.payments_with(number, merchants=["m-1"], shops=["shop-1"], channels=[SUSPECT])
    assert match.found.payment.out_trade_no == "T0"


async def test_no_payment_was_saved_by_leaving_it(store: DatabaseStore) -> None:
    paid = {"state": PaymentState.SUCCEEDED, "succeeded_at_ms": START + 1_000, "winner_attempt_id": "att_0-1"}
    await probed(store, OutcomeKind.UNKNOWN, WON, **paid)
    (minute,) = await _ended(store)
    assert (minute.paid, minute.saved) == (1, 0)


async def test_what_it_was_told_is_nobodys_reason(store: DatabaseStore) -> None:
    await probed(store, OutcomeKind.REFUSED_PAYER, FAILED, **EXPIRED)
    (minute,) = await _ended(store)
    assert (minute.lost, minute.lost_by_customer) == (1, 0), "the customer's own attempt failed at the channel"
    (tally,) = await store.shop_tallies(START, START + MINUTE_MS, age_ms=180_000, step_ms=MINUTE_MS)
    assert (tally.ours, tally.payer, tally.silent) == (1, 0, 0)


async def test_its_trouble_is_no_trouble_of_the_customers(store: DatabaseStore) -> None:
    await probed(store, OutcomeKind.UNKNOWN, EXPOSED, **EXPIRED)
    (tally,) = await store.shop_tallies(START, START + MINUTE_MS, age_ms=180_000, step_ms=MINUTE_MS)
    assert (tally.ours, tally.payer, tally.silent) == (0, 0, 1)


async def test_the_auditor_tells_of_a_probe_that_was_shown(store: DatabaseStore) -> None:
    number = await probed(store, OutcomeKind.ACCEPTED, {**EXPOSED, "state": AttemptState.EXPOSED, "due_at_ms": START})
    assert (await store.audit(now_ms=START)).clean
    file = await store.file_by_order_no(SUSPECT, number)
    assert file is not None

    shown = msgspec.structs.replace(file.attempts[0], exposed_at_ms=START)
    await store.commit(Changes(update_payments=[next_version(file.payment)], update_attempts=[shown]))

    (violation,) = (await store.audit(now_ms=START)).violations
    assert violation.name == "shadow_is_not_shown"


async def _ended(store: DatabaseStore) -> list[Any]:
    return [minute for minute in await store.live_minutes(START, START + MINUTE_MS) if minute.paid or minute.lost]


async def test_attempts_of_an_older_version_are_none(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "older.sqlite"
    upgrade(path)
    async with SqliteStore(path, clock=clock) as store:
        await store.commit(launched())
    config = alembic_config()
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0014")
        connection.commit()

    assert upgrade(path) is True
    async with SqliteStore(path, clock=clock) as store:
        file = await store.payment_file("pay_1")
    assert file is not None
    assert [attempt.shadow for attempt in file.attempts] == [False]
