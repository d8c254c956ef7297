"""What the brain promises, in worlds with fixed seeds: leave a dead channel, come back, suspect nobody idly."""

from __future__ import annotations

import heapq
import random

import pytest
from msgspec.structs import replace
from tests.routing.shop_day import AMOUNTS, BANKS, DEVICES, THREE, Asked, ShopDay, down, healthy
from tests.routing.world import ACCEPTED, BUSY, NIGHT_MS, TIMEOUT, best_only, book, payment

from payswitch.domain.channel import Product
from payswitch.domain.outcome import Outcome
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy, Triggers
from payswitch.routing.request import CallObservation, ExposedObservation, FinalObservation
from payswitch.routing.segments import segments_of

MAIN = "wechat-main"


def payments_that_met(day: ShopDay) -> int:
    """How many payments try the dead channel in the ordinary way until the next one goes elsewhere."""
    met = 0
    while True:
        before = len(day.calls)
        day.pay()
        if day.firsts[-1][1] != MAIN or day.was_probe:
            return met
        met += any(channel_id == MAIN for _, channel_id, _, _ in day.calls[before:])


@pytest.mark.parametrize("per_s", [0.5, 5.0, 50.0])
@pytest.mark.parametrize("bad", [TIMEOUT, BUSY])
@pytest.mark.parametrize("usual", [0.98, 0.998])
def test_a_total_outage_is_left_after_at_most_three_failed_payments(per_s: float, bad: Outcome, usual: float) -> None:
    for seed in range(4):
        day = ShopDay(seed, per_s, healthy(usual), policy=Policy(version="t", split=best_only()), bad=bad)
        day.run(min(600, 300 / per_s))
        day.creation = down(MAIN, 0, otherwise=usual)
        assert payments_that_met(day) <= 3


def test_a_partial_outage_of_thirty_percent_is_left_within_sixty_calls() -> None:
    """At 95 % of forty seeds."""
    calls = []
    for seed in range(40):
        day = ShopDay(seed, 5, healthy(0.995), policy=Policy(version="t", split=best_only()))
        day.run(40)
        day.creation = lambda asked: 0.70 if asked.channel_id == MAIN else 0.995
        before = len(day.calls)
        while day.firsts[-1][1] == MAIN and len(day.calls) - before < 400:
            day.pay()
        calls.append(sum(channel_id == MAIN for _, channel_id, _, _ in day.calls[before:]))
    assert sorted(calls)[37] <= 60


@pytest.mark.parametrize(("per_s", "length_s"), [(0.5, 60), (0.5, 900), (5, 60), (5, 300), (50, 30)])
def test_a_recovered_channel_has_its_share_back_within_a_minute_or_two_hundred_payments(
    per_s: float, length_s: int
) -> None:
    start_s = min(300, 500 / per_s)
    back_s = start_s + length_s
    day = ShopDay(3, per_s, down(MAIN, start_s, back_s))
    day.run(back_s)
    assert day.share(MAIN, start_s) < 0.5
    grace_s = max(60, 200 / per_s)
    day.run(back_s + grace_s + 400 / per_s)
    # what nobody else can take safely just now is the best one's, too
    assert 0.67 <= day.share(MAIN, back_s + grace_s) <= 0.8


@pytest.mark.parametrize(("bad", "seed"), [(TIMEOUT, 0), (BUSY, 1)])
def test_a_healthy_channel_is_not_taken_out_in_a_day(bad: Outcome, seed: int) -> None:
    """98 % of calls are answered, one payment a second, 24 hours, customers who take their time: below one a day."""
    rng = random.Random(seed)
    router = Router(Policy(version="t"))
    opened = suspected = 0
    due: list[tuple[float, int, FinalObservation]] = []
    at_ms = float(NIGHT_MS)
    for n in range(86_400):
        at_ms += rng.expovariate(1.0) * 1_000
        segments = segments_of(rng.choice(AMOUNTS), rng.choice(DEVICES), rng.choice(BANKS))
        good = rng.random() >= 0.02
        seen = CallObservation(
            at_ms=int(at_ms), channel_id=MAIN, product=Product.WECHAT_NATIVE, latency_ms=1.0, segments=segments,
            outcome=ACCEPTED if good else bad,
        )  # fmt: skip
        moves = router.observe_call(seen)
        if good:
            exposed = ExposedObservation(
                at_ms=int(at_ms), channel_id=MAIN, product=Product.WECHAT_NATIVE, segments=segments
            )
            moves += router.observe_exposed(exposed)
            paid = rng.random() < 0.85
            wait_ms = rng.gammavariate(1.5, 20_000) if paid else 900_000
            ended = FinalObservation(
                at_ms=int(at_ms + wait_ms), channel_id=MAIN, product=Product.WECHAT_NATIVE, paid=paid,
                waited_ms=int(wait_ms), segments=segments,
            )  # fmt: skip
            heapq.heappush(due, (at_ms + wait_ms, n, ended))
        while due and due[0][0] <= at_ms:
            moves += router.observe_final(heapq.heappop(due)[2])
        opened += sum(move.after == "open" for move in moves)
        suspected += sum(move.reason == "suspected" for move in moves)
    assert opened == 0
    assert suspected <= 100  # taken literally: each of these would have been an opening


