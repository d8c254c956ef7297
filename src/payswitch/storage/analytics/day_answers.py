"""Answers about whole days, kept: a past day does not change, so nobody has to count it twice.

What is asked is additive: a month is the sum of its days. Kept in memory and, for days of which a service may want to
know after a restart, in a file beside the day's own. An answer belongs to one state of its day's file: when the day is
written again, it is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from payswitch.domain.analysis import By, LossCell, RateCell, Scope, SwitchCell, Totals
from payswitch.storage.analytics import questions

if TYPE_CHECKING:
    from payswitch.storage.analytics.duck import Connection

MOST_KEPT: Final = 20_000
"""Answers in memory: of a year, in every dimension, for a dozen shops."""
DIMENSIONS: Final = (
    By.CHANNEL, By.PRODUCT, By.METHOD, By.BANK, By.BAND, By.HOUR, By.DEVICE, By.ENVIRONMENT, By.SHOP,
)  # fmt: skip
_ALWAYS_MS: Final = 1 << 60


class DayAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that pages ask about one day of one merchant, of one shop or of all."""

    of_ns: int
    """When the day's file was written, and ..."""
    of_bytes: int
    """... how long it was: another file is another day."""
    totals: Totals
    switches: list[SwitchCell]
    losses: dict[By, list[LossCell]]
    rates: dict[By, list[RateCell]]


class DayAnswers:
    """Makes and keeps them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Path, str | None], DayAnswer] = {}

    def has(self, file: Path) -> bool:
        """Whether this day's answer, for all shops, is kept."""
        known = self._kept.get((file, None)) or _read(file)
        return known is not None and (known.of_ns, known.of_bytes) == state_of(file)

    def of(self, db: Connection, file: Path, shop_id: str | None) -> DayAnswer:
        """The day's answer, from memory, from its file, or made now."""
        state = state_of(file)
        key = (file, shop_id)
        known = self._kept.get(key) or (_read(file) if shop_id is None else None)
        if known is None or (known.of_ns, known.of_bytes) != state:
            known = _make(db, file, shop_id, state)
            if shop_id is None:
                _write(file, known)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = known
        return known


def state_of(file: Path) -> tuple[int, int]:
    """By what a day's file is known: another one is another day."""
    stat = file.stat()
    return stat.st_mtime_ns, stat.st_size


def kept_file(day_file: Path) -> Path:
    return day_file.with_suffix(".answer")


def _read(file: Path) -> DayAnswer | None:
    try:
        return msgspec.msgpack.decode(kept_file(file).read_bytes(), type=DayAnswer)
    except (OSError, msgspec.DecodeError):
        return None


def _write(file: Path, answer: DayAnswer) -> None:
    made = kept_file(file).with_suffix(".part")
    made.write_bytes(msgspec.msgpack.encode(answer))
    made.replace(kept_file(file))


def _make(db: Connection, file: Path, shop_id: str | None, state: tuple[int, int]) -> DayAnswer:
    scope = Scope(merchant_ids=frozenset(), from_ms=0, to_ms=_ALWAYS_MS, shop_id=shop_id)
    return DayAnswer(
        of_ns=state[0],
        of_bytes=state[1],
        totals=questions.totals([file], scope, db),
        switches=questions.switches([file], scope, db),
        losses={by: questions.losses([file], scope, by, db) for by in DIMENSIONS},
        rates={by: questions.counts([file], scope, by, db) for by in DIMENSIONS},
    )


def sum_totals(found: Iterable[Totals]) -> Totals:
    sums = dict.fromkeys(Totals.__struct_fields__, 0)
    for one in found:
        for name in sums:
            sums[name] += getattr(one, name)
    return Totals(**sums)


def sum_cells(
    found: Iterable[Any], key_of: Callable[[Any], Any], sums: tuple[str, ...], order: Callable[[Any], Any]
) -> list[Any]:
    """Cells of several days with the same key as one; whatever is no sum is taken from the largest of them."""
    together: dict[Any, list[Any]] = {}
    for cell in found:
        together.setdefault(key_of(cell), []).append(cell)
    return sorted(
        (
            msgspec.structs.replace(
                max(cells, key=lambda cell: getattr(cell, sums[0])),
                **{name: sum(getattr(cell, name) for cell in cells) for name in sums},
            )
            for cells in together.values()
        ),
        key=order,
    )
