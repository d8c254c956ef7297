"""收银宝's 对账单 as text, read into the normal form. Pure, and strict: see `connectors/bill_reading.py`.

A zip archive of CSV files in GBK, one header line, one transaction a line, amounts in yuan. The columns are published
(Allinpay's product documents, 对账单明细 [O]) and are found by their names, because older accounts have fewer. How a
refund is marked is not published [M]: the words of its type say it, and a bill is not believed in which a row that does
not say so has a negative amount or names an original transaction.

Card numbers, names and papers stand in these files, too. They are never read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from payswitch.connectors.bill_reading import UnreadableBill, moment_ms, signed_fen
from payswitch.domain.bill import BillKind, BillLine

MERCHANT: Final = "商户号"
TIME: Final = "交易时间"
TYPE: Final = "交易类型"
AMOUNT: Final = "交易金额"
FEE: Final = "手续费"
DATE: Final = "交易日期"
TRANSACTION: Final = "交易单号"
NUMBER: Final = "订单号"
APPLICATION: Final = "对接应用号"
ORIGINAL: Final = "原交易单"
_NEEDED: Final = (MERCHANT, TIME, TYPE, AMOUNT, FEE, DATE, TRANSACTION, NUMBER, APPLICATION)

_BACK_WORDS: Final = ("退", "撤销", "冲正")


class BillRows(msgspec.Struct, frozen=True, kw_only=True):
    lines: tuple[BillLine, ...]
    others: int
    """Rows of the merchant's other applications and terminals: not this channel's."""


def read_bill(files: Iterable[bytes], *, cusid: str, appid: str, day: str) -> BillRows:
    """Every row of every file. Raises UnreadableBill for the first thing that is not as it must be."""
    rows: list[_Row] = []
    others = 0
    for content in files:
        for row in _rows(_text(content)):
            if row.value(MERCHANT) != cusid:
                raise UnreadableBill("wrong_merchant", row.place(MERCHANT))
            if row.value(DATE) != day:
                raise UnreadableBill("wrong_day", row.place(DATE))
            if row.value(APPLICATION) == appid:
                rows.append(row)
            else:
                others += 1
    payments = {row.value(TRANSACTION): row.value(NUMBER) for row in rows if not row.is_back}
    return BillRows(lines=tuple(row.line(payments) for row in rows), others=others)


def _text(content: bytes) -> str:
    """GBK [C]. UTF-8 is tried first: Chinese text in GBK is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _rows(text: str) -> Iterator[_Row]:
    table = csv.reader(text.splitlines(), strict=True)
    try:
        header = [name.strip() for name in next(table, [])]
        if not header:
            return
        missing = [name for name in _NEEDED if header.count(name) != 1]
        if missing:
            raise UnreadableBill("unknown_columns", f"line 1: {', '.join(missing)}")
        for values in table:
            if len(values) != len(header):
                raise UnreadableBill("unreadable_row", f"line {table.line_num}")
            yield _Row(header, values, table.line_num)
    except csv.Error as error:
        raise UnreadableBill("unreadable_row", f"line {table.line_num}") from error


class _Row:
    """One line of a file, by the names of its columns."""

    def __init__(self, header: Sequence[str], values: Sequence[str], number: int) -> None:
        self._values = dict(zip(header, (value.strip() for value in values), strict=True))
        self._number = number
        self._signed_fen = signed_fen(self.value(AMOUNT), self.place(AMOUNT))
        self.is_back = self._is_back()

    def value(self, name: str) -> str:
        return self._values.get(name, "")

    def place(self, name: str) -> str:
        return f"line {self._number}, {name}"

    def _filled(self, name: str) -> str:
        value = self.value(name)
        if not value:
            raise UnreadableBill("empty_field", self.place(name))
        return value

    def _is_back(self) -> bool:
        """Money back, or a payment. A negative amount is always money back; what calls itself a payment never is."""
        said = any(word in self.value(TYPE) for word in _BACK_WORDS)
        points_back = self.value(ORIGINAL) not in ("", "0", self.value(TRANSACTION))
        if not said and (self._signed_fen < 0 or points_back):
            raise UnreadableBill("unknown_line_type", self.place(TYPE))
        return said

    def line(self, payments: Mapping[str, str]) -> BillLine:
        """In normal form. `payments`: the order numbers of this day's payments by 收银宝's own number, for a refund,
        which names its payment by that alone; of an earlier day's payment the order number is not in the file."""
        number, transaction = self._filled(NUMBER), self._filled(TRANSACTION)
        if self._signed_fen == 0:
            raise UnreadableBill("unreadable_amount", self.place(AMOUNT))
        fee_fen = signed_fen(self.value(FEE) or "0", self.place(FEE))
        at_ms = moment_ms(f"{self.value(DATE)} {self.value(TIME)}", self.place(TIME))
        if not self.is_back:
            return BillLine(
                kind=BillKind.PAYMENT,
                channel_order_no=number,
                transaction_id=transaction,
                amount_fen=self._signed_fen,
                fee_fen=fee_fen,
                at_ms=at_ms,
            )
        original = self.value(ORIGINAL)
        return BillLine(
            kind=BillKind.REFUND,
            channel_order_no=payments.get(original, ""),
            transaction_id=original,
            amount_fen=abs(self._signed_fen),
            # Nothing is kept of a refund: whatever sign stands there, it is what was given back.
            fee_fen=-abs(fee_fen),
            at_ms=at_ms,
            out_refund_no=number,
            channel_refund_id=transaction,
        )
