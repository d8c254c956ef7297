"""Bring a SQLite file to the newest revision, at every start: nobody else writes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from payswitch.storage.migrations.upgrade import HEAD, run_revisions


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
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The lock comes first: of two processes that start together, the second finds the work done.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            run_revisions(connection, str(path))
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
    return True
