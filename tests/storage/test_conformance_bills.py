"""What reconciliations and audits read and write, on every database."""

from __future__ import annotations

import msgspec
import pytest
from tests.storage.builders import NOW_MS, a_decision, a_payment, a_refund, an_attempt, an_event
from tests.storage.test_conformance_ledger import a_transfer, fee

from payswitch.domain.audit import AuditRecord, Violation
from payswitch.domain.bill import BillKind, BillLine
from payswitch.domain.bill_matching import Known
from payswitch.domain.changes import Changes, CommitConflict
from payswitch.domain.events import EventType
from payswitch.domain.ledger import Transfer, TransferKind
from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from payswitch.domain.reconciliation import (
    RESOLVED_BY_US,
    Billed,
    BillMark,
    BillRun,
    Break,
    BreakKind,
    BreakState,
    RunState,
    break_id_of,
)
from payswitch.storage.store import DatabaseStore

DAY_MS = 86_400_000
LINE = BillLine(
    kind=BillKind.PAYMENT,
    channel_order_no="NO1",
    transaction_id="TX1",
    amount_fen=129_900,
    fee_fen=779,
    at_ms=NOW_MS,
)
REFUND_LINE = msgspec.structs.replace(LINE, kind=BillKind.REFUND, amount_fen=100, fee_fen=0, out_refund_no="R1")


def a_break(n: int = 1, **changes: object) -> Break:
    found = Break(
        break_id=break_id_of("wechat-main", BreakKind.AMOUNT_DIFFERS, f"NO{n}", ""),
        merchant_id="m-1",
        channel_id="wechat-main",
        day="2026-11-11",
        kind=BreakKind.AMOUNT_DIFFERS,
        channel_order_no=f"NO{n}",
        here_fen=1,
        there_fen=2,
        found_at_ms=NOW_MS + n,
    )
    return msgspec.structs.replace(found, **changes)


def resolved(found: Break, by: str) -> Break:
    return msgspec.structs.replace(
        found, state=BreakState.RESOLVED, resolved_at_ms=NOW_MS, resolved_by=by, note="settled"
    )


async def paid_and_refunded(store: DatabaseStore) -> None:
    """A payment as the services would have written it."""
    await store.commit(
        Changes(
            insert_payments=[
                a_payment(
                    1,
                    state=PaymentState.SUCCEEDED,
                    winner_attempt_id="att_1",
                    succeeded_at_ms=NOW_MS,
                    due_at_ms=None,
                    event_sequence=2,
                )
            ],
            insert_decisions=[a_decision(1)],
            insert_attempts=[
                an_attempt(
                    1,
                    state=AttemptState.SUCCEEDED,
                    transaction_id="TX1",
                    finished_at_ms=NOW_MS,
                    refunded_fen=100,
                )
            ],
            insert_refunds=[a_refund(1, state=RefundState.SUCCEEDED, finished_at_ms=NOW_MS)],
            insert_events=[an_event(1), an_event(2, sequence=2, type=EventType.REFUND_SUCCEEDED)],
            insert_transfers=[a_transfer(1), fee(1), *refund_transfers()],
        )
    )


def refund_transfers() -> list[Transfer]:
    asked = a_transfer(
        1,
        transfer_id="refund_asked:ref_1",
        kind=TransferKind.REFUND_ASKED,
        debit="shop/shop-1",
        credit="refunds/wechat-main",
        amount_fen=100,
        refund_id="ref_1",
    )
    arrived = msgspec.structs.replace(
        asked,
        transfer_id="refund_paid:ref_1",
        kind=TransferKind.REFUND_PAID,
        debit="refunds/wechat-main",
        credit="clearing/wechat-main",
    )
    return [asked, arrived]


async def test_what_is_known_about_a_line(store: DatabaseStore) -> None:
    await paid_and_refunded(store)
    stranger = msgspec.structs.replace(LINE, channel_order_no="NO9")

    payment, refund, unknown = await store.known_of("wechat-main", [LINE, REFUND_LINE, stranger])
    [elsewhere] = await store.known_of("wechat-backup", [LINE])

    assert payment.attempt is not None
    assert (payment.item_id(LINE), payment.billed_on) == ("att_1", None)
    assert (payment.fee_expected_fen, payment.fee_booked_fen, payment.fee_corrections) == (779, 779, 0)
    assert (refund.item_id(REFUND_LINE), refund.fee_kept_fen, refund.fee_booked_fen) == ("ref_1", 779, 0)
    assert unknown == elsewhere == Known()


async def test_a_mark_says_in_which_bill_it_stands_and_a_correction_counts(store: DatabaseStore) -> None:
    await paid_and_refunded(store)
    mark = BillMark(
        item_id="att_1",
        kind=BillKind.PAYMENT,
        channel_id="wechat-main",
        day="2026-11-11",
        amount_fen=129_900,
        fee_fen=800,
        at_ms=NOW_MS,
    )
    correction = msgspec.structs.replace(fee(1), transfer_id="fee_billed:att_1:1", kind=TransferKind.FEE_BILLED)

    await store.save_billed(Billed(marks=[mark], transfers=[correction]))
    await store.save_billed(Billed(marks=[mark]))

    [known] = await store.known_of("wechat-main", [LINE])
    assert (known.billed_on, known.fee_expected_fen, known.fee_booked_fen) == ("2026-11-11", 779, 2 * 779)
    assert known.fee_corrections == 1


