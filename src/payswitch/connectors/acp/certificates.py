"""UnionPay's signing certificates: who issued them, until when they are good, and whose they are.

Every message of UnionPay brings its own certificate (`signPubKeyCert`). It counts only if a chain of signatures leads
from it to a certificate that the operator configured (CFCA's intermediate and root).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.x509 import Certificate, NameOID

from payswitch.kit.bundles import is_issued_by

UNIONPAY: Final = "中国银联股份有限公司"
_OWNER_PLACE: Final = 2
"""CFCA writes an enterprise's common name as `041@<number>@<name>@<running number>`."""
_LONGEST_CHAIN: Final = 5


def issuers_of(certificate: Certificate, known: Sequence[Certificate]) -> list[Certificate]:
    """The chain of known certificates above this one, the nearest first; empty when none of them issued it.

    Everything in `known` was configured by the operator and is trusted; so a chain may also end at the intermediate.
    """
    chain: list[Certificate] = []
    current = certificate
    while len(chain) < _LONGEST_CHAIN:
        issuer = next((c for c in known if c not in (current, *chain) and is_issued_by(current, c)), None)
        if issuer is None:
            break
        chain.append(issuer)
        current = issuer
    return chain


def is_unionpays(certificate: Certificate) -> bool:
    """Whether the certificate names UnionPay as its owner. CFCA issues certificates to every enterprise that asks, so
    a good chain alone does not say that a message is UnionPay's."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if names else []
    return len(parts) > _OWNER_PLACE and parts[_OWNER_PLACE] == UNIONPAY


def valid_from_ms(certificate: Certificate) -> int:
    return int(certificate.not_valid_before_utc.timestamp()) * 1_000


def valid_until_ms(certificate: Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp()) * 1_000
