"""Huifu's trade bill as text, read into the normal form. Pure, and strict: see `connectors/bill_reading.py`.

A day is one or more zip archives (or bare files) of CSV, each with a line of column names; more than 400,000 rows are
split. Encoding and names are not confirmed: UTF-8 (with or without a byte order mark) or GB18030, and `BillColumns`.
There is no hash: what protects the content is TLS and the archive's own checksum.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Final

from payswitch.connectors.bill_reading import UnreadableBill, is_moment, moment_ms, signed_fen, unzipped
from payswitch.connectors.huifu.bill_columns import BillColumns
from payswitch.connectors.huifu.wire import ms_of
from payswitch.domain.bill import BillKind, BillLine

_ZIP: Final = b"PK"
_PADDING: Final = "\t `'\""
_DONE: Final = frozenset({"", "S", "成功", "交易成功"})
"""A trade bill lists what has happened; without the column every row has."""
_FAILED: Final = frozenset({"F", "失败", "交易失败"})
_NUMBER: Final = re.compile(r"[0-9A-Za-z_\-|*.]{1,128}", re.ASCII)
_REFUND_WORDS: Final = ("退款", "退货", "REFUND")
_PAYMENT_WORDS: Final = ("支付", "消费", "正扫", "反扫", "收款", "NATIVE", "JSAPI", "MINIAPP", "MICROPAY")


def read_file(content: bytes, *, columns: BillColumns, huifu_id: str, name: str) -> list[BillLine]:
    """The lines of one downloaded file. Raises UnreadableBill for the first thing that is not as it must be."""
    return [
        line for text in _texts(content) for line in _read_text(text, columns=columns, huifu_id=huifu_id, name=name)
    ]


def _texts(content: bytes) -> list[str]:
    if not content.startswith(_ZIP):
        return [_decoded(content)]
    files = unzipped(content, wanted=lambda name: name.lower().endswith(".csv"))
    if not files:
        raise UnreadableBill("broken_archive", "the archive has no .csv file")
    return [_decoded(file) for file in files]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Names of goods may be cut in the middle of a character; nothing that is used can hold the replacement.
        return content.decode("gb18030", "replace")


def _read_text(text: str, *, columns: BillColumns, huifu_id: str, name: str) -> Iterator[BillLine]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip(_PADDING) for cell in next(rows, [])]
        _check_header(header, columns, name)
        for cells in rows:
            if any(cell.strip(_PADDING) for cell in cells):
                yield from _Row(header, cells, columns, f"{name} line {rows.line_num}").lines(huifu_id)
    except csv.Error as error:
        raise UnreadableBill("unreadable_row", f"{name} line {rows.line_num}") from error


_OPTIONAL: Final = ("status", "original_transaction")


def _check_header(header: list[str], columns: BillColumns, name: str) -> None:
    for word in BillColumns.__struct_fields__:
        column = getattr(columns, word)
        if header.count(column) != 1 and (word not in _OPTIONAL or header.count(column) > 1):
            raise UnreadableBill(
                "unknown_columns", f"{name}: no column {column} for {word}; set bill_columns / 请设置 bill_columns"
            )


class _Row:
    """One row."""

    def __init__(self, header: list[str], cells: list[str], columns: BillColumns, place: str) -> None:
        if len(cells) != len(header):
            raise UnreadableBill("unreadable_row", place)
        self._named: Mapping[str, str] = dict(zip(header, (cell.strip(_PADDING) for cell in cells), strict=True))
        self._columns = columns
        self._where = place

    def _text(self, word: str) -> str:
        return self._named.get(getattr(self._columns, word), "")

    def _place(self, word: str) -> str:
        return f"{self._where}: {getattr(self._columns, word)}"

    def _number(self, word: str) -> str:
        value = self._text(word)
        if _NUMBER.fullmatch(value) is None:
            raise UnreadableBill("unreadable_number", self._place(word))
        return value

    def _at_ms(self) -> int:
        text = self._text("at")
        if is_moment(text):
            return moment_ms(text, self._place("at"))
        at_ms = ms_of(text)
        if at_ms is None:
            raise UnreadableBill("unreadable_time", self._place("at"))
        return at_ms

    def lines(self, huifu_id: str) -> Iterator[BillLine]:
        """The payment or refund of this row; nothing if it failed."""
        if self._text("merchant") != huifu_id:
            raise UnreadableBill("wrong_merchant", self._place("merchant"))
        status = self._text("status")
        if status in _FAILED:
            return
        if status not in _DONE:
            raise UnreadableBill("unknown_status", self._place("status"))
        yield self._line(self._kind())

    def _kind(self) -> BillKind:
        text = self._text("kind").upper()
        if any(word in text for word in _REFUND_WORDS):
            return BillKind.REFUND
        if any(word in text for word in _PAYMENT_WORDS):
            return BillKind.PAYMENT
        raise UnreadableBill("unknown_kind", self._place("kind"))

    def _line(self, kind: BillKind) -> BillLine:
        refund = kind is BillKind.REFUND
        amount_fen = abs(signed_fen(self._text("amount"), self._place("amount")))
        if amount_fen < 1:
            raise UnreadableBill("unreadable_amount", self._place("amount"))
        # Which sign stands before a refund's amount or fee is not confirmed, and not needed: nothing is given back with
        # a payment, nothing kept of a refund.
        fee_fen = abs(signed_fen(self._text("fee") or "0", self._place("fee")))
        number, transaction = self._number("number"), self._number("transaction")
        return BillLine(
            kind=kind,
            channel_order_no=self._number("original_number") if refund else number,
            transaction_id=self._text("original_transaction") if refund else transaction,
            amount_fen=amount_fen,
            fee_fen=-fee_fen if refund else fee_fen,
            at_ms=self._at_ms(),
            out_refund_no=number if refund else "",
            channel_refund_id=transaction if refund else "",
        )
