"""One replay from end to end: records, a policy, what may be said."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch import __version__
from payswitch.lab.replay.estimators import estimates, net_reward, success_reward, weights_of
from payswitch.lab.replay.overlap import Overlap, overlap_of, require_enough
from payswitch.lab.replay.recorded import Record
from payswitch.lab.replay.targets import target_of
from payswitch.routing.block_estimates import Estimate


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What one policy would have earned on the recorded payments."""

    version: str
    policy: str
    seed: int
    """Of the intervals' resampling."""
    overlap: Overlap
    success: dict[str, Estimate]
    """By estimator; `recorded` is what did happen to the same payments."""
    net_fen: dict[str, Estimate] | None
    """Per payment, amount less fee; None when the file has no amounts."""


def replay(records: Sequence[Record], policy: str, *, seed: int) -> Replay:
    """Raises ReplayProblem when the records cannot answer."""
    target = target_of(policy, records)
    weights = weights_of(target)
    overlap = overlap_of(target, weights)
    require_enough(target, overlap)
    amounts = any(record.amount_fen for record in target.judged)
    return Replay(
        version=__version__,
        policy=target.name,
        seed=seed,
        overlap=overlap,
        success=estimates(target, weights, success_reward, seed=seed),
        net_fen=estimates(target, weights, net_reward, seed=seed) if amounts else None,
    )
