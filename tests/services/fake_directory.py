"""The channels of a night, and what each of them can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.kit.certificates import CertificateEnd
from tests.services.fake_channel import FakeChannel
from tests.services.passing_time import PassingClock


def _capabilities(method: Method, products: Sequence[Product], closing: Closing) -> CapabilityTable:
    return {
        product: Capability(
            product=product,
            method=method,
            push=True,
            server_created=True,
            environments=frozenset(Environment),
            closing=closing,
            credential=CredentialKind.QR,
            refreshes=closing is Closing.YES,
        )
        for product in products
    }


TABLES: Mapping[str, CapabilityTable] = {
    "wechatpay": _capabilities(Method.WECHAT, [Product.WECHAT_NATIVE], Closing.YES),
    "alipay": _capabilities(Method.ALIPAY, [Product.ALIPAY_PRECREATE], Closing.AFTER_SCAN),
}


class FakeDirectory:
    """Three channels: two WeChat accounts on one upstream, one Alipay account on another."""

    def __init__(self, clock: PassingClock) -> None:
        self.clients = {
            "wechat-main": FakeChannel("wechat-main", clock),
            "wechat-backup": FakeChannel("wechat-backup", clock),
            "alipay-main": FakeChannel("alipay-main", clock, closing=Closing.AFTER_SCAN),
        }
        self.forgotten: set[str] = set()
        self.certificate_ends: dict[str, list[CertificateEnd]] = {}
        self.tables = {name: dict(table) for name, table in TABLES.items()}
        self._channels = {
            "wechat-main": self._channel("wechat-main", "wechatpay", Product.WECHAT_NATIVE, "wechat", 1),
            "wechat-backup": self._channel("wechat-backup", "wechatpay", Product.WECHAT_NATIVE, "wechat", 2),
            "alipay-main": self._channel("alipay-main", "alipay", Product.ALIPAY_PRECREATE, "alipay", 2),
        }

    @staticmethod
    def _channel(channel_id: str, connector: str, product: Product, upstream: str, tier: int) -> Channel:
        return Channel(
            channel_id=channel_id,
            merchant_id="m-1",
            connector=connector,
            name=channel_id,
            products=frozenset({product}),
            upstream=upstream,
            tier=tier,
        )

    def channels(self, merchant_id: str) -> Sequence[Channel]:
        return [channel for channel in self._channels.values() if channel.merchant_id == merchant_id]

    def all_channels(self) -> Sequence[Channel]:
        return list(self._channels.values())

    def certificates(self, channel_id: str) -> Sequence[CertificateEnd]:
        return self.certificate_ends.get(channel_id, ())

    def channel(self, channel_id: str) -> Channel | None:
        return self._channels.get(channel_id)

    def capabilities(self, connector: str) -> CapabilityTable:
        return self.tables[connector]

    def install(self, channel: Channel, client: FakeChannel, capabilities: CapabilityTable) -> None:
        """One more account."""
        self.clients[channel.channel_id] = client
        self._channels[channel.channel_id] = channel
        self.tables[channel.connector] = dict(capabilities)

    def teach(self, product: Product, **facts: object) -> None:
        """The channels' terms for one product are others than usual."""
        for table in self.tables.values():
            if product in table:
                table[product] = msgspec.structs.replace(table[product], **facts)

    def older_clients(self, channel_id: str) -> Sequence[FakeChannel]:
        return ()

    def client(self, channel_id: str, version: int) -> FakeChannel:
        if channel_id in self.forgotten:
            raise LookupError(f"channel {channel_id} is needed by earlier payments but is not configured")
        return self.clients[channel_id]

    def add(self, example: Channel, client: FakeChannel) -> None:
        """One more channel like the example."""
        self.clients[client.channel_id] = client
        self._channels[client.channel_id] = msgspec.structs.replace(example, channel_id=client.channel_id)

    def change(self, channel_id: str, **facts: object) -> None:
        """An operator changed a channel's settings."""
        self._channels[channel_id] = msgspec.structs.replace(self._channels[channel_id], **facts)

    def cap(self, channel_id: str, daily_cap_fen: int) -> None:
        self.change(channel_id, daily_cap_fen=daily_cap_fen)

    def forget(self, channel_id: str) -> None:
        """An operator deleted the channel from the configuration, keys and all."""
        self.take_out(channel_id)
        self.forgotten.add(channel_id)

    def take_out(self, *channel_ids: str) -> None:
        for channel_id in channel_ids:
            del self._channels[channel_id]
