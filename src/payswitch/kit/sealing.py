"""Encryption at rest: small texts sealed with a master key (AES-256-GCM), bound to what they belong to.

The envelope: one byte of format, 8 bytes of key id, 12 bytes of nonce, the ciphertext with its tag. Format, key id and
the caller's context are authenticated, so that an envelope moved to another row does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from payswitch.kit.crypto import aes_gcm_decrypt, aes_gcm_encrypt

PREFIX: Final = "psmk_"
_FORMAT: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_HEAD: Final = len(_FORMAT) + _ID_BYTES + _NONCE_BYTES
_MARK_CHARS: Final = 12
"""48 bits: enough to see whether two secrets are the same one."""

Random = Callable[[int], bytes]


class MasterKeyError(ValueError):
    """The text is no master key. The message never quotes it."""


class SealBroken(ValueError):
    """The envelope does not open: no key for it, or a bit of it (or of what it belongs to) was changed."""


class MasterKey:
    """One master key. Its `repr` shows its id only."""

    __slots__ = ("_marking", "_sealing", "key_id")

    def __init__(self, text: str) -> None:
        key = _key_bytes(text.strip())
        # Keys of their own for each purpose: what one gives away says nothing about the others.
        self._sealing = _derived(key, b"payswitch seal 1")
        self._marking = _derived(key, b"payswitch mark 1")
        self.key_id: Final = _derived(key, b"payswitch key id 1")[:_ID_BYTES].hex()
        """Names the key without saying anything about it: it stands beside what the key has sealed."""

    def __repr__(self) -> str:
        return f"MasterKey({self.key_id})"

    def seal(self, plaintext: bytes, context: bytes, nonce: bytes) -> bytes:
        head = _FORMAT + bytes.fromhex(self.key_id)
        return head + nonce + aes_gcm_encrypt(self._sealing, nonce, plaintext, head + context)

    def open(self, envelope: bytes, context: bytes) -> bytes | None:
        """None unless every bit is as it was sealed, for this very context."""
        head = envelope[: len(_FORMAT) + _ID_BYTES]
        nonce = envelope[len(head) : _HEAD]
        return aes_gcm_decrypt(self._sealing, nonce, envelope[_HEAD:], head + context)

    def mark(self, text: str) -> str:
        """A short name of a secret, the same for the same text. Without the master key nobody can try texts on it."""
        return hmac.digest(self._marking, text.encode(), "sha256").hex()[:_MARK_CHARS]


class KeyRing:
    """The master keys of one service: the first, newest one seals, all of them open."""

    def __init__(self, keys: Sequence[MasterKey], *, random: Random = secrets.token_bytes) -> None:
        if not keys:
            raise MasterKeyError("at least one master key is needed / 至少需要一个主密钥")
        self._keys = {key.key_id: key for key in keys}
        self._random = random
        self.newest = keys[0]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def seal(self, plaintext: bytes, context: str) -> bytes:
        return self.newest.seal(plaintext, context.encode(), self._random(_NONCE_BYTES))

    def is_newest(self, envelope: bytes) -> bool:
        """Whether the newest master key has sealed it."""
        return envelope[len(_FORMAT) : len(_FORMAT) + _ID_BYTES].hex() == self.newest.key_id

    def open(self, envelope: bytes, context: str) -> bytes:
        """Raises SealBroken."""
        if len(envelope) <= _HEAD or not envelope.startswith(_FORMAT):
            raise SealBroken("not a sealed text of a known format / 密文格式不正确")
        key_id = envelope[len(_FORMAT) : len(_FORMAT) + _ID_BYTES].hex()
        key = self._keys.get(key_id)
        if key is None:
            raise SealBroken(f"it was sealed with master key {key_id}, which is not at hand / 缺少主密钥 {key_id}")
        plaintext = key.open(envelope, context.encode())
        if plaintext is None:
            raise SealBroken("it was changed, or belongs to something else / 密文被改动或不属于此处")
        return plaintext


def new_master_key() -> str:
    """A fresh key as text, from the operating system's randomness."""
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode("ascii").rstrip("=")


def read_master_keys(text: str) -> list[MasterKey]:
    """One key or several, newest first, separated by blanks or lines; lines that begin with # are remarks."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [MasterKey(part) for part in " ".join(lines).split()]


def _key_bytes(text: str) -> bytes:
    body = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or len(key) != _KEY_BYTES:
        raise MasterKeyError(
            f"must be {PREFIX} and 43 characters, as `payswitch master-key` prints one / "
            f"须为 {PREFIX} 加 43 个字符，可用 payswitch master-key 生成"
        )
    return key


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, hashlib.sha256)
