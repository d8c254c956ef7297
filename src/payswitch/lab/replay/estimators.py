"""The three estimators, and their intervals.

With w = probability under the policy that is judged / recorded probability, y the reward, q the modelled reward:

- IPS: mean of w y. Unbiased if the recorded probabilities are right; noisy where weights are large.
- SNIPS: sum of w y / sum of w. A little biased, much calmer.
- DR (doubly robust): mean of q under the policy + w (y - q). Right if either the probabilities or the model are.

Intervals by drawing blocks of consecutive records anew: outages make neighbours alike, and single records drawn one by
one would make the intervals too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import msgspec

from payswitch.lab.replay.recorded import Record
from payswitch.lab.replay.rewards import SuccessModel
from payswitch.lab.replay.targets import Target

_BLOCKS: Final = 100
_RESAMPLES: Final = 1_000

Reward = Callable[[Record], float]


def success_reward(record: Record) -> float:
    """1 for a paid payment."""
    return float(record.success)


def net_reward(record: Record) -> float:
    """What arrives, in fen: amount less fee; nothing when it fails."""
    return float(record.amount_fen - record.fee_fen) if record.success else 0.0


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Sums(msgspec.Struct, kw_only=True):
    """What one block of records adds to every estimator."""

    n: int = 0
    weight: float = 0.0
    weighted: float = 0.0
    direct: float = 0.0
    recorded: float = 0.0


def weights_of(target: Target) -> list[float]:
    """How much more often the judged policy would have chosen what was chosen."""
    return [
        target.probabilities(record.segment).get(record.channel, 0.0) / record.propensity for record in target.judged
    ]


def estimates(target: Target, weights: Sequence[float], reward: Reward, *, seed: int) -> dict[str, Estimate]:
    """`recorded` (what the recorded policy got), `ips`, `snips` and `dr`."""
    blocks = _blocks(target, weights, reward)
    random, n = Random(seed), len(blocks)
    drawn = [_figures([blocks[random.randrange(n)] for _ in range(n)]) for _ in range(_RESAMPLES)]
    figures = _figures(blocks)
    return {name: _estimate(value, sorted(one[name] for one in drawn)) for name, value in figures.items()}


def _blocks(target: Target, weights: Sequence[float], reward: Reward) -> list[Sums]:
    """Consecutive records, in up to `_BLOCKS` blocks. Each record's model is fitted without its own half of the
    records (every other one), so that no record vouches for itself."""
    records = target.judged
    models = (_RewardModel(records[1::2], reward), _RewardModel(records[0::2], reward))
    size = max(1, -(-len(records) // _BLOCKS))
    found: list[Sums] = []
    for number, (record, weight) in enumerate(zip(records, weights, strict=True)):
        if number % size == 0:
            found.append(Sums())
        sums, model, value = found[-1], models[number % 2], reward(record)
        expected = sum(
            share * model.expected(record, channel) for channel, share in target.probabilities(record.segment).items()
        )
        sums.n += 1
        sums.weight += weight
        sums.weighted += weight * value
        sums.direct += expected + weight * (value - model.expected(record, record.channel))
        sums.recorded += value
    return found


class _RewardModel:
    """Expected reward: modelled success times what this payment is worth when it succeeds."""

    def __init__(self, records: Sequence[Record], reward: Reward) -> None:
        self._success = SuccessModel(records)
        self._reward = reward

    def expected(self, record: Record, channel: str) -> float:
        worth = self._reward(msgspec.structs.replace(record, success=True))
        return worth * self._success.success(record.segment, channel)


def _figures(blocks: Sequence[Sums]) -> dict[str, float]:
    n = sum(block.n for block in blocks)
    weight = sum(block.weight for block in blocks)
    weighted = sum(block.weighted for block in blocks)
    return {
        "recorded": sum(block.recorded for block in blocks) / n,
        "ips": weighted / n,
        "snips": weighted / weight if weight else 0.0,
        "dr": sum(block.direct for block in blocks) / n,
    }


def _estimate(value: float, drawn: Sequence[float]) -> Estimate:
    n = len(drawn)
    return Estimate(value=value, low=drawn[int(0.025 * n)], high=drawn[min(n - 1, int(0.975 * n))])
