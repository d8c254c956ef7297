"""Shown to customers, but is it paid? Stories of channels that fail after the call."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import pytest
from tests.routing.world import NIGHT_MS

from payswitch.domain.channel import Product
from payswitch.routing.arrivals import COHORTS_MOST, Arrivals
from payswitch.routing.delay import Delay
from payswitch.routing.health import Health, Line
from payswitch.routing.hearing import hear_end, hear_exposed
from payswitch.routing.policy import Policy
from payswitch.routing.request import BreakerMove, ExposedObservation, FinalObservation
from payswitch.routing.segments import BANDS, Segments

_PRODUCT = Product.WECHAT_NATIVE
_POLICY = Policy(version="t")


class End(NamedTuple):
    at_ms: int
    waited_ms: int
    paid: bool


class Channel:
    """One channel, its customers (14 s in the middle, log-normal) and what the router thinks of it."""

    def __init__(self, seed: int, per_second: float = 1.0, pays: float = 0.9, told: float = 0.7) -> None:
        self.health = Health(_POLICY)
        self.random = Random(seed)
        self.per_second, self.pays, self.told = per_second, pays, told
        """`told`: which part of those who do not pay is heard of."""
        self.now_ms = NIGHT_MS
        self.ends: list[End] = []
        self.moves: list[BreakerMove] = []

    @property
    def line(self) -> Line:
        return self.health.line("wechat-main", _PRODUCT)

    @property
    def estimate(self) -> float:
        line = self.line
        return line.completion.mean(0.88, self.now_ms, _POLICY.scoring)

    def live(self, seconds: float, *, trouble: str = "", until_dark: bool = False) -> float:
        """Exposures and ends of so long; how long it was until the channel was known to be dark."""
        start_ms, end_ms = self.now_ms, self.now_ms + int(seconds * 1_000)
        while self.now_ms < end_ms:
            next_ms = self.now_ms + int(self.random.expovariate(self.per_second) * 1_000) + 1
            self._hear_ends(next_ms)
            self.now_ms = next_ms
            self._show(trouble)
            if until_dark and self.line.arrivals.dark > 0.5:
                break
        return (self.now_ms - start_ms) / 1_000

    def _show(self, trouble: str) -> None:
        seen = ExposedObservation(at_ms=self.now_ms, channel_id="wechat-main", product=_PRODUCT)
        self._note(hear_exposed(self.health, _POLICY, seen))
        waits_ms = int(14_000 * self.random.lognormvariate(0, 0.8))
        paid = self.random.random() < self.pays * {"": 1.0, "hole": 0.02, "dead": 0.06, "slump": 0.6}[trouble]
        heard = paid or (trouble != "hole" and self.random.random() < self.told)
        if not heard:
            waits_ms = 900_000  # given up when the payment expires
        if heard or trouble != "hole":
            self.ends.append(End(self.now_ms + waits_ms, waits_ms, paid))

    def _hear_ends(self, until_ms: int) -> None:
        due = sorted(end for end in self.ends if end.at_ms <= until_ms)
        self.ends = [end for end in self.ends if end.at_ms > until_ms]
        for end in due:
            seen = FinalObservation(
                at_ms=end.at_ms, channel_id="wechat-main", product=_PRODUCT, paid=end.paid, waited_ms=end.waited_ms,
                segments=Segments(amount=self.random.choice(BANDS)),
            )  # fmt: skip
            self._note(hear_end(self.health, _POLICY, seen))

    def _note(self, move: BreakerMove | None) -> None:
        if move is not None:
            self.moves.append(move)


@pytest.mark.parametrize("seed", range(8))
def test_a_channel_that_swallows_payments_is_found_out_while_older_payments_still_arrive(seed: int) -> None:
    """Nothing has expired yet, and for half a minute customers of before go on paying."""
    channel = Channel(seed, per_second=2)
    channel.live(600)
    assert channel.live(120, trouble="hole", until_dark=True) < 45
    shown_before = [end for end in channel.ends if end.paid]
    assert shown_before or channel.line.arrivals.dark > 0.5


@pytest.mark.parametrize("seed", range(8))
def test_a_channel_whose_payments_are_refused_is_found_out_by_the_refusals(seed: int) -> None:
    channel = Channel(seed, per_second=2, told=1.0)
    channel.live(300)
    assert channel.live(120, trouble="dead", until_dark=True) < 45


@pytest.mark.parametrize(("pays", "told"), [(0.95, 1.0), (0.9, 0.0), (0.6, 0.0), (0.6, 1.0)])
def test_customers_who_look_and_leave_are_no_outage(pays: float, told: float) -> None:
    """Six hours of a channel on which many never pay, told or not."""
    channel = Channel(7, per_second=0.5, pays=pays, told=told)
    assert channel.live(6 * 3_600, until_dark=True) >= 6 * 3_600
    assert channel.moves == []


def test_a_payment_shown_before_the_outage_is_no_evidence_against_it() -> None:
    arrivals = Arrivals()
    for second in range(0, 120):
        arrivals.expose(NIGHT_MS + second * 500)
    for second in range(0, 30):
        arrivals.paid(NIGHT_MS + 40_000 + second * 1_000, 40_000)  # shown in the first half minute
    arrivals.run(NIGHT_MS + 100_000, 0.95, _POLICY.scoring)
    early = arrivals.dark
    for second in range(30, 60):
        arrivals.paid(NIGHT_MS + 101_000, 101_000 - second * 1_000)  # and these were shown after it
    arrivals.run(NIGHT_MS + 102_000, 0.95, _POLICY.scoring)
    assert early > 0.85  # a repair in the meantime is always possible
    assert arrivals.dark < early / 2


def test_what_an_outage_refused_is_not_learned_as_the_channels_nature() -> None:
    channel = Channel(3, per_second=2, told=1.0)
    channel.live(900)
    before = channel.estimate
    channel.live(90, trouble="dead")
    assert channel.line.arrivals.dark > 0.9
    assert channel.estimate > before - 0.02


def test_exposures_that_were_swallowed_and_expire_much_later_are_no_news() -> None:
    channel = Channel(4, per_second=2)
    channel.live(600)
    channel.live(90, trouble="hole")
    before, now_ms = channel.estimate, channel.now_ms
    for n in range(100):
        waited_ms = 870_000 + n * 100  # shown in the outage, expired a quarter of an hour later
        seen = FinalObservation(
            at_ms=now_ms + 840_000, channel_id="wechat-main", product=_PRODUCT, paid=False, waited_ms=waited_ms
        )
        hear_end(channel.health, _POLICY, seen)
    assert channel.estimate > before - 0.02


def test_after_the_outage_it_is_trusted_again_and_waits_for_nothing_of_it() -> None:
    arrivals = Arrivals()
    for second in range(120):
        arrivals.expose(NIGHT_MS + second * 500)
    arrivals.run(NIGHT_MS + 150_000, 0.95, _POLICY.scoring)
    assert arrivals.dark > 0.7
    arrivals.clear(NIGHT_MS + 160_000)
    arrivals.run(NIGHT_MS + 300_000, 0.95, _POLICY.scoring)
    assert arrivals.left_at(NIGHT_MS + 300_000) == (1.0, 1.0)
    assert arrivals.silent_due == 0.0


def test_left_alone_a_dark_channel_is_probably_back_after_a_while() -> None:
    arrivals = Arrivals()
    for second in range(120):
        arrivals.expose(NIGHT_MS + second * 500)
    arrivals.run(NIGHT_MS + 150_000, 0.95, _POLICY.scoring)
    up, left = arrivals.left_at(NIGHT_MS + 150_000)
    later_up, later_left = arrivals.left_at(NIGHT_MS + 150_000 + 360_000)
    assert up < 0.3
    assert 0.5 < later_up < 0.75  # a repair takes six minutes on average
    assert left < later_left


def test_memory_is_bounded_however_long_nothing_ends() -> None:
    arrivals = Arrivals()
    for second in range(3_600):
        arrivals.expose(NIGHT_MS + second * 1_000)
        arrivals.run(NIGHT_MS + second * 1_000, 0.9, _POLICY.scoring)
    assert len(arrivals._cohorts) <= COHORTS_MOST + 1


def test_the_quick_ones_come_first_and_are_not_taken_for_all_of_them() -> None:
    """A minute after opening only customers who pay within a minute have paid: that is no news about the others."""
    arrivals, random = Arrivals(), Random(2)
    for second in range(60):
        at_ms = NIGHT_MS + second * 1_000
        arrivals.expose(at_ms)
        waits_ms = int(90_000 * random.lognormvariate(0, 0.8))
        if waits_ms < 60_000:
            arrivals.paid(at_ms + waits_ms, waits_ms)
    arrivals.run(NIGHT_MS + 120_000, 0.95, _POLICY.scoring)
    assert arrivals.delay.share_by(45_000) == pytest.approx(0.5), "nothing was learned yet"
    assert arrivals.dark < 0.1


def test_the_usual_delay_follows_the_customers() -> None:
    delay = Delay()
    random = Random(1)
    for _ in range(2_000):
        delay.add(int(14_000 * random.lognormvariate(0, 0.8)))
    assert delay.share_by(14_000) == pytest.approx(0.5, abs=0.06)
    assert delay.share_by(0) == 0.0
    assert delay.share_by(300_000) > 0.999
