"""EC_v1, Apple's encryption of a token's content to the payment processing key.

Elliptic-curve Diffie-Hellman on P-256, the one-step key derivation of NIST SP 800-56A with SHA-256, AES-256-GCM with a
nonce of sixteen zero bytes [O: "Payment token format reference", "Restoring the symmetric key"]. The first input of the
derivation names the algorithm, length byte first (0x0D); the document's table has its lines shifted by one [C].
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

_NONCE = bytes(16)
_ALGORITHM = b"\x0did-aes256-GCM"
_PARTY_U = b"Apple"
_KEY_BYTES = 32


def private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("payment processing keys are elliptic")
    return key


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """X.509-encoded, as tokens and `publicKeyHash` have it."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def seal(content: bytes, processing: ec.EllipticCurvePublicKey, merchant_identifier: str) -> tuple[bytes, bytes]:
    """The encrypted content and the ephemeral public key that belongs to it."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    key = _derived(ephemeral.exchange(ec.ECDH(), processing), merchant_identifier)
    return AESGCM(key).encrypt(_NONCE, content, None), public_bytes(ephemeral.public_key())


def unseal(sealed: bytes, ephemeral: bytes, pem: str, merchant_identifier: str) -> bytes | None:
    """The content; None if it was not encrypted to this key for this merchant, or was changed."""
    try:
        public = load_der_public_key(ephemeral)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return None
        key = _derived(private_key(pem).exchange(ec.ECDH(), public), merchant_identifier)
        return AESGCM(key).decrypt(_NONCE, sealed, None)
    except (ValueError, InvalidTag):
        return None


def _derived(shared: bytes, merchant_identifier: str) -> bytes:
    party_v = hashlib.sha256(merchant_identifier.encode()).digest()
    return ConcatKDFHash(hashes.SHA256(), _KEY_BYTES, _ALGORITHM + _PARTY_U + party_v).derive(shared)
