"""How PostgreSQL is reached, and what it is told at the beginning of every session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import asyncpg

from payswitch.storage.postgres.errors import TROUBLE, cannot_connect

Connection: TypeAlias = Any
"""asyncpg's, its own or one of the pool. (It comes without types.)"""
Pool: TypeAlias = Any

POOL_SIZE: Final = 8
"""Connections for everything but group commits. A quick read holds one for less than a millisecond, so that a process
that serves a thousand payments a second has about one in use; PostgreSQL's own default allows 100 in all."""
STATEMENT_TIMEOUT_MS: Final = 10_000
"""Longest a statement may take. Those of a payment take less than a millisecond: one that takes seconds waits for a
lock that somebody forgot, and holding on to it would stop every payment behind it."""
LOCK_TIMEOUT_MS: Final = 5_000
"""Longest a statement may wait for somebody else's lock: as long as SQLite waits for its write lock."""
IDLE_TIMEOUT_MS: Final = 30_000
"""Longest a transaction may stand still. Ours never wait for anything but the database: one that does is of a process
that hangs, and its locks must not outlive it."""
AUDIT_TIMEOUT_MS: Final = 120_000
"""Longest a list or an audit may take. They read much and hold no locks."""
CONNECT_TIMEOUT_S: Final = 10.0
PATIENCE_S: Final = 5.0
"""How much longer than the statement's own limit to wait for an answer from a server that may have vanished."""

Connect: TypeAlias = Callable[[], Awaitable[Connection]]


def session(timeout_ms: int) -> dict[str, str]:
    """What every session is told. An acknowledged payment survives a power cut only with `synchronous_commit`, which
    a database or a role may have switched off."""
    return {
        "application_name": "payswitch",
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "statement_timeout": str(timeout_ms),
        "lock_timeout": str(min(LOCK_TIMEOUT_MS, timeout_ms)),
        "idle_in_transaction_session_timeout": str(IDLE_TIMEOUT_MS),
        "timezone": "UTC",
    }


def _arguments(timeout_ms: int) -> dict[str, Any]:
    return {
        "timeout": CONNECT_TIMEOUT_S,
        "command_timeout": timeout_ms / 1_000 + PATIENCE_S,
        # Statements are few and stay prepared for ever.
        "statement_cache_size": 256,
        "max_cached_statement_lifetime": 0,
        "server_settings": session(timeout_ms),
    }


async def connect(address: str, timeout_ms: int = STATEMENT_TIMEOUT_MS) -> Connection:
    """One connection. Raises StorageUnavailable that says what is wrong and how to mend it."""
    try:
        return await asyncpg.connect(address, **_arguments(timeout_ms))
    except TROUBLE as error:
        raise cannot_connect(address, error) from error


async def open_pool(address: str, size: int, timeout_ms: int) -> Pool:
    """A pool that begins with one connection and grows when there is work. Raises as `connect` does."""
    try:
        return await asyncpg.create_pool(address, min_size=1, max_size=size, reset=_leave, **_arguments(timeout_ms))
    except TROUBLE as error:
        raise cannot_connect(address, error) from error


async def _leave(connection: Connection) -> None:
    """Nothing to undo when a connection goes back: no session of ours sets, locks or listens beyond its transaction.
    The default would ask the server after every read."""
