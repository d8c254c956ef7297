"""Operators at a night's channels: what they change is committed for real, and the night sees it."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import CONNECTORS
from payswitch.connectors.workshop import Workshop
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.operator import Operator
from payswitch.kit.sealing import KeyRing, new_master_key, read_master_keys
from payswitch.services.channels.channel_desk import ChannelDesk
from tests.services.harness import Night

LIN = Operator(operator_id="lin", name="林", merchant_ids=frozenset({"m-1"}))


class NightWorkshop(Workshop):
    """Accounts are opened by the real connectors, which nobody calls here. The night's own channels stand in its file:
    an operator can only take them out and bring them back."""

    def __init__(self, wired: Night) -> None:
        transport = AiohttpTransport(clock=wired.clock)
        super().__init__(Directory(CONNECTORS), transport=transport, clock=wired.clock, ids=wired.ctx.ids)
        self._night = wired.directory

    def install(self, channel: Channel, clients: Mapping[int, ChannelClient]) -> None:
        if channel.channel_id in self._night.clients:
            self._night.change(channel.channel_id, enabled=channel.enabled)
        else:
            super().install(channel, clients)


def a_desk(wired: Night) -> ChannelDesk:
    """Channels can be managed."""
    ring = KeyRing(read_master_keys(new_master_key()))
    return ChannelDesk(store=wired.store, workshop=NightWorkshop(wired), key_ring=ring)
