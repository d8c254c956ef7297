"""The Huifu connector: opens accounts."""

from __future__ import annotations

from payswitch.connectors.contract import Account
from payswitch.connectors.huifu.account import SHOWN_KEYS, read_account
from payswitch.connectors.huifu.client import HuifuClient
from payswitch.connectors.huifu.products import CAPABILITIES
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class HuifuConnector:
    """See `connectors.contract.Connector`."""

    name: str = "huifu"
    title_en: str = "Huifu Dougong (e-CNY and aggregated wallets)"
    title_zh: str = "汇付斗拱（数字人民币与聚合支付）"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse the account's keys once. Raises AccountProblem with everything that is wrong."""
        read = read_account(channel.channel_id, account, products=channel.products)
        return HuifuClient(read, transport=transport, clock=clock, ids=ids)
