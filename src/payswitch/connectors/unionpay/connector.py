"""The UnionPay connector: opens accounts."""

from __future__ import annotations

from payswitch.connectors.contract import Account
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.unionpay.account import SHOWN_KEYS, read_account
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.connectors.unionpay.products import CAPABILITIES
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class UnionPayConnector:
    """See `connectors.contract.Connector`."""

    name: str = "unionpay"
    title_en: str = "UnionPay"
    title_zh: str = "银联云闪付"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> UnionPayClient:
        """Parse the account's keys once. Raises AccountProblem with everything that is wrong."""
        read = read_account(channel.channel_id, account, clock=clock, products=channel.products)
        return UnionPayClient(read, transport=transport, clock=clock)
