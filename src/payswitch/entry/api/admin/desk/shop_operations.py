"""店铺与密钥: the operation that shows what is configured."""

from __future__ import annotations

import msgspec

from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.services.desk import shops
from payswitch.services.desk.shops import ConfiguredShop, OperatorKey

FINGERPRINT_SHOWN = 12
"""Characters of a key's SHA-256: enough to find it in the file."""


class ShopKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key, by the beginning of its SHA-256."""

    fingerprint: str
    since: str
    revoked_at: str | None


class ShopView(msgspec.Struct, frozen=True, kw_only=True):
    """A shop as the configuration file has it."""

    shop_id: str
    merchant_id: str
    name: str
    notify_url: str | None
    """Where events go when a payment names no other place."""
    accept_late_s: int | None
    """迟到成功: for so long after a payment has expired the shop still wants the order; null: late money goes back."""
    collect_url: str | None
    """Where customers enter an amount and pay (固定收款码); null: it is off."""
    keys: list[ShopKeyView]


class OperatorKeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key that opens the admin API."""

    operator_id: str
    name: str
    merchant_ids: list[str]
    fingerprint: str


class ShopList(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration file says, as it is in force since the last start."""

    data: list[ShopView]
    operator_keys: list[OperatorKeyView]


async def list_shops(call: AdminCall) -> Answer:
    found = await shops.list_shops(call.ctx, call.operator)
    keys = shops.operator_keys(call.ctx, call.operator)
    return Answer(
        ShopList(
            data=[_shop_view(one, call.ctx.public_url) for one in found], operator_keys=[_key_view(key) for key in keys]
        )
    )


def _shop_view(found: ConfiguredShop, public_url: str) -> ShopView:
    shop = found.shop
    return ShopView(
        shop_id=shop.shop_id,
        merchant_id=shop.merchant_id,
        name=shop.name,
        notify_url=shop.notify_url,
        accept_late_s=shop.accept_late_s,
        collect_url=f"{public_url}/collect/{shop.shop_id}" if found.has_static_code else None,
        keys=[
            ShopKeyView(
                fingerprint=key.fingerprint[:FINGERPRINT_SHOWN],
                since=iso_utc(key.created_at_ms),
                revoked_at=iso_or_none(key.revoked_at_ms),
            )
            for key in found.keys
        ],
    )


def _key_view(key: OperatorKey) -> OperatorKeyView:
    return OperatorKeyView(
        operator_id=key.operator.operator_id,
        name=key.operator.name,
        merchant_ids=sorted(key.operator.merchant_ids),
        fingerprint=key.fingerprint[:FINGERPRINT_SHOWN],
    )


SHOP_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listShops",
        method="GET",
        path="/v1/admin/shops",
        needs=Permission.VIEW,
        run=list_shops,
        title="The shops of your merchants and their keys, and who else holds an operator's key; changed in the file",
        title_zh="所管商户的店铺与密钥，以及运营密钥持有者；在配置文件中修改",
        answer=ShopList,
    ),
)
