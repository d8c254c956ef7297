"""SQLAlchemy Core statements, each compiled once to the text of each database: none is built while a customer waits
for a second time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Delete, Insert, Select, Table, Update, bindparam, insert, literal_column, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import CompoundSelect

from payswitch.storage.codec import without_nul

SQLITE: Final[Dialect] = sqlite.dialect(paramstyle="qmark")
POSTGRES: Final[Dialect] = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # not annotated there

Statement = Select[*tuple[Any, ...]] | CompoundSelect[Any] | Insert | Update | Delete
Given = Any
"""What a statement is run with: its parameters by name, or a row in the order of its table's columns."""


class Compiled:
    """One statement as the text of one database, with the order of its parameters."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql: str = compiled.string
        self.names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self.gives_rows: bool = isinstance(statement, Select | CompoundSelect) or bool(statement._returning)
        self._is_postgres = dialect is POSTGRES
        self._defaults = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, given: Given) -> Sequence[Any]:
        """What it is run with as the sequence that the driver wants. KeyError for a missing name."""
        values = self._in_order(given)
        return without_nul(values) if self._is_postgres else values

    def _in_order(self, given: Given) -> Sequence[Any]:
        values: Mapping[str, Any] = given
        return tuple([values[name] if name in values else self._defaults[name] for name in self.names])


class _OfRow(Compiled):
    """Takes a row whose columns stand in the table's order, as the codecs give it."""

    def __init__(self, statement: Statement, dialect: Dialect, columns: Sequence[str]) -> None:
        super().__init__(statement, dialect)
        positions = [columns.index(name.removeprefix("old_")) for name in self.names]
        self._positions = None if positions == list(range(len(columns))) else positions

    def _in_order(self, given: Given) -> Sequence[Any]:
        row: Sequence[Any] = given
        return row if self._positions is None else [row[i] for i in self._positions]


class Prepared:
    """A statement for both databases, whose parameters are given by name."""

    def __init__(self, statement: Statement, *, postgres: Statement | None = None) -> None:
        """`postgres` where SQLAlchemy has a construct of its own for each database, e.g. an upsert."""
        self._statement = statement
        self._postgres = statement if postgres is None else postgres

    @cached_property
    def sqlite(self) -> Compiled:
        return self._compile(self._statement, SQLITE)

    @cached_property
    def postgres(self) -> Compiled:
        return self._compile(self._postgres, POSTGRES)

    def selected(self) -> Select[*tuple[Any, ...]]:
        """The statement itself, to be part of another one. TypeError when it is no select."""
        if not isinstance(self._statement, Select):
            raise TypeError(f"{type(self._statement).__name__} is no select")
        return self._statement

    def _compile(self, statement: Statement, dialect: Dialect) -> Compiled:
        return Compiled(statement, dialect)


class _PreparedOfRow(Prepared):
    """A statement that takes a whole row, in the order of the table's columns."""

    def __init__(self, table: Table, statement: Statement, *, postgres: Statement | None = None) -> None:
        super().__init__(statement, postgres=postgres)
        self.table = table

    def _compile(self, statement: Statement, dialect: Dialect) -> Compiled:
        return _OfRow(statement, dialect, [column.name for column in self.table.columns])


class PreparedInsert(_PreparedOfRow):
    """An insert of one row."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, insert(table))


class PreparedUpdate(_PreparedOfRow):
    """Replaces the changing columns of one row, provided that the fixed ones are as the caller believes.

    Fixed columns (ids, amounts, numbers, what the shop said first) stand in the condition, not in the update: they
    cannot be changed by a mistake, and their indexes are not written again. On PostgreSQL it gives back the key of the
    row that it met: there many rows go in one message, and only so one hears which of them met nothing.
    """

    def __init__(self, table: Table, key: str, fixed: Sequence[str], *, versioned: bool = False) -> None:
        columns = [column.name for column in table.columns]
        changing = [name for name in columns if name != key and name not in fixed]
        conditions = [table.c[key] == bindparam(f"old_{key}", type_=table.c[key].type)]
        conditions += [
            table.c[name].is_not_distinct_from(bindparam(f"old_{name}", type_=table.c[name].type)) for name in fixed
        ]
        if versioned:
            conditions.append(table.c.version == bindparam("old_version") - literal_column("1"))
        statement = update(table).where(*conditions).values({name: bindparam(name) for name in changing})
        super().__init__(table, statement, postgres=statement.returning(table.c[key]))
        self.key_position = columns.index(key)


def prepared_upsert(build: Callable[[Any], Statement]) -> Prepared:
    """A statement over SQLAlchemy's `insert` of each database: `build(insert)` makes it."""
    return Prepared(build(sqlite.insert), postgres=build(postgresql.insert))


def upsert(table: Table) -> Prepared:
    """Insert a row, or replace everything of it but the primary key."""
    keys = [column.name for column in table.primary_key.columns]

    def build(insert: Any) -> Statement:
        statement = insert(table)
        changing = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        saved: Statement = statement.on_conflict_do_update(index_elements=keys, set_=changing)
        return saved

    return prepared_upsert(build)
