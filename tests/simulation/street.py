"""The merchant's channels in a night: eight accounts of all kinds, their keys, and what an operator changes of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from tests.services.debit_channel import TABLES as DEBIT_TABLES
from tests.services.fake_directory import TABLES as PUSH_TABLES
from tests.services.fake_directory import FakeDirectory
from tests.simulation.accounts import Account, World
from tests.simulation.channels import MoodyChannel, SignedPage
from tests.simulation.debits import MoodyDebits
from tests.simulation.fate import Fate
from tests.simulation.faults import Rare

REVERSE_AFTER_S = 6
"""Soon, so that a debit whose questions go unanswered is reversed in many nights."""


def _push(product: Product, method: Method, closing: Closing, *, signed: bool = False) -> CapabilityTable:
    capability = Capability(
        product=product,
        method=method,
        push=True,
        server_created=not signed,
        environments=frozenset(Environment),
        closing=closing,
        credential=CredentialKind.REDIRECT if signed else CredentialKind.QR,
    )
    return {product: capability}


def _soon_reversed(table: CapabilityTable) -> CapabilityTable:
    return {name: msgspec.structs.replace(c, reverse_after_s=REVERSE_AFTER_S) for name, c in table.items()}


TABLES: dict[str, CapabilityTable] = {
    **PUSH_TABLES,
    "cashier": _push(Product.ALIPAY_PAGE, Method.ALIPAY, Closing.AFTER_SCAN, signed=True),
    "union": _push(Product.UNIONPAY_QR, Method.UNIONPAY, Closing.NO),
    **{name: _soon_reversed(table) for name, table in DEBIT_TABLES.items()},
}
ACCOUNTS = (
    ("wechat-main", "wechatpay", Product.WECHAT_NATIVE, "wechat", 1),
    ("wechat-backup", "wechatpay", Product.WECHAT_NATIVE, "wechat", 2),
    ("alipay-main", "alipay", Product.ALIPAY_PRECREATE, "alipay", 2),
    ("cashier-page", "cashier", Product.ALIPAY_PAGE, "alipay", 2),
    ("union-qr", "union", Product.UNIONPAY_QR, "union", 3),
    ("code-main", "wallet", Product.WECHAT_CODE, "code-main", 1),
    ("code-backup", "wallet", Product.WECHAT_CODE, "code-backup", 2),
    ("bank-icbc", "bank", Product.QUICKPAY_CARD, "bank-icbc", 1),
)
"""Channel, connector, its product, its failure domain, its tier."""
PULLING = frozenset(channel_id for channel_id, connector, *_ in ACCOUNTS if connector in DEBIT_TABLES)
"""Where the call takes the money."""


class Street(FakeDirectory):
    """See `services.ports.ChannelDirectory`."""

    def __init__(self, fate: Fate, world: World) -> None:
        super().__init__(fate.clock)  # type: ignore[arg-type]
        self._fate = fate
        self.tables = {name: dict(table) for name, table in TABLES.items()}
        self._channels = {channel_id: self._channel(channel_id, *rest) for channel_id, *rest in ACCOUNTS}
        self.accounts: dict[str, Account] = {}
        self._opened: dict[tuple[str, int], MoodyChannel] = {}
        for channel_id, connector, product, _, _ in ACCOUNTS:
            closing = self.tables[connector][product].closing
            account = self.accounts[channel_id] = Account(channel_id, closing)
            self._opened[channel_id, 1] = self._open(account, connector, fate, world)

    @staticmethod
    def _open(account: Account, connector: str, fate: Fate, world: World) -> MoodyChannel:
        if connector in DEBIT_TABLES:
            return MoodyDebits(account, fate, world, sms=connector == "bank")
        kind = SignedPage if connector == "cashier" else MoodyChannel
        return kind(account, fate, world)

    # --- what the switch asks of it --------------------------------------------------------------------------------

    def client(self, channel_id: str, version: int) -> MoodyChannel:  # type: ignore[override]
        if channel_id in self.forgotten:
            raise LookupError(channel_id)
        return self._opened[channel_id, version]

    def older_clients(self, channel_id: str) -> Sequence[MoodyChannel]:  # type: ignore[override]
        newest = self._channels[channel_id].version
        return [_Noticing(self._fate, self._opened[channel_id, v]) for v in range(newest - 1, 0, -1)]

    def channels(self, merchant_id: str) -> Sequence[Channel]:
        return [channel for channel in super().channels(merchant_id) if channel.channel_id not in self.forgotten]

    def channel(self, channel_id: str) -> Channel | None:
        return None if channel_id in self.forgotten else super().channel(channel_id)

    def all_channels(self) -> Sequence[Channel]:
        return [channel for channel in super().all_channels() if channel.channel_id not in self.forgotten]

    # --- what an operator does ---------------------------------------------------------------------------------------

    def rotate_keys(self, channel_id: str) -> None:
        """New credentials for the same account. Attempts made before pin the old ones."""
        version = self._channels[channel_id].version + 1
        self._opened[channel_id, version] = self._opened[channel_id, 1].with_keys(version)
        self.change(channel_id, version=version)

    def opened(self, channel_id: str) -> MoodyChannel:
        return self._opened[channel_id, 1]


class _Noticing(MoodyChannel):
    """An older version of the keys, which tells when its being kept was worth it."""

    def __init__(self, fate: Fate, older: MoodyChannel) -> None:
        self.__dict__.update(older.__dict__)
        self._older = older
        self._fate = fate

    def read_notify(self, request):  # type: ignore[no-untyped-def]
        answer = self._older.read_notify(request)
        if answer.outcome.kind.value == "accepted":
            self._fate.meet(Rare.OLD_KEYS_BELIEVED)
        return answer
