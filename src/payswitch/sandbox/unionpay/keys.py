"""The keys of one UnionPay merchant of the sandbox, of both sides."""

from __future__ import annotations

import secrets

import msgspec

from payswitch.kit.crypto import generate_private_pem
from payswitch.sandbox.unionpay.certificates import (
    EXPIRED_UNTIL,
    UNIONPAY_NAME,
    VALID_UNTIL,
    issue,
    new_middle,
    new_root,
)

FILE_PATH = "/filedownload/"
"""Where the file gateway answers. The real one is a host of its own, `https://filedownload.95516.com/`."""
TEST_MODE = "01"
"""The client SDK's `mode` for a test environment; production is `00`."""

TERM_ID = "49000002"
"""The cash desk's terminal, for payment codes."""


class UnionpayKeys(msgspec.Struct, frozen=True, kw_only=True, tag="unionpay"):
    """A merchant of 全渠道 5.1.0. Certificates and keys are PEM."""

    mer_id: str
    """15 digits; 777 at the beginning marks a test merchant."""
    sign_private_key: str
    sign_certificate: str
    """The merchant's; its decimal serial number is `certId`."""
    unionpay_private_key: str
    unionpay_certificate: str
    """What `signPubKeyCert` says."""
    middle_certificate: str
    root_certificate: str
    unionpay_expired: bool = False
    """The certificate is out of date, as the public test environment's is: clients must be told to accept it."""

    def __repr__(self) -> str:
        return f"UnionpayKeys(mer_id={self.mer_id!r})"

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        return {
            "gateway": base_url,
            "file_gateway": f"{base_url}{FILE_PATH}",
            **self.wire_account(),
            "app_mode": TEST_MODE,
            "term_id": TERM_ID,
        }

    def wire_account(self) -> dict[str, str]:
        """What every account needs that speaks this wire, whatever it sells."""
        return {
            "mer_id": self.mer_id,
            "sign_certificate": self.sign_certificate,
            "sign_private_key": self.sign_private_key,
            "root_certificates": self.middle_certificate + self.root_certificate,
            "accept_expired_certificates": "true" if self.unionpay_expired else "false",
        }


def make_unionpay_keys(*, expired: bool = False, key_bits: int = 2048) -> UnionpayKeys:
    """A new merchant, and a UnionPay and authorities of its own."""
    root = new_root("Sandbox CFCA ACS CA", generate_private_pem(key_bits))
    middle = new_middle("Sandbox CFCA ACS OCA31", generate_private_pem(key_bits), root)
    mer_id = "777290058" + "".join(secrets.choice("0123456789") for _ in range(6))
    merchant_key, unionpay_key = generate_private_pem(key_bits), generate_private_pem(key_bits)
    return UnionpayKeys(
        mer_id=mer_id,
        sign_private_key=merchant_key,
        sign_certificate=issue(f"041@Z12@沙箱商户{mer_id}@00000002", merchant_key, middle),
        unionpay_private_key=unionpay_key,
        unionpay_certificate=issue(
            UNIONPAY_NAME, unionpay_key, middle, until=EXPIRED_UNTIL if expired else VALID_UNTIL
        ),
        middle_certificate=middle.certificate,
        root_certificate=root.certificate,
        unionpay_expired=expired,
    )
