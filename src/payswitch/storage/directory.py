"""Shops with their API keys, and the history of channels: small tables, written at start and by the operator."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import BigInteger, Table, Text, bindparam, null, update
from sqlalchemy.dialects.sqlite import insert

from payswitch.domain.channel import Channel
from payswitch.domain.payment import Shop
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import api_keys, channels, shops

SHOP: Final = RowCodec(Shop)


def _upsert(table: Table, keys: tuple[str, ...]) -> Prepared:
    """Insert, or replace everything but the keys."""
    statement = insert(table)
    changing = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return Prepared(statement.on_conflict_do_update(index_elements=list(keys), set_=changing))


_SAVE_SHOP: Final = _upsert(shops, ("shop_id",))
_SAVE_CHANNEL: Final = _upsert(channels, ("channel_id", "version"))
_REVOKE_ALL: Final = Prepared(
    update(api_keys)
    .where(api_keys.c.shop_id == bindparam("shop", type_=Text), api_keys.c.revoked_at_ms.is_(None))
    .values(revoked_at_ms=bindparam("now_ms", type_=BigInteger))
)


_REVOKE_EVERYWHERE: Final = Prepared(
    update(api_keys)
    .where(api_keys.c.revoked_at_ms.is_(None))
    .values(revoked_at_ms=bindparam("now_ms", type_=BigInteger))
)


def _save_key() -> Prepared:
    """A known key of the same shop comes (back) to life, a revoked one may move to another shop (which was renamed);
    a live one of another shop stays as it is."""
    statement = insert(api_keys).values(
        fingerprint=bindparam("fingerprint"),
        shop_id=bindparam("shop_id"),
        created_at_ms=bindparam("created_at_ms"),
    )
    free = (api_keys.c.shop_id == statement.excluded.shop_id) | api_keys.c.revoked_at_ms.is_not(None)
    revived = {"revoked_at_ms": null(), "shop_id": statement.excluded.shop_id}
    return Prepared(statement.on_conflict_do_update(index_elements=["fingerprint"], set_=revived, where=free))


_SAVE_KEY: Final = _save_key()


class ShopDirectory(msgspec.Struct, frozen=True):
    """All shops and live keys: small enough to be kept in memory, where every request looks."""

    shops: tuple[Shop, ...]
    shop_by_key: dict[str, Shop]


def read_directory(cursor: sqlite3.Cursor) -> ShopDirectory:
    found = {row[0]: SHOP.decode(row) for row in cursor.execute(reads.SHOPS.sql).fetchall()}
    keys = {key: found[shop_id] for key, shop_id in cursor.execute(reads.LIVE_KEYS.sql).fetchall()}
    return ShopDirectory(tuple(found.values()), keys)


def save_shop(cursor: sqlite3.Cursor, shop: Shop, fingerprints: Collection[str], now_ms: int) -> ShopDirectory:
    """Write the shop; exactly `fingerprints` are its live keys afterwards, others of its keys are revoked."""
    cursor.execute(_SAVE_SHOP.sql, SHOP.encode(shop))
    cursor.execute(_REVOKE_ALL.sql, _REVOKE_ALL.bind(shop=shop.shop_id, now_ms=now_ms))
    for key in fingerprints:
        cursor.execute(_SAVE_KEY.sql, _SAVE_KEY.bind(fingerprint=key, shop_id=shop.shop_id, created_at_ms=now_ms))
        if cursor.rowcount != 1:
            raise InvariantViolation("uq_api_key", f"a key of shop {shop.shop_id} belongs to another shop already")
    return read_directory(cursor)


def set_shops(
    cursor: sqlite3.Cursor, shops_and_keys: Collection[tuple[Shop, Collection[str]]], now_ms: int
) -> ShopDirectory:
    """Exactly these shops may call from now on. A shop that is gone from the configuration keeps its history and
    loses its keys."""
    cursor.execute(_REVOKE_EVERYWHERE.sql, _REVOKE_EVERYWHERE.bind(now_ms=now_ms))
    for shop, fingerprints in shops_and_keys:
        save_shop(cursor, shop, fingerprints, now_ms)
    return read_directory(cursor)


def save_channel(cursor: sqlite3.Cursor, channel: Channel) -> None:
    """Remember a version of a channel, so that old attempts can be explained after it is gone from the config."""
    settings = msgspec.json.encode(channel, order="deterministic").decode()
    named = ("channel_id", "version", "merchant_id", "connector", "name", "upstream")
    cursor.execute(_SAVE_CHANNEL.sql, (*(getattr(channel, name) for name in named), settings))


def read_channels(cursor: sqlite3.Cursor) -> list[Channel]:
    rows = cursor.execute(reads.CHANNEL_SETTINGS.sql).fetchall()
    return [msgspec.json.decode(row[0], type=Channel) for row in rows]
