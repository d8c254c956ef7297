"""店铺与密钥: what operators see of the shops of their merchants, and of who else holds a key. All of it stands in the
configuration file and is changed there: this only shows what is in force."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.operator import Operator
from payswitch.domain.shop import Shop, ShopKey
from payswitch.services.context import Context


class ConfiguredShop(msgspec.Struct, frozen=True, kw_only=True):
    """A shop with its keys, revoked ones too, the newest first."""

    shop: Shop
    keys: Sequence[ShopKey]
    has_static_code: bool


class OperatorKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that opens the admin API, and whose merchants it may touch."""

    operator: Operator
    fingerprint: str


async def list_shops(ctx: Context, operator: Operator) -> list[ConfiguredShop]:
    """The shops of the operator's merchants, by id."""
    mine = [shop for shop in await ctx.store.shops() if operator.manages(shop.merchant_id)]
    keys = await ctx.store.shop_keys()
    return [
        ConfiguredShop(
            shop=shop,
            keys=[key for key in keys if key.shop_id == shop.shop_id],
            has_static_code=shop.shop_id in ctx.collecting_shops,
        )
        for shop in sorted(mine, key=lambda shop: shop.shop_id)
    ]


def operator_keys(ctx: Context, operator: Operator) -> list[OperatorKey]:
    """Of everybody who may touch a merchant of the operator's, limited to those merchants."""
    found = [
        OperatorKey(
            operator=msgspec.structs.replace(holder, merchant_ids=holder.merchant_ids & operator.merchant_ids),
            fingerprint=key,
        )
        for key, holder in ctx.operators.items()
        if holder.merchant_ids & operator.merchant_ids
    ]
    return sorted(found, key=lambda key: (key.operator.operator_id, key.fingerprint))
