"""Admin-managed channels, their sealed credentials, disabled channels of the file, and the audit of every change. Small
tables, written by people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, update

from payswitch.domain.changes import CommitConflict
from payswitch.domain.managed_channel import (
    ChannelChange,
    DisabledChannel,
    ManagedChannel,
    SealedCredential,
    StoredChannels,
)
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.directory import save_channel
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.people import add_trail
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.schema import channel_credentials, disabled_channels, managed_channels
from payswitch.storage.scripts import Script, decoded, rows, write

MANAGED_CHANNEL: Final = RowCodec(ManagedChannel)
CREDENTIAL: Final = RowCodec(SealedCredential)
DISABLED_CHANNEL: Final = RowCodec(DisabledChannel)

_INSERT_CHANNEL: Final = PreparedInsert(managed_channels)
_INSERT_CREDENTIAL: Final = PreparedInsert(channel_credentials)
_DISABLE: Final = PreparedInsert(disabled_channels)
_ENABLE: Final = Prepared(
    delete(disabled_channels).where(
        *(disabled_channels.c[name] == bindparam(name) for name in ("channel_id", "operator_id", "at_ms"))
    )
)


def _update_channel() -> Prepared:
    """Whose channel it is and since when stands in the condition: it cannot be changed by a mistake."""
    columns = managed_channels.c
    fixed = [columns[name] == bindparam(f"old_{name}") for name in ("channel_id", "merchant_id", "created_at_ms")]
    changing: dict[str, Any] = {
        name: bindparam(name) for name in ("channel", "state", "revision", "updated_at_ms", "disabled")
    }
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


def apply_change(change: ChannelChange) -> Script[None]:
    """One unit of work, all or nothing. Raises CommitConflict when somebody else has changed the channel meanwhile."""
    if change.channel is not None:
        yield from _save(change.channel)
        yield from save_channel(change.channel.channel)
    if change.credential is not None:
        yield from write(_INSERT_CREDENTIAL, CREDENTIAL.encode(change.credential))
    if change.disable is not None:
        yield from write(_DISABLE, DISABLED_CHANNEL.encode(change.disable))
    if change.enable is not None:
        yield from _enable(change.enable)
    yield from add_trail([change.trail])


def _save(managed: ManagedChannel) -> Script[None]:
    row = MANAGED_CHANNEL.encode(managed)
    if managed.revision == 1:
        yield from write(_INSERT_CHANNEL, row)
        return
    values = dict(zip(MANAGED_CHANNEL.fields, row, strict=True))
    old = {f"old_{name}": values[name] for name in ("channel_id", "merchant_id", "created_at_ms")}
    if (yield from write(_UPDATE_CHANNEL, values | old | {"old_revision": managed.revision - 1})) != 1:
        raise CommitConflict(managed.channel_id)


def _enable(row: DisabledChannel) -> Script[None]:
    given = {"channel_id": row.channel_id, "operator_id": row.operator_id, "at_ms": row.at_ms}
    if (yield from write(_ENABLE, given)) != 1:
        raise CommitConflict(row.channel_id)


def revisions() -> Script[dict[str, int]]:
    """Of every managed channel."""
    found: Sequence[tuple[str, int]] = yield from rows(reads.MANAGED_REVISIONS)
    return dict(found)


def reseal(renewed: Sequence[tuple[str, SealedCredential]]) -> Script[None]:
    """Replace sealed bytes by the same credentials under another master key. Each comes with the key id it had."""
    for old_key_id, credential in renewed:
        given = {
            "old_channel_id": credential.channel_id,
            "old_version": credential.version,
            "old_key_id": old_key_id,
            "key_id": credential.key_id,
            "sealed": credential.sealed,
        }
        if (yield from write(_RESEAL, given)) != 1:
            raise InvariantViolation("uq_channel_credential", f"{credential.channel_id} was sealed by somebody else")


def look() -> Script[StoredChannels]:
    """All of them, with all versions of their keys."""
    managed = yield from decoded(MANAGED_CHANNEL, reads.MANAGED_CHANNELS)
    credentials = yield from decoded(CREDENTIAL, reads.ALL_CREDENTIALS)
    disabled = yield from decoded(DISABLED_CHANNEL, reads.DISABLED_CHANNELS)
    return StoredChannels(managed=managed, credentials=credentials, disabled=disabled)
