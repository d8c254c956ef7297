"""One merchant of the world at 收银宝: its keys, parsed once."""

from __future__ import annotations

from payswitch.sandbox.quickpay.keys import QuickpayKeys
from payswitch.sandbox.quickpay.signing import Seals, Stranger
from payswitch.sandbox.world import AccountSpec


class Merchant:
    """Made once per account when the sandbox starts."""

    def __init__(self, spec: AccountSpec, stranger: Stranger) -> None:
        if not isinstance(spec.keys, QuickpayKeys):
            raise TypeError(f"{spec.channel_id} is no 收银宝 account")
        self.spec = spec
        self.keys = spec.keys
        self.seals = Seals(spec.keys, stranger)

    @property
    def channel_id(self) -> str:
        return self.spec.channel_id
