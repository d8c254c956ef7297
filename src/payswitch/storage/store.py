"""The store as the service sees it, whichever database is behind it."""

from __future__ import annotations

from abc import abstractmethod
from types import TracebackType
from typing import Self

from payswitch.domain.managed_channel import StoredChannels
from payswitch.kit.clock import Clock
from payswitch.storage.commit_meter import CommitMeter
from payswitch.storage.store_alerts import AlertStore
from payswitch.storage.store_bills import BillStore
from payswitch.storage.store_books import BookStore
from payswitch.storage.store_channels import ChannelStore
from payswitch.storage.store_desk import DeskStore
from payswitch.storage.store_history import HistoryStore
from payswitch.storage.store_payments import PaymentStore
from payswitch.storage.store_people import PeopleStore
from payswitch.storage.store_policies import PolicyStore
from payswitch.storage.store_reports import ReportStore


class DatabaseStore(
    PaymentStore,
    ChannelStore,
    PolicyStore,
    BookStore,
    BillStore,
    HistoryStore,
    ReportStore,
    PeopleStore,
    AlertStore,
    DeskStore,
):
    """Implements `services.ports.Store`, `ChannelStore` and `PolicyStore`; `SqliteStore` and `PostgresStore` say how
    scripts are run. Open it in the event loop that uses it."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self.commits = CommitMeter(clock)
        """Whoever wants to know how commits go sets its `hear` before `open()`."""

    @property
    def shared(self) -> bool:
        """See `services.ports.Store.shared`."""
        return True

    @property
    @abstractmethod
    def place(self) -> str:
        """Which database this is, for messages: a path, or an address without its password."""

    @abstractmethod
    async def prepare(self) -> None:
        """Make sure that the database can be used and has the schema. `open()` does it where it was not done before; a
        service does it first, so that what is wrong is told before anything else starts.

        Raises StorageUnavailable (DatabaseInUse is one) or SchemaMismatch.
        """

    @abstractmethod
    async def look_at_channels(self) -> StoredChannels:
        """The admin-managed channels with all versions of their keys, and what is disabled of the file, read before
        anything else is open: a service that cannot open them should say so before it listens."""

    @abstractmethod
    async def open(self) -> None:
        """Prepare the database and make it ready. Raises as `prepare` does."""

    @abstractmethod
    async def aclose(self) -> None:
        """Finish every accepted commit, leave running reads a moment, let go of the database. May be called twice."""

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
