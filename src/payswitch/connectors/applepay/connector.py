"""The Apple Pay connector: opens accounts."""

from __future__ import annotations

from payswitch.connectors.applepay.account import SHOWN_KEYS, read_account
from payswitch.connectors.applepay.client import ApplePayClient
from payswitch.connectors.applepay.products import CAPABILITIES
from payswitch.connectors.contract import Account
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class ApplePayConnector:
    """See `connectors.contract.Connector`."""

    name: str = "applepay"
    title_en: str = "Apple Pay on the web"
    title_zh: str = "Apple Pay 网页支付"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ApplePayClient:
        """Parse the account's keys once. Raises AccountProblem with everything that is wrong."""
        return ApplePayClient(read_account(channel.channel_id, account, clock=clock), transport=transport, clock=clock)
