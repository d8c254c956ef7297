"""The merchant's signing certificate and its private key, from PEM texts or from a .pfx file."""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509 import Certificate

from payswitch.kit.bundles import load_bundle
from payswitch.kit.crypto import KeyFormatError, SigningKey, VerifyingKey


class SigningPair(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate and its key that belong together."""

    cert_id: str
    """The certificate's serial number in decimal: `certId` on the wire."""
    key: SigningKey


def pair_from_pem(certificate_pem: str, private_pem: str) -> SigningPair:
    """Raises KeyFormatError when one is unreadable or they do not belong together."""
    return _pair(load_bundle(certificate_pem)[0], SigningKey(private_pem))


def pair_from_pfx(text: str, password: str) -> SigningPair:
    """The key and certificate in a base64-encoded .pfx (PKCS#12). Raises KeyFormatError."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        store = pkcs12.load_pkcs12(data, password.encode() or None)
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormatError(
            "not a readable .pfx, or a wrong password (an old encryption is renewed with openssl pkcs12 -legacy) / "
            "无法读取 .pfx，或密码错误（旧加密算法可用 openssl pkcs12 -legacy 转换）"
        ) from error
    if not isinstance(store.key, rsa.RSAPrivateKey) or store.cert is None:
        raise KeyFormatError("the .pfx holds no RSA key with its certificate / .pfx 中没有 RSA 私钥及其证书")
    private = store.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    return _pair(store.cert.certificate, SigningKey(private))


def _pair(certificate: Certificate, key: SigningKey) -> SigningPair:
    if VerifyingKey(certificate.public_bytes(Encoding.PEM).decode("ascii")).pem != key.public_pem:
        raise KeyFormatError("the signing certificate does not belong to the private key / 签名证书与签名私钥不是一对")
    return SigningPair(cert_id=str(certificate.serial_number), key=key)
