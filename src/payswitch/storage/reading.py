"""Reading a database that a service may be writing meanwhile: for commands that change nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from payswitch.domain.audit import AuditReport
from payswitch.domain.changes import StorageUnavailable
from payswitch.storage import auditor
from payswitch.storage.errors import SchemaMismatch
from payswitch.storage.migrations.upgrade import HEAD, stored_revision
from payswitch.storage.sqlite.connections import connect_reader
from payswitch.storage.sqlite.errors import unavailable
from payswitch.storage.sqlite.running import run_script


def audit_database(path: Path, *, now_ms: int, since_ms: int) -> AuditReport:
    """All checks in one snapshot of the file. Raises StorageUnavailable, or SchemaMismatch for a file of another
    version: its service must be started once, which brings it up to date."""
    if not path.is_file():
        raise StorageUnavailable(f"{path}: there is no such file / 文件不存在")
    try:
        revision = stored_revision(path)
        if revision != HEAD:
            raise SchemaMismatch(
                f"{path} has schema {revision or 'none'}, this version needs {HEAD}: start the service once / "
                "数据库版本不符，请先启动一次服务"
            )
        with closing(connect_reader(path)) as connection:
            cursor = connection.cursor()
            cursor.execute("BEGIN")
            return run_script(cursor, auditor.audit(now_ms=now_ms, since_ms=since_ms, in_time=True))
    except sqlite3.Error as error:
        raise unavailable(error) from error