def test_taken_literally_two_of_three_would_trip_a_healthy_channel_all_day() -> None:
    """Why the trigger asks the line's own record: the same day with the literal rule."""
    rng = random.Random(0)
    router = Router(Policy(version="t", triggers=Triggers(ordinary_trips_per_day=1e9)))
    opened = 0
    for second in range(21_600):
        seen = CallObservation(
            at_ms=NIGHT_MS + second * 1_000, channel_id=MAIN, product=Product.WECHAT_NATIVE, latency_ms=1.0,
            outcome=TIMEOUT if rng.random() < 0.02 else ACCEPTED,
        )  # fmt: skip
        opened += sum(move.after == "open" for move in router.observe_call(seen))
    assert opened > 5


def test_the_split_is_within_a_point_over_every_thousand_and_exact_over_ten_thousand() -> None:
    router, flat = Router(Policy(version="t")), book(*(replace(channel, tier=1) for channel in THREE))
    shares = []
    for n in range(10_000):
        plan = router.plan(payment(f"pay_{n}"), flat, now_ms=NIGHT_MS + n * 100, salt=f"pay_{n}")
        shares.append(next(r for c in plan.candidates[:1] for r in c.reasons if r.startswith("split:")))
    for begin in range(0, 9_001, 250):
        window = shares[begin : begin + 1_000]
        for share, part in (("split:best", 700), ("split:warm", 200), ("split:explore", 100)):
            assert abs(window.count(share) - part) <= 10
    assert abs(shares.count("split:best") - 7_000) <= 3
    assert abs(shares.count("split:explore") - 1_000) <= 3


def test_a_channel_that_swallows_payments_is_left_before_anything_has_expired() -> None:
    """Creates go well, customers see a credential, nothing is ever paid: only the silence tells, within a minute."""
    day = ShopDay(1, 2, healthy(0.998), policy=Policy(version="t", split=best_only()))
    day.run(600)
    day.completion = lambda asked: 0.0 if asked.channel_id == MAIN else 0.9
    day.run(720)
    assert [move.reason for move in day.openings(MAIN)] == ["never_paid"]
    move = day.openings(MAIN)[0]
    assert move.at_ms - NIGHT_MS <= 690_000
    assert float(move.evidence["due"]) >= 5
    day.completion = healthy(0.9)
    back_s = day.second
    day.run(back_s + 300)
    assert day.share(MAIN, back_s + 200) > 0.95


def test_a_bank_that_fails_at_one_channel_goes_elsewhere_and_the_channel_stays() -> None:
    def world(asked: Asked) -> float:
        return 0.0 if asked.channel_id == MAIN and asked.bank == "ICBC" and asked.second > 300 else 0.995

    day = ShopDay(2, 5, world, policy=Policy(version="t", split=best_only()))
    day.run(600)
    assert day.openings(MAIN) == []
    late = [(who, bank) for second, who, _, bank in day.calls if second > 400]
    icbc = [who for who, bank in late if bank == "ICBC"]
    others = [who for who, bank in late if bank != "ICBC"]
    assert icbc.count(MAIN) / len(icbc) < 0.15
    assert others.count(MAIN) / len(others) > 0.95


def test_a_bank_that_is_down_everywhere_blames_no_channel() -> None:
    def world(asked: Asked) -> float:
        return 0.0 if asked.bank == "ICBC" and asked.second > 300 else 0.995

    day = ShopDay(4, 5, world, policy=Policy(version="t", split=best_only()))
    day.run(600)
    lines = {line.channel_id: line for line in day.router.health_snapshot(int(day.at_ms)) if line.calls}
    assert min(line.up for line in lines.values()) > 0.9
    others = [who for second, who, _, bank in day.calls if second > 400 and bank != "ICBC"]
    assert others.count(MAIN) / len(others) > 0.9
