"""What a connector is: the code for one channel family. See `docs/adding-a-connector.md`."""

from __future__ import annotations

from typing import Protocol

from payswitch.connectors.transport import HttpTransport
from payswitch.domain.account import Account, AccountProblem
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

__all__ = ["Account", "AccountProblem", "Connector"]


class Connector(Protocol):
    """Opens accounts of one channel family."""

    name: str
    """As written in the configuration: `wechatpay`, `alipay`."""
    title_en: str
    title_zh: str
    capabilities: CapabilityTable
    shown_keys: frozenset[str]
    """Which values of an account table an operator may be shown again: numbers, names, addresses, modes. Whatever is
    not in here is treated as a secret."""

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse every key once and give a client that is ready. Raises AccountProblem, never at a payment's time."""
        ...
