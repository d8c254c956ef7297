"""SQLite's errors in PaySwitch's words."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from payswitch.domain.changes import StorageUnavailable, UniqueViolation
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.schema import TRIGGERS, metadata

_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<what>.+)")
_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")
_NOT_NULL = re.compile(r"NOT NULL constraint failed: (?P<column>[\w.]+)")
_INDEX = re.compile(r"index '(?P<name>\w+)'")


def _unique_columns() -> dict[frozenset[str], str]:
    """`{"payments.shop_id", "payments.out_trade_no"}` -> `uq_payment_shop_trade`, for every unique constraint
    and index: SQLite reports the columns, not the name."""
    found: dict[frozenset[str], str] = {}
    for table in metadata.sorted_tables:
        unique: list[Any] = [c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)]
        unique += [index for index in table.indexes if index.unique]
        for item in unique:
            found[frozenset(f"{table.name}.{column.name}" for column in item.columns)] = str(item.name)
    return found


_UNIQUE_COLUMNS = _unique_columns()


def integrity_error(error: sqlite3.IntegrityError) -> UniqueViolation | InvariantViolation:
    """Which named rule a statement met. SQLite names checks and triggers, but of unique constraints the columns."""
    message = str(error)
    if match := _UNIQUE.search(message):
        return UniqueViolation(_unique_name(match["what"]))
    if match := _CHECK.search(message):
        return InvariantViolation(match["name"])
    if match := _NOT_NULL.search(message):
        return InvariantViolation("not_null", match["column"])
    if "FOREIGN KEY" in message:
        return InvariantViolation("foreign_key", "a row refers to one that does not exist")
    if message in TRIGGERS:
        return InvariantViolation(message)
    return InvariantViolation("integrity", message)


def _unique_name(what: str) -> str:
    """From `payments.shop_id, payments.out_trade_no` (or `index 'name'`) to the constraint's name."""
    if match := _INDEX.search(what):
        return match["name"]
    columns = frozenset(column.strip() for column in what.split(","))
    return _UNIQUE_COLUMNS.get(columns, what)


def unavailable(error: BaseException) -> StorageUnavailable:
    """A locked, full, broken or missing database, in one sentence. SQLite's messages carry no row data."""
    code = getattr(error, "sqlite_errorname", type(error).__name__)
    return StorageUnavailable(f"the database could not be used just now ({code}: {error})")
