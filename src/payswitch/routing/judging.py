"""What a changed policy would have earned on recorded first choices, from sums over choices that were made alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from math import sqrt
from typing import Final

import msgspec

from payswitch.domain.analysis import ChoiceCell
from payswitch.routing.block_estimates import BlockSums, Gain, gain_of
from payswitch.routing.off_policy import LEAST_ESS, LEAST_SUPPORT
from payswitch.routing.redrawing import Redraw

_PRIOR: Final = 20.0
"""The mean above weighs like so many outcomes."""


class Reward(StrEnum):
    PAID = "paid"
    """1 for a paid payment."""
    FEN = "fen"
    """The amount of a paid payment."""
    FEES = "fees"
    """The fee of a paid payment."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One change on one set of decisions."""

    blocks: Sequence[BlockSums]
    effective: float
    """Effective sample size: so many equally weighted decisions would be worth as much."""
    support: float
    """The part of the changed choices that the recorded policy could have made."""
    changed: float
    """How many first choices would have gone elsewhere (expected)."""
    failures: float
    """How many of those that would have gone elsewhere were not paid (expected)."""
    model_error: float
    """Standard error of the gain in paid payments, were all decisions independent."""

    @property
    def n(self) -> float:
        return sum(block.n for block in self.blocks)

    @property
    def gain(self) -> Gain:
        """In paid payments (with `Reward.PAID`)."""
        return gain_of(self.blocks, model_error=self.model_error, failures=self.failures)

    @property
    def is_reliable(self) -> bool:
        return self.effective >= LEAST_ESS and self.support >= LEAST_SUPPORT


class Judge:
    """Holds the cells of one dimension and the models that the doubly robust estimator needs.

    Each cell's model is fitted on the other half of the time (every other block), so that none vouches for itself.
    """

    def __init__(self, cells: Sequence[ChoiceCell]) -> None:
        self._cells = cells
        self._models = (_Model(c for c in cells if c.block % 2), _Model(c for c in cells if not c.block % 2))

    def judge(
        self, redraw: Redraw, *, applies: Callable[[str], bool] = lambda _: True, reward: Reward = Reward.PAID
    ) -> Judged:
        """Decisions whose value `applies` says yes to, made anew by `redraw`."""
        sums: dict[int, BlockSums] = {}
        redrawn: dict[tuple[tuple[str, ...], tuple[float, ...]], Sequence[float]] = {}
        weight = squares = supported = total = moved = failures = variance = 0.0
        for cell in self._cells:
            if not applies(cell.value) or not 0 <= cell.chosen < len(cell.choices):
                continue
            key = (cell.choices, cell.chances)
            now = redrawn.get(key)
            if now is None:
                now = redrawn[key] = redraw(*key)
            sums.setdefault(cell.block, BlockSums()).add(self._sums(cell, now, reward))
            chance = now[cell.chosen]
            weight += chance * cell.inverse
            squares += chance * chance * cell.inverse_squared
            total += cell.count
            supported += cell.count * sum(after for after, was in zip(now, cell.chances, strict=True) if was > 0)
            moved += cell.count * (1 - sum(map(min, now, cell.chances)))
            lost, lost_inverse = cell.count - cell.paid, cell.inverse - cell.paid_inverse
            failures += max(0.0, lost - chance * lost_inverse)
            rate = self._models[cell.block % 2 == 0].success(cell.value, cell.choices[cell.chosen])
            spread = chance * chance * cell.inverse_squared - 2 * chance * cell.inverse + cell.count
            variance += max(0.0, spread) * rate * (1 - rate)
        return Judged(
            blocks=[sums[block] for block in sorted(sums)],
            effective=weight * weight / squares if squares else 0.0,
            support=supported / total if total else 0.0,
            changed=max(0.0, moved),
            failures=failures,
            model_error=sqrt(variance),
        )

    def _sums(self, cell: ChoiceCell, now: Sequence[float], reward: Reward) -> BlockSums:
        model = self._models[cell.block % 2 == 0]
        chance, chosen = now[cell.chosen], cell.choices[cell.chosen]
        recorded, with_inverse, worth, worth_inverse = _rewards(cell, reward)
        rate = model.success if reward is not Reward.FEES else model.fee_rate
        expected = worth * sum(
            share * rate(cell.value, choice) for share, choice in zip(now, cell.choices, strict=True) if share
        )
        return BlockSums(
            n=cell.count,
            weight=chance * cell.inverse,
            weighted=chance * with_inverse,
            direct=expected + chance * (with_inverse - rate(cell.value, chosen) * worth_inverse),
            recorded=recorded,
        )


def _rewards(cell: ChoiceCell, reward: Reward) -> tuple[float, float, float, float]:
    """The reward and the same times 1/p; what a success is worth, and the same times 1/p."""
    if reward is Reward.PAID:
        return cell.paid, cell.paid_inverse, cell.count, cell.inverse
    if reward is Reward.FEN:
        return cell.paid_fen, cell.paid_fen_inverse, cell.amount_fen, cell.amount_inverse
    return cell.fees_fen, cell.fees_fen_inverse, cell.amount_fen, cell.amount_inverse


class _Model:
    """Success, and fees in parts of the amount, by value and choice; thin counts are drawn to the choice's mean."""

    def __init__(self, cells: Iterable[ChoiceCell]) -> None:
        self._of_choice: dict[str, list[float]] = {}
        self._of_value: dict[tuple[str, str], list[float]] = {}
        everything = [0.0, 0.0, 0.0, 0.0]
        for cell in cells:
            if not 0 <= cell.chosen < len(cell.choices):
                continue
            choice = cell.choices[cell.chosen]
            for sums in (
                everything,
                self._of_choice.setdefault(choice, [0.0, 0.0, 0.0, 0.0]),
                self._of_value.setdefault((cell.value, choice), [0.0, 0.0, 0.0, 0.0]),
            ):
                for place, part in enumerate((cell.paid, cell.count, cell.fees_fen, cell.amount_fen)):
                    sums[place] += part
        self._everything = everything
        self._known: dict[tuple[str, str], tuple[float, float]] = {}

    def success(self, value: str, choice: str) -> float:
        return self._rates(value, choice)[0]

    def fee_rate(self, value: str, choice: str) -> float:
        return self._rates(value, choice)[1]

    def _rates(self, value: str, choice: str) -> tuple[float, float]:
        key = (value, choice)
        known = self._known.get(key)
        if known is None:
            known = (0.9, 0.0) if not self._everything[1] else _mean(self._everything)
            for sums in (self._of_choice.get(choice), self._of_value.get(key)):
                if sums is not None:
                    known = _drawn_to(sums, known)
            self._known[key] = known
        return known


def _mean(sums: Sequence[float]) -> tuple[float, float]:
    return sums[0] / sums[1], sums[2] / sums[3] if sums[3] else 0.0


def _drawn_to(sums: Sequence[float], above: tuple[float, float]) -> tuple[float, float]:
    paid, count, fees, amount = sums
    typical = amount / count if count else 1.0
    return (
        (paid + _PRIOR * above[0]) / (count + _PRIOR),
        (fees + _PRIOR * typical * above[1]) / (amount + _PRIOR * typical),
    )


def by_channel(cells: Iterable[ChoiceCell]) -> Mapping[str, int]:
    """How many first choices each channel had a chance at: which are worth a look."""
    found: dict[str, int] = {}
    for cell in cells:
        for choice, chance in zip(cell.choices, cell.chances, strict=True):
            if chance > 0:
                channel_id = choice.partition("|")[0]
                found[channel_id] = found.get(channel_id, 0) + cell.count
    return found
