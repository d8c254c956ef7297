"""How much the operator's order says, and how near to it the channels lie: learned from what the channels do."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payswitch.routing.operator_order import normal_scores
from payswitch.routing.order_fit import SPREADS, Fit, Seen, fit_order
from payswitch.routing.rates import shifted


def drawn(spread: float, slope: float, channels: int, trials: int, seed: int) -> list[Seen]:
    """Channels about 90 %, each so far from its place's line as the dice say, and what their customers did."""
    random = Random(seed)
    seen = []
    for score in normal_scores(channels):
        rate = shifted(0.9, slope * score + random.gauss(0.0, spread))
        seen.append(Seen(score, sum(random.random() < rate for _ in range(trials)), trials))
    return seen


def mean_tightness(spread: float, seeds: int = 20) -> float:
    return sum(fit_order(drawn(spread, 0.4, 8, 400, seed), 0.9, 0.4).tightness for seed in range(seeds)) / seeds


def test_before_any_outcome_the_policys_slope_stands_and_every_spread_is_as_likely() -> None:
    fit = fit_order([], 0.9, 0.4)
    assert fit.slope == pytest.approx(0.4)
    assert fit.tightness == pytest.approx(sum(1 / (spread * spread) for spread in SPREADS) / len(SPREADS))


def test_channels_that_lie_near_their_order_are_told_from_channels_that_do_not() -> None:
    tight = [mean_tightness(spread) for spread in (0.2, 0.45, 0.95)]
    assert all(nearer > 2 * further for nearer, further in pairwise(tight)), tight


def test_a_slope_is_found_whatever_the_policy_takes_it_to_be_at_first() -> None:
    for before in (0.0, 0.8):
        fits = [fit_order(drawn(0.2, 0.5, 8, 1_000, seed), 0.9, before) for seed in range(20)]
        assert sum(fit.slope for fit in fits) / len(fits) == pytest.approx(0.5, abs=0.1)


def test_thin_lines_have_no_say() -> None:
    assert fit_order([Seen(1.0, 0.0, 2.9), Seen(-1.0, 2.9, 2.9)], 0.9, 0.4) == fit_order([], 0.9, 0.4)


@given(
    counts=st.lists(st.tuples(st.floats(-2.0, 1e4), st.floats(0.0, 1e4)), max_size=20),
    level=st.floats(0.01, 0.99),
    slope=st.floats(0.0, 2.0),
)
def test_whatever_was_counted_the_fit_is_a_number_within_its_hypotheses(
    counts: list[tuple[float, float]], level: float, slope: float
) -> None:
    """More good ones than trials, too: outcomes that were taken back may have been forgotten in part before."""
    scores = normal_scores(len(counts))
    seen = [Seen(score, good, trials) for score, (good, trials) in zip(scores, counts, strict=True)]
    fit = fit_order(seen, level, slope)
    assert 1 / max(SPREADS) ** 2 <= fit.tightness * (1 + 1e-9)
    assert fit.tightness <= (1 + 1e-9) / min(SPREADS) ** 2
    assert abs(fit.slope) < 20.0
    assert isinstance(fit, Fit)
