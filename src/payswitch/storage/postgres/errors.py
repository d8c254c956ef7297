"""PostgreSQL's and asyncpg's errors in PaySwitch's words. Their details name values of rows, and are never repeated."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

import asyncpg

from payswitch.domain.changes import StorageUnavailable, UniqueViolation
from payswitch.storage.addresses import shown
from payswitch.storage.errors import InvariantViolation

TROUBLE: Final = (
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
    *(OSError, TimeoutError, EOFError),
)
"""Everything that a statement or a connection can fail with."""
AGAIN: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""The server took the whole transaction back because of somebody else's: the same work may be begun anew at once."""


def rule_broken(error: BaseException) -> UniqueViolation | InvariantViolation | None:
    """The named rule that a unit's own statement met; None when it was not the unit's fault."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return UniqueViolation(error.constraint_name or "unique")
    if isinstance(error, asyncpg.NotNullViolationError):
        return InvariantViolation("not_null", f"{error.table_name}.{error.column_name}")
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return InvariantViolation("foreign_key", "a row refers to one that does not exist")
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return InvariantViolation(error.constraint_name or "integrity")
    if isinstance(error, asyncpg.DataError | UnicodeError | OverflowError):
        # Of the server (class 22), or of asyncpg before anything was sent; both may quote the value.
        return InvariantViolation("unstorable_value", type(error).__name__)
    return None


def unavailable(error: BaseException) -> StorageUnavailable:
    """No answer, or one that is nobody's fault here: a timeout, a shutdown, a full disk, a lost connection."""
    return StorageUnavailable(f"the database could not be used just now ({_named(error)})")


def _named(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None)
    message = getattr(error, "message", None) or str(error)
    name = type(error).__name__ + (f" {state}" if state else "")
    return f"{name}: {message}" if message else name


def cannot_connect(address: str, error: BaseException) -> StorageUnavailable:
    """Why there is no connection, and what to do about it."""
    return StorageUnavailable(_advice(address, error))


def _advice(address: str, error: BaseException) -> str:
    parts = urlsplit(shown(address))
    database = unquote(parts.path.strip("/"))
    if isinstance(error, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return (
            f"the server does not let this user in ({_named(error)}): check user and password in the address, "
            "PGPASSWORD or ~/.pgpass, and the server's pg_hba.conf / 用户名或密码错误，或服务器不允许该用户连接"
        )
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return (
            f"there is no database {database!r} on this server: create it with `createdb --encoding UTF8 {database}` / "
            f"数据库 {database} 不存在，请先创建"
        )
    if isinstance(error, asyncpg.TooManyConnectionsError):
        return (
            f"the server has no connection left ({_named(error)}): raise its max_connections or lower "
            "[service] database_pool / 服务器连接数已满，请调大 max_connections 或调小 database_pool"
        )
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return f"the server refused the connection ({_named(error)}) / 服务器拒绝连接"
    return (
        f"no PostgreSQL server answers there ({_named(error)}): is it running, are host and port right? / "
        "无法连接 PostgreSQL 服务器，请检查是否已启动、主机与端口是否正确"
    )
