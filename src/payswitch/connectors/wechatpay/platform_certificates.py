"""`GET /v3/certificates`: WeChat's own certificates, encrypted with our APIv3 key.

Only somebody who knows that key can have made the ciphertext, so what decrypts is WeChat's. The answer's signature is
checked as well, with the certificates it brought.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.x509 import Certificate

from payswitch.connectors.transport import HttpAnswer
from payswitch.connectors.wechatpay.verifying import KeyRing, Verdict, verify
from payswitch.connectors.wechatpay.wire import CertificateEntry, CertificateList, decode
from payswitch.kit.crypto import KeyFormatError, aes_gcm_decrypt, load_certificate
from payswitch.kit.secrets import Secret

PATH = "/v3/certificates"
ALGORITHM = "AEAD_AES_256_GCM"


def decrypt(key: Secret, *, nonce: str, ciphertext: str, associated_data: str | None) -> bytes | None:
    """A resource of a notification or a certificate; None when it is not what this key encrypted."""
    try:
        data = base64.b64decode(ciphertext, validate=True)
        nonce_bytes = nonce.encode("ascii")
        associated = (associated_data or "").encode()
    except (binascii.Error, ValueError):
        return None
    return aes_gcm_decrypt(key.reveal().encode("ascii"), nonce_bytes, data, associated)


def read_certificates(answer: HttpAnswer, *, api_v3_key: Secret, known: KeyRing, now_ms: int) -> list[Certificate]:
    """The certificates in the answer; empty for any doubt about the whole.

    Each is known by the serial number inside it, and the key ring lets no expired one verify anything: what the listing
    says about serials and dates is not needed.
    The answer may be signed with one of the certificates in it, or with a key of the ring `known` (an account in the
    middle of its migration has its answers signed with the WeChat Pay public key).
    """
    listing = decode(answer.body, CertificateList) if answer.status == 200 else None
    if listing is None:
        return []
    found = [_certificate(entry, api_v3_key) for entry in listing.data]
    certificates = [certificate for certificate in found if certificate is not None]
    brought = KeyRing()
    try:
        brought.add_certificates(certificates)
    except KeyFormatError:
        return []
    verdicts = (verify(answer.headers, answer.body, keys=ring, now_ms=now_ms) for ring in (known, brought))
    return certificates if Verdict.GENUINE in verdicts else []


def _certificate(entry: CertificateEntry, api_v3_key: Secret) -> Certificate | None:
    sealed = entry.encrypt_certificate
    if sealed.algorithm != ALGORITHM:
        return None
    pem = decrypt(api_v3_key, nonce=sealed.nonce, ciphertext=sealed.ciphertext, associated_data=sealed.associated_data)
    if pem is None:
        return None
    try:
        return load_certificate(pem.decode("ascii", "replace"))
    except KeyFormatError:
        return None
