"""One Alipay application of the world: its keys, parsed once, and its trades."""

from __future__ import annotations

from functools import lru_cache

from payswitch.sandbox.alipay.bill_files import BillFiles
from payswitch.sandbox.alipay.cancelling import Cancelling
from payswitch.sandbox.alipay.gate import Keys, certificate_mode, public_key_mode
from payswitch.sandbox.alipay.oddities import Oddities
from payswitch.sandbox.alipay.trades import Trades
from payswitch.sandbox.bills import BillDesk
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.keys import AlipayKeys
from payswitch.sandbox.world import AccountSpec


class Application:
    """Made once per account when the sandbox starts: parsing keys is far dearer than using them."""

    def __init__(self, core: SandboxCore, account: AccountSpec, desk: BillDesk) -> None:
        if not isinstance(account.keys, AlipayKeys):
            raise TypeError(f"{account.channel_id} is no Alipay account")
        self.account = account
        self.seller_id = account.keys.seller_id
        self.keys = _parse(account.keys)
        self.trades = Trades(core.ledger, core.clock, account.channel_id, account.wallets)
        self.cancelling = Cancelling(core.ledger, core.clock, self.trades)
        self.bills = BillFiles(core, account, account.keys.seller_id, desk)
        self.certificate_pem = account.keys.alipay_certificate
        """What `alipay.open.app.alipaycert.download` gives away; empty in public-key mode."""

    @property
    def oddities(self) -> Oddities:
        """How Alipay treats this application's trades."""
        return self.trades.oddities

    @oddities.setter
    def oddities(self, oddities: Oddities) -> None:
        self.trades.oddities = oddities


@lru_cache(maxsize=64)
def _parse(keys: AlipayKeys) -> Keys:
    """Remembered: a world that moves to another address, as tests' worlds do, keeps its keys."""
    if not keys.certificate_mode:
        return public_key_mode(keys.app_id, keys.app_public_key, keys.alipay_private_key)
    return certificate_mode(
        keys.app_id,
        keys.app_certificate,
        keys.alipay_certificate,
        keys.alipay_root_certificate,
        keys.alipay_private_key,
    )
