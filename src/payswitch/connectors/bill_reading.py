"""Reading a channel's bill strictly: what every bill format has in common.

A row that is not understood in every particular makes the whole bill worthless: a reconciliation over half a bill would
report breaks that are none, and miss those that are. Messages name the place (line and column), never a value: values
are customers' names, numbers and amounts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from payswitch.domain.bill import BillAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import BEIJING

MAX_UNPACKED_BYTES: Final = 512 << 20
"""A day's bill when unpacked; more is an attack or a mistake, not a bill."""

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<yuan>[0-9]{1,12})(?:\.(?P<fen>[0-9]{1,2})(?P<rest>0*))?", re.ASCII)
_COUNT = re.compile(r"([0-9]{1,12})(?:\.0+)?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)


class UnreadableBill(ValueError):
    """The bill cannot be believed. `code` is for statistics, the message names the place for a person."""

    def __init__(self, code: str, place: str) -> None:
        super().__init__(f"{code}: {place}")
        self.code = code
        self.place = place


def signed_fen(text: str, place: str) -> int:
    """`12.30` -> 1230, `-0.07000` -> -7. Digits beyond the fen must be zeros: an amount is never rounded."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise UnreadableBill("unreadable_amount", place)
    fen = int(match["yuan"]) * 100 + int((match["fen"] or "").ljust(2, "0"))
    return -fen if match["sign"] else fen


def count_of(text: str, place: str) -> int:
    """A number of rows; WeChat writes `45` and `45.0`."""
    match = _COUNT.fullmatch(text)
    if match is None:
        raise UnreadableBill("unreadable_count", place)
    return int(match[1])


def moment_ms(text: str, place: str) -> int:
    """A Beijing wall time `2026-11-11 20:37:05` as Unix milliseconds."""
    if _MOMENT.fullmatch(text) is None:
        raise UnreadableBill("unreadable_time", place)
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp()) * 1_000
    except ValueError as error:
        raise UnreadableBill("unreadable_time", place) from error


def is_moment(text: str) -> bool:
    return _MOMENT.fullmatch(text) is not None


def is_amount(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Whether the text is a calendar date, `2026-11-11`."""
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def gunzipped(data: bytes, limit: int = MAX_UNPACKED_BYTES) -> bytes:
    """The content of a gzip file, or the data itself if it is none. UnreadableBill when broken or too large."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise UnreadableBill("broken_archive", "gzip") from error
    if len(content) > limit:
        raise UnreadableBill("too_large", f"more than {limit} bytes unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise UnreadableBill("broken_archive", "gzip")
    return content


MOST_FILES: Final = 50
"""In one archive: a large day comes in several files, not in hundreds."""


def unzipped(archive: bytes, *, wanted: Callable[[str], bool] = lambda name: True) -> list[bytes]:
    """The contents of a zip file's files. Their names are of little use: channels write them in GBK without saying so;
    at most their endings can be chosen by. UnreadableBill when broken or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            infos = [info for info in packed.infolist() if not info.is_dir() and wanted(info.filename)]
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
                raise UnreadableBill("too_large", "the archive")
            return [_unzipped_file(packed, info) for info in infos]
    except UnreadableBill:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        # RuntimeError: the file asks for a password; NotImplementedError: an unheard-of compression.
        raise UnreadableBill("broken_archive", "zip") from error


def _unzipped_file(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Never more than the archive's own list says: sizes in a list can lie."""
    with packed.open(info) as file:
        content = file.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise UnreadableBill("broken_archive", "zip")
    return content


NO_DAY: Final = BillAnswer(
    outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="bad_day", message="a bill is for one day, YYYY-MM-DD")
)


def distrusted(problem: UnreadableBill) -> BillAnswer:
    """The answer for a bill that cannot be believed."""
    return BillAnswer(outcome=Outcome(kind=OutcomeKind.UNTRUSTED, code=problem.code, message=problem.place))
