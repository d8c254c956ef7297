"""Admin-managed channels, their sealed credentials, and the audit of every change. Small tables, written by people."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, update

from payswitch.domain.changes import CommitConflict
from payswitch.domain.managed_channel import AuditEntry, ChannelChange, ManagedChannel, SealedCredential
from payswitch.storage.codec import RowCodec
from payswitch.storage.directory import save_channel
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared, prepared_insert
from payswitch.storage.schema import channel_audit, channel_credentials, managed_channels

MANAGED_CHANNEL: Final = RowCodec(ManagedChannel)
CREDENTIAL: Final = RowCodec(SealedCredential)
AUDIT_ENTRY: Final = RowCodec(AuditEntry)

_INSERT_CHANNEL: Final = prepared_insert(managed_channels)
_INSERT_CREDENTIAL: Final = prepared_insert(channel_credentials)
_INSERT_AUDIT: Final = prepared_insert(channel_audit)


def _update_channel() -> Prepared:
    """Whose channel it is and since when stands in the condition: it cannot be changed by a mistake."""
    columns = managed_channels.c
    fixed = [columns[name] == bindparam(f"old_{name}") for name in ("channel_id", "merchant_id", "created_at_ms")]
    changing: dict[str, Any] = {name: bindparam(name) for name in ("channel", "state", "revision", "updated_at_ms")}
    return Prepared(
        update(managed_channels).where(*fixed, columns.revision == bindparam("old_revision")).values(changing)
    )


_UPDATE_CHANNEL: Final = _update_channel()
_RESEAL: Final = Prepared(
    update(channel_credentials)
    .where(
        channel_credentials.c.channel_id == bindparam("old_channel_id"),
        channel_credentials.c.version == bindparam("old_version"),
        channel_credentials.c.key_id == bindparam("old_key_id"),
    )
    .values(key_id=bindparam("key_id"), sealed=bindparam("sealed"))
)


def apply_change(cursor: sqlite3.Cursor, change: ChannelChange) -> None:
    """One unit of work, all or nothing. Raises CommitConflict when somebody else has changed the channel meanwhile."""
    if change.channel is not None:
        _save(cursor, change.channel)
        save_channel(cursor, change.channel.channel)
    if change.credential is not None:
        cursor.execute(_INSERT_CREDENTIAL, CREDENTIAL.encode(change.credential))
    cursor.execute(_INSERT_AUDIT, AUDIT_ENTRY.encode(change.audit))


def _save(cursor: sqlite3.Cursor, managed: ManagedChannel) -> None:
    row = MANAGED_CHANNEL.encode(managed)
    if managed.revision == 1:
        cursor.execute(_INSERT_CHANNEL, row)
        return
    values = dict(zip(MANAGED_CHANNEL.fields, row, strict=True))
    old = {f"old_{name}": values[name] for name in ("channel_id", "merchant_id", "created_at_ms")}
    cursor.execute(_UPDATE_CHANNEL.sql, _UPDATE_CHANNEL.bind(**values, **old, old_revision=managed.revision - 1))
    if cursor.rowcount != 1:
        raise CommitConflict(managed.channel_id)


def reseal(cursor: sqlite3.Cursor, renewed: Sequence[tuple[str, SealedCredential]]) -> None:
    """Replace sealed bytes by the same credentials under another master key. Each comes with the key id it had."""
    for old_key_id, credential in renewed:
        bound = _RESEAL.bind(
            old_channel_id=credential.channel_id,
            old_version=credential.version,
            old_key_id=old_key_id,
            key_id=credential.key_id,
            sealed=credential.sealed,
        )
        cursor.execute(_RESEAL.sql, bound)
        if cursor.rowcount != 1:
            raise InvariantViolation("uq_channel_credential", f"{credential.channel_id} was sealed by somebody else")
