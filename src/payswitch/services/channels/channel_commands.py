"""What operators ask for: plain requests, checked for shape by the entry, for sense by the service."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from payswitch.domain.channel import MaintenanceWindow, Product


class CreateChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/channels`: a `[[channels]]` table as in the configuration file. It begins as a draft."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    products: tuple[Product, ...]
    upstream: str
    upstreams: dict[Product, str] = {}
    tier: int = 1
    fee_bp: int = 60
    min_fen: int = 1
    max_fen: int | None = None
    daily_cap_fen: int | None = None
    monthly_cap_fen: int | None = None
    refund_days: int | None = None
    refund_parts: int | None = None
    shops: tuple[str, ...] = ()
    """Only these shops of the merchant; empty: all of them."""
    tags: tuple[str, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    account: dict[str, str]
    """What the connector needs: texts of keys and certificates, not names of files. Never shown again."""

    def __repr__(self) -> str:
        return f"CreateChannel({self.channel_id!r})"


class UpdateChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PATCH /v1/admin/channels/{id}`: new settings. What is left out stays as it is."""

    revision: int
    """That of the channel as it was read."""
    name: str | UnsetType = UNSET
    products: tuple[Product, ...] | UnsetType = UNSET
    upstream: str | UnsetType = UNSET
    upstreams: dict[Product, str] | UnsetType = UNSET
    tier: int | UnsetType = UNSET
    fee_bp: int | UnsetType = UNSET
    min_fen: int | UnsetType = UNSET
    max_fen: int | UnsetType | None = UNSET
    daily_cap_fen: int | UnsetType | None = UNSET
    monthly_cap_fen: int | UnsetType | None = UNSET
    refund_days: int | UnsetType | None = UNSET
    refund_parts: int | UnsetType | None = UNSET
    shops: tuple[str, ...] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    maintenance: tuple[MaintenanceWindow, ...] | UnsetType = UNSET


class RotateCredentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/channels/{id}/rotate`: a new version of the keys, for attempts from now on."""

    revision: int
    """That of the channel as it was read."""
    account: dict[str, str]
    """The whole account table, also what stays the same."""

    def __repr__(self) -> str:
        return f"RotateCredentials(revision={self.revision})"


class CheckChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/channels/{id}/check`."""

    orders: bool = False
    """Also make an order at the channel, shown to nobody and closed at once: only so a wrong app id is found at a
    channel that looks at it in no other call."""


class TestChannel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/channels/{id}/tests`: pay 0.01 yuan for real, and get it back."""

    __test__ = False  # not a test case, whatever its name begins with

    product: Product | None = None
    """None: the channel's first product that a person can pay by scanning or opening a link."""
