"""证据包: everything about one payment in one file, for a channel's service desk, a court, or a colleague.

Built from the same views that the console shows, field by field. Never in it: credentials, the checkout's address,
openids and other particulars of the customer, keys. Beside the files stands a manifest with their hashes; made twice
from the same records, it is the same to the last byte but for the moment and the name of whoever made it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

import msgspec

from payswitch import __version__
from payswitch.kit.clock import iso_utc

_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest that a ZIP can say: the files' own times would differ at every download."""


class HashedFile(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the package, and by whom and when it was made."""

    payment_id: str
    made_at: str
    made_by: str
    made_with: str
    files: list[HashedFile]


def package(payment_id: str, made_by: str, now_ms: int, files: Mapping[str, bytes]) -> bytes:
    """The ZIP: the manifest first, then the files in the order of their names."""
    listed = sorted(files.items())
    manifest = Manifest(
        payment_id=payment_id,
        made_at=iso_utc(now_ms),
        made_by=made_by,
        made_with=f"PaySwitch {__version__}",
        files=[
            HashedFile(name=name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
            for name, content in listed
        ],
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [("manifest.json", readable(manifest)), *listed]:
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def readable(value: object) -> bytes:
    """JSON for people."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
