"""Every version of every channel; those that operators manage: state, sealed keys; and those of the file that operators
have disabled."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from payswitch.domain.managed_channel import ChannelState
from payswitch.storage.schema.columns import COUNTER, metadata, number, one_of, text
from payswitch.storage.schema.guards import guard

channels = Table(
    "channels",
    metadata,
    text("channel_id"),
    Column("version", COUNTER, nullable=False),
    text("merchant_id"),
    text("connector"),
    text("name"),
    text("upstream"),
    text("settings"),
    PrimaryKeyConstraint("channel_id", "version", name="pk_channels"),
)

managed_channels = Table(
    "managed_channels",
    metadata,
    text("channel_id"),
    text("merchant_id"),
    text("channel"),
    text("state"),
    number("revision"),
    number("created_at_ms"),
    number("updated_at_ms"),
    text("disabled", optional=True),
    PrimaryKeyConstraint("channel_id", name="uq_managed_channel"),
    CheckConstraint("revision > 0", name="ck_managed_channel_revision"),
    CheckConstraint(one_of("state", ChannelState), name="ck_managed_channel_state"),
)

channel_credentials = Table(
    "channel_credentials",
    metadata,
    text("channel_id"),
    number("version"),
    text("key_id"),
    Column("sealed", LargeBinary, nullable=False),
    number("created_at_ms"),
    text("created_by"),
    PrimaryKeyConstraint("channel_id", "version", name="uq_channel_credential"),
    ForeignKeyConstraint(["channel_id"], ["managed_channels.channel_id"], name="fk_credential_channel"),
    CheckConstraint("version > 0", name="ck_credential_version"),
)

disabled_channels = Table(
    "disabled_channels",
    metadata,
    text("channel_id"),
    text("operator_id"),
    number("at_ms"),
    text("reason"),
    PrimaryKeyConstraint("channel_id", name="uq_disabled_channel"),
)

guard(managed_channels, "ck_managed_channel_retired", "state", "OLD.state = 'retired' AND NEW.state <> OLD.state")
