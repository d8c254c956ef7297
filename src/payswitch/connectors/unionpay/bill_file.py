"""The envelope of a bill: `fileContent` is base64 of zlib of a zip with the day's files, of which two kinds matter:
`...ZM_<merchant>` (transactions) and `...ZME_<merchant>` (disputes and adjustments)."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from typing import Final

import msgspec

from payswitch.connectors.bill_reading import UnreadableBill

_MOST_BYTES: Final = 64 << 20
"""Unpacked, altogether: about 90,000 lines. More is refused, not memory."""
_MOST_FILES: Final = 64
_TRANSACTIONS: Final = re.compile(r"(?:.*/)?[^/]*ZM_[^/]*")
_ADJUSTMENTS: Final = re.compile(r"(?:.*/)?[^/]*ZME_[^/]*")


class BillFiles(msgspec.Struct, frozen=True, kw_only=True):
    transactions: tuple[bytes, ...]
    adjustments: int
    """Lines in the ZME file. Their columns are not read."""


def unpack(file_content: str) -> BillFiles:
    """The files inside. Raises UnreadableBill for whatever is not such an envelope, or is too large."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(_inflate(base64.b64decode("".join(file_content.split()), validate=True))))
        with archive:
            return _read(archive)
    except UnreadableBill:  # itself a ValueError, and more precise than what follows
        raise
    except (binascii.Error, ValueError, zlib.error, zipfile.BadZipFile, EOFError) as error:
        raise UnreadableBill("broken_archive", "fileContent is not base64 of zlib of a zip file") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or compressed in a way that is not known here
        raise UnreadableBill("broken_archive", "the zip file cannot be opened") from error


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    content = inflater.decompress(data, _MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise UnreadableBill("too_large", f"more than {_MOST_BYTES} bytes unpacked")
    if not inflater.eof:
        raise UnreadableBill("broken_archive", "fileContent is cut off")
    return content


def _read(archive: zipfile.ZipFile) -> BillFiles:
    entries = archive.infolist()
    if len(entries) > _MOST_FILES:
        raise UnreadableBill("too_large", f"more than {_MOST_FILES} files")
    transactions: list[bytes] = []
    adjustments = 0
    left = _MOST_BYTES
    for entry in entries:
        wanted = _TRANSACTIONS.fullmatch(entry.filename)
        if not wanted and not _ADJUSTMENTS.fullmatch(entry.filename):
            continue
        with archive.open(entry) as file:
            content = file.read(left + 1)  # reading to the end also checks the CRC
        if len(content) > left:
            raise UnreadableBill("too_large", f"more than {_MOST_BYTES} bytes unpacked")
        left -= len(content)
        if wanted:
            transactions.append(content)
        else:
            adjustments += len([line for line in content.splitlines() if line.strip()])
    if not transactions:
        raise UnreadableBill("broken_archive", "the zip file has no ZM file")
    return BillFiles(transactions=tuple(transactions), adjustments=adjustments)
