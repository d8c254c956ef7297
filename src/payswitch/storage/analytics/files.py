"""The files of the analytics store: `<root>/<merchant>/<date>.parquet`, one of each merchant and Beijing day.

A file is only ever replaced as a whole, by a rename: who reads it meanwhile goes on reading the old one, and a crash
leaves the old one or the new one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from payswitch.domain.analysis import LakeState, Scope
from payswitch.kit.clock import beijing_date

VERSION: Final = 1
"""Of the columns: files of another one are written anew."""
_STATE: Final = "state.json"
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


class LakeFiles:
    """Where everything stands under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scratch = root / ".work"
        """What is being written, and what DuckDB puts aside: worthless after a crash."""

    def prepare(self) -> None:
        """Make the folders, readable by their owner only, and clear away what a crash left."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.scratch.mkdir(exist_ok=True, mode=0o700)
        for left in self.scratch.iterdir():
            if left.is_file():
                left.unlink(missing_ok=True)

    def of_day(self, merchant_id: str, day: str) -> Path:
        return self.root / merchant_id / f"{day}.parquet"

    def with_day(self, day: str) -> dict[str, Path]:
        """The merchants that have this day, with its file."""
        return {path.parent.name: path for path in self.root.glob(f"*/{day}.parquet")}

    def days(self, merchant_id: str) -> list[str]:
        found = (path.stem for path in (self.root / merchant_id).glob("*.parquet"))
        return sorted(day for day in found if _DATE.fullmatch(day))

    def of_scope(self, scope: Scope) -> list[Path]:
        """The files that can hold rows of it."""
        first, last = beijing_date(scope.from_ms), beijing_date(max(scope.from_ms, scope.to_ms - 1))
        return [
            self.of_day(merchant_id, day)
            for merchant_id in sorted(scope.merchant_ids)
            for day in self.days(merchant_id)
            if first <= day <= last
        ]

    def before(self, day: str) -> list[Path]:
        return [path for path in self.root.glob("*/*.parquet") if _DATE.fullmatch(path.stem) and path.stem < day]

    def put(self, made: Path, place: Path) -> None:
        """Move a finished file to its place, durably."""
        place.parent.mkdir(exist_ok=True, mode=0o700)
        _sync(made)
        os.replace(made, place)
        _sync(place.parent)

    def read_state(self) -> LakeState:
        """Whatever cannot be read is as if nothing had been written: it is all written again."""
        try:
            state = msgspec.json.decode((self.root / _STATE).read_bytes(), type=LakeState)
        except (OSError, msgspec.DecodeError):
            return LakeState(version=VERSION)
        return state if state.version == VERSION else LakeState(version=VERSION)

    def save_state(self, state: LakeState) -> None:
        made = self.scratch / _STATE
        made.write_bytes(msgspec.json.encode(state))
        self.put(made, self.root / _STATE)

    def delete(self, files: Iterable[Path]) -> int:
        count = 0
        for file in files:
            for kept in (".answer", ".choices"):
                file.with_suffix(kept).unlink(missing_ok=True)
            file.unlink(missing_ok=True)
            count += 1
        return count


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
