"""Shops with their API keys, and the history of channels: small tables, written at start and by the operator."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Text, bindparam, null, update

from payswitch.domain.channel import Channel
from payswitch.domain.shop import Shop, ShopKey
from payswitch.storage import read_statements as reads
from payswitch.storage.codec import RowCodec
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared, Statement, prepared_upsert, upsert
from payswitch.storage.schema import api_keys, channels, shops
from payswitch.storage.scripts import Script, rows, write

SHOP: Final = RowCodec(Shop)
SHOP_KEY: Final = RowCodec(ShopKey)


_SAVE_SHOP: Final = upsert(shops)
_SAVE_CHANNEL: Final = upsert(channels)
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


def _save_key(insert: Any) -> Statement:
    """A known key of the same shop comes (back) to life, a revoked one may move to another shop (which was renamed);
    a live one of another shop stays as it is."""
    statement = insert(api_keys).values(
        fingerprint=bindparam("fingerprint"),
        shop_id=bindparam("shop_id"),
        created_at_ms=bindparam("created_at_ms"),
    )
    free = (api_keys.c.shop_id == statement.excluded.shop_id) | api_keys.c.revoked_at_ms.is_not(None)
    revived = {"revoked_at_ms": null(), "shop_id": statement.excluded.shop_id}
    saved: Statement = statement.on_conflict_do_update(index_elements=["fingerprint"], set_=revived, where=free)
    return saved


_SAVE_KEY: Final = prepared_upsert(_save_key)


class ShopDirectory(msgspec.Struct, frozen=True):
    """All shops and live keys: small enough to be kept in memory, where every request looks."""

    shops: tuple[Shop, ...]
    shop_by_key: dict[str, Shop]


def read_directory() -> Script[ShopDirectory]:
    found = {row[0]: SHOP.decode(row) for row in (yield from rows(reads.SHOPS))}
    keys = {key: found[shop_id] for key, shop_id in (yield from rows(reads.LIVE_KEYS))}
    return ShopDirectory(tuple(found.values()), keys)


def save_shop(shop: Shop, fingerprints: Collection[str], now_ms: int) -> Script[ShopDirectory]:
    """Write the shop; exactly `fingerprints` are its live keys afterwards, others of its keys are revoked."""
    yield from write(_SAVE_SHOP, dict(zip(SHOP.fields, SHOP.encode(shop), strict=True)))
    yield from write(_REVOKE_ALL, {"shop": shop.shop_id, "now_ms": now_ms})
    for key in fingerprints:
        given = {"fingerprint": key, "shop_id": shop.shop_id, "created_at_ms": now_ms}
        if (yield from write(_SAVE_KEY, given)) != 1:
            raise InvariantViolation("uq_api_key", f"a key of shop {shop.shop_id} belongs to another shop already")
    return (yield from read_directory())


def set_shops(shops_and_keys: Collection[tuple[Shop, Collection[str]]], now_ms: int) -> Script[ShopDirectory]:
    """Exactly these shops may call from now on. A shop that is gone from the configuration keeps its history and
    loses its keys."""
    yield from write(_REVOKE_EVERYWHERE, {"now_ms": now_ms})
    for shop, fingerprints in shops_and_keys:
        yield from save_shop(shop, fingerprints, now_ms)
    return (yield from read_directory())


def save_channel(channel: Channel) -> Script[None]:
    """Remember a version of a channel, so that old attempts can be explained after it is gone from the config."""
    named = ("channel_id", "version", "merchant_id", "connector", "name", "upstream")
    given = {name: getattr(channel, name) for name in named}
    yield from write(_SAVE_CHANNEL, given | {"settings": msgspec.json.encode(channel, order="deterministic").decode()})


def read_channels() -> Script[list[Channel]]:
    found = yield from rows(reads.CHANNEL_SETTINGS)
    return [msgspec.json.decode(row[0], type=Channel) for row in found]
