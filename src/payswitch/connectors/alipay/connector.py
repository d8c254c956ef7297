"""The Alipay connector: opens accounts."""

from __future__ import annotations

from payswitch.connectors.alipay.account import SHOWN_KEYS, read_account
from payswitch.connectors.alipay.client import AlipayClient
from payswitch.connectors.alipay.products import CAPABILITIES
from payswitch.connectors.contract import Account
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class AlipayConnector:
    """See `connectors.contract.Connector`."""

    name: str = "alipay"
    title_en: str = "Alipay"
    title_zh: str = "支付宝"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse the account's keys once. Raises AccountProblem with everything that is wrong."""
        return AlipayClient(read_account(channel.channel_id, account, clock=clock), transport=transport, clock=clock)
