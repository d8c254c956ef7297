"""From protocols to numbers: what counts as a switch, from when to when, and which keys scripts can rely on."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from payswitch.domain.channel import Method
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.drill.books import Difference, DifferenceKind
from payswitch.drill.journey import Ending, Request, Step, Visit
from payswitch.drill.measure import DrillResult, RunResult, measure, switch_times_ms
from payswitch.drill.promises import broken
from payswitch.drill.scenario import Promises
from payswitch.drill.views import DecisionView
from tests.drill.builders import attempt, payment, refund, shopper

BOTH = frozenset({Method.WECHAT, Method.ALIPAY})


def pressed(at_ms: int, step: Step = Step.CREATE, *, got_code: bool = True, took_ms: float = 80.0) -> Request:
    return Request(step=step, started_at_ms=at_ms, took_ms=took_ms, status=201 if got_code else 503, got_code=got_code)


def visit(*requests: Request, payment_id: str | None = "pay_1", **changes: object) -> Visit:
    protocol = Visit(shopper(**changes), "N1", payment_id=payment_id, ending=Ending.PAID)
    protocol.requests.extend(requests)
    return protocol


def failed(ordinal: int, started_ms: int) -> object:
    return attempt(
        ordinal, state=AttemptState.FAILED, created_at_ms=started_ms, started_at_ms=started_ms, exposed_at_ms=None
    )


def exposed(ordinal: int, started_ms: int, exposed_ms: int) -> object:
    return attempt(ordinal, created_at_ms=started_ms, started_at_ms=started_ms, exposed_at_ms=exposed_ms)


def times(protocol: Visit, *attempts: object) -> list[float]:
    return list(switch_times_ms(protocol, {"pay_1": payment(*attempts)}))


def test_a_first_code_at_the_first_try_is_no_switch() -> None:
    assert times(visit(pressed(1_000)), exposed(1, 1_005, 1_060)) == []


def test_a_switch_lasts_from_the_failed_answer_to_the_new_credential() -> None:
    assert times(visit(pressed(1_000)), failed(1, 1_005), exposed(2, 1_100, 1_160)) == [60.0]


def test_a_chain_is_measured_from_its_first_failure() -> None:
    chain = (failed(1, 1_005), failed(2, 1_100), exposed(3, 1_300, 1_390))

    assert times(visit(pressed(1_000)), *chain) == [290.0]


def test_a_round_without_a_code_is_no_completed_switch_and_the_next_one_stands_alone() -> None:
    """The pause of a shopper between two presses is patience, not switching time."""
    protocol = visit(pressed(1_000, got_code=False), pressed(4_000))

    assert times(protocol, failed(1, 1_005), failed(2, 1_200), exposed(3, 4_002, 4_060)) == []


def test_a_customer_s_switch_is_measured_from_the_request() -> None:
    protocol = visit(pressed(1_000), pressed(9_000, Step.SWITCH))

    assert times(protocol, exposed(1, 1_005, 1_060), failed(2, 9_040), exposed(3, 9_080, 9_150)) == [150.0]


def test_a_visit_without_a_payment_has_no_switches() -> None:
    assert list(switch_times_ms(visit(payment_id=None), {})) == []


def test_only_those_who_could_pay_count_as_payable() -> None:
    people = [
        visit(pressed(1_000)),
        visit(pressed(1_000), payment_id="pay_2"),
        visit(pressed(1_000), payment_id="pay_3", money={"wechat": False}),
        visit(pressed(1_000), payment_id="pay_4", leaves=True),
    ]
    unpaid = [
        payment(attempt(n, state=AttemptState.CLOSED), payment_id=f"pay_{n}", state=PaymentState.CLOSED)
        for n in (2, 3, 4)
    ]
    result = measure(people, [payment(attempt(1)), *unpaid], [], BOTH)

    assert (result.payments, result.payable, result.paid) == (4, 2, 1)
    assert (result.success_rate, result.payable_success_rate) == (0.25, 0.5)
    assert result.books_equal


def test_surplus_counts_as_unrefunded_until_all_of_it_is_back() -> None:
    extra = attempt(2, surplus=True)
    kept = payment(attempt(1), extra)
    returned = msgspec.structs.replace(kept, refunds=(refund(extra),))
    half = msgspec.structs.replace(kept, refunds=(refund(extra, amount_fen=1),))

    assert [measure([visit()], [p], [], BOTH).surplus_unrefunded for p in (kept, half, returned)] == [1, 1, 0]
    assert measure([visit()], [returned], [], BOTH).surplus == 1


def test_a_difference_makes_the_books_unequal_and_the_drill_unsound() -> None:
    lost = Difference(kind=DifferenceKind.EVENT_LOST, payment_id="pay_1", detail="payment.succeeded")
    good = measure([visit()], [payment(attempt(1))], [], BOTH)
    bad = measure([visit()], [payment(attempt(1))], [lost], BOTH)

    assert bad.events_lost == 1
    assert not bad.books_equal
    assert DrillResult(scenario="x", seed=1, single=good, switching=good).sound
    assert not DrillResult(scenario="x", seed=1, single=good, switching=bad).sound
    assert not DrillResult(scenario="x", seed=1, single=bad, switching=good).sound


def test_times_come_from_where_they_are_said_to_come_from() -> None:
    decided = msgspec.structs.replace(payment(attempt(1)), decisions=(DecisionView(decision_id="d", duration_us=321),))
    protocol = visit(pressed(1_000, got_code=False, took_ms=500.0), pressed(3_000, took_ms=42.0))
    result = measure([protocol], [decided], [], BOTH)

    assert result.decision_us == {"p50": 321, "p99": 321}
    assert result.credential_ms == {"p50": 42.0, "p95": 42.0, "p99": 42.0}
    assert result.switch_ms == {"p50": None, "p95": None, "p99": None}


def test_the_json_has_exactly_the_promised_keys() -> None:
    run: RunResult = measure([visit()], [payment(attempt(1))], [], BOTH)
    document = msgspec.to_builtins(DrillResult(scenario="x", seed=1, single=run, switching=run))

    assert list(document) == ["scenario", "seed", "single", "switching", "promises_broken"]
    assert list(document["single"]) == [
        "payments",
        "payable",
        "paid",
        "success_rate",
        "payable_success_rate",
        "attempts_per_payment",
        "switches",
        "switch_ms",
        "credential_ms",
        "decision_us",
        "hedges",
        "hedge_share",
        "surplus",
        "surplus_unrefunded",
        "surplus_refund_s",
        "events_lost",
        "nonterminal",
        "books_equal",
    ]
    assert list(document["single"]["switch_ms"]) == ["p50", "p95", "p99"]
    assert list(document["single"]["credential_ms"]) == ["p50", "p95", "p99"]
    assert list(document["single"]["decision_us"]) == ["p50", "p99"]
    assert list(document["single"]["surplus_refund_s"]) == ["p50", "p100"]


def test_hedges_are_counted_against_what_was_begun_without_them() -> None:
    silent = attempt(1, state=AttemptState.DISCARDED, exposed_at_ms=None)
    result = measure([visit()], [payment(silent, attempt(2, hedge_of="att_1"), attempt(3))], [], BOTH)

    assert (result.hedges, result.hedge_share) == (1, 0.5)


def test_a_shadow_probe_is_no_attempt_of_the_shoppers() -> None:
    shadow = attempt(0, state=AttemptState.DISCARDED, exposed_at_ms=None, shadow=True)
    result = measure([visit()], [payment(shadow, attempt(1))], [], BOTH)

    assert (result.attempts_per_payment, result.switches, result.hedge_share) == (1.0, 0, 0.0)


def test_surplus_is_timed_from_the_commit_that_knew_of_it() -> None:
    extra = attempt(2, surplus=True, finished_at_ms=10_000)
    back = refund(extra, finished_at=datetime.fromtimestamp(14.5, UTC))
    result = measure([visit()], [payment(attempt(1), extra, refunds=(back,))], [], BOTH)

    assert result.surplus_refund_s == {"p50": 4.5, "p100": 4.5}


def test_a_promise_is_broken_by_too_much_and_by_nothing_at_all() -> None:
    extra = attempt(2, surplus=True, finished_at_ms=10_000)
    back = refund(extra, finished_at=datetime.fromtimestamp(71, UTC))
    late = measure([visit(pressed(1_000))], [payment(attempt(1), extra, refunds=(back,))], [], BOTH)
    quiet = measure([visit()], [payment(attempt(1))], [], BOTH)
    promises = Promises(credential_p99_ms=100, hedge_share=0.05, surplus_refund_s=60)

    assert [text.split(":")[0] for text in broken(promises, late)] == ["surplus_refund_s"]
    assert [text.split(":")[0] for text in broken(promises, quiet)] == ["credential_p99_ms", "surplus_refund_s"]
    assert list(broken(Promises(), late)) == []
    told = DrillResult(scenario="x", seed=1, single=quiet, switching=quiet, promises_broken=("hedge_share: 1",))
    assert not told.sound
