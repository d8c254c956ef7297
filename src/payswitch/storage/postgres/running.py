"""Runs a script over a connection to PostgreSQL: every statement is one question over the network."""

from __future__ import annotations

from typing import TypeVar

from payswitch.storage.postgres.connections import Connection
from payswitch.storage.scripts import Answer, Ask, AskEach, Script

T = TypeVar("T")


async def run_script(connection: Connection, script: Script[T], *, timeout_s: float | None = None) -> T:
    """The script's result. Raises asyncpg's errors, or what the script raises."""
    try:
        ask = next(script)
        while True:
            ask = script.send(await _answer(connection, ask, timeout_s))
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        script.close()


async def _answer(connection: Connection, ask: Ask, timeout_s: float | None) -> Answer:
    compiled = ask.statement.postgres
    if isinstance(ask, AskEach):
        await connection.executemany(compiled.sql, [compiled.bind(given) for given in ask.given], timeout=timeout_s)
        return Answer((), -1)
    given = compiled.bind(ask.given)
    if compiled.gives_rows:
        found = await connection.fetch(compiled.sql, *given, timeout=timeout_s)
        return Answer(found, len(found))
    status = await connection.execute(compiled.sql, *given, timeout=timeout_s)
    return Answer((), int(status.rpartition(" ")[2]))
