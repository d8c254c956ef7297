"""One merchant account with its keys parsed."""

from __future__ import annotations

from functools import cache

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.huifu.keys import HuifuKeys
from payswitch.sandbox.keys import signing_key, verifying_key
from payswitch.sandbox.world import AccountSpec


@cache
def stranger_key() -> SigningKey:
    """A key that belongs to nobody in the world; made on first need, because making it takes a while."""
    return SigningKey(generate_private_pem())


class Merchant:
    """Made once when the sandbox starts: parsing a key costs a hundred signatures."""

    def __init__(self, spec: AccountSpec) -> None:
        keys = spec.keys
        if not isinstance(keys, HuifuKeys):
            raise TypeError(f"account {spec.channel_id} has no Huifu keys")
        self.spec = spec
        self.keys = keys
        self.channel_id = spec.channel_id
        self.merchant_key = verifying_key(keys.merchant_public_key)
        self.huifu_key = signing_key(keys.huifu_private_key)
        self.huifu_public = verifying_key(keys.huifu_public_key)
        """Also stands for WeChat's own check of a page's payment request."""
