"""SQLite's errors in PaySwitch's words."""

from __future__ import annotations

import re
import sqlite3

from payswitch.domain.changes import StorageUnavailable, UniqueViolation
from payswitch.storage import books_schema, schema
from payswitch.storage.schema import unique_columns

_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<what>.+)")
_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")
_NOT_NULL = re.compile(r"NOT NULL constraint failed: (?P<column>[\w.]+)")
_INDEX = re.compile(r"index '(?P<name>\w+)'")

_UNIQUE_COLUMNS = unique_columns()
_TRIGGERS = frozenset(schema.TRIGGERS + books_schema.TRIGGERS)


class InvariantViolation(AssertionError):
    """A commit would have broken an invariant of the schema (or its own rules): a bug in the code that made it.

    Nothing was written. It must never be caught and retried: the same unit would break the same rule again.
    `constraint` names the rule, e.g. `ck_attempt_refunded`, `ck_payment_terminal`.
    """

    def __init__(self, constraint: str, detail: str = "") -> None:
        super().__init__(f"{constraint}: {detail}" if detail else constraint)
        self.constraint = constraint


class SchemaMismatch(Exception):
    """The database was written by another version of PaySwitch than this one can read."""


class DatabaseInUse(StorageUnavailable):
    """Another service writes this file already."""

    def __init__(self, holder: str) -> None:
        """`holder` is its process id, empty when that is not known."""
        super().__init__(
            f"in use by another service (process {holder or '?'}): end that one, or give this one its own database / "
            f"数据库正被另一个服务使用（进程 {holder or '?'}），请先停止它，或为本服务指定另一个数据库文件"
        )


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
    if message in _TRIGGERS:
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
