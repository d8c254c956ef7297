"""SQLAlchemy Core statements compiled once to the dialect's text: none is built while a customer waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Delete, Insert, Select, Table, Update, bindparam, insert, literal_column, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import CompoundSelect

_DIALECT = sqlite.dialect(paramstyle="qmark")

Statement = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete


class Prepared:
    """The text of a statement and the order of its parameters."""

    def __init__(self, statement: Statement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql: str = compiled.string
        self.names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._defaults = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, **values: Any) -> tuple[Any, ...]:
        """Parameters by name as the tuple that the driver wants. KeyError for a missing name."""
        return tuple([values[name] if name in values else self._defaults[name] for name in self.names])


def prepared_insert(table: Table) -> str:
    """An insert that takes the columns in the table's order."""
    return Prepared(insert(table)).sql


class PreparedUpdate:
    """Replaces the changing columns of one row, provided that the fixed ones are as the caller believes.

    Fixed columns (ids, amounts, numbers, what the shop said first) stand in the condition, not in the update: they
    cannot be changed by a mistake, and their indexes are not written again.
    """

    def __init__(self, table: Table, key: str, fixed: Sequence[str], *, versioned: bool = False) -> None:
        columns = [column.name for column in table.columns]
        changing = [name for name in columns if name != key and name not in fixed]
        conditions = [table.c[key] == bindparam(f"old_{key}")]
        conditions += [table.c[name].is_not_distinct_from(bindparam(f"old_{name}")) for name in fixed]
        if versioned:
            conditions.append(table.c.version == bindparam("old_version") - literal_column("1"))
        prepared = Prepared(update(table).where(*conditions).values({name: bindparam(name) for name in changing}))
        self.sql = prepared.sql
        self._positions = [columns.index(name.removeprefix("old_")) for name in prepared.names]

    def bind(self, row: Sequence[Any]) -> list[Any]:
        """The parameters, from a row whose columns stand in the table's order."""
        return [row[i] for i in self._positions]
