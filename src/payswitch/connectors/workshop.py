"""Opens accounts while the service runs: what the channel administration asks of the connectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from payswitch.connectors.contract import Account
from payswitch.connectors.directory import Directory
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import Channel, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.connector_form import ConnectorForm
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class Workshop:
    """Implements the services' ChannelWorkshop over the running directory."""

    def __init__(self, directory: Directory, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._directory = directory
        self._transport = transport
        self._clock = clock
        self._ids = ids

    def open(self, channel: Channel, account: Account) -> ChannelClient:
        """See `services.ports.ChannelWorkshop.open`."""
        return self._directory.try_open(channel, account, transport=self._transport, clock=self._clock, ids=self._ids)

    def form(self, connector: str, products: frozenset[Product] | None) -> ConnectorForm | None:
        """See `services.ports.ChannelWorkshop.form`."""
        return self._directory.form(connector, products, transport=self._transport, clock=self._clock, ids=self._ids)

    def connectors(self) -> Sequence[str]:
        return self._directory.connectors()

    def install(self, channel: Channel, clients: Mapping[int, ChannelClient]) -> None:
        self._directory.install(channel, clients)

    def clients_of(self, channel_id: str) -> Mapping[int, ChannelClient]:
        return self._directory.clients_of(channel_id)

    def shown_keys(self, connector: str) -> frozenset[str]:
        return self._directory.shown_keys(connector)
