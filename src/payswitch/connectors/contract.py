"""What a connector is: the code for one channel family. See `docs/adding-a-connector.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.exchange import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

Account = Mapping[str, str]
"""The `[channels.account]` table of the configuration: ids, base URL, PEM texts (already read from their files)."""


class AccountProblem(ValueError):
    """The account cannot be used. `problems` name each key, what is wrong and how to mend it, never a secret."""

    def __init__(self, channel_id: str, problems: list[str]) -> None:
        super().__init__(f"channel {channel_id}: " + "; ".join(problems))
        self.problems = problems


class Connector(Protocol):
    """Opens accounts of one channel family."""

    name: str
    """As written in the configuration: `wechatpay`, `alipay`."""
    title_en: str
    title_zh: str
    capabilities: CapabilityTable

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse every key once and give a client that is ready. Raises AccountProblem, never at a payment's time."""
        ...
