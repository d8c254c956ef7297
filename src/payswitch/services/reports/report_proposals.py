"""周报·策略建议: which rule would have earned more on the recorded payments, by how much, and how sure that is.

Looked at is every channel in every window of hours, amount band and bank: would the payments have done better had it
stood behind the others there? Because that are many questions, the answers are held to one share of false findings
(Benjamini and Hochberg), and the intervals of those that are shown are widened for having been picked (false coverage
rate, Benjamini and Yekutieli).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from payswitch.domain.analysis import By, ChoiceCell
from payswitch.domain.report import Evidence, Proposal
from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.routing.block_estimates import Gain, figures, gain_of, significant
from payswitch.routing.judging import Judge, Judged, Reward, by_channel
from payswitch.routing.policy import Split
from payswitch.routing.redrawing import Placement, Redraw, without
from payswitch.routing.segments import BAND_EDGES_FEN, BANDS

WINDOWS: Final = (
    (0, 24), (0, 6), (6, 12), (12, 18), (18, 24), (22, 6), (9, 18),
    (0, 3), (3, 6), (6, 9), (9, 12), (12, 15), (15, 18), (18, 21), (21, 24),
)  # fmt: skip
"""Fixed before anything is seen: windows made to fit the data would always find something."""
FALSE_FINDINGS: Final = 0.05
MOST_SHOWN: Final = 5
_BLOCK_MS: Final = 2 * HOUR_MS
_LEAST_DECISIONS: Final = 200
_LEAST_BLOCKS: Final = 10
"""Fewer blocks of two hours say too little about how much they differ from each other."""
_BANKS: Final = 10


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """A condition that a rule can have, over one dimension."""

    by: By
    values: frozenset[str]
    when: dict[str, Any]
    """As in a policy document."""
    title: str
    title_zh: str


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Some days that are judged on, up to the end of the report's window: the last week for what is new, four weeks for
    what is small."""

    days: int
    judges: Mapping[By, Judge]
    cells: Mapping[By, Sequence[ChoiceCell]]

    @property
    def per_week(self) -> float:
        return 7 / self.days


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One question with its answer."""

    channel_id: str
    where: Where
    span: Span
    judged: Judged
    gain: Gain


def span_of(days: int, end_ms: int, cells: Mapping[By, Sequence[ChoiceCell]]) -> Span:
    """The choices of the last days before a moment."""
    first = (end_ms - days * DAY_MS) // _BLOCK_MS
    kept = {by: [cell for cell in of if cell.block >= first] for by, of in cells.items()}
    return Span(days=days, judges={by: Judge(of) for by, of in kept.items()}, cells=kept)


def proposals(
    spans: Sequence[Span], split: Split, placements: Mapping[str, Placement], names: Mapping[str, str], label: str
) -> tuple[tuple[Proposal, ...], int]:
    """The best ones first, and how many questions were asked. `label` begins the rules' names."""
    asked = [one for span in spans for one in _questions(span, split, placements)]
    sure = significant([one.gain.p_value for one in asked], FALSE_FINDINGS)
    found = [asked[n] for n in sure]
    level = 1 - FALSE_FINDINGS * len(found) / len(asked) if asked else 0.95
    best = _apart(found, level)[:MOST_SHOWN]
    made = tuple(
        _proposal(n, one, without(one.channel_id, split, placements), names, label, len(asked), level)
        for n, one in enumerate(best, 1)
    )
    return made, len(asked)


def _questions(span: Span, split: Split, placements: Mapping[str, Placement]) -> Iterator[Found]:
    for by, of in span.cells.items():
        for channel_id in sorted(by_channel(of)):
            redraw = without(channel_id, split, placements)
            for where in wheres(by, of):
                judged = span.judges[by].judge(redraw, applies=where.values.__contains__)
                enough = judged.n >= _LEAST_DECISIONS and len(judged.blocks) >= _LEAST_BLOCKS
                if enough and judged.changed >= 1 and judged.is_reliable:
                    yield Found(channel_id=channel_id, where=where, span=span, judged=judged, gain=judged.gain)


