"""One service per database file: breakers, daily caps and running launches live in the process that writes it.

Two of them would each sweep, deliver and count for themselves. The kernel frees the lock with the process, `kill -9`
included, so that nobody ever has to tidy up after a crash.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from payswitch.storage.errors import DatabaseInUse

SUFFIX = ".lock"
_LONGEST_PID = 20


class SoleWriter:
    """Holds an advisory lock on `<database>.lock`, which says who the holder is. The file itself means nothing and
    stays: to remove it would let two processes lock two files of one name.

    Not on the database itself: closing any second descriptor of that file would drop SQLite's own locks.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def of(cls, database: Path) -> Self:
        """Take the lock. Raises DatabaseInUse when another process (or another store of this one) has it, OSError when
        the file cannot be made."""
        real = database.resolve()
        path = real.with_name(real.name + SUFFIX)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, _LONGEST_PID, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise DatabaseInUse(holder) from None
        except OSError:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Let the next one in. May be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
