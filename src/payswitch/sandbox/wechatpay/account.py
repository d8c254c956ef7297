"""One merchant account with its keys parsed: what verifies the merchant and what signs for WeChat."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.sandbox.keys import WechatKeys, signing_key, verifying_key
from payswitch.sandbox.world import AccountSpec

_FOREIGN_SERIAL = "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
_FOREIGN_KEY_ID = "PUB_KEY_ID_0100000000002020010100000000000000"


@dataclass(frozen=True)
class Signer:
    """A key of WeChat's side under the name that the Wechatpay-Serial header carries."""

    serial: str
    key: SigningKey

    def by_stranger(self) -> Signer:
        """The same name over somebody else's key: what a forger would send."""
        return Signer(self.serial, stranger_key())

    def unheard_of(self) -> Signer:
        """A name of the same style that no client has a key for."""
        public_key_style = self.serial.startswith("PUB_KEY_ID_")
        return Signer(_FOREIGN_KEY_ID if public_key_style else _FOREIGN_SERIAL, stranger_key())


@cache
def stranger_key() -> SigningKey:
    """A key that belongs to nobody in the world; made on first need, because making it takes a while."""
    return SigningKey(generate_private_pem())


class WechatAccount:
    """Made once when the sandbox starts: parsing a key costs a hundred signatures."""

    def __init__(self, spec: AccountSpec) -> None:
        keys = spec.keys
        if not isinstance(keys, WechatKeys):
            raise TypeError(f"account {spec.channel_id} has no WeChat Pay keys")
        self.spec = spec
        self.keys = keys
        self.merchant = verifying_key(keys.merchant_certificate)
        self.api_v3_key = keys.api_v3_key.encode("ascii")
        self.signers: list[Signer] = []
        if keys.platform_certificate:
            self.signers.append(Signer(keys.platform_serial_no, signing_key(keys.platform_private_key)))
        if keys.public_key_id:
            self.signers.append(Signer(keys.public_key_id, signing_key(keys.public_key_private_key)))

    def signer(self, wanted_serial: str) -> Signer | None:
        """The key that the client asked for; without a wish the account's usual one; None for an unknown wish."""
        if not wanted_serial:
            return self.signers[0]
        return next((signer for signer in self.signers if signer.serial == wanted_serial), None)

    def notification_signer(self, event_id: str) -> Signer:
        """While an account migrates to public-key mode, its notifications come under both keys, mixed."""
        return self.signers[sum(event_id.encode()) % len(self.signers)]