async def test_what_no_bill_has(store: DatabaseStore) -> None:
    await paid_and_refunded(store)

    paid, back = await store.missing_in_bills("wechat-main", NOW_MS, NOW_MS + DAY_MS, 0)
    assert [attempt.attempt_id for attempt in paid] == ["att_1"]
    assert [(refund.refund_id, number) for refund, number in back] == [("ref_1", "NO1")]
    assert await store.missing_in_bills("wechat-main", NOW_MS, NOW_MS + DAY_MS, NOW_MS + 1) == ([], [])
    assert await store.missing_in_bills("wechat-main", NOW_MS + 1, NOW_MS + DAY_MS, 0) == ([], [])
    assert await store.missing_in_bills("wechat-backup", NOW_MS, NOW_MS + DAY_MS, 0) == ([], [])


async def test_a_break_is_one_however_often_it_is_found(store: DatabaseStore) -> None:
    await store.save_billed(Billed(breaks=[a_break(1), a_break(2)]))
    await store.save_billed(Billed(breaks=[a_break(1, there_fen=3, found_at_ms=NOW_MS + 99)]))

    found = await store.break_of(a_break(1).break_id)

    assert found == a_break(1, there_fen=3), "its age counts from the first time"
    assert len(await store.open_breaks("wechat-main")) == 2


async def test_a_break_that_a_bill_settled_comes_back_and_one_that_a_person_settled_does_not(
    store: DatabaseStore,
) -> None:
    await store.save_billed(Billed(breaks=[a_break(1), a_break(2)]))
    await store.save_billed(Billed(settled=[resolved(a_break(1), RESOLVED_BY_US)]))
    await store.resolve_break(resolved(a_break(2), "op-1"))
    assert await store.open_breaks("wechat-main") == []
    with pytest.raises(CommitConflict):
        await store.resolve_break(resolved(a_break(2), "op-2"))

    await store.save_billed(Billed(breaks=[a_break(1), a_break(2)]))

    assert [found.channel_order_no for found in await store.open_breaks("wechat-main")] == ["NO1"]
    assert len(await store.breaks_of_day("wechat-main", "2026-11-11")) == 2


async def test_breaks_are_listed_newest_first_page_by_page(store: DatabaseStore) -> None:
    await store.save_billed(Billed(breaks=[a_break(n) for n in (1, 2, 3)]))
    await store.save_billed(Billed(breaks=[a_break(4, merchant_id="m-2")]))

    first = await store.list_breaks("m-1", only_open=True, place=None, limit=2)
    place = (first[-1].found_at_ms, first[-1].break_id)
    rest = await store.list_breaks("m-1", only_open=False, place=place, limit=2)

    assert [found.channel_order_no for found in (*first, *rest)] == ["NO3", "NO2", "NO1"]


async def test_a_run_is_kept_as_it_went_the_last_time(store: DatabaseStore) -> None:
    waiting = BillRun(
        channel_id="wechat-main",
        day="2026-11-11",
        merchant_id="m-1",
        state=RunState.WAITING,
        code="NO_STATEMENT_EXIST",
        tries=1,
        first_try_ms=NOW_MS,
        finished_at_ms=NOW_MS,
        due_at_ms=NOW_MS + 1,
    )
    done = msgspec.structs.replace(waiting, state=RunState.DONE, code="", tries=2, due_at_ms=None, lines=7)
    await store.save_run(waiting)
    await store.save_run(done)
    await store.save_run(msgspec.structs.replace(done, day="2026-11-12"))

    assert await store.runs_of("wechat-main", "2026-11-11") == [
        done,
        msgspec.structs.replace(done, day="2026-11-12"),
    ]
    assert [run.day for run in await store.runs_since("2026-11-12", 10)] == ["2026-11-12"]


async def test_the_audit_of_a_healthy_payment_and_of_a_broken_one(store: DatabaseStore) -> None:
    await paid_and_refunded(store)

    healthy = await store.audit(now_ms=NOW_MS)
    window = await store.audit(now_ms=NOW_MS, since_ms=NOW_MS - 1)

    assert healthy.violations == ()
    assert (healthy.payments, window.violations) == (1, ())

    unbooked = Changes(
        insert_payments=[a_payment(2, state=PaymentState.CLOSED, closed_at_ms=NOW_MS, due_at_ms=None)],
        insert_attempts=[an_attempt(2, 2, state=AttemptState.EXPOSED, due_at_ms=NOW_MS)],
    )
    await store.commit(unbooked)
    for since_ms in (0, NOW_MS - 1):
        broken = await store.audit(now_ms=NOW_MS, since_ms=since_ms)
        assert [v.number for v in broken.violations] == ["2.1", "8.2", "12.1"]
        assert broken.violations[0].rows == ("pay_2",)


async def test_an_audit_is_written_down(store: DatabaseStore) -> None:
    assert await store.last_audit() is None
    violation = Violation(number="8.1", name="x", title="y", title_zh="z", rows=("pay_1",))
    records = [
        AuditRecord(
            audit_id=f"aud_{n}", at_ms=NOW_MS + n, since_ms=0, payments=1, duration_ms=5, violations=(violation,)
        )
        for n in (1, 2)
    ]
    for record in records:
        await store.save_audit(record)

    assert await store.last_audit() == records[1]
