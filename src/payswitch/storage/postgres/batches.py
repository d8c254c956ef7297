"""Many units as few messages: all rows that one statement writes go to the server together.

The units of a batch touch different payments, so that their order among each other means nothing. Payments come first,
in the order of their ids: whoever else writes them asks for the same locks in the same order, and nobody waits in a
circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from payswitch.storage.postgres.connections import Connection
from payswitch.storage.prepared import PreparedUpdate
from payswitch.storage.write_statements import INSERT_ORDER, UPDATE_ORDER, UPDATE_PAYMENT, EncodedUnit

Placed = tuple[int, Sequence[Any]]
"""Which unit of the batch a row belongs to, and the row."""


class Missed(Exception):
    """Some updates met no row: these units must be asked one by one why. Nothing of the batch may stay."""

    def __init__(self, units: set[int]) -> None:
        super().__init__(f"{len(units)} units")
        self.units = units


async def apply_together(connection: Connection, units: Sequence[EncodedUnit]) -> None:
    """Write all units inside the open transaction. Raises Missed, or asyncpg's error for whichever row met it first;
    the caller takes everything back then."""
    payments = [(i, row) for i, unit in enumerate(units) for row in unit.payments]
    await _update(connection, UPDATE_PAYMENT, sorted(payments, key=lambda placed: str(placed[1][0])))
    for insert in INSERT_ORDER:
        rows = [row for unit in units for statement, row in unit.inserts if statement is insert]
        if rows:
            await connection.executemany(insert.postgres.sql, [insert.postgres.bind(row) for row in rows])
    for update in UPDATE_ORDER:
        placed = [(i, row) for i, unit in enumerate(units) for statement, row, _ in unit.updates if statement is update]
        await _update(connection, update, placed)


async def _update(connection: Connection, update: PreparedUpdate, placed: Iterable[Placed]) -> None:
    wanted = list(placed)
    if not wanted:
        return
    compiled = update.postgres
    met = await connection.fetchmany(compiled.sql, [compiled.bind(row) for _, row in wanted])
    if len(met) < len(wanted):
        keys = {record[0] for record in met}
        missed = {i for i, row in wanted if row[update.key_position] not in keys}
        raise Missed(missed or {i for i, _ in wanted})
