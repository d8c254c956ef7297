"""Is this message WeChat's? The same check for answers and notifications, over the raw bytes as they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from payswitch.connectors.wechatpay.signing import SCHEME
from payswitch.kit.crypto import VerifyingKey

MAX_SKEW_S = 300
"""A message whose timestamp is further away than this is refused: the documentation's 5 minutes."""

PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
"""WeChat sends wrong signatures on purpose to see whether merchants check them; these begin so."""

PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"

_HEX = frozenset("0123456789ABCDEF")
_MAX_SERIAL = 64


class Verdict(StrEnum):
    """The values are the codes that outcomes carry."""

    GENUINE = "genuine"
    PROBE = "signature_probe"
    MISSING = "signature_missing"
    STALE = "signature_stale"
    UNKNOWN_SERIAL = "unknown_serial"
    BAD = "bad_signature"


def normal_serial(serial: str) -> str:
    """One spelling per key: upper case and no leading zeros for certificates, public key ids as they are."""
    if serial.startswith(PUBLIC_KEY_PREFIX):
        return serial
    return serial.upper().lstrip("0")


def is_certificate_serial(serial: str) -> bool:
    """Whether a key with this serial could be fetched: public keys cannot."""
    return 0 < len(serial) <= _MAX_SERIAL and _HEX.issuperset(serial.upper())


class KeyRing:
    """WeChat's public keys by serial: platform certificates, the WeChat Pay public key, or both while migrating."""

    def __init__(self) -> None:
        self._public_keys: dict[str, VerifyingKey] = {}
        self._certificates: dict[str, tuple[VerifyingKey, int]] = {}

    def add_public_key(self, key_id: str, key: VerifyingKey) -> None:
        self._public_keys[key_id] = key

    def add_certificates(self, certificates: Iterable[Certificate]) -> None:
        """Take these in. Expired ones stay known but verify nothing."""
        for certificate in certificates:
            serial = normal_serial(format(certificate.serial_number, "X"))
            expires_ms = int(certificate.not_valid_after_utc.timestamp() * 1_000)
            self._certificates[serial] = (VerifyingKey(_pem(certificate)), expires_ms)

    def key(self, serial: str, now_ms: int) -> VerifyingKey | None:
        serial = normal_serial(serial)
        public_key = self._public_keys.get(serial)
        if public_key is not None:
            return public_key
        certificate = self._certificates.get(serial)
        if certificate is None or certificate[1] <= now_ms:
            return None
        return certificate[0]

    def preferred_serial(self, now_ms: int) -> str | None:
        """What to ask WeChat to sign with: the public key where there is one (it never expires), else the
        certificate that lasts longest; None when every certificate has expired."""
        for key_id in self._public_keys:
            return key_id
        alive = [(expires_ms, serial) for serial, (_, expires_ms) in self._certificates.items() if expires_ms > now_ms]
        return max(alive)[1] if alive else None


def _pem(certificate: Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def verify(headers: Mapping[str, str], body: bytes, *, keys: KeyRing, now_ms: int) -> Verdict:
    """Judge one message. Header names are lower case. Whatever is missing or odd is not genuine."""
    signature = headers.get("wechatpay-signature", "")
    timestamp = headers.get("wechatpay-timestamp", "")
    serial = headers.get("wechatpay-serial", "")
    nonce = headers.get("wechatpay-nonce", "")
    if not (signature and timestamp and serial and nonce):
        return Verdict.MISSING
    if signature.startswith(PROBE_PREFIX):
        return Verdict.PROBE
    if headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
        return Verdict.BAD
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and nonce.isascii()):
        return Verdict.BAD
    if abs(now_ms - int(timestamp) * 1_000) > MAX_SKEW_S * 1_000:
        return Verdict.STALE
    key = keys.key(serial, now_ms)
    if key is None:
        return Verdict.UNKNOWN_SERIAL
    message = f"{timestamp}\n{nonce}\n".encode("ascii") + body + b"\n"
    return Verdict.GENUINE if key.verify(message, signature) else Verdict.BAD
