"""The three estimators (`routing/block_estimates.py`, shared with the weekly report) over single records.

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
from payswitch.routing import block_estimates
from payswitch.routing.block_estimates import BlockSums, Estimate

_BLOCKS: Final = 100

Reward = Callable[[Record], float]


def success_reward(record: Record) -> float:
    """1 for a paid payment."""
    return float(record.success)


def net_reward(record: Record) -> float:
    """What arrives, in fen: amount less fee; nothing when it fails."""
    return float(record.amount_fen - record.fee_fen) if record.success else 0.0


def weights_of(target: Target) -> list[float]:
    """How much more often the judged policy would have chosen what was chosen."""
    return [
        target.probabilities(record.segment).get(record.channel, 0.0) / record.propensity for record in target.judged
    ]


def estimates(target: Target, weights: Sequence[float], reward: Reward, *, seed: int) -> dict[str, Estimate]:
    """`recorded` (what the recorded policy got), `ips`, `snips` and `dr`."""
    return block_estimates.estimates(_blocks(target, weights, reward), Random(seed).randrange)


def _blocks(target: Target, weights: Sequence[float], reward: Reward) -> list[BlockSums]:
    """Consecutive records, in up to `_BLOCKS` blocks. Each record's model is fitted without its own half of the
    records (every other one), so that no record vouches for itself."""
    records = target.judged
    models = (_RewardModel(records[1::2], reward), _RewardModel(records[0::2], reward))
    size = max(1, -(-len(records) // _BLOCKS))
    found: list[BlockSums] = []
    for number, (record, weight) in enumerate(zip(records, weights, strict=True)):
        if number % size == 0:
            found.append(BlockSums())
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
