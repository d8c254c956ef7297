"""Bring a database to the newest revision, at every start. Alembic (0.9 s to import) is loaded only when needed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payswitch.storage.errors import SchemaMismatch

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0009"
"""The newest revision in `versions/` (a test holds it to that)."""


def stored_revision(path: Path) -> str | None:
    """The revision of the database at `path`; None for a new file."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return None
            raise
    return None if row is None else str(row[0])


def upgrade(path: Path) -> bool:
    """Apply what is missing, in one transaction; False when there was nothing to do.

    Raises SchemaMismatch for a database that a newer PaySwitch has written: going on would lose what it knows.
    """
    if stored_revision(path) == HEAD:
        return False
    _run_alembic(path)
    return True


def alembic_config() -> Config:
    """Alembic's configuration, made here instead of in an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def _run_alembic(path: Path) -> None:
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy import NullPool, create_engine

    config = alembic_config()
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The lock comes first: of two processes that start together, the second finds the work done.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            connection.exec_driver_sql("ROLLBACK")
            raise SchemaMismatch(
                f"the database {path} was written by another version of PaySwitch ({error}); start that version, or "
                f"another database file / 数据库由其他版本的 PaySwitch 写入，请使用对应版本或另一个数据库文件"
            ) from error
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
