"""微信支付 WeChat Pay, API v3: JSAPI, Native, H5 and APP. What is sent and where each format comes from: README.md."""

from __future__ import annotations

from payswitch.connectors.contract import Account
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.connectors.wechatpay.keys import SHOWN_KEYS, read_account
from payswitch.connectors.wechatpay.products import CAPABILITIES
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class WechatPayConnector:
    """Opens WeChat Pay merchant accounts."""

    name: str = "wechatpay"
    title_en: str = "WeChat Pay"
    title_zh: str = "微信支付"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse every key once. Raises AccountProblem that lists all that is wrong with the account."""
        needs_v2 = any(not CAPABILITIES[product].push for product in channel.products & CAPABILITIES.keys())
        parsed = read_account(channel.channel_id, account, needs_v2=needs_v2)
        return WechatPayClient(parsed, transport=transport, clock=clock, ids=ids)


CONNECTOR = WechatPayConnector()
