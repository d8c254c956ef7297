"""`payswitch db`: the database's schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_db = typer.Typer(
    help="数据库: is it there, has it the schema of this version, and bring it there.", no_args_is_help=True
)

_Config = Annotated[Path, typer.Option(help="Configuration file (TOML), whose [service] database is meant. 配置文件")]
_Database = Annotated[
    str | None,
    typer.Option(help="Instead: a SQLite file, or postgresql://user@host/database. 数据库", metavar="FILE|URL"),
]


def register(app: typer.Typer) -> None:
    app.add_typer(_db, name="db", short_help="数据库: check the schema, or upgrade it")


@_db.command(short_help="检查: is the schema the one of this version?")
def check(config: _Config = Path("payswitch.toml"), database: _Database = None) -> None:
    """检查: can the database be used, and which schema has it? Changes nothing.

    Exit status 0: it can be used as it is; 1: it must be upgraded first; 3: it cannot be used.

    \b
    Examples / 示例:
      payswitch db check
      payswitch db check --database postgresql://payswitch@db.internal/payswitch
    """
    from payswitch.entry.cli.database_commands import run_check

    run_check(config=config, database=database)


@_db.command(short_help="升级: bring the schema to this version")
def upgrade(config: _Config = Path("payswitch.toml"), database: _Database = None) -> None:
    """升级: bring the schema to this version, in one transaction: all of it or nothing.

    A SQLite file is upgraded by the service itself at its start, a PostgreSQL database only here, because other
    services may be working with it: stop them, make a backup, run this, start the new version.

    \b
    Examples / 示例:
      payswitch db upgrade
      payswitch db upgrade --database postgresql://payswitch@db.internal/payswitch
    """
    from payswitch.entry.cli.database_commands import run_upgrade

    run_upgrade(config=config, database=database)
