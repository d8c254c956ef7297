"""What is asked of a database, as a script that any database can run: statements go out, answers come in.

A script is a generator. It yields an `Ask`, is sent the `Answer`, and returns its result. It knows neither the driver
nor whether anybody waits in between: SQLite runs it in one go on a thread, PostgreSQL asks over the network. Inside it
one sees one transaction; a script must not hold anything else open, because it may be run again from its beginning
after a deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias, TypeVar

from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import Given, Prepared

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]


class Ask:
    """One statement with what it is run with."""

    __slots__ = ("given", "statement")

    def __init__(self, statement: Prepared, given: Given) -> None:
        self.statement = statement
        self.given = given


class AskEach(Ask):
    """One statement, run for each of many (`given` is a list). Nothing is heard back but errors."""

    __slots__ = ()


class Answer:
    """The rows that a statement gave, or how many it wrote."""

    __slots__ = ("count", "rows")

    def __init__(self, rows: Sequence[Row], count: int) -> None:
        self.rows = rows
        self.count = count


Script: TypeAlias = Generator[Ask, Answer, T]
Unit: TypeAlias = Callable[[], Script[T]]
"""A unit of work: each call begins the script anew."""


def rows(statement: Prepared, **values: Any) -> Script[Sequence[Row]]:
    answer = yield Ask(statement, values)
    return answer.rows


def first(statement: Prepared, **values: Any) -> Script[Row | None]:
    """The first row; None when there is none."""
    found = (yield Ask(statement, values)).rows
    return found[0] if found else None


def one(statement: Prepared, **values: Any) -> Script[Any]:
    """The only value of the only row: a count, a sum."""
    return (yield Ask(statement, values)).rows[0][0]


def decoded(codec: RowCodec[T], statement: Prepared, **values: Any) -> Script[list[T]]:
    """All rows as what they stand for."""
    answer = yield Ask(statement, values)
    return [codec.decode(row) for row in answer.rows]


def write(statement: Prepared, given: Given) -> Script[int]:
    """How many rows were written."""
    return (yield Ask(statement, given)).count


def row_or_none(codec: RowCodec[T], statement: Prepared, **values: Any) -> Script[T | None]:
    """The row that has this key, as what it stands for."""
    found = (yield Ask(statement, values)).rows
    return codec.decode(found[0]) if found else None
