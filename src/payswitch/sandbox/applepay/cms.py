"""Detached PKCS#7 (CMS) signatures over tokens: made like Apple's, and verified by the acquirer.

`cryptography` makes them but does not verify them, so the verifying half reads the few DER elements that it needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from payswitch.sandbox.applepay.envelope import private_key

_SET, _ATTRIBUTES, _OCTETS = 0x31, 0xA0, 0x04


def sign(content: bytes, key_pem: str, certificate_pem: str, middle_pem: str) -> bytes:
    """DER, with signed attributes, the signing certificate and the middle one inside, as Apple's have it."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(_certificate(certificate_pem), private_key(key_pem), hashes.SHA256())
    builder = builder.add_certificate(_certificate(middle_pem))
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    return builder.sign(Encoding.DER, options)


def is_signed(content: bytes, signature: bytes, certificate_pem: str) -> bool:
    """Whether this signature is over this content by the key of this certificate."""
    public = _certificate(certificate_pem).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        attributes, value = _signer(signature)
        if hashlib.sha256(content).digest() not in attributes:
            return False
        # Signed is the SET of attributes; inside the message it stands under another tag.
        public.verify(value, bytes([_SET]) + attributes[1:], ec.ECDSA(hashes.SHA256()))
    except (ValueError, IndexError, StopIteration, InvalidSignature):
        return False
    return True


def _certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def _signer(signature: bytes) -> tuple[bytes, bytes]:
    """The signed attributes (whole element) and the signature of the one signer."""
    content_info = [inner for _, inner, _ in _elements(_only(signature))]
    signed_data = [inner for _, inner, _ in _elements(_only(content_info[1]))]
    parts = list(_elements(_only(signed_data[-1])))
    attributes = next(raw for tag, _, raw in parts if tag == _ATTRIBUTES)
    value = next(inner for tag, inner, _ in parts if tag == _OCTETS)
    return attributes, value


def _only(der: bytes) -> bytes:
    """The content of the one element here."""
    return next(_elements(der))[1]


def _elements(der: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Tag, content and whole bytes of each DER element in a row. ValueError where one is cut off."""
    at = 0
    while at < len(der):
        start, tag, length = at, der[at], der[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
        content = der[at : at + length]
        if len(content) != length:
            raise ValueError("cut off")
        at += length
        yield tag, content, der[start:at]
