"""The Allinpay 收银宝 connector: opens accounts."""

from __future__ import annotations

from payswitch.connectors.contract import Account, AccountProblem
from payswitch.connectors.quickpay.account import SHOWN_KEYS, read_account
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.connectors.quickpay.products import CAPABILITIES
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import CapabilityTable, Channel, Product
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


class QuickpayConnector:
    """See `connectors.contract.Connector`."""

    name: str = "quickpay"
    title_en: str = "Allinpay (bank quick pay)"
    title_zh: str = "通联收银宝（银行快捷）"
    capabilities: CapabilityTable = CAPABILITIES
    shown_keys: frozenset[str] = SHOWN_KEYS

    def open(
        self, channel: Channel, account: Account, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> QuickpayClient:
        """Parse the account's keys once. Raises AccountProblem with everything that is wrong."""
        ready = read_account(channel.channel_id, account)
        if Product.ECNY_QR in channel.products and not ready.ecny_paytype:
            raise AccountProblem(
                channel.channel_id,
                [
                    "ecny_paytype is missing: e-CNY needs the paytype that Allinpay gave you (usually S01) / "
                    "缺少 ecny_paytype：数字人民币须填写通联告知的交易方式（通常为 S01）"
                ],
            )
        return QuickpayClient(ready, transport=transport, clock=clock, ids=ids)
