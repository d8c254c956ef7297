"""What the admin API shows of a channel that is disabled, or may be: who did it, and what hangs on it alone."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Method
from payswitch.domain.managed_channel import ChannelRecord
from payswitch.kit.clock import iso_utc
from payswitch.services.channels.only_channels import OnlyFor


class DisablingView(msgspec.Struct, frozen=True, kw_only=True):
    """停用: who disabled the channel, when and why."""

    operator_id: str
    at: str
    reason: str


class NamedShopView(msgspec.Struct, frozen=True, kw_only=True):
    """A shop and what people call it."""

    shop_id: str
    name: str


class OnlyForView(msgspec.Struct, frozen=True, kw_only=True):
    """What no other enabled channel serves: while this one is disabled, nobody can pay there, or in that way."""

    shops: list[NamedShopView]
    """Shops without any other enabled channel."""
    methods: list[Method]
    """Methods that some shop can take at no other enabled channel."""


def disabling_view(record: ChannelRecord) -> DisablingView | None:
    found = record.disabled
    if found is None:
        return None
    return DisablingView(operator_id=found.operator_id, at=iso_utc(found.at_ms), reason=found.reason)


def only_for_view(only: OnlyFor) -> OnlyForView:
    shops = [NamedShopView(shop_id=shop.shop_id, name=shop.name) for shop in only.shops]
    return OnlyForView(shops=shops, methods=list(only.methods))
