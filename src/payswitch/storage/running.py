"""What a database must be able to do for the store: run scripts. SQLite and PostgreSQL each have their own way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from payswitch.domain.changes import Changes
from payswitch.storage.codec import RowCodec
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import Script, Unit, decoded

T = TypeVar("T")


class ScriptRunner(ABC):
    """Runs scripts against one open database. All of it raises StorageUnavailable when there is no answer."""

    @abstractmethod
    async def commit(self, changes: Changes) -> None:
        """See `services.ports.Store.commit`. Besides: InvariantViolation for a unit that breaks a rule (a bug)."""

    @abstractmethod
    async def write(self, unit: Unit[T]) -> T:
        """The unit's result, once what it wrote is on disk. On its own error nothing of it was written. It may be run
        more than once, each time from the beginning."""

    @abstractmethod
    async def look(self, script: Script[T], *, snapshot: bool = False) -> T:
        """Read a handful of rows through an index. `snapshot`: several statements that must see the same moment."""

    @abstractmethod
    async def read(self, script: Script[T], *, snapshot: bool = False) -> T:
        """Read what may be much (lists, audits) without keeping anybody else waiting."""

    async def _rows(self, codec: RowCodec[T], statement: Prepared, **values: Any) -> list[T]:
        return await self.look(decoded(codec, statement, **values))

    async def _row(self, codec: RowCodec[T], statement: Prepared, **values: Any) -> T | None:
        found = await self.look(decoded(codec, statement, **values))
        return found[0] if found else None
