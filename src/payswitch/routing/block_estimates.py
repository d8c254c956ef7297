"""Three estimators of what another policy would have earned, summed up in blocks of consecutive decisions.

With w = chance under the policy that is judged / recorded chance, y the reward, q the modelled reward:

- IPS: mean of w y. Unbiased if the recorded chances are right; noisy where weights are large.
- SNIPS: sum of w y / sum of w. A little biased, much calmer.
- DR (doubly robust): mean of q under the policy + w (y - q). Right if either the chances or the model are.

Blocks, because outages make neighbours alike: single decisions taken for independent would make the intervals too
narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Final

import msgspec

RESAMPLES: Final = 1_000


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with its interval (95 % unless something else is said)."""

    value: float
    low: float
    high: float


class BlockSums(msgspec.Struct, kw_only=True):
    """What one block of decisions adds to every estimator."""

    n: float = 0
    weight: float = 0.0
    weighted: float = 0.0
    direct: float = 0.0
    """Of the doubly robust estimator: the modelled reward and the corrections together."""
    recorded: float = 0.0

    def add(self, other: BlockSums) -> None:
        self.n += other.n
        self.weight += other.weight
        self.weighted += other.weighted
        self.direct += other.direct
        self.recorded += other.recorded


def figures(blocks: Sequence[BlockSums]) -> dict[str, float]:
    """`recorded` (what the recorded policy got), `ips`, `snips` and `dr`, per decision."""
    n = sum(block.n for block in blocks)
    weight = sum(block.weight for block in blocks)
    weighted = sum(block.weighted for block in blocks)
    return {
        "recorded": sum(block.recorded for block in blocks) / n,
        "ips": weighted / n,
        "snips": weighted / weight if weight else 0.0,
        "dr": sum(block.direct for block in blocks) / n,
    }


def estimates(blocks: Sequence[BlockSums], draw: Callable[[int], int]) -> dict[str, Estimate]:
    """The figures with 95 % intervals by drawing whole blocks anew. `draw(n)`: a number from 0 to n - 1."""
    n = len(blocks)
    drawn = [figures([blocks[draw(n)] for _ in range(n)]) for _ in range(RESAMPLES)]
    return {name: _percentiles(value, sorted(one[name] for one in drawn)) for name, value in figures(blocks).items()}


def _percentiles(value: float, drawn: Sequence[float]) -> Estimate:
    n = len(drawn)
    return Estimate(value=value, low=drawn[int(0.025 * n)], high=drawn[min(n - 1, int(0.975 * n))])


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """What the judged policy would have had more than the recorded one, in all (doubly robust): a sum, not a rate."""

    total: float
    error: float
    """Standard error of the total."""
    blocks: int

    @property
    def p_value(self) -> float:
        """Of "it gains nothing", against "it gains"."""
        if self.error <= 0:
            return 1.0
        return 1.0 - NormalDist().cdf(self.total / (self.error * _small_sample(self.blocks)))

    def interval(self, level: float) -> tuple[float, float]:
        """At this level, two-sided."""
        half = NormalDist().inv_cdf(0.5 + level / 2) * self.error * _small_sample(self.blocks)
        return self.total - half, self.total + half


def gain_of(blocks: Sequence[BlockSums], *, model_error: float = 0.0, failures: float = 0.0) -> Gain:
    """From the differences block by block, given how many decisions each had.

    `model_error`: the standard error if all decisions were independent, which the blocks may only exceed: few blocks
    that happen to agree prove nothing. `failures`: how many of the decisions that would be moved failed; where these
    are few, the gain is no more certain than such a count can be.
    """
    blocks = [block for block in blocks if block.n]
    count = len(blocks)
    n = sum(block.n for block in blocks)
    total = sum(block.direct - block.recorded for block in blocks)
    if count < 2:
        return Gain(total=total, error=float("inf"), blocks=count)
    mean = total / n
    squares = sum((block.direct - block.recorded - mean * block.n) ** 2 for block in blocks)
    error = max(sqrt(squares * count / (count - 1)), model_error)
    return Gain(total=total, error=max(error, _rare(total, error, failures)), blocks=count)


def _rare(total: float, error: float, failures: float) -> float:
    """The error that makes (total / error) the deviate of a Poisson count (Anscombe's), overdispersed as found: a
    normal one would call a bad dozen a certainty."""
    if not 0 < total < failures or error <= 0:
        return 0.0
    scale = error * error / failures
    deviate = 2 * (sqrt(failures / scale + 0.375) - sqrt((failures - total) / scale + 0.375))
    return total / deviate


def _small_sample(blocks: int) -> float:
    """Student's distribution is wider than the normal one by about so much."""
    freedom = max(1, blocks - 1)
    return 1.0 + 1.5 / freedom


def significant(p_values: Sequence[float], rate: float) -> list[int]:
    """Benjamini and Hochberg: which of many tests may be called findings, if at most this share of the findings may be
    false. Places in the sequence."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = -1
    for place, number in enumerate(order):
        if p_values[number] <= rate * (place + 1) / len(order):
            last = place
    return sorted(order[: last + 1])
