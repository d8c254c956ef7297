"""How the laboratory's figures are written, on the terminal and in Markdown alike."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.lab.statistics import Interval
from payswitch.lab.summary import Line


def plus_minus(value: Interval) -> str:
    return f"{value.mean:.2f} ±{(value.high - value.low) / 2:.2f}"


def signed(value: Interval, digits: int = 2) -> str:
    return f"{value.mean:+.{digits}f} [{value.low:+.{digits}f}, {value.high:+.{digits}f}]"


def share(value: Interval) -> str:
    return f"{value.mean:.0%} [{value.low:.0%}, {value.high:.0%}]"


def figures_of(line: Line) -> tuple[str, ...]:
    """Success, of payable, first attempt, regret, attempts, lost until left, seconds until back."""
    back = "–"
    if line.back_after_s is not None and line.back_within_60s is not None:
        back = f"{line.back_after_s.mean:.0f} ({line.back_within_60s:.0%})"
    return (
        plus_minus(line.success),
        f"{line.success_of_payable.mean:.2f}",
        f"{line.first_attempt.mean:.2f}",
        f"{line.regret.mean:.2f}",
        f"{line.attempts.mean:.3f}",
        "–" if line.lost_until_left is None else f"{line.lost_until_left.mean:.1f}",
        back,
    )


def against_the_closest(ours: str, pairs: Mapping[str, Interval]) -> str:
    closest = min(pairs, key=lambda name: pairs[name].mean)
    return f"{ours} over all scenarios: {signed(pairs[closest])} points against the closest, {closest}"
