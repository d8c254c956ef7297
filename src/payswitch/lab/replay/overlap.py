"""Whether the records can answer the question at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, pstdev
from typing import Final

import msgspec

from payswitch.lab.replay.recorded import ReplayProblem
from payswitch.lab.replay.targets import Target

LEAST_SUPPORT: Final = 0.9
"""Below this part of decisions with support, an estimate would mostly be about other payments."""
LEAST_EFFECTIVE: Final = 30.0
"""Fewer effective records say nothing: the interval itself would be a guess."""
_SUSPICIOUS_Z: Final = 5.0


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """How far the recorded policy did what the judged one would do."""

    decisions: int
    effective: float
    """Effective sample size: (sum of w) squared / sum of w squared."""
    support: float
    """Share of decisions where every channel that the judged policy could choose was chosen in that segment at all."""
    matched: float
    """Share of decisions where the recorded choice is one that the judged policy could have made."""
    largest_weight: float
    mean_weight: float
    """1 if the recorded probabilities are right."""
    unsupported: list[str]
    """`segment: channel` pairs that were never chosen, the most frequent segments first (at most ten)."""
    warnings: list[str]


def overlap_of(target: Target, weights: Sequence[float]) -> Overlap:
    """The diagnostics; says nothing yet about whether they are good enough."""
    seen = {(record.segment, record.channel) for record in target.judged}
    missing: dict[str, int] = {}
    supported = 0
    for record in target.judged:
        gaps = [c for c in target.probabilities(record.segment) if (record.segment, c) not in seen]
        supported += not gaps
        for channel in gaps:
            key = f"{record.segment or '-'}: {channel}"
            missing[key] = missing.get(key, 0) + 1
    n, total = len(weights), sum(weights)
    squares = sum(weight * weight for weight in weights)
    return Overlap(
        decisions=n,
        effective=total * total / squares if squares else 0.0,
        support=supported / n,
        matched=sum(weight > 0 for weight in weights) / n,
        largest_weight=max(weights),
        mean_weight=total / n,
        unsupported=sorted(missing, key=lambda key: -missing[key])[:10],
        warnings=_warnings(weights),
    )


def _warnings(weights: Sequence[float]) -> list[str]:
    mean, sd = fmean(weights), pstdev(weights)
    if abs(mean - 1) * sqrt(len(weights)) > _SUSPICIOUS_Z * max(sd, 1e-9) and abs(mean - 1) > 0.02:
        return [
            f"the mean weight is {mean:.2f}, not 1: the recorded propensities do not fit the recorded choices, or the "
            "policy is not supported everywhere / 平均权重偏离 1：记录的概率与实际选择不符，或支持不足"
        ]
    return []


def require_enough(target: Target, overlap: Overlap) -> None:
    """Refuse, with reasons, what cannot be estimated."""
    problems = []
    if overlap.support < LEAST_SUPPORT:
        problems.append(
            f"only {overlap.support:.0%} of decisions have support (at least {LEAST_SUPPORT:.0%}): never chosen were "
            f" {'; '.join(overlap.unsupported)} / 仅 {overlap.support:.0%} 的决策有记录支持"
        )
    if overlap.effective < LEAST_EFFECTIVE:
        problems.append(
            f"the records are worth {overlap.effective:.0f} effective ones (at least {LEAST_EFFECTIVE:.0f}): the "
            "recorded policy hardly ever did what this one would do; record more, or with a larger exploring share / "
            f"有效样本量仅 {overlap.effective:.0f}，请增加数据或提高探索比例"
        )
    if problems:
        raise ReplayProblem(f"--policy {target.name!r} cannot be estimated / 无法估计", problems)