def wheres(by: By, cells: Sequence[ChoiceCell]) -> list[Where]:
    """The conditions that are tried over one dimension."""
    if by is By.HOUR:
        return [_hours(*window) for window in WINDOWS]
    counts: dict[str, int] = {}
    for cell in cells:
        counts[cell.value] = counts.get(cell.value, 0) + cell.count
    if by is By.BAND:
        return [_band(value) for value in BANDS if value in counts]
    banks = sorted((value for value in counts if value), key=lambda value: -counts[value])[:_BANKS]
    return [
        Where(by=by, values=frozenset({bank}), when={"banks": [bank]}, title=f"for {bank}", title_zh=f"{bank} 银行卡")
        for bank in banks
    ]


def _hours(from_hour: int, to_hour: int) -> Where:
    if (from_hour, to_hour) == (0, 24):
        hours: Sequence[int] = range(24)
        return Where(by=By.HOUR, values=frozenset(map(str, hours)), when={}, title="all day", title_zh="全天")
    hours = [
        h for h in range(24) if (from_hour <= h < to_hour if from_hour < to_hour else h >= from_hour or h < to_hour)
    ]
    return Where(
        by=By.HOUR,
        values=frozenset(map(str, hours)),
        when={"from_hour": from_hour, "to_hour": to_hour},
        title=f"from {from_hour}:00 to {to_hour}:00",
        title_zh=f"{from_hour}:00–{to_hour}:00",
    )


def _band(value: str) -> Where:
    place = BANDS.index(value)
    least = BAND_EDGES_FEN[place - 1] if place else None
    most = BAND_EDGES_FEN[place] - 1 if place < len(BAND_EDGES_FEN) else None
    when = {name: fen for name, fen in (("min_fen", least), ("max_fen", most)) if fen is not None}
    ends = [f"{fen // 100}" if fen is not None else "" for fen in (least, None if most is None else most + 1)]
    return Where(
        by=By.BAND,
        values=frozenset({value}),
        when=when,
        title=f"for amounts of {ends[0] or '0'} to {ends[1] or 'any number of'} yuan",
        title_zh=f"金额 {ends[0] or '0'}–{ends[1] or '不限'} 元",
    )


def _apart(found: Sequence[Found], level: float) -> list[Found]:
    """Of questions about the same channel that overlap, the one with the surest gain; the largest first."""
    ranked = sorted(found, key=lambda one: -one.gain.interval(level)[0] * one.span.per_week)
    kept: list[Found] = []
    for one in ranked:
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Found, other: Found) -> bool:
    same_kind = one.where.by is other.where.by
    return one.channel_id == other.channel_id and (not same_kind or bool(one.where.values & other.where.values))


def _proposal(
    number: int,
    found: Found,
    redraw: Redraw,
    names: Mapping[str, str],
    label: str,
    tests: int,
    level: float,
) -> Proposal:
    judged, gain, week = found.judged, found.gain, found.span.per_week
    low, high = gain.interval(level)
    judge = found.span.judges[found.where.by]
    money = gain_of(judge.judge(redraw, applies=found.where.values.__contains__, reward=Reward.FEN).blocks)
    money_low, money_high = money.interval(level)
    payments = max(1, sum(cell.count for cell in found.span.cells[found.where.by]))
    said = figures(judged.blocks)
    name = names.get(found.channel_id, found.channel_id)
    return Proposal(
        proposal_id=f"p{number}",
        title=f"{name} behind the others {found.where.title}",
        title_zh=f"{found.where.title_zh}：将「{name}」排到其他渠道之后",
        rule={
            "name": f"{label}-{number}",
            "when": found.where.when,
            "then": {"avoid": {"channels": [found.channel_id]}},
        },
        days=found.span.days,
        affected=round(judged.n * week),
        moved=round(judged.changed * week),
        gain=gain.total * week,
        gain_low=low * week,
        gain_high=high * week,
        points=gain.total / payments,
        points_low=low / payments,
        points_high=high / payments,
        orders_fen=money.total * week,
        orders_low_fen=money_low * week,
        orders_high_fen=money_high * week,
        evidence=Evidence(
            decisions=round(judged.n),
            effective=judged.effective,
            support=judged.support,
            recorded=said["recorded"],
            ips=said["ips"],
            snips=said["snips"],
            dr=said["dr"],
            tests=tests,
            level=level,
        ),
    )
