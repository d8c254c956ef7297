"""Recorded decisions and their outcomes, read from CSV (or Parquet). All mistakes at once, each with its place."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from glob import escape
from math import isfinite
from pathlib import Path
from typing import Any, Final

import msgspec

REQUIRED: Final = ("time_ms", "segment", "channel", "success", "propensity")
OPTIONAL: Final = ("amount_fen", "latency_ms", "fee_fen")
_WORDS: Final = {"1": True, "true": True, "0": False, "false": False}
_SHOWN: Final = 20
"""Mistakes listed; the rest are counted."""
_ROWS_AT_ONCE: Final = 10_000
_FILES_ALONE: Final[dict[str, str | bool | int | float | list[str]]] = {"autoinstall_known_extensions": False}
"""DuckDB reads Parquet by itself: it shall fetch nothing from anywhere."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One decision: the first channel of one payment, and what came of it."""

    time_ms: int
    segment: str
    """What the policy could see of the payment, as one word: `icbc/to_500/ios`."""
    channel: str
    success: bool
    propensity: float
    """Probability with which the recorded policy chose this channel for this payment, (0, 1]."""
    amount_fen: int = 0
    latency_ms: float = 0.0
    fee_fen: int = 0
    """What the channel took, or would have taken, for this payment."""


class ReplayProblem(Exception):
    """What cannot be read or estimated, and why: every problem in English and Chinese."""

    def __init__(self, title: str, problems: list[str]) -> None:
        super().__init__(title, problems)
        self.title = title
        self.problems = problems


def read(path: Path) -> list[Record]:
    """All records in order of time."""
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _csv_rows(path)
    problems: list[str] = []
    records: list[Record] = []
    for number, row in rows:
        found = _record(number, row)
        if isinstance(found, Record):
            records.append(found)
        else:
            problems += found
    if problems:
        unlisted = len(problems) - _SHOWN
        more = [f"and {unlisted} more / 另有 {unlisted} 处"] if unlisted > 0 else []
        raise ReplayProblem(f"{path.name} cannot be replayed / 文件有误", [*problems[:_SHOWN], *more])
    if not records:
        raise ReplayProblem(f"{path.name} cannot be replayed / 文件有误", ["there are no rows / 没有数据行"])
    return sorted(records, key=lambda record: record.time_ms)


def _csv_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_header(path, reader.fieldnames or ())
            yield from ((reader.line_num, row) for row in reader)
    except OSError as error:
        raise ReplayProblem(f"{path} cannot be read / 无法读取", [error.strerror or str(error)]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReplayProblem(f"{path.name} is no CSV in UTF-8 / 不是 UTF-8 编码的 CSV", [str(error)]) from None


def _parquet_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import duckdb  # here: a command that reads CSV does not wait for it

    if not path.is_file():
        raise ReplayProblem(f"{path} cannot be read / 无法读取", ["there is no such file / 文件不存在"])
    with duckdb.connect(config=_FILES_ALONE) as db:
        try:
            # `read_parquet` takes patterns: a name is meant literally
            rows = db.execute("SELECT * FROM read_parquet(?)", [escape(str(path))])
            names = [column[0] for column in rows.description or ()]
            _check_header(path, names)
            number = 0
            while some := rows.fetchmany(_ROWS_AT_ONCE):
                for values in some:
                    number += 1
                    yield number, dict(zip(names, values, strict=True))
        except duckdb.Error as error:
            raise ReplayProblem(f"{path.name} is no Parquet file / 不是 Parquet 文件", [str(error)]) from None


def _check_header(path: Path, names: Iterable[str]) -> None:
    missing = [name for name in REQUIRED if name not in set(names)]
    if missing:
        raise ReplayProblem(
            f"{path.name} cannot be replayed / 文件有误",
            [
                f"header: no column {name!r}; required are {', '.join(REQUIRED)}; optional {', '.join(OPTIONAL)} / "
                f"表头缺少 {name}"
                for name in missing
            ],
        )


def _record(number: int, row: Mapping[str, Any]) -> Record | list[str]:
    """The record, or everything that is wrong with its row."""
    cells = _Cells(number, row)
    record = Record(
        time_ms=cells.whole("time_ms"),
        segment=str(row["segment"] or ""),
        channel=cells.word("channel"),
        success=cells.yes_no("success"),
        propensity=cells.number("propensity", low=0.0, high=1.0, above=True),
        amount_fen=cells.whole("amount_fen", optional=True),
        latency_ms=cells.number("latency_ms", optional=True),
        fee_fen=cells.whole("fee_fen", optional=True),
    )
    return cells.problems or record


class _Cells:
    """One row's cells, and what is wrong with them."""

    def __init__(self, number: int, row: Mapping[str, Any]) -> None:
        self._number, self._row = number, row
        self.problems: list[str] = []

    def _wrong(self, name: str, want: str, want_zh: str) -> None:
        found, where = self._row.get(name), self._number
        self.problems.append(f"row {where}, {name}: {found!r} is not {want} / 第 {where} 行 {name} 应为{want_zh}")

    def _text(self, name: str) -> str:
        value = self._row.get(name)
        return "" if value is None else str(value).strip()

    def word(self, name: str) -> str:
        text = self._text(name)
        if not text:
            self._wrong(name, "a channel", "渠道编号")
        return text

    def whole(self, name: str, *, optional: bool = False) -> int:
        text = self._text(name)
        if not text and optional:
            return 0
        if not text.isascii() or not text.isdecimal():
            self._wrong(name, "a whole number", "非负整数")
            return 0
        return int(text)

    def yes_no(self, name: str) -> bool:
        found = _WORDS.get(self._text(name).lower())
        if found is None:
            self._wrong(name, "1, 0, true or false", " 1、0、true 或 false")
        return bool(found)

    def number(
        self, name: str, *, low: float = 0.0, high: float = float("inf"), above: bool = False, optional: bool = False
    ) -> float:
        text = self._text(name)
        if not text and optional:
            return 0.0
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or value < low or value > high or (above and value == low):
            limits = f"in {'(' if above else '['}{low:g}, {high:g}]" if high < float("inf") else f"at least {low:g}"
            self._wrong(name, f"a number {limits}", f"数字，{limits}")
            return 1.0
        return value
