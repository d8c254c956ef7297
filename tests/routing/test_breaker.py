"""The breaker's table: what opens it, what does not, and how it finds back."""

from __future__ import annotations

import pytest
from tests.routing.world import ACCEPTED, BUSY, LISTED, NIGHT_MS, NO_MONEY, NOT_SENT, TIMEOUT

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.breaker import Admission, Breaker, BreakerState
from payswitch.routing.call_window import CallKind, CallWindow, wilson_lower
from payswitch.routing.policy import Triggers
from payswitch.routing.request import BreakerMove, CallObservation


class Bench:
    """One breaker, a clock, and calls one second apart unless told otherwise."""

    def __init__(self, triggers: Triggers | None = None) -> None:
        self.triggers = triggers or Triggers()
        self.breaker = Breaker("wechat-main", Product.WECHAT_NATIVE, self.triggers.last_calls)
        self.now_ms = 1_000_000

    def call(self, outcome: Outcome, *, gap_s: float = 1.0, latency_ms: float = 80.0) -> BreakerMove | None:
        self.now_ms += int(gap_s * 1_000)
        seen = CallObservation(
            at_ms=self.now_ms,
            channel_id="wechat-main",
            product=Product.WECHAT_NATIVE,
            outcome=outcome,
            latency_ms=latency_ms,
        )
        return self.breaker.observe(seen, self.triggers)

    def calls(self, *outcomes: Outcome) -> list[BreakerMove]:
        return [move for outcome in outcomes if (move := self.call(outcome)) is not None]

    def wait_for_probe(self) -> None:
        self.now_ms = max(self.now_ms, self.breaker.next_probe_ms, self.breaker.reserved_until_ms)

    def probe(self, outcome: Outcome) -> BreakerMove | None:
        """Lend one payment as soon as it may be, and report its result."""
        self.wait_for_probe()
        assert self.breaker.admission(self.now_ms) is Admission.PROBE_DUE
        self.breaker.reserve_probe(self.now_ms, self.triggers)
        return self.call(outcome, gap_s=0.1)


OPENS = [
    ("two of two without an answer", [TIMEOUT, TIMEOUT], "timeouts"),
    ("two of three without an answer", [TIMEOUT, ACCEPTED, TIMEOUT], "timeouts"),
    ("never connected counts as no answer", [NOT_SENT, TIMEOUT], "timeouts"),
    ("an answer of the payer's in between changes nothing", [TIMEOUT, NO_MONEY, TIMEOUT], "timeouts"),
    ("three bad answers in a row", [BUSY, BUSY, BUSY], "consecutive_errors"),
    ("a mixture in a row", [BUSY, TIMEOUT, BUSY], "consecutive_errors"),
    ("one listed code", [ACCEPTED, LISTED], "listed_code"),
    (
        "refused twice for our own mistake",
        [Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="SIGN_ERROR")] * 2,
        "our_side",
    ),
    ("two answers that cannot be trusted", [Outcome(kind=OutcomeKind.UNTRUSTED)] * 2, "our_side"),
]


@pytest.mark.parametrize(("outcomes", "reason"), [row[1:] for row in OPENS], ids=[row[0] for row in OPENS])
def test_what_opens_it(outcomes: list[Outcome], reason: str) -> None:
    bench = Bench()
    moves = bench.calls(*outcomes)
    assert [(move.before, move.after, move.reason) for move in moves] == [("healthy", "open", reason)]
    assert moves[0].evidence["open_s"] in (2.0, 30.0)
    assert len(moves[0].evidence) >= 2


STAYS = [
    ("one timeout", [ACCEPTED, TIMEOUT, ACCEPTED]),
    ("two timeouts of four", [TIMEOUT, ACCEPTED, ACCEPTED, TIMEOUT]),
    ("two bad answers with a good one between", [BUSY, ACCEPTED, BUSY, ACCEPTED]),
    ("payers without money", [NO_MONEY] * 50),
    ("risk control", [Outcome(kind=OutcomeKind.REFUSED_RISK)] * 50),
    ("a limit of our contract", [Outcome(kind=OutcomeKind.REFUSED_LIMIT)] * 50),
    ("a number used twice", [Outcome(kind=OutcomeKind.DUPLICATE)] * 50),
    ("one refusal for our own mistake", [Outcome(kind=OutcomeKind.REFUSED_CONFIG)]),
    ("our mistake in single payments only", [Outcome(kind=OutcomeKind.REFUSED_CONFIG), ACCEPTED] * 5),
    ("one failure in three calls is no error rate", [ACCEPTED, BUSY, ACCEPTED]),
    ("one failure in twenty", [ACCEPTED] * 19 + [BUSY]),
]


