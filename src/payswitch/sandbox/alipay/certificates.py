"""Certificate serial numbers ("SN") as Alipay's certificate mode computes them."""

from __future__ import annotations

import hashlib
import re

from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from payswitch.kit.crypto import load_certificate

_SHORT_NAMES = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.COUNTRY_NAME: "C",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
}
_RSA_SIGNATURES = "1.2.840.113549.1.1."
"""Root certificates signed otherwise (SM2) do not count towards the root SN."""
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def certificate_sn(pem: str) -> str:
    """The SN of an application's or of Alipay's own certificate: md5 of issuer name and decimal serial number."""
    return _sn(load_certificate(pem))


def root_sn(pem_bundle: str) -> str:
    """The SN of the root bundle: the SNs of its RSA-signed certificates, joined by `_` in the file's order."""
    certificates = [load_certificate(block) for block in _BLOCK.findall(pem_bundle)]
    return "_".join(
        _sn(certificate)
        for certificate in certificates
        if certificate.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES)
    )


def _sn(certificate: Certificate) -> str:
    # A certificate stores its issuer as C, O, OU, CN; the SN wants the reverse.
    names = [attribute for rdn in reversed(certificate.issuer.rdns) for attribute in rdn]
    issuer = ",".join(f"{_SHORT_NAMES.get(name.oid, name.oid.dotted_string)}={name.value!s}" for name in names)
    text = issuer + str(certificate.serial_number)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
