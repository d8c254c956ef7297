"""What can be wrong with a database or a commit, beside what `domain.changes` says: the same words for every database.

How each driver's errors become these stands in `sqlite/errors.py` and `postgres/errors.py`.
"""

from __future__ import annotations

from payswitch.domain.changes import StorageUnavailable


class InvariantViolation(AssertionError):
    """A commit would have broken an invariant of the schema (or its own rules): a bug in the code that made it.

    Nothing was written. It must never be caught and retried: the same unit would break the same rule again.
    `constraint` names the rule, e.g. `ck_attempt_refunded`, `ck_payment_terminal`.
    """

    def __init__(self, constraint: str, detail: str = "") -> None:
        super().__init__(f"{constraint}: {detail}" if detail else constraint)
        self.constraint = constraint


class SchemaMismatch(Exception):
    """The database was written by another version of PaySwitch than this one can read."""


class DatabaseInUse(StorageUnavailable):
    """Another service writes this file already."""

    def __init__(self, holder: str) -> None:
        """`holder` is its process id, empty when that is not known."""
        super().__init__(
            f"in use by another service (process {holder or '?'}): end that one, or give this one its own database / "
            f"数据库正被另一个服务使用（进程 {holder or '?'}），请先停止它，或为本服务指定另一个数据库文件"
        )
