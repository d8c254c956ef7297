"""Empty PostgreSQL databases for the runs of a drill: made before, dropped after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import typer

from payswitch.domain.changes import StorageUnavailable
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, database_option, fail, run_async
from payswitch.storage.addresses import is_postgres, shown


@contextmanager
def databases_for(runs: Sequence[str], database: str | None, *, keep: bool) -> Iterator[Mapping[str, str]]:
    """One for each run, on the server that `database` names; without a name none: the runs use files of their own."""
    if database is None:
        yield {}
        return
    server = database_option(database)
    if not is_postgres(server):
        fail(
            BAD_INPUT,
            "--database: must be a postgresql:// server; SQLite files the drill makes itself / 须为 PostgreSQL",
        )
    from payswitch.storage.postgres.scratch import create_scratch, drop_scratch

    made: dict[str, str] = {}
    try:
        for run in runs:
            made[run] = run_async(lambda: create_scratch(server))
        yield made
    except StorageUnavailable as error:
        fail(CANNOT_RUN, f"the drill cannot use {shown(server)} / 演练无法使用该数据库", [str(error)])
    finally:
        for run, address in made.items():
            if keep:
                typer.echo(f"kept / 保留: {run}: {shown(address)}", err=True)
            else:
                run_async(lambda address=address: drop_scratch(server, address))  # type: ignore[misc]
