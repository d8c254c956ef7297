"""What revisions say once and each database hears in its own words. Released revisions rely on it: never change what
these give, add to them."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from payswitch.storage.schema.columns import COUNTER, TEXT
from payswitch.storage.schema.guards import (
    ALWAYS,
    REFUSE_FUNCTION,
    postgres_guard,
    postgres_keeper,
    sqlite_guard,
    sqlite_keeper,
)

__all__ = ["ALWAYS", "COUNTER", "TEXT", "guard", "is_postgres", "keeper", "partial"]

_REFUSE: Final = sa.text(REFUSE_FUNCTION)


def is_postgres() -> bool:
    return op.get_context().dialect.name == "postgresql"


def partial(sqlite: str, postgres: str | None = None) -> dict[str, Any]:
    """The condition of a partial index, for `op.create_index(..., **partial("state = 'succeeded'"))`."""
    return {"sqlite_where": sa.text(sqlite), "postgresql_where": sa.text(sqlite if postgres is None else postgres)}


def guard(table: str, name: str, columns: str, broken: str) -> None:
    """A trigger that refuses updates of `columns` for which `broken` holds (in SQLite's words; ALWAYS: all of them)."""
    if is_postgres():
        op.execute(_REFUSE)
        op.execute(postgres_guard(table, name, columns, broken))
    else:
        op.execute(sqlite_guard(table, name, columns, broken))


def keeper(table: str, name: str) -> None:
    """A trigger that refuses to delete a row."""
    op.execute(postgres_keeper(table, name) if is_postgres() else sqlite_keeper(table, name))
