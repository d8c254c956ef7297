"""A bill in the normal form as a file: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from payswitch.domain.bill import BillLine, totals_of
from payswitch.domain.outcome import Outcome
from payswitch.kit.clock import beijing

COLUMNS: Final = (
    "kind",
    "channel_order_no",
    "transaction_id",
    "out_refund_no",
    "channel_refund_id",
    "amount_fen",
    "fee_fen",
    "at",
    "at_ms",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a text that begins so; these texts come from strangers."""


class BillDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about the bill besides its lines."""

    channel_id: str
    connector: str
    day: str
    outcome: Outcome
    lines: tuple[BillLine, ...]


def csv_text(bill: BillDocument) -> str:
    """One row per payment and refund; amounts in fen, times of Beijing and Unix milliseconds."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(line) for line in bill.lines)
    return text.getvalue()


def _row(line: BillLine) -> Sequence[str | int]:
    texts = (line.kind.value, line.channel_order_no, line.transaction_id, line.out_refund_no, line.channel_refund_id)
    at = beijing(line.at_ms).isoformat(timespec="seconds")
    return [*(_harmless(text) for text in texts), line.amount_fen, line.fee_fen, at, line.at_ms]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(bill: BillDocument) -> str:
    """The lines with their totals, and what the connector said of the bill."""
    whole = {
        "channel_id": bill.channel_id,
        "connector": bill.connector,
        "day": bill.day,
        "code": bill.outcome.code,
        "message": bill.outcome.message,
        "totals": totals_of(bill.lines),
        "lines": bill.lines,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


WRITERS: Final[Mapping[str, Callable[[BillDocument], str]]] = {".csv": csv_text, ".json": json_text}
"""By the file's suffix."""
