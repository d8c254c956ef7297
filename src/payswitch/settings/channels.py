"""The `[[channels]]` tables: channels that the configuration file declares."""

from __future__ import annotations

from typing import Annotated

import msgspec

from payswitch.domain.channel import Channel, MaintenanceWindow, Product
from payswitch.kit.tables import id_problems
from payswitch.routing.maintenance import WINDOW_WANTED, unreadable_windows

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[channels]]` table; `account` holds what the connector needs. Its `repr` shows no key."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    version: AtLeastOne = 1
    products: frozenset[Product]
    upstream: str
    upstreams: dict[Product, str] = {}
    enabled: bool = True
    tier: AtLeastOne = 1
    fee_bp: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 60
    min_fen: AtLeastOne = 1
    max_fen: AtLeastOne | None = None
    daily_cap_fen: AtLeastOne | None = None
    monthly_cap_fen: AtLeastOne | None = None
    refund_days: AtLeastOne | None = None
    refund_parts: AtLeastOne | None = None
    shops: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    account: dict[str, str]

    def __repr__(self) -> str:
        return f"ChannelSettings({self.channel_id!r})"

    def channel(self) -> Channel:
        fields = {name: getattr(self, name) for name in Channel.__struct_fields__}
        return Channel(**fields)

    def problems(self) -> list[str]:
        """What does not make sense. (The account is the connector's to judge.)"""
        place = f"channels[{self.channel_id}]"
        # The channel's id stands in the address that it notifies.
        found = id_problems(place, channel_id=self.channel_id, merchant_id=self.merchant_id)
        if not self.products:
            found.append(f"{place}.products: name at least one / 至少填写一种支付产品")
        foreign = sorted(set(self.upstreams) - self.products)
        if foreign:
            names = ", ".join(foreign)
            found.append(f"{place}.upstreams: {names} is not among its products / 不在该渠道的支付产品之内")
        if self.max_fen is not None and self.max_fen < self.min_fen:
            found.append(f"{place}.max_fen: must not be below min_fen / 不得小于 min_fen")
        english, chinese = WINDOW_WANTED
        found += [
            f"{place}.maintenance[{number}]: {english} / {chinese}" for number in unreadable_windows(self.maintenance)
        ]
        return found
