"""Alipay's trade bill as text, read into the normal form. Pure, and strict: see `connectors/bill_reading.py`.

A day is an archive of two kinds of GBK files, the details (业务明细) and the summary (业务明细(汇总)), told apart by
their first line. Both begin and end with `#` lines; values are separated by commas, padded with tabs and never quoted;
amounts are yuan, those of refunds negative. The details' last lines count and sum them; the summary counts them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from payswitch.connectors.bill_reading import UnreadableBill, count_of, is_amount, is_moment, moment_ms, signed_fen
from payswitch.domain.bill import BillKind, BillLine

DETAILS_TITLE: Final = "#支付宝业务明细查询"
SUMMARY_TITLE: Final = "#支付宝业务汇总查询"
END: Final = "业务明细列表结束"

TRADE_NO: Final = "支付宝交易号"
NUMBER: Final = "商户订单号"
KIND: Final = "业务类型"
GOODS: Final = "商品名称"
CREATED: Final = "创建时间"
DONE: Final = "完成时间"
ORDERED: Final = "订单金额（元）"
RECEIVED: Final = "商家实收（元）"
REQUEST_NO: Final = "退款批次号/请求号"
FEE: Final = "服务费（元）"
REMARK: Final = "备注"
_NEEDED: Final = (TRADE_NO, NUMBER, KIND, GOODS, CREATED, DONE, ORDERED, RECEIVED, REQUEST_NO, FEE)

PAYMENTS: Final = "交易订单总笔数"
REFUNDS: Final = "退款订单总笔数"
_ALL: Final = "合计"

_KINDS: Final = {"交易": BillKind.PAYMENT, "退款": BillKind.REFUND}
_ACCOUNT: Final = re.compile(r"#账号：\[([0-9]+)\]", re.ASCII)
_FROM: Final = re.compile(r"#起始日期：\[(\d{4})年(\d{2})月(\d{2})日 00:00:00\]", re.ASCII)
_TOTALS: Final = {
    BillKind.PAYMENT: re.compile(r"#交易合计：(\d+)笔，商家实收共(-?\d+\.\d+)元", re.ASCII),
    BillKind.REFUND: re.compile(r"#退款合计：(\d+)笔，商家实收退款共(-?\d+\.\d+)元", re.ASCII),
}
_HEAD_LINES: Final = 8
"""Account and dates stand within the first lines of a file."""


class _Detail(msgspec.Struct, frozen=True):
    line: BillLine
    received_fen: int
    """As written: what the shop got after discounts of its own, negative for a refund."""


def read_bill(files: Iterable[bytes], *, seller_id: str, day: str) -> tuple[BillLine, ...]:
    """The day's lines, from all detail files of the archive. `seller_id`: empty when it is not known.

    Raises UnreadableBill for the first thing that is not as it must be.
    """
    details: list[_Detail] = []
    summaries: list[list[str]] = []
    found = False
    for content in files:
        # A name cut in the middle of a character is no reason to distrust a bill: nothing that is used can hold the
        # replacement character, as every such value is matched in full.
        lines = content.decode("gb18030", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")
        title = lines[0].rstrip(",\t ")
        if title == DETAILS_TITLE:
            found = True
            _check_head(lines, seller_id, day, "details")
            details += _read_details(lines)
        elif title == SUMMARY_TITLE:
            _check_head(lines, seller_id, day, "summary")
            summaries.append(lines)
        else:
            raise UnreadableBill("unknown_file", "line 1 of a file in the archive")
    if not found:
        raise UnreadableBill("no_details", "the archive")
    for lines in summaries:
        _check_summary(lines, details)
    return tuple(detail.line for detail in details)


def _check_head(lines: Sequence[str], seller_id: str, day: str, name: str) -> None:
    """That the file is of this account and this day. Alipay's account number is the seller's with four digits more."""
    head = "\n".join(lines[:_HEAD_LINES])
    account = _ACCOUNT.search(head)
    if account is None or not account[1].startswith(seller_id):
        raise UnreadableBill("wrong_merchant", f"{name}: 账号")
    start = _FROM.search(head)
    if start is None or "-".join(start.groups()) != day:
        raise UnreadableBill("wrong_day", f"{name}: 起始日期")


def _read_details(lines: Sequence[str]) -> list[_Detail]:
    header_at, columns = _header(lines, _NEEDED, "details")
    found: list[_Detail] = []
    at = header_at + 1
    while at < len(lines) and not lines[at].startswith("#"):
        found.append(_Row(columns, _values(lines[at], columns, at + 1), at + 1).detail())
        at += 1
    if at == len(lines) or END not in lines[at]:
        raise UnreadableBill("no_totals", f"details line {at + 1}")
    rest = lines[at:]
    if any(line and not line.startswith("#") for line in rest):
        raise UnreadableBill("unreadable_row", f"details after line {at + 1}")
    for kind, pattern in _TOTALS.items():
        _check_total(kind, pattern, rest, found)
    return found


def _header(lines: Sequence[str], needed: Sequence[str], name: str) -> tuple[int, list[str]]:
    """The line with the columns' names: the first that is no `#` line."""
    at = next((n for n, line in enumerate(lines) if not line.startswith("#")), None)
    columns = [] if at is None else [value.strip("\t ") for value in lines[at].split(",")]
    missing = [column for column in needed if columns.count(column) != 1]
    if at is None or missing:
        raise UnreadableBill("unknown_columns", f"{name}: {missing[0]}")
    return at, columns


