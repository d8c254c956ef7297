"""The keys of one Apple Pay merchant of the sandbox: the merchant's, Apple's and the acquirer's."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from payswitch.kit.crypto import generate_private_pem
from payswitch.sandbox.authority import house
from payswitch.sandbox.certificates import Subject, new_certificate, pem_of
from payswitch.sandbox.unionpay.keys import UnionpayKeys, make_unionpay_keys

ACQUIRER_PATH = "/applepay/acquirer"
"""The acquirer's gateway stands under this prefix: UnionPay's own stand-in has the bare paths."""
_OF_THE_ACQUIRER = (
    "mer_id",
    "sign_certificate",
    "sign_private_key",
    "root_certificates",
    "accept_expired_certificates",
)
"""What the contract with the acquirer needs of a UnionPay account."""
_LEAF_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.29")
_MIDDLE_MARK = x509.ObjectIdentifier("1.2.840.113635.100.6.2.14")
"""Apple's marks in the certificates that sign tokens. Only their presence counts [O]."""
_ASN1_NULL = b"\x05\x00"
_ROOT = Subject("Sandbox Apple Root CA - G3", "Certification Authority", "Sandbox Apple", "US")
_MIDDLE = Subject("Sandbox Apple Application Integration CA - G3", "Certification Authority", "Sandbox Apple", "US")
_LEAF = Subject("ecc-smp-broker-sign_UC4-SANDBOX", "iOS Systems", "Sandbox Apple", "US")


@dataclass(frozen=True)
class MerchantIdentity(Subject):
    """The name in a Merchant Identity certificate: the merchant identifier stands in it as UID."""

    merchant_identifier: str = ""

    def name(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.USER_ID, self.merchant_identifier), *super().name()])


class ApplepayKeys(msgspec.Struct, frozen=True, kw_only=True, tag="applepay"):
    """One merchant. Keys and certificates are PEM."""

    acquirer: UnionpayKeys
    """The contract with the acquirer: a UnionPay merchant like any other."""
    merchant_identifier: str
    display_name: str
    domains: tuple[str, ...]
    identity_private_key: str
    client_certificate: str
    """The Merchant Identity certificate, shown when a session is asked for."""
    processing_private_key: str
    """The acquirer's: tokens are encrypted to its public half."""
    token_private_key: str
    """Apple's: signs tokens."""
    token_certificate: str
    middle_certificate: str
    root_certificate: str

    def __repr__(self) -> str:
        return f"ApplepayKeys(merchant_identifier={self.merchant_identifier!r})"

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        acquirer = self.acquirer.connector_account(base_url)
        return {name: acquirer[name] for name in _OF_THE_ACQUIRER} | {
            "gateway": f"{base_url}{ACQUIRER_PATH}",
            "merchant_identifier": self.merchant_identifier,
            "display_name": self.display_name,
            "domains": ",".join(self.domains),
            "merchant_certificate": self.client_certificate,
            "merchant_private_key": self.identity_private_key,
        }


def make_applepay_keys(account_id: str, domains: tuple[str, ...], *, key_bits: int = 2048) -> ApplepayKeys:
    """A new merchant with an Apple and an acquirer of its own."""
    merchant_identifier = f"merchant.com.example.{account_id}"
    identity = MerchantIdentity(
        common_name=f"Apple Pay Merchant Identity:{merchant_identifier}",
        unit="SANDBOX123",
        organisation="Sandbox Merchant",
        merchant_identifier=merchant_identifier,
    )
    identity_key = generate_private_pem(key_bits)
    root, middle, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    return ApplepayKeys(
        acquirer=make_unionpay_keys(key_bits=key_bits),
        merchant_identifier=merchant_identifier,
        display_name="沙箱小店",
        domains=domains,
        identity_private_key=identity_key,
        client_certificate=house().issue_client(identity, identity_key),
        processing_private_key=_pem(ec.generate_private_key(ec.SECP256R1())),
        token_private_key=_pem(leaf),
        token_certificate=_issue(_LEAF, leaf, _MIDDLE, middle, _LEAF_MARK),
        middle_certificate=_issue(_MIDDLE, middle, _ROOT, root, _MIDDLE_MARK),
        root_certificate=_issue(_ROOT, root, _ROOT, root, None),
    )


def _issue(
    subject: Subject,
    key: ec.EllipticCurvePrivateKey,
    issuer: Subject,
    issuer_key: ec.EllipticCurvePrivateKey,
    mark: x509.ObjectIdentifier | None,
) -> str:
    builder = new_certificate(subject, issuer).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=subject is not _LEAF, path_length=None), critical=True)
    if mark is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(mark, _ASN1_NULL), critical=False)
    return pem_of(builder.sign(issuer_key, hashes.SHA256()))


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
