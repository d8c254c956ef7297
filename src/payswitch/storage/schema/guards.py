"""Triggers: what no constraint can say, because it compares a row with what it was before."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Table, event

from payswitch.storage.schema.columns import metadata

GUARDS: Final[list[str]] = []
"""The names of all triggers: what `InvariantViolation` reports when one stops an update."""

REFUSE_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION payswitch_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, MESSAGE = TG_NAME;
END $$
"""
"""PostgreSQL triggers call a function. This one says the trigger's name in the way a check constraint does."""


def sqlite_guard(table: str, name: str, columns: str, broken: str) -> str:
    """A trigger that aborts an update of `columns` for which `broken` holds; its message is the invariant's name."""
    return (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} WHEN {broken} "
        f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def postgres_guard(table: str, name: str, columns: str, broken: str) -> str:
    """The same for PostgreSQL."""
    condition = "TRUE" if broken == ALWAYS else broken.replace(" IS NOT OLD.", " IS DISTINCT FROM OLD.")
    return (
        f"CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION payswitch_refuse()"
    )


ALWAYS: Final = "1"
"""For tables that are only ever added to: every update is refused."""


def guard(table: Table, name: str, columns: str, broken: str) -> None:
    """Let both databases refuse updates of `columns` for which `broken` (in SQLite's words) holds."""
    _attach(
        table,
        name,
        sqlite_guard(table.name, name, columns, broken),
        postgres_guard(table.name, name, columns, broken),
    )


def _attach(table: Table, name: str, sqlite: str, postgres: str) -> None:
    for dialect, statement in (("sqlite", sqlite), ("postgresql", postgres)):
        trigger = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy has left it without annotations
        event.listen(table, "after_create", trigger.execute_if(dialect=dialect))
    GUARDS.append(name)


def sqlite_keeper(table: str, name: str) -> str:
    """A trigger that refuses to delete a row."""
    return f"CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END"


def postgres_keeper(table: str, name: str) -> str:
    """The same for PostgreSQL."""
    return f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION payswitch_refuse()"


def never_deleted(table: Table, name: str) -> None:
    """Rows of this table stay for ever."""
    _attach(table, name, sqlite_keeper(table.name, name), postgres_keeper(table.name, name))


def never_changed(table: Table, name: str) -> None:
    """Rows of this table are only ever added."""
    guard(table, name, ", ".join(column.name for column in table.columns), ALWAYS)


_function = DDL(REFUSE_FUNCTION)  # type: ignore[no-untyped-call]  # as above
event.listen(metadata, "before_create", _function.execute_if(dialect="postgresql"))
