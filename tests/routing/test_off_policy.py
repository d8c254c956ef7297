"""What another policy would have earned, against figures worked out by hand and against the truth of a simulation."""

from __future__ import annotations

from random import Random

import pytest

from payswitch.routing.off_policy import Weighing


def test_by_hand() -> None:
    """Two channels, half each; the draft sends everything to the first: its outcomes count twice, others nothing."""
    weighing = Weighing()
    for paid, first in ((1, True), (0, True), (1, False), (1, False)):
        weighing.saw_choice(1.0)
        weighing.add(2.0 if first else 0.0, paid)
    found = weighing.estimate()
    assert (found.snips, found.ips, found.effective, found.support) == (0.5, 0.5, 2.0, 1.0)
    assert found.low == pytest.approx(0.5 - 1.96 * (2 * 1.0) ** 0.5 / 4)
    assert not found.is_reliable


def test_the_same_policy_is_estimated_as_it_was() -> None:
    weighing = Weighing()
    for n in range(1_000):
        weighing.saw_choice(1.0)
        weighing.add(1.0, float(n % 10 > 0))
    found = weighing.estimate()
    assert (found.snips, found.ips, found.effective) == (pytest.approx(0.9), pytest.approx(0.9), pytest.approx(1_000))
    assert found.is_reliable


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """200 evenings of 70/20/10, the draft 20/70/10; truth 0.2 x 0.95 + 0.7 x 0.85 + 0.1 x 0.7."""
    random, chances, then, now = Random(7), (0.95, 0.85, 0.7), (0.7, 0.2, 0.1), (0.2, 0.7, 0.1)
    truth = sum(chance * share for chance, share in zip(chances, now, strict=True))
    held = 0
    for _ in range(200):
        weighing = Weighing()
        for channel in random.choices(range(3), then, k=2_000):
            weighing.add(now[channel] / then[channel], float(random.random() < chances[channel]))
        found = weighing.rate()
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 182 <= held <= 198


def test_three_of_three_is_no_certainty() -> None:
    weighing = Weighing()
    for _ in range(3):
        weighing.add(1.0, 1.0)
    found = weighing.rate()
    assert (found.snips, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.4385, abs=0.0005), "Wilson: 3 / (3 + 1.96^2)"
    assert Weighing().rate().low is None


def test_money_is_a_ratio_of_sums() -> None:
    weighing = Weighing()
    weighing.add(1.0, 60.0, 10_000.0)
    weighing.add(2.0, 38.0, 10_000.0)
    found = weighing.estimate(unweighted_of=20_000.0)
    assert found.snips == pytest.approx((60 + 76) / 30_000)
    assert found.ips == pytest.approx((60 + 76) / 20_000)


def test_nothing_is_guessed_from_nothing() -> None:
    weighing = Weighing()
    weighing.saw_choice(0.0)
    weighing.add(0.0, 1.0)
    found = weighing.estimate()
    assert (found.snips, found.ips, found.low, found.support, found.is_reliable) == (None, None, None, 0.0, False)
