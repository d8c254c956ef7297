"""The judge of histories: a legal evening passes; every way of cheating a customer or a shop is called by its name."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from tests.blackbox.history import Call, Hearing, History, Row, digest
from tests.blackbox.judge import judge

ORDER = {"out_trade_no": "order-1", "amount_fen": 12_900}


def payment(state: str = "succeeded", **changes: Any) -> dict[str, Any]:
    view: dict[str, Any] = {
        "payment_id": "pay_1",
        "out_trade_no": "order-1",
        "amount_fen": 12_900,
        "currency": "CNY",
        "subject": "茶",
        "created_at": "2026-11-11T12:00:00.000Z",
        "checkout_url": "https://pay.example/checkout/t",
        "state": state,
        "winner_attempt_id": "att_1" if state == "succeeded" else None,
        "attempts": [
            {"attempt_id": "att_1", "channel_id": "wechat", "channel_order_no": "P1"},
            {"attempt_id": "att_2", "channel_id": "alipay", "channel_order_no": "P2"},
        ],
        "refunds": [],
    }
    return {**view, **changes}


def call(what: str, at_ms: float, view: dict[str, Any], *, body: object = ORDER, key: str | None = None) -> Call:
    return Call(
        what=what,
        called_ms=at_ms,
        answered_ms=at_ms + 10,
        out_trade_no="order-1",
        key=key,
        body_digest=digest(body),
        status=200,
        view=view,
    )


def hearing(at_ms: float, sequence: int, kind: str, event_id: str = "", **data: Any) -> Hearing:
    body = {"type": kind, "sequence": sequence, "data": {"payment_id": "pay_1", "amount_fen": 12_900, **data}}
    return Hearing(at_ms=at_ms, event_id=event_id or f"evt_{sequence}", body=msgspec.json.encode(body))


def surplus_refund(state: str = "succeeded") -> dict[str, Any]:
    return {"out_refund_no": "S2", "attempt_id": "att_2", "amount_fen": 12_900, "state": state}


@pytest.fixture
def evening() -> History:
    """Paid at WeChat; the old Alipay code was paid as well, and that money went back."""
    return History(
        calls=[
            call("create", 0, payment("pending"), key="k"),
            call("create", 100, payment("pending"), key="k"),
            call("get", 3_000, payment()),
        ],
        hearings=[hearing(2_000, 1, "payment.succeeded"), hearing(4_000, 2, "payment.surplus")],
        rows=[
            Row(account="wechat", channel_order_no="P1", amount_fen=12_900, paid=True),
            Row(account="alipay", channel_order_no="P2", amount_fen=12_900, paid=True, returned={"S2": 12_900}),
        ],
        finals={"pay_1": payment(refunds=[surplus_refund()])},
    )


def rules(history: History) -> set[str]:
    return {violation.rule for violation in judge(history)}


def test_a_legal_evening_passes(evening: History) -> None:
    assert judge(evening) == []


def test_an_answer_that_never_came_breaks_nothing(evening: History) -> None:
    evening.calls.append(Call(what="create", called_ms=50, out_trade_no="order-1", key="k"))
    assert judge(evening) == []


def test_two_payments_under_one_number(evening: History) -> None:
    evening.calls.append(call("create", 5_000, payment(payment_id="pay_2")))
    assert "one_payment_per_number" in rules(evening)


def test_another_order_under_a_used_key(evening: History) -> None:
    evening.calls.append(call("create", 5_000, payment(), body={**ORDER, "amount_fen": 1}, key="k"))
    assert "other_body_refused" in rules(evening)


def test_a_repeat_that_is_answered_otherwise(evening: History) -> None:
    evening.calls.append(call("create", 5_000, payment(amount_fen=1), key="k"))
    assert "same_answer" in rules(evening)


def test_pending_after_the_shop_was_told_paid(evening: History) -> None:
    evening.calls.append(call("get", 2_500, payment("pending")))
    assert rules(evening) == {"forward_only"}


def test_pending_while_the_webhook_is_on_its_way_is_fine(evening: History) -> None:
    evening.calls.append(call("get", 1_995, payment("pending")))
    assert judge(evening) == []


def test_told_paid_and_told_closed(evening: History) -> None:
    evening.hearings.append(hearing(5_000, 3, "payment.closed"))
    assert {"one_end", "true_news"} <= rules(evening)


def test_a_code_shown_after_the_end(evening: History) -> None:
    evening.calls.append(call("switch", 5_000, payment(credential={"content": "qr"})))
    assert "nothing_shown_after_the_end" in rules(evening)


def test_money_kept_twice(evening: History) -> None:
    evening.rows[1] = msgspec.structs.replace(evening.rows[1], returned={})
    assert {"no_money_kept_twice", "refunds_agree"} <= rules(evening)


def test_money_that_waits_for_a_person_is_an_open_incident_not_a_violation(evening: History) -> None:
    evening.rows[1] = msgspec.structs.replace(evening.rows[1], returned={})
    evening.finals["pay_1"] = payment(refunds=[surplus_refund("abnormal")])
    assert judge(evening) == []


def test_money_for_a_payment_that_was_closed(evening: History) -> None:
    evening.finals["pay_1"] = payment("closed", refunds=[surplus_refund()])
    assert "no_money_kept_twice" in rules(evening)


def test_money_that_nobody_here_knows(evening: History) -> None:
    evening.rows.append(Row(account="wechat", channel_order_no="P9", amount_fen=5, paid=True))
    assert rules(evening) == {"no_money_unknown"}


def test_a_success_without_money(evening: History) -> None:
    evening.rows[0] = msgspec.structs.replace(evening.rows[0], paid=False)
    assert rules(evening) == {"no_success_without_money"}


def test_more_given_back_than_was_paid(evening: History) -> None:
    evening.rows[1] = msgspec.structs.replace(evening.rows[1], returned={"S2": 12_900, "S3": 12_900})
    assert {"never_back_more_than_paid", "refunds_agree"} <= rules(evening)


def test_a_lost_event(evening: History) -> None:
    del evening.hearings[0]
    assert rules(evening) == {"no_event_lost"}


def test_a_lost_event_of_a_shop_that_was_away_too_long_is_known_to_be_dead(evening: History) -> None:
    del evening.hearings[0]
    evening.undeliverable.add("evt_1")
    assert judge(evening) == []


def test_an_event_with_other_bytes(evening: History) -> None:
    changed = copy.copy(hearing(5_000, 1, "payment.succeeded", amount_fen=1))
    evening.hearings.append(changed)
    assert "same_bytes" in rules(evening)


def test_events_out_of_order(evening: History) -> None:
    evening.hearings.reverse()
    assert "events_in_order" in rules(evening)


def test_a_payment_that_never_ends(evening: History) -> None:
    evening.finals["pay_1"] = payment("closing")
    assert "everything_ends" in rules(evening)


def test_two_refunds_under_one_number_of_the_shops(evening: History) -> None:
    for refund_id in ("ref_1", "ref_2"):
        view = {"refund_id": refund_id, "payment_id": "pay_1", "refund_no": "r1", "amount_fen": 5}
        evening.calls.append(call("refund", 6_000, view))
    assert "one_refund_per_number" in rules(evening)