@pytest.mark.parametrize("outcomes", [row[1] for row in STAYS], ids=[row[0] for row in STAYS])
def test_what_does_not_open_it(outcomes: list[Outcome]) -> None:
    bench = Bench()
    assert bench.calls(*outcomes) == []
    assert bench.breaker.state is BreakerState.HEALTHY


def test_two_timeouts_far_apart_on_a_quiet_channel_are_no_outage() -> None:
    bench = Bench()
    bench.call(TIMEOUT)
    assert bench.call(TIMEOUT, gap_s=121) is None
    assert bench.breaker.state is BreakerState.HEALTHY


def test_a_code_listed_by_the_policy_opens_at_once() -> None:
    bench = Bench(Triggers(codes=("BANK_ERROR",)))
    move = bench.call(BUSY)
    assert move is not None
    assert (move.after, move.reason, move.evidence["code"]) == ("open", "listed_code", "BANK_ERROR")


def test_an_error_rate_of_a_fifth_opens_with_its_evidence() -> None:
    """One bad answer in four, spread so that no other trigger sees it."""
    bench = Bench()
    moves: list[BreakerMove] = []
    while not any(move.after == "open" for move in moves):
        moves += bench.calls(ACCEPTED, ACCEPTED, ACCEPTED, BUSY)
        assert bench.now_ms < 1_100_000
    last = moves[-1]
    assert last.reason == "error_rate"
    assert last.evidence["calls"] >= 20  # type: ignore[operator]
    assert last.evidence["lower_bound"] > 0.05  # type: ignore[operator]


def test_an_error_rate_just_over_five_percent_is_not_believed_without_proof() -> None:
    bench = Bench()
    outcomes = ([ACCEPTED] * 15 + [BUSY]) * 20
    assert all(move.after != "open" for move in bench.calls(*outcomes))


def test_much_good_traffic_before_does_not_dilute_a_sudden_partial_outage() -> None:
    """3,000 good calls in the minute before: the last 60 calls still tell."""
    bench = Bench()
    for _ in range(3_000):
        bench.call(ACCEPTED, gap_s=0.02)
    outage = [BUSY if n % 3 == 0 else ACCEPTED for n in range(60)]
    moves = [move for outcome in outage if (move := bench.call(outcome, gap_s=0.02)) is not None]
    assert "error_rate" in {move.reason for move in moves}


def test_weak_signs_degrade_and_lapse_when_nothing_follows() -> None:
    bench = Bench()
    moves = bench.calls(*([ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, BUSY] * 4))
    assert [(move.after, move.reason) for move in moves] == [("degraded", "weak_signs")]
    assert bench.breaker.lapse(bench.now_ms + 1_000, bench.triggers) is None
    move = bench.breaker.lapse(bench.now_ms + 61_000, bench.triggers)
    assert move is not None
    assert (move.before, move.after, move.reason) == ("degraded", "healthy", "signs_gone")


def opened() -> Bench:
    bench = Bench()
    bench.calls(TIMEOUT, TIMEOUT)
    assert bench.breaker.state is BreakerState.OPEN
    return bench


def test_it_stays_shut_for_two_seconds_then_lends_one_payment_at_a_time() -> None:
    bench = opened()
    assert bench.breaker.admission(bench.now_ms + 1_999) is Admission.OUT
    bench.now_ms += 2_000
    assert bench.breaker.admission(bench.now_ms) is Admission.PROBE_DUE
    move = bench.breaker.reserve_probe(bench.now_ms, bench.triggers)
    assert move is not None
    assert (move.before, move.after, move.reason) == ("open", "probing", "probe_due")
    assert bench.breaker.admission(bench.now_ms + 4_999) is Admission.OUT


def test_two_good_probes_close_it_and_the_past_is_forgotten() -> None:
    bench = opened()
    assert bench.probe(ACCEPTED) is None
    move = bench.probe(ACCEPTED)
    assert move is not None
    assert (move.before, move.after, move.reason) == ("probing", "healthy", "probes_succeeded")
    assert move.evidence["probes"] == 2
    assert bench.call(TIMEOUT) is None  # one timeout right after is again only one


def test_a_bad_probe_opens_it_for_twice_as_long_up_to_half_a_minute() -> None:
    bench = opened()
    times = []
    for _ in range(7):
        move = bench.probe(TIMEOUT)
        assert move is not None
        assert (move.before, move.after, move.reason) == ("probing", "open", "probe_failed")
        times.append(move.evidence["open_s"])
    assert times == [4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]


def test_a_good_probe_and_then_a_bad_one_begin_again() -> None:
    bench = opened()
    bench.probe(ACCEPTED)
    bench.probe(TIMEOUT)
    bench.probe(ACCEPTED)
    assert bench.breaker.state is BreakerState.PROBING


def test_a_probe_that_nobody_reports_frees_its_place() -> None:
    bench = opened()
    bench.wait_for_probe()
    bench.breaker.reserve_probe(bench.now_ms, bench.triggers)
    assert bench.breaker.admission(bench.now_ms + 5_000) is Admission.PROBE_DUE


