"""渠道密钥: a channel's account table, sealed for the database, and described for people without giving it away."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.account import Account
from payswitch.domain.managed_channel import SealedCredential
from payswitch.kit.certificates import FoundCertificate, find_certificates
from payswitch.kit.crypto import KeyFormatError, SigningKey, VerifyingKey, public_fingerprint
from payswitch.kit.sealing import KeyRing, SealBroken

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(dict[str, str]).decode

_LONGEST_SHOWN: Final = 200
"""Characters of a value that is shown again: a key that stands in the wrong place is longer."""


def _context(channel_id: str, version: int) -> str:
    """What a sealed account is bound to: moved to another channel or version it does not open."""
    return f"channel {channel_id} version {version}"


def seal(
    ring: KeyRing, account: Account, *, channel_id: str, version: int, created_at_ms: int, created_by: str
) -> SealedCredential:
    return SealedCredential(
        channel_id=channel_id,
        version=version,
        key_id=ring.newest.key_id,
        sealed=ring.seal(_encode(account), _context(channel_id, version)),
        created_at_ms=created_at_ms,
        created_by=created_by,
    )


def unseal(ring: KeyRing, credential: SealedCredential) -> dict[str, str]:
    """The account table. Raises SealBroken."""
    plaintext = ring.open(credential.sealed, _context(credential.channel_id, credential.version))
    try:
        return _decode(plaintext)
    except msgspec.MsgspecError as error:  # only a bug writes such a thing; it must not be quoted
        raise SealBroken("the opened text is no account table / 解密内容不是账户表") from error


def sealed_anew(ring: KeyRing, credential: SealedCredential) -> SealedCredential:
    """The same credential under the newest master key. Raises SealBroken."""
    context = _context(credential.channel_id, credential.version)
    sealed = ring.seal(ring.open(credential.sealed, context), context)
    return msgspec.structs.replace(credential, key_id=ring.newest.key_id, sealed=sealed)


class EntryKind(StrEnum):
    """What an entry of an account table turned out to be."""

    VALUE = "value"
    """A number, name, address or mode: no secret."""
    PRIVATE_KEY = "private_key"
    PUBLIC_KEY = "public_key"
    CERTIFICATE = "certificate"
    SECRET = "secret"  # noqa: S105 (a kind, not a secret)


class AccountEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an account table as an operator may see it."""

    key: str
    kind: EntryKind
    value: str | None = None
    """Only of kind `value`."""
    fingerprint: str | None = None
    """Of a key: SHA-256 of its public half (of a private key, too). Of a secret: a mark that only tells whether two
    versions hold the same one; it changes with the master key."""
    certificates: tuple[FoundCertificate, ...] = ()


def describe(account: Account, shown_keys: frozenset[str], ring: KeyRing) -> tuple[AccountEntry, ...]:
    """Every entry, by key. Whatever is not known to be public is a secret. Parses keys: not for the event loop."""
    certificates = [one for one in find_certificates(account) if isinstance(one, FoundCertificate)]
    return tuple(
        _describe(key, text, shown_keys, tuple(one for one in certificates if one.key == key), ring)
        for key, text in sorted(account.items())
    )


def _describe(
    key: str, text: str, shown_keys: frozenset[str], certificates: tuple[FoundCertificate, ...], ring: KeyRing
) -> AccountEntry:
    if key in shown_keys:
        plain = len(text) <= _LONGEST_SHOWN and text.isprintable() and not ("://" in text and "@" in text)
        return AccountEntry(key=key, kind=EntryKind.VALUE, value=text if plain else None)
    if certificates:
        return AccountEntry(key=key, kind=EntryKind.CERTIFICATE, certificates=certificates)
    kind, fingerprint = _key_fingerprint(text)
    return AccountEntry(key=key, kind=kind, fingerprint=fingerprint or ring.newest.mark(text))


def _key_fingerprint(text: str) -> tuple[EntryKind, str]:
    try:
        return EntryKind.PRIVATE_KEY, public_fingerprint(SigningKey(text).public_pem)
    except KeyFormatError:
        pass
    try:
        return EntryKind.PUBLIC_KEY, public_fingerprint(VerifyingKey(text).pem)
    except KeyFormatError:
        return EntryKind.SECRET, ""


def changed_keys(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Which entries differ, by name."""
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
