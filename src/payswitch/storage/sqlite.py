"""The store on one SQLite file: what `services.ports.Store` asks for, and a little more for start and audits."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.changes import Changes, IdempotencyRecord, StorageUnavailable
from payswitch.domain.channel import Channel
from payswitch.domain.events import Event
from payswitch.domain.managed_channel import AuditEntry, ChannelChange, ManagedChannel, SealedCredential
from payswitch.domain.payment import Attempt, Decision, Incident, Payment, PaymentFile, PaymentState, Refund, Shop
from payswitch.domain.policy_record import PolicyActivation, PolicyChange, PolicyScope, PolicyVersion, ResolvedPolicy
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.kit.clock import Clock
from payswitch.storage import agreements, audit, directory, managed_channels, outbox, policies, sweep_claims
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.connections import connect_reader, connect_writer, create_private
from payswitch.storage.errors import unavailable
from payswitch.storage.group_commit import GroupCommit
from payswitch.storage.migrations.upgrade import upgrade
from payswitch.storage.prepared import Prepared
from payswitch.storage.readers import QuickReader, ReaderPool
from payswitch.storage.sole_writer import SoleWriter
from payswitch.storage.unwatched import unwatched
from payswitch.storage.write_statements import (
    ATTEMPT,
    DECISION,
    EVENT,
    IDEMPOTENCY,
    INCIDENT,
    PAYMENT,
    REFUND,
    EncodedUnit,
)

T = TypeVar("T")

READERS = 2
"""Read threads, for lists and audits. More threads than cores only fight for the interpreter."""


class SqliteStore:
    """Payments and all that belongs to them in one SQLite file, safe against `kill -9` and power cuts.

    One writer thread with group commit, readers beside it. Open it in the event loop that uses it; other
    processes may read the file meanwhile, but only one store writes it: a second one is refused.
    """

    def __init__(self, path: str | Path, *, clock: Clock, readers: int = READERS) -> None:
        self.path = Path(path)
        self._clock = clock
        self._reader_count = readers
        self._sole_writer: SoleWriter | None = None
        self._writer: GroupCommit | None = None
        self._quick: QuickReader | None = None
        self._readers: ReaderPool | None = None
        self._directory = directory.ShopDirectory((), {})

    def prepare(self) -> None:
        """Take the file for this process and bring it to the newest schema. `open()` does it where it was not done
        before; a service does it first, so that what is wrong with the file is told before anything else starts.

        Raises DatabaseInUse, SchemaMismatch for a file of a newer PaySwitch, StorageUnavailable when it cannot be used.
        """
        if self._sole_writer is not None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._sole_writer = SoleWriter.of(self.path)
            create_private(self.path)
            upgrade(self.path)
        except (sqlite3.Error, OSError) as error:
            self._let_go()
            raise unavailable(error) from error
        except BaseException:
            self._let_go()
            raise

    def look_at_channels(self) -> tuple[list[ManagedChannel], list[SealedCredential]]:
        """The admin-managed channels with all versions of their keys, read before anything else is open: a service
        that cannot open them should say so before it listens."""
        self.prepare()
        try:
            with closing(connect_reader(self.path)) as connection:
                cursor = connection.cursor()
                return (
                    _decoded(cursor, managed_channels.MANAGED_CHANNEL, reads.MANAGED_CHANNELS),
                    _decoded(cursor, managed_channels.CREDENTIAL, reads.ALL_CREDENTIALS),
                )
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def open(self) -> None:
        """Prepare the file and make it ready. Raises as `prepare` does."""
        try:
            connection = await asyncio.to_thread(self._connect)
            self._writer = GroupCommit(connection)
            self._quick = QuickReader(self.path)
            self._readers = ReaderPool(self.path, self._reader_count)
        except (sqlite3.Error, OSError) as error:
            await self.aclose()
            raise unavailable(error) from error
        self._directory = self._quick.run_snapshot(directory.read_directory)

    def _connect(self) -> sqlite3.Connection:
        self.prepare()
        connection = connect_writer(self.path)
        # Whoever held a claim in this file is dead: only one process writes it, and now it is this one.
        connection.execute(sweep_claims.FORGET_ALL.sql)
        return connection

    def _let_go(self) -> None:
        if self._sole_writer is not None:
            self._sole_writer.release()
            self._sole_writer = None

    async def aclose(self) -> None:
        """Finish every accepted commit and running read, then let go of the file. May be called twice."""
        quick, readers, writer = self._quick, self._readers, self._writer
        self._quick = self._readers = self._writer = None
        if quick is not None:
            quick.close()
        if readers is not None:
            await readers.aclose()
        if writer is not None:
            # Last: the last connection to close folds the write-ahead log into the file, and a reader could not.
            await writer.aclose()
        self._let_go()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # --- writing -----------------------------------------------------------------------------------------------

    async def commit(self, changes: Changes) -> None:
        """See `services.ports.Store.commit`. Besides: InvariantViolation for a unit that breaks a rule (a bug)."""
        unit = EncodedUnit(changes)
        await self._write().run(unit.apply)

    async def claim_payments(self, now_ms: int, lease_ms: int, limit: int, holder: str) -> Sequence[str]:
        """See `services.ports.Store.claim_payments`. Most rounds find nothing due, and then nothing is written."""
        if not self._look().run(lambda cursor: sweep_claims.is_anything_due(cursor, now_ms)):
            return []
        return await self._write().run(lambda cursor: sweep_claims.claim(cursor, now_ms, lease_ms, limit, holder))

    async def release_payments(self, holder: str, until_ms: Mapping[str, int | None]) -> None:
        await self._write().run(lambda cursor: sweep_claims.release(cursor, holder, until_ms))

    async def claim_events(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Event]:
        return await self._write().run(lambda cursor: outbox.claim(cursor, now_ms, lease_ms, limit))

    async def save_delivery(self, event: Event) -> None:
        await self._write().run(lambda cursor: outbox.save_delivery(cursor, event))

    async def save_shop(self, shop: Shop, key_fingerprints: Collection[str]) -> None:
        """Write a shop from the configuration. Exactly these keys are valid afterwards: its others are revoked."""
        now_ms = self._clock.now_ms()
        self._directory = await self._write().run(
            lambda cursor: directory.save_shop(cursor, shop, key_fingerprints, now_ms)
        )

    async def set_shops(self, shops_and_keys: Collection[tuple[Shop, Collection[str]]]) -> None:
        """The shops of the configuration with their keys, all or nothing; the keys of every other shop are revoked."""
        now_ms = self._clock.now_ms()
        self._directory = await self._write().run(lambda cursor: directory.set_shops(cursor, shops_and_keys, now_ms))

    async def save_channel(self, channel: Channel) -> None:
        """Remember this version of a channel, without credentials, so that history can name it for ever."""
        await self._write().run(lambda cursor: directory.save_channel(cursor, channel))

    async def commit_channel(self, change: ChannelChange) -> None:
        """See `services.ports.ChannelStore.commit_channel`."""
        await self._write().run(lambda cursor: managed_channels.apply_change(cursor, change))

    async def reseal(self, renewed: Sequence[tuple[str, SealedCredential]]) -> None:
        """The same credentials under another master key, all or nothing; each with the key id that it had."""
        await self._write().run(lambda cursor: managed_channels.reseal(cursor, renewed))

    # --- policies ----------------------------------------------------------------------------------------------

    async def add_policy(self, version: PolicyVersion) -> None:
        await self._write().run(lambda cursor: policies.add(cursor, version))

    async def activate_policy(self, change: PolicyChange) -> None:
        """See `services.ports.PolicyStore.activate_policy`."""
        await self._write().run(lambda cursor: policies.activate(cursor, change))

    async def save_resolved(self, policy: ResolvedPolicy) -> None:
        await self._write().run(lambda cursor: policies.save_resolved(cursor, [policy]))

    async def policies(self, merchant_id: str) -> Sequence[PolicyVersion]:
        return self._rows(policies.POLICY, reads.POLICIES_OF, merchant_id=merchant_id)

    async def policy(self, policy_id: str) -> PolicyVersion | None:
        found = self._rows(policies.POLICY, reads.POLICY_BY_ID, policy_id=policy_id)
        return found[0] if found else None

    async def policy_activations(self, merchant_id: str) -> Sequence[PolicyActivation]:
        return self._rows(policies.ACTIVATION, reads.ACTIVATIONS_OF, merchant_id=merchant_id)

    async def resolved_policy(self, policy_version: str) -> ResolvedPolicy | None:
        found = self._rows(policies.RESOLVED, reads.RESOLVED_POLICY, policy_version=policy_version)
        return found[0] if found else None

    async def newest_decisions(self, since_ms: int, most: int) -> tuple[tuple[int, str], int]:
        return await self._read().run_snapshot(lambda cursor: policies.first_place(cursor, since_ms, most))

    async def recorded_decisions(
        self, scope: PolicyScope, place: tuple[int, str], limit: int
    ) -> tuple[Sequence[RecordedDecision], tuple[int, str] | None]:
        return await self._read().run_snapshot(
            lambda cursor: policies.recorded(cursor, place, limit, scope.merchant_id, scope.shop_id)
        )

    # --- signed cards -----------------------------------------------------------------------------------------

    async def save_agreement(self, agreement: Agreement) -> None:
        await self._write().run(lambda cursor: agreements.save(cursor, agreement))

    async def update_agreement(self, agreement: Agreement, was: AgreementState) -> bool:
        return await self._write().run(lambda cursor: agreements.replace(cursor, agreement, was))

    async def agreement(self, agreement_id: str) -> Agreement | None:
        found = self._rows(agreements.AGREEMENT, reads.AGREEMENT_BY_ID, agreement_id=agreement_id)
        return found[0] if found else None

    async def agreements_of(self, shop_id: str, customer_id: str) -> Sequence[Agreement]:
        return self._rows(agreements.AGREEMENT, reads.AGREEMENTS_OF, shop_id=shop_id, customer_id=customer_id)

    # --- one payment -------------------------------------------------------------------------------------------

    async def payment_file(self, payment_id: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_ID, payment_id=payment_id)

    async def file_by_trade_no(self, shop_id: str, out_trade_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_TRADE_NO, shop_id=shop_id, out_trade_no=out_trade_no)

    async def file_by_checkout_token(self, token: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_CHECKOUT_TOKEN, token=token)

    async def file_by_order_no(self, channel_id: str, channel_order_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_ORDER_NO, channel_id=channel_id, channel_order_no=channel_order_no)

    async def file_by_refund_no(self, channel_id: str, out_refund_no: str) -> PaymentFile | None:
        return await self._file(reads.PAYMENT_BY_REFUND_NO, channel_id=channel_id, out_refund_no=out_refund_no)

    async def refund(self, refund_id: str) -> Refund | None:
        found = self._rows(REFUND, reads.REFUND_BY_ID, refund_id=refund_id)
        return found[0] if found else None

    async def open_refunds(self, merchant_id: str, limit: int) -> Sequence[Refund]:
        return await self._read().run(
            lambda cursor: _decoded(cursor, REFUND, reads.OPEN_REFUNDS, merchant_id=merchant_id, limit=limit)
        )

    async def event(self, event_id: str) -> Event | None:
        found = self._rows(EVENT, reads.EVENT_BY_ID, event_id=event_id)
        return found[0] if found else None

    async def decisions(self, payment_id: str) -> Sequence[Decision]:
        return self._rows(DECISION, reads.DECISIONS_OF, payment_id=payment_id)

    async def idempotency(self, shop_id: str, key: str) -> IdempotencyRecord | None:
        found = self._rows(IDEMPOTENCY, reads.IDEMPOTENCY, shop_id=shop_id, key=key)
        return found[0] if found else None

    # --- lists -------------------------------------------------------------------------------------------------

    async def list_payments(
        self, shop_id: str, *, state: PaymentState | None, before: str | None, limit: int
    ) -> Sequence[Payment]:
        def read(cursor: sqlite3.Cursor) -> list[Payment]:
            place: tuple[Any, ...] = (None, None)
            if before is not None:
                place = _first(cursor, reads.PAYMENT_PLACE, before=before, shop_id=shop_id) or ()
                if not place:
                    return []
            statement = reads.LIST_PAYMENTS[state, before is not None]
            return _decoded(
                cursor, PAYMENT, statement, shop_id=shop_id, place_ms=place[0], place_id=place[1], limit=limit
            )

        return await self._read().run_snapshot(read)

    async def list_events(
        self, shop_id: str, *, payment_id: str | None, before: str | None, limit: int
    ) -> Sequence[Event]:
        def read(cursor: sqlite3.Cursor) -> list[Event]:
            place: tuple[Any, ...] = (None, None, None)
            if before is not None:
                place = _first(cursor, reads.EVENT_PLACE, before=before, shop_id=shop_id) or ()
                if not place:
                    return []
            return _decoded(
                cursor,
                EVENT,
                reads.LIST_EVENTS[payment_id is not None, before is not None],
                shop_id=shop_id,
                payment_id=payment_id,
                place_ms=place[0],
                place_sequence=place[1],
                place_id=place[2],
                limit=limit,
            )

        return await self._read().run_snapshot(read)

    async def list_incidents(self, *, limit: int) -> Sequence[Incident]:
        return await self._read().run(lambda cursor: _decoded(cursor, INCIDENT, reads.LIST_INCIDENTS, limit=limit))

    async def received_since(self, since_ms: int) -> Mapping[str, int]:
        statement = reads.RECEIVED_SINCE
        parameters = statement.bind(since_ms=since_ms)

        def read(cursor: sqlite3.Cursor) -> dict[str, int]:
            return dict(cursor.execute(statement.sql, parameters).fetchall())

        return await self._read().run(read)

    async def has_paid(self, shop_id: str, customer_id: str) -> bool:
        statement = reads.HAS_PAID
        parameters = statement.bind(shop_id=shop_id, customer_id=customer_id)

        def read(cursor: sqlite3.Cursor) -> bool:
            return cursor.execute(statement.sql, parameters).fetchone() is not None

        return self._look().run(read)

    async def recent_attempts(self, since_id: str, limit: int) -> Sequence[Attempt]:
        statement = reads.RECENT_ATTEMPTS
        return await self._read().run(
            lambda cursor: _decoded(cursor, ATTEMPT, statement, since_id=since_id, limit=limit)
        )

    # --- shops, channels, audits -------------------------------------------------------------------------------

    async def shops(self) -> Sequence[Shop]:
        return self._directory.shops

    async def shop_of_key(self, key_fingerprint: str) -> Shop | None:
        return self._directory.shop_by_key.get(key_fingerprint)

    async def channels(self) -> Sequence[Channel]:
        """Every version of every channel that was ever saved."""
        return await self._read().run(directory.read_channels)

    async def managed_channels(self) -> Sequence[ManagedChannel]:
        return self._rows(managed_channels.MANAGED_CHANNEL, reads.MANAGED_CHANNELS)

    async def managed_channel(self, channel_id: str) -> ManagedChannel | None:
        found = self._rows(managed_channels.MANAGED_CHANNEL, reads.MANAGED_CHANNEL_BY_ID, channel_id=channel_id)
        return found[0] if found else None

    async def credentials(self, channel_id: str | None = None) -> Sequence[SealedCredential]:
        """All versions of one channel, or of every channel; oldest first."""
        if channel_id is None:
            return self._rows(managed_channels.CREDENTIAL, reads.ALL_CREDENTIALS)
        return self._rows(managed_channels.CREDENTIAL, reads.CREDENTIALS_OF, channel_id=channel_id)

    async def audit_entries(self, channel_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """Newest first."""
        return self._rows(managed_channels.AUDIT_ENTRY, reads.AUDIT_OF, channel_id=channel_id, limit=limit)

    async def counts(self) -> audit.Counts:
        """The whole database counted in one snapshot. Reads everything: for audits and reports."""
        return await self._read().run_snapshot(audit.count_all)

    async def unwatched(self) -> Sequence[tuple[str, str]]:
        """(table, id) of what has not ended and has no due time. Reads whole tables; must always be empty."""
        return await self._read().run(unwatched)

    # --- inside ------------------------------------------------------------------------------------------------

    async def _file(self, find: Prepared, **names: str) -> PaymentFile | None:
        parameters = find.bind(**names)

        def read(cursor: sqlite3.Cursor) -> PaymentFile | None:
            row = cursor.execute(find.sql, parameters).fetchone()
            if row is None:
                return None
            payment = PAYMENT.decode(row)
            return PaymentFile(
                payment=payment,
                attempts=tuple(_decoded(cursor, ATTEMPT, reads.ATTEMPTS_OF, payment_id=payment.payment_id)),
                refunds=tuple(_decoded(cursor, REFUND, reads.REFUNDS_OF, payment_id=payment.payment_id)),
            )

        return self._look().run_snapshot(read)

    def _rows(self, codec: RowCodec[T], statement: Prepared, **values: Any) -> list[T]:
        return self._look().run(lambda cursor: _decoded(cursor, codec, statement, **values))

    def _write(self) -> GroupCommit:
        if self._writer is None:
            raise StorageUnavailable("the database is not open")
        return self._writer

    def _look(self) -> QuickReader:
        """For a handful of rows through an index, here and now."""
        if self._quick is None:
            raise StorageUnavailable("the database is not open")
        return self._quick

    def _read(self) -> ReaderPool:
        """For lists and audits, on a thread."""
        if self._readers is None:
            raise StorageUnavailable("the database is not open")
        return self._readers


def _decoded(cursor: sqlite3.Cursor, codec: RowCodec[T], statement: Prepared, **values: Any) -> list[T]:
    return [codec.decode(row) for row in cursor.execute(statement.sql, statement.bind(**values)).fetchall()]


def _first(cursor: sqlite3.Cursor, statement: Prepared, **values: Any) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = cursor.execute(statement.sql, statement.bind(**values)).fetchone()
    return row
