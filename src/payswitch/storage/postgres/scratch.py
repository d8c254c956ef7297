"""Databases that live for one drill."""

from __future__ import annotations

import secrets

from payswitch.storage.postgres.connections import connect
from payswitch.storage.postgres.errors import TROUBLE, unavailable

PREFIX = "payswitch_scratch_"


async def create_scratch(server: str) -> str:
    """A new, empty database beside the one that `server` names; its address. Raises StorageUnavailable, e.g. when the
    user may not create databases."""
    name = PREFIX + secrets.token_hex(6)
    await _run(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    base, question, options = server.partition("?")
    return base[: base.index("/", base.index("://") + 3)] + f"/{name}" + question + options


async def drop_scratch(server: str, address: str) -> None:
    """Drop what `create_scratch` made, and nothing else."""
    name = address.partition("?")[0].rpartition("/")[2]
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is no database that a drill made")
    await _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _run(server: str, statement: str) -> None:
    connection = await connect(server)
    try:
        await connection.execute(statement)
    except TROUBLE as error:
        raise unavailable(error) from error
    finally:
        await connection.close()
