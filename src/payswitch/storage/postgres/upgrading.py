"""Bring a PostgreSQL database to the newest revision: an empty one at the first start, another one when told to.

A service does not upgrade a schema that is in use: others may be working with it, and two versions of PaySwitch on one
schema is nothing that anybody has tested.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from payswitch.domain.changes import StorageUnavailable
from payswitch.kit.durations import HOUR_MS
from payswitch.storage.addresses import shown
from payswitch.storage.errors import SchemaMismatch
from payswitch.storage.migrations.upgrade import HEAD, another_version, known_revisions, run_revisions
from payswitch.storage.postgres.connections import Connection, connect
from payswitch.storage.postgres.errors import TROUBLE, unavailable

UPGRADE_LOCK: Final = 0x70617973_77697463
"""Key of the advisory lock that an upgrade holds ("payswitc"): of two that begin together, the second finds the work
done."""
UPGRADE_TIMEOUT_MS: Final = HOUR_MS
"""An upgrade may rewrite a table of years."""


async def stored_revision(address: str) -> str | None:
    """The revision of the database; None for one without our tables. Raises StorageUnavailable."""
    connection = await connect(address)
    try:
        return await _revision(connection)
    except TROUBLE as error:
        raise unavailable(error) from error
    finally:
        connection.terminate()


async def _revision(connection: Connection) -> str | None:
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise StorageUnavailable(
            f"the database stores text as {encoding}, which cannot hold every name: make one with `createdb --encoding "
            "UTF8 --template template0` / 数据库编码须为 UTF8"
        )
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found = await connection.fetchval("SELECT version_num FROM alembic_version")
    return None if found is None else str(found)


async def require_newest(address: str) -> None:
    """Make the schema in an empty database. Raises SchemaMismatch for one of another version, StorageUnavailable."""
    stored = await stored_revision(address)
    if stored == HEAD:
        return
    if stored is None:
        await upgrade(address)
        return
    if stored not in known_revisions():
        raise another_version(shown(address), f"its schema is {stored}, this version knows up to {HEAD}")
    raise SchemaMismatch(
        f"the database {shown(address)} has an older schema ({stored}, needed: {HEAD}): stop every service on it, "
        "back it up, then run `payswitch db upgrade` / 数据库结构较旧，请停止所有服务并备份后运行 payswitch db upgrade"
    )


async def upgrade(address: str) -> bool:
    """Apply what is missing, in one transaction; False when there was nothing to do. Raises SchemaMismatch for a
    database that a newer PaySwitch has written, StorageUnavailable when it cannot be done now."""
    if await stored_revision(address) == HEAD:
        return False
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: connect(address, UPGRADE_TIMEOUT_MS)
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            await connection.run_sync(run_revisions, shown(address))
    except DBAPIError as error:
        cause = error.orig.__cause__ if error.orig is not None else None
        if isinstance(cause, asyncpg.InsufficientPrivilegeError):
            raise StorageUnavailable(
                f"this user may not make tables there ({cause}): let it own the database or its schema / "
                "该用户无权建表，请授予数据库或模式的所有权"
            ) from error
        raise unavailable(cause or error) from error
    finally:
        await engine.dispose()
    return True
