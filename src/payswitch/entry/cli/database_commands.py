"""`payswitch db check` and `payswitch db upgrade`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import typer

from payswitch.domain.changes import StorageUnavailable
from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import CANNOT_RUN, database_option, fail, run_async
from payswitch.storage.addresses import shown
from payswitch.storage.databases import SchemaState, schema_state, upgrade_schema
from payswitch.storage.errors import SchemaMismatch

T = TypeVar("T")

MUST_UPGRADE = 1


def run_check(*, config: Path, database: str | None) -> None:
    """Say which schema there is and which is needed."""
    place = _database(config, database)
    state = _use(place, lambda: schema_state(place))
    _tell(place, state)
    if state.stored != state.needed:
        typer.echo("run `payswitch db upgrade` / 请运行 payswitch db upgrade")
        raise typer.Exit(MUST_UPGRADE)


def run_upgrade(*, config: Path, database: str | None) -> None:
    """Bring it there, or say that it is there."""
    place = _database(config, database)
    before = _use(place, lambda: schema_state(place))
    _use(place, lambda: upgrade_schema(place))
    _tell(place, before)
    done = before.stored != before.needed
    typer.echo(f"now {before.needed} / 已升级到 {before.needed}" if done else "nothing to do / 无需升级")


def _database(config: Path, database: str | None) -> str:
    return load_or_fail(config).database if database is None else database_option(database)


def _use(place: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return run_async(work)
    except (StorageUnavailable, SchemaMismatch) as error:
        fail(CANNOT_RUN, f"the database cannot be used / 数据库无法使用: {shown(place)}", [str(error)])


def _tell(place: str, state: SchemaState) -> None:
    stored = state.stored or "empty / 空库"
    typer.echo(f"{shown(place)}\n  schema / 结构版本   {stored}\n  needed / 所需版本   {state.needed}")