def test_a_probe_refused_by_the_payer_proves_nothing_and_frees_its_place() -> None:
    bench = opened()
    bench.probe(NO_MONEY)
    assert bench.breaker.state is BreakerState.PROBING
    assert bench.breaker.admission(bench.now_ms + 1_000) is Admission.PROBE_DUE


def test_answers_that_were_on_their_way_when_it_opened_are_old_news() -> None:
    """Fifty calls in flight at the onset must not drive the back-off to its limit, nor close it."""
    bench = opened()
    for outcome in [TIMEOUT, ACCEPTED] * 25:
        assert bench.call(outcome, gap_s=0.001, latency_ms=500.0) is None
    assert bench.breaker.state is BreakerState.OPEN
    assert bench.breaker.openings == 1


def test_old_failures_that_arrive_after_it_closed_do_not_open_it_again() -> None:
    bench = opened()
    bench.probe(ACCEPTED)
    bench.probe(ACCEPTED)
    for _ in range(5):
        assert bench.call(TIMEOUT, gap_s=0.01, latency_ms=5_000.0) is None
    assert bench.breaker.state is BreakerState.HEALTHY


def test_last_resorts_that_succeed_bring_it_back_before_the_first_probe_is_due() -> None:
    bench = opened()
    moves = [bench.call(ACCEPTED, gap_s=0.2), bench.call(ACCEPTED, gap_s=0.2)]
    assert [move.after for move in moves if move] == ["probing", "healthy"]


def test_last_resorts_that_fail_do_not_grow_the_back_off() -> None:
    bench = opened()
    due_ms = bench.breaker.next_probe_ms
    for _ in range(10):
        assert bench.call(TIMEOUT, gap_s=0.1) is None
    assert bench.breaker.next_probe_ms == due_ms


def test_flapping_is_met_with_a_growing_back_off_and_a_lasting_recovery_resets_it() -> None:
    bench = opened()
    bench.probe(ACCEPTED)
    bench.probe(ACCEPTED)
    flapped = bench.calls(TIMEOUT, TIMEOUT)
    assert flapped[-1].evidence["open_s"] == 4.0
    bench.probe(ACCEPTED)
    bench.probe(ACCEPTED)
    bench.now_ms += 121_000
    later = bench.calls(TIMEOUT, TIMEOUT)
    assert later[-1].evidence["open_s"] == 2.0


def test_our_own_mistake_keeps_it_out_for_the_longest_time() -> None:
    bench = Bench()
    bench.calls(*[Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="NO_AUTH")] * 2)
    assert bench.breaker.admission(bench.now_ms + 29_999) is Admission.OUT
    assert bench.breaker.admission(bench.now_ms + 30_000) is Admission.PROBE_DUE


@pytest.mark.parametrize(
    ("failures", "calls", "z", "lower"),
    [(0, 0, 3.09, 0.0), (0, 100, 1.96, 0.0), (10, 100, 1.96, 0.0552), (50, 100, 1.96, 0.4038), (20, 20, 1.96, 0.8389)],
)
def test_the_lower_bound_is_wilsons(failures: int, calls: int, z: float, lower: float) -> None:
    """Against published tables of the Wilson score interval."""
    assert wilson_lower(failures, calls, z) == pytest.approx(lower, abs=1e-4)


def test_the_window_forgets_after_its_time_and_keeps_its_last_calls() -> None:
    window = CallWindow(3)
    for second in range(10):
        window.add(second * 1_000, CallKind.NO_ANSWER if second < 5 else CallKind.GOOD, 60_000)
    assert window.counts(9_000, 60_000) == (10, 5)
    assert window.last_counts(9_000, 60_000) == (3, 0)
    assert window.counts(70_000, 60_000)[0] == 0
    window.resize(2)
    assert window.last_counts(9_000, 60_000) == (2, 0)


def test_calls_that_are_silent_put_a_line_behind_the_others_until_one_is_answered() -> None:
    breaker, triggers = Breaker("wechat-main", Product.WECHAT_NATIVE, 3), Triggers()
    assert breaker.hear_silence(NIGHT_MS, triggers) is None
    move = breaker.hear_silence(NIGHT_MS + 100, triggers)
    assert move is not None
    assert (move.after, move.reason) == ("degraded", "suspected")
    assert breaker.hear_silence(NIGHT_MS + 200, triggers) is None, "told once"
    answered = CallObservation(
        at_ms=NIGHT_MS + 400, channel_id="wechat-main", product=Product.WECHAT_NATIVE, outcome=ACCEPTED, latency_ms=390
    )
    back = breaker.observe(answered, triggers)
    assert back is not None
    assert back.after == "healthy"
    assert not breaker.suspected
    assert breaker.silent == 0
