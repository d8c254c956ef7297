"""RSA signatures and AES-GCM on parsed keys. Parsing costs 37 ms, signing 0.36 ms: parse once, keep the object."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificate

_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()
_SHA1 = hashes.SHA1()  # noqa: S303 - weak, and still what some providers' RSA signatures are made with

_OAEP = padding.OAEP(mgf=padding.MGF1(_SHA1), algorithm=_SHA1, label=None)


class KeyFormatError(ValueError):
    """The text is not the kind of key that was asked for. The message never quotes the key."""


class SigningKey:
    """An RSA private key, parsed once."""

    def __init__(self, pem: str) -> None:
        self._key = _load_private(pem)
        self.public_pem = _public_pem(self._key.public_key())

    def sign(self, message: bytes) -> str:
        """SHA256withRSA (PKCS#1 v1.5) as base64: what WeChat, Alipay and UnionPay ask for."""
        return base64.b64encode(self._key.sign(message, _PADDING, _SHA256)).decode("ascii")

    def sign_sha1(self, message: bytes) -> str:
        """SHA1withRSA (PKCS#1 v1.5) as base64: for providers whose protocol knows nothing better (Allinpay)."""
        return base64.b64encode(self._key.sign(message, _PADDING, _SHA1)).decode("ascii")

    def decrypt(self, ciphertext_b64: str) -> str | None:
        """What `VerifyingKey.encrypt` hid; None for anything that was not encrypted for this key."""
        try:
            return self._key.decrypt(base64.b64decode(ciphertext_b64, validate=True), _OAEP).decode()
        except (binascii.Error, ValueError):
            return None


class VerifyingKey:
    """An RSA public key, parsed once, from a PEM public key, a PEM certificate or bare base64."""

    def __init__(self, pem: str) -> None:
        self._key = _load_public(pem)

    def verify(self, message: bytes, signature_b64: str) -> bool:
        """Whether the signature is over exactly these bytes. False for any unreadable signature."""
        return self._fits(message, signature_b64, _SHA256)

    def verify_sha1(self, message: bytes, signature_b64: str) -> bool:
        """The same for SHA1withRSA. Only where a provider signs with nothing better."""
        return self._fits(message, signature_b64, _SHA1)

    def _fits(self, message: bytes, signature_b64: str, digest: hashes.HashAlgorithm) -> bool:
        try:
            signature = base64.b64decode(signature_b64, validate=True)
            self._key.verify(signature, message, _PADDING, digest)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def encrypt(self, text: str) -> str:
        """RSAES-OAEP with SHA-1, as base64: how WeChat wants cards and names. At most some 200 bytes."""
        return base64.b64encode(self._key.encrypt(text.encode(), _OAEP)).decode("ascii")

    @property
    def pem(self) -> str:
        return _public_pem(self._key)


def _public_pem(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_fingerprint(public_pem: str) -> str:
    """SHA-256 of a public key in hex, as `openssl pkey -pubin -outform DER | sha256sum` prints it."""
    body = "".join(line for line in public_pem.split("\n") if not line.startswith("-----"))
    return hashlib.sha256(base64.b64decode(body)).hexdigest()


def _armour(text: str, label: str) -> bytes:
    """PEM as it is; bare base64 (as Alipay's console shows keys) gets its armour."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        return text.encode("ascii", "replace")
    body = "".join(text.split())
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii", "replace")


def _load_private(text: str) -> rsa.RSAPrivateKey:
    key: object
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        try:
            key = serialization.load_pem_private_key(_armour(text, label), password=None)
        except (ValueError, TypeError):
            continue
        except UnsupportedAlgorithm:
            key = None  # a readable key of a kind that is not known here, such as SM2 (国密)
        if isinstance(key, rsa.RSAPrivateKey):
            return key
        raise KeyFormatError("the private key is not an RSA key / 私钥不是 RSA 密钥")
    raise KeyFormatError(
        "not a readable private key: expected PEM (PKCS#8 or PKCS#1) without a password / 无法读取私钥"
    )


def _load_public(text: str) -> rsa.RSAPublicKey:
    key: object
    try:
        if "BEGIN CERTIFICATE" in text:
            key = load_pem_x509_certificate(text.encode("ascii", "replace")).public_key()
        else:
            key = serialization.load_pem_public_key(_armour(text, "PUBLIC KEY"))
    except ValueError as error:
        raise KeyFormatError("not a readable public key or certificate / 无法读取公钥或证书") from error
    except UnsupportedAlgorithm:
        key = None  # as above
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeyFormatError("the public key is not an RSA key / 公钥不是 RSA 密钥")
    return key


def load_certificate(pem: str) -> Certificate:
    """A parsed X.509 certificate; KeyFormatError if the text is none."""
    try:
        return load_pem_x509_certificate(pem.encode("ascii", "replace"))
    except (ValueError, InvalidVersion) as error:  # InvalidVersion is no ValueError, unlike all other breakage
        raise KeyFormatError("not a readable certificate / 无法读取证书") from error


def generate_private_pem(bits: int = 2048) -> str:
    """A new RSA key as PKCS#8 PEM: for tests, the sandbox and the demo."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")


def aes_gcm_encrypt(key: bytes, nonce: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """AES-256-GCM; the 16-byte tag stands at the end, as WeChat's notifications have it."""
    return AESGCM(key).encrypt(nonce, plaintext, associated_data)


def aes_gcm_decrypt(key: bytes, nonce: bytes, ciphertext: bytes, associated_data: bytes) -> bytes | None:
    """The plaintext, or None if a single bit was changed or the key is wrong."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated_data)
    except (InvalidTag, ValueError):
        return None
