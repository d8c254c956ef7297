"""The configured channels, opened: keys parsed once, ready to talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from payswitch.connectors.contract import Account, AccountProblem, Connector
from payswitch.connectors.discovery import Registry
from payswitch.connectors.forms_of import form_of
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.connector_form import ConnectorForm
from payswitch.kit.certificates import CertificateEnd, certificate_ends
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class Directory:
    """Implements the services' ChannelDirectory over the connectors in the registry."""

    def __init__(self, registry: Registry | Mapping[str, Connector]) -> None:
        if not isinstance(registry, Registry):
            registry = Registry(connectors=registry)
        self._connectors = registry.connectors
        self._broken = registry.broken
        self._channels: dict[str, Channel] = {}
        self._clients: dict[tuple[str, int], ChannelClient] = {}
        self._by_merchant: dict[str, tuple[Channel, ...]] = {}
        self._ends: WeakKeyDictionary[ChannelClient, Sequence[CertificateEnd]] = WeakKeyDictionary()
        """By the client that was opened with these certificates."""

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> None:
        """Add one channel. Raises AccountProblem when the account cannot be used."""
        client = self.try_open(channel, account, transport=transport, clock=clock, ids=ids)
        self.install(channel, {channel.version: client})

    def try_open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Open an account without adding it. Raises AccountProblem when it cannot be used."""
        connector = self._connectors.get(channel.connector)
        if connector is None:
            if channel.connector in self._broken:
                raise AccountProblem(channel.channel_id, [f"connector: {self._broken[channel.connector]}"])
            known = ", ".join(sorted(self._connectors))
            raise AccountProblem(channel.channel_id, [f"connector: unknown {channel.connector!r}; known: {known}"])
        unknown = sorted(channel.products - set(connector.capabilities))
        if unknown:
            known = ", ".join(sorted(connector.capabilities))
            names = ", ".join(unknown)
            raise AccountProblem(
                channel.channel_id, [f"products: {names} is not a product of {channel.connector}; it has: {known}"]
            )
        client = connector.open(channel, account, transport=transport, clock=clock, ids=ids)
        self._ends[client] = certificate_ends(account)
        return client

    def connectors(self) -> Sequence[str]:
        """By name."""
        return sorted(self._connectors)

    def form(
        self,
        connector: str,
        products: frozenset[Product] | None,
        *,
        transport: HttpTransport,
        clock: Clock,
        ids: IdSource,
    ) -> ConnectorForm | None:
        """What a new channel on this connector asks for; None for a connector that there is not."""
        found = self._connectors.get(connector)
        if found is None:
            return None
        wanted = None if products is None else products & set(found.capabilities)
        return form_of(found, wanted, transport=transport, clock=clock, ids=ids)

    def install(self, channel: Channel, clients: Mapping[int, ChannelClient]) -> None:
        """Put a channel in, or put its new state in place of the old one: from now on routing sees this. `clients`
        holds one for every version of its credentials that can be opened, the channel's own among them."""
        before = self._channels.get(channel.channel_id)
        self._channels[channel.channel_id] = channel
        self._clients = {key: client for key, client in self._clients.items() if key[0] != channel.channel_id}
        self._clients |= {(channel.channel_id, version): client for version, client in clients.items()}
        for merchant_id in {channel.merchant_id, before.merchant_id if before else channel.merchant_id}:
            mine = tuple(c for c in self._channels.values() if c.merchant_id == merchant_id)
            self._by_merchant[merchant_id] = mine

    def channels(self, merchant_id: str) -> Sequence[Channel]:
        return self._by_merchant.get(merchant_id, ())

    def all_channels(self) -> Sequence[Channel]:
        return tuple(self._channels.values())

    def channel(self, channel_id: str) -> Channel | None:
        return self._channels.get(channel_id)

    def certificates(self, channel_id: str) -> Sequence[CertificateEnd]:
        """Of the account in use."""
        channel = self._channels.get(channel_id)
        client = None if channel is None else self._clients.get((channel_id, channel.version))
        return () if client is None else self._ends.get(client, ())

    def capabilities(self, connector: str) -> CapabilityTable:
        return self._connectors[connector].capabilities

    def shown_keys(self, connector: str) -> frozenset[str]:
        return self._connectors[connector].shown_keys

    def clients_of(self, channel_id: str) -> Mapping[int, ChannelClient]:
        """By version of its credentials."""
        return {version: client for (name, version), client in self._clients.items() if name == channel_id}

    def older_clients(self, channel_id: str) -> Sequence[ChannelClient]:
        """Those of the versions before the channel's own, newest first: a notification about an older attempt may
        still be under their keys."""
        newest = self._channels[channel_id].version
        clients = self.clients_of(channel_id)
        return [clients[version] for version in sorted(clients, reverse=True) if version < newest]

    def client(self, channel_id: str, version: int) -> ChannelClient:
        """The client of that very version; the newest one if that version's keys are not at hand any more."""
        client = self._clients.get((channel_id, version))
        if client is not None:
            return client
        channel = self._channels.get(channel_id)
        if channel is None:
            raise LookupError(
                f"channel {channel_id} is needed by earlier payments but is not configured; "
                "put it back with enabled = false"
            )
        return self._clients[channel_id, channel.version]
