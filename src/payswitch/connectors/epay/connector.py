"""The epay connector: opens accounts of either protocol version."""

from __future__ import annotations

from payswitch.connectors.contract import Account
from payswitch.connectors.epay.account import SHOWN_KEYS, V1Secrets, read_account
from payswitch.connectors.epay.products import CAPABILITIES
from payswitch.connectors.epay.v1 import EpayV1Client
from payswitch.connectors.epay.v2 import EpayV2Client
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class EpayConnector:
    """See `connectors.contract.Connector`."""

    name: str = "epay"
    title_en: str = "Epay platform"
    title_zh: str = "易支付"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> ChannelClient:
        """Parse the account once; its `version` decides which protocol is spoken. Raises AccountProblem."""
        read = read_account(channel.channel_id, account)
        if isinstance(read.secrets, V1Secrets):
            return EpayV1Client(read, read.secrets, transport=transport, clock=clock)
        return EpayV2Client(read, read.secrets, transport=transport, clock=clock)
