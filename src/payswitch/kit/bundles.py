"""PEM texts with several certificates, and whether one of them issued another."""

from __future__ import annotations

import re
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import Certificate

from payswitch.kit.crypto import KeyFormatError, load_certificate

CERTIFICATE_BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def load_bundle(pem: str) -> list[Certificate]:
    """Every certificate of a PEM text, in order, whatever else stands between them; KeyFormatError if there is none."""
    blocks = CERTIFICATE_BLOCK.findall(pem)
    if not blocks:
        raise KeyFormatError("not a PEM certificate / 不是 PEM 格式的证书")
    return [load_certificate(block) for block in blocks]


def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's name and key stand behind this certificate. Says nothing about times or what it may do."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