def _values(line: str, columns: Sequence[str], n: int) -> Sequence[str]:
    """The values of a row. More values than columns come from commas in the goods' name, which stands before the times
    and amounts, or in the remark, which is the last column."""
    values = [value.strip("\t ") for value in line.split(",")]
    goods = columns.index(GOODS)
    for shift in range(len(values) - len(columns) + 1):
        if _fits(values, columns, shift):
            aligned = [*values[:goods], "", *values[goods + 1 + shift :]]
            if len(aligned) == len(columns) or columns[-1] == REMARK:
                return aligned[: len(columns)]
    raise UnreadableBill("unreadable_row", f"details line {n}")


def _fits(values: Sequence[str], columns: Sequence[str], shift: int) -> bool:
    """Whether times and amounts stand where they belong when the goods' name takes `shift` places more."""

    def at(name: str) -> str:
        return values[columns.index(name) + shift]

    return (
        is_moment(at(CREATED)) and is_moment(at(DONE)) and all(is_amount(at(name)) for name in (ORDERED, RECEIVED, FEE))
    )


class _Row:
    """One payment or refund."""

    def __init__(self, columns: Sequence[str], values: Sequence[str], n: int) -> None:
        self._named = dict(zip(columns, values, strict=True))
        self._n = n

    def _place(self, name: str) -> str:
        return f"details line {self._n}: {name}"

    def _fen(self, name: str) -> int:
        return signed_fen(self._named[name], self._place(name))

    def _number(self, name: str) -> str:
        value = self._named[name]
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise UnreadableBill("unreadable_number", self._place(name))
        return value

    def detail(self) -> _Detail:
        kind = _KINDS.get(self._named[KIND])
        if kind is None:
            raise UnreadableBill("unknown_kind", self._place(KIND))
        refund = kind is BillKind.REFUND
        amount_fen, received_fen = self._fen(ORDERED), self._fen(RECEIVED)
        if (-amount_fen if refund else amount_fen) < 1:
            raise UnreadableBill("unreadable_amount", self._place(ORDERED))
        # Alipay writes what moved: a fee leaves the account, a fee given back comes in. Which sign stands before it
        # is not documented and not needed: nothing is given back with a payment, nothing kept of a refund.
        fee_fen = abs(self._fen(FEE))
        line = BillLine(
            kind=kind,
            channel_order_no=self._number(NUMBER),
            transaction_id=self._number(TRADE_NO),
            amount_fen=abs(amount_fen),
            fee_fen=-fee_fen if refund else fee_fen,
            at_ms=moment_ms(self._named[DONE], self._place(DONE)),
            # A refund made by hand in Alipay's console may have no number.
            out_refund_no=self._number(REQUEST_NO) if refund and self._named[REQUEST_NO] else "",
        )
        return _Detail(line, received_fen)


def _check_total(kind: BillKind, pattern: re.Pattern[str], rest: Sequence[str], found: Sequence[_Detail]) -> None:
    """A row that was lost on the way would be seen here."""
    total = next((match for line in rest if (match := pattern.match(line))), None)
    place = f"details: {kind.value} totals"
    if total is None:
        raise UnreadableBill("no_totals", place)
    mine = [detail for detail in found if detail.line.kind is kind]
    if count_of(total[1], place) != len(mine):
        raise UnreadableBill("wrong_total", place)
    if abs(signed_fen(total[2], place)) != abs(sum(detail.received_fen for detail in mine)):
        raise UnreadableBill("wrong_total", place)


def _check_summary(lines: Sequence[str], details: Sequence[_Detail]) -> None:
    """One row a store and one for all. Only its counts are compared: whether its amounts are before or after refunds is
    not documented, and the details carry their own sums."""
    header_at, columns = _header(lines, (PAYMENTS, REFUNDS), "summary")
    rows: list[list[str]] = []
    for n, line in enumerate(lines[header_at + 1 :], start=header_at + 2):
        if line.startswith("#"):
            continue
        values = [value.strip("\t ") for value in line.split(",")]
        if len(values) != len(columns):
            raise UnreadableBill("unreadable_row", f"summary line {n}")
        rows.append(values)
    whole = [row for row in rows if _ALL in row] or rows
    for column, kind in ((PAYMENTS, BillKind.PAYMENT), (REFUNDS, BillKind.REFUND)):
        place = f"summary: {column}"
        counted = sum(count_of(row[columns.index(column)], place) for row in whole)
        if counted != sum(detail.line.kind is kind for detail in details):
            raise UnreadableBill("wrong_total", place)
