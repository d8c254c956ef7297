"""When the certificates among some texts end: read once, so that nobody needs the texts again to know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from payswitch.kit.crypto import KeyFormatError, load_certificate

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class CertificateEnd(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate, named by where it stands. Holds nothing of its contents but the day."""

    name: str
    """`platform_certificates (certificate 2)`: the text's name, and which of several in it."""
    ends_at_ms: int | None
    """None: it cannot be read."""
    trouble: str = ""


def certificate_ends(texts: Mapping[str, str]) -> list[CertificateEnd]:
    """Every PEM certificate in these texts, in order of their names."""
    return [_read(name, block) for key, text in sorted(texts.items()) for name, block in _blocks(key, text)]


def _blocks(key: str, text: str) -> Iterator[tuple[str, str]]:
    for number, part in enumerate(text.split(_BEGIN)[1:], 1):
        yield key + (f" (certificate {number})" if number > 1 else ""), _BEGIN + part.split(_END)[0] + _END


def _read(name: str, pem: str) -> CertificateEnd:
    try:
        return CertificateEnd(name=name, ends_at_ms=int(load_certificate(pem).not_valid_after_utc.timestamp() * 1_000))
    except KeyFormatError as error:
        return CertificateEnd(name=name, ends_at_ms=None, trouble=str(error))
