"""How first choices would have been drawn under a changed policy, from the recorded candidates and chances alone.

No router is asked again: what was safe and healthy at that moment is in the recorded chances. So it can be done for
millions of decisions at once. It holds for changes that move a channel behind, or leave channels out; where the split
is learned, the others take over in proportion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from payswitch.routing.policy import Split, SplitMode
from payswitch.routing.split import Share, effective_shares

SEPARATOR: Final = "|"

Redraw = Callable[[Sequence[str], Sequence[float]], Sequence[float]]
"""From the candidates (`channel|product`, highest score first) and their chances to other chances."""


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """What of a channel decides its place beside its score."""

    tier: int
    upstream: str


def channel_of(choice: str) -> str:
    return choice.partition(SEPARATOR)[0]


def without(channel_id: str, split: Split, placements: Mapping[str, Placement]) -> Redraw:
    """The channel stands behind all others (a rule's `avoid`): the split falls to those that had a chance beside it.
    Where none had, the next candidate gets all; of that nothing was recorded, which is counted as missing support."""

    def redraw(choices: Sequence[str], chances: Sequence[float]) -> Sequence[float]:
        if not any(
            chance > 0 and channel_of(choice) == channel_id for choice, chance in zip(choices, chances, strict=True)
        ):
            return chances
        others = [n for n, choice in enumerate(choices) if channel_of(choice) != channel_id]
        if not others:
            return chances
        equals = [n for n in others if chances[n] > 0]
        if not equals:
            first = min(others, key=lambda n: (_tier(placements, choices[n]), n))
            return [float(n == first) for n in range(len(choices))]
        if split.mode is SplitMode.LEARNED:
            total = sum(chances[n] for n in equals)
            return [chances[n] / total if n in equals else 0.0 for n in range(len(choices))]
        return _drawn(equals, choices, split, placements)

    return redraw


def always(pick: Callable[[Sequence[str], Sequence[float]], int | None]) -> Redraw:
    """One candidate gets all; `pick` says which, None: as recorded."""

    def redraw(choices: Sequence[str], chances: Sequence[float]) -> Sequence[float]:
        place = pick(choices, chances)
        return chances if place is None else [float(n == place) for n in range(len(choices))]

    return redraw


def _drawn(equals: list[int], choices: Sequence[str], split: Split, placements: Mapping[str, Placement]) -> list[float]:
    """The shares of the split, as `ordering.SplitGroup` gives them out."""
    best = min(equals, key=lambda n: (_tier(placements, choices[n]), n))
    rest = [n for n in sorted(equals, key=lambda n: (_tier(placements, choices[n]), n)) if n != best]
    elsewhere = [n for n in rest if _upstream(placements, choices[n]) != _upstream(placements, choices[best])]
    warm = next(iter(elsewhere or rest), None)
    explorers = [n for n in rest if n != warm]
    shares = effective_shares(split, warm=warm is not None, explore=bool(explorers))
    found = [0.0] * len(choices)
    found[best] = shares.get(Share.BEST, 0.0)
    if warm is not None:
        found[warm] = shares.get(Share.WARM, 0.0)
    for n in explorers:
        found[n] = shares.get(Share.EXPLORE, 0.0) / len(explorers)
    return found


def _tier(placements: Mapping[str, Placement], choice: str) -> int:
    placement = placements.get(channel_of(choice))
    return 1_000 if placement is None else placement.tier


def _upstream(placements: Mapping[str, Placement], choice: str) -> str:
    placement = placements.get(channel_of(choice))
    return channel_of(choice) if placement is None else placement.upstream
