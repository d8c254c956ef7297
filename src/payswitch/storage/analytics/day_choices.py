"""The first choices of whole days, summed up and kept in a file beside the day's own: what a report would else spend
most of its time on. They are many, so they are not kept in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from payswitch.domain.analysis import By, ChoiceCell, Scope
from payswitch.storage.analytics import questions
from payswitch.storage.analytics.day_answers import state_of

if TYPE_CHECKING:
    from payswitch.storage.analytics.duck import Connection

DIMENSIONS: Final = (By.HOUR, By.BAND, By.BANK)
"""What proposals are looked for in."""
_ALWAYS: Final = Scope(merchant_ids=frozenset(), from_ms=0, to_ms=1 << 60)


class DayChoices(msgspec.Struct, frozen=True, kw_only=True):
    """Of one day of one merchant."""

    of_ns: int
    of_bytes: int
    choices: dict[By, list[ChoiceCell]]


class DayChoicesKeeper:
    """Makes and reads them."""

    def has(self, file: Path) -> bool:
        """Whether they are kept, and of this state of the day."""
        return _read(file, state_of(file)) is not None

    def of(self, file: Path, db: Connection) -> DayChoices:
        """From their file, or made now."""
        state = state_of(file)
        known = _read(file, state)
        if known is None:
            made = {by: questions.choices([file], _ALWAYS, by, db) for by in DIMENSIONS}
            known = DayChoices(of_ns=state[0], of_bytes=state[1], choices=made)
            part = file.with_suffix(".choices-part")
            part.write_bytes(msgspec.msgpack.encode(known))
            part.replace(_kept(file))
        return known


def _kept(file: Path) -> Path:
    return file.with_suffix(".choices")


def _read(file: Path, state: tuple[int, int]) -> DayChoices | None:
    try:
        known = msgspec.msgpack.decode(_kept(file).read_bytes(), type=DayChoices)
    except (OSError, msgspec.DecodeError):
        return None
    return known if (known.of_ns, known.of_bytes) == state else None
