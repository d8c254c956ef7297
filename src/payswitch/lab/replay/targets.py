"""The policy that is to be judged: for each segment, the probability of each channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from payswitch.lab.replay.recorded import Record, ReplayProblem
from payswitch.lab.replay.rewards import SuccessModel

FORMS: Final = "always:CHANNEL, split:CHANNEL=70,CHANNEL=30, or best"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A policy that looks at nothing but the segment."""

    name: str
    shares: Mapping[str, Mapping[str, float]]
    """Segment -> channel -> probability; the same for all segments under `""` when `everywhere`."""
    everywhere: bool
    judged: Sequence[Record]
    """The records it may be judged on: never those it was made from."""

    def probabilities(self, segment: str) -> Mapping[str, float]:
        return self.shares[""] if self.everywhere else self.shares.get(segment, self.shares[""])


def target_of(text: str, records: Sequence[Record]) -> Target:
    """Reads what the operator typed; raises ReplayProblem with every mistake."""
    kind, _, rest = text.partition(":")
    if text == "best":
        return _best(records)
    if kind == "always" and rest:
        return _fixed(text, {rest: 1.0}, records)
    if kind == "split" and rest:
        return _fixed(text, _shares(text, rest), records)
    raise ReplayProblem(f"--policy {text!r} is not understood / 无法识别", [f"There are: {FORMS} / 可用写法：{FORMS}"])


def _shares(text: str, rest: str) -> dict[str, float]:
    found: dict[str, float] = {}
    problems = []
    for part in rest.split(","):
        channel, _, percent = part.strip().partition("=")
        try:
            found[channel] = float(percent) / 100
        except ValueError:
            problems.append(f"{part.strip()!r} is not CHANNEL=PER CENT / 应写成 渠道=百分比")
    if not problems and (any(share < 0 for share in found.values()) or abs(sum(found.values()) - 1) > 1e-6):
        total = 100 * sum(found.values())
        problems.append(f"the shares add up to {total:g}, not 100 / 比例之和为 {total:g}，应为 100")
    if problems:
        raise ReplayProblem(f"--policy {text!r} cannot be used / 策略有误", problems)
    return {channel: share for channel, share in found.items() if share > 0}


def _fixed(text: str, shares: dict[str, float], records: Sequence[Record]) -> Target:
    known = sorted({record.channel for record in records})
    unknown = [channel for channel in shares if channel not in known]
    if unknown:
        raise ReplayProblem(
            f"--policy {text!r} cannot be estimated / 无法估计",
            [
                f"{channel!r} was never chosen in this file: nothing is known of it. Chosen were: {', '.join(known)} / "
                f"记录中从未选过 {channel}"
                for channel in unknown
            ],
        )
    return Target(name=text, shares={"": shares}, everywhere=True, judged=records)


def _best(records: Sequence[Record]) -> Target:
    """The best channel of each segment in the first half of the time, judged on the second: judged on the same records
    that it was chosen by, it would look better than it is."""
    half = len(records) // 2
    if not half:
        raise ReplayProblem("--policy 'best' cannot be estimated / 无法估计", ["one row is not enough / 只有一行数据"])
    learned, judged = records[:half], records[half:]
    model = SuccessModel(learned)
    shares = {segment: {model.best(segment): 1.0} for segment in {record.segment for record in learned}}
    shares[""] = {model.best(""): 1.0}
    return Target(name="best", shares=shares, everywhere=False, judged=judged)
