"""Certificate mode: serial numbers as Alipay counts them, and whether a certificate descends from Alipay's root.

Pure functions over parsed X.509 certificates, used once when an account is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from cryptography.x509 import BasicConstraints, Certificate, ExtensionNotFound

from payswitch.kit.bundles import is_issued_by

_RSA_SIGNATURES: Final = "1.2.840.113549.1.1."
"""Object identifiers of RSA signature algorithms. Alipay's root file also holds ECDSA and SM2 roots, which do not
count towards the root serial number of an RSA2 account."""
_LONGEST_CHAIN: Final = 5


def certificate_sn(certificate: Certificate) -> str:
    """Alipay's serial number: MD5 over the issuer (most specific part first, `CN=..,OU=..,O=..,C=..`) followed by
    the decimal X.509 serial number. A name, not a protection: MD5 is Alipay's choice."""
    text = certificate.issuer.rfc4514_string() + str(certificate.serial_number)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def root_certificate_sn(roots: Sequence[Certificate]) -> str:
    """The serial numbers of the RSA-signed roots, joined with `_`; empty if there is no such root."""
    signed_with_rsa = [root for root in roots if root.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES)]
    return "_".join(certificate_sn(root) for root in signed_with_rsa)


def descends_from(certificate: Certificate, intermediates: Sequence[Certificate], roots: Sequence[Certificate]) -> bool:
    """Whether a chain of signatures leads from the certificate to one of the roots.

    Dates are not judged here: Alipay refuses an expired certificate itself, and a clock that is wrong at start
    must not take an account out.
    """
    current = certificate
    for _ in range(_LONGEST_CHAIN):
        if current in roots or any(is_issued_by(current, root) for root in roots):
            return True
        issuer = next((c for c in intermediates if c != current and _may_issue(c) and is_issued_by(current, c)), None)
        if issuer is None:
            return False
        current = issuer
    return False


def _may_issue(certificate: Certificate) -> bool:
    """An intermediate must be marked as an authority, or any certificate of Alipay's could vouch for any other."""
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False
