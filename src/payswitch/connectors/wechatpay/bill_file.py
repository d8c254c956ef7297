"""WeChat's trade bill as text, read into the normal form. Pure, and strict: see `connectors/bill_reading.py`.

UTF-8 with a byte order mark; one header line; one line a row, every value behind a backtick; then the names of the
totals and one line of totals. Amounts are yuan (the API's are fen), fees have five decimals. Nothing is quoted: the
goods' name and the shop's own text may contain anything but a line break, so rows are split from both ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from payswitch.connectors.bill_reading import UnreadableBill, count_of, moment_ms, signed_fen
from payswitch.connectors.wechatpay.parties import Party
from payswitch.domain.bill import BillKind, BillLine

AT: Final = "交易时间"
MCHID: Final = "商户号"
SUB_MCHID: Final = "特约商户号"
TRANSACTION: Final = "微信订单号"
NUMBER: Final = "商户订单号"
STATE: Final = "交易状态"
CURRENCY: Final = "货币种类"
REFUND_ID: Final = "微信退款单号"
REFUND_NUMBER: Final = "商户退款单号"
REFUND_STATE: Final = "退款状态"
GOODS: Final = "商品名称"
ATTACHED: Final = "商户数据包"
FEE: Final = "手续费"
ORDERED: Final = "订单金额"
REFUND_ASKED: Final = "申请退款金额"

_NEEDED: Final = (
    *(AT, MCHID, SUB_MCHID, TRANSACTION, NUMBER, STATE, CURRENCY, REFUND_ID, REFUND_NUMBER, REFUND_STATE),
    *(GOODS, ATTACHED, FEE, ORDERED, REFUND_ASKED),
)
ROWS: Final = "总交易单数"
TOTALS: Final = {
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": FEE,
    "订单总金额": ORDERED,
    "申请退款总金额": REFUND_ASKED,
}
"""Each total and the column that it sums up."""
_NEEDED_TOTALS: Final = frozenset({ROWS, "手续费总金额", "订单总金额", "申请退款总金额"})

_WENT_BACK: Final = frozenset({"SUCCESS", "PROCESSING", "CHANGE"})
"""Refund states in which the money has left the merchant's account. A refund stands in one bill only, that of the day
it was accepted, so one in progress must not be left out. CHANGE: the customer's card is void, WeChat keeps it."""
_STAYED: Final = frozenset({"FAIL"})


def read_bill(content: bytes, party: Party, day: str) -> tuple[BillLine, ...]:
    """The day's lines. Raises UnreadableBill for the first thing that is not as it must be."""
    # A name that WeChat cut in the middle of a character is no reason to distrust a bill: nothing that is used can
    # hold the replacement character, as every such value is matched in full.
    lines = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")
    columns = _Columns(lines[0])
    end = next((n for n, line in enumerate(lines) if line.startswith(ROWS)), None)
    if end is None or end != len(lines) - 2:
        raise UnreadableBill("no_totals", f"line {len(lines)}")
    sums = dict.fromkeys(columns.summed, 0)
    found: list[BillLine] = []
    for n, line in enumerate(lines[1:end], start=2):
        row = _Row(columns, columns.split(line, n), n)
        for name in sums:
            sums[name] += row.fen(name)
        row.check(party, day)
        bill_line = row.line()
        if bill_line is not None:
            found.append(bill_line)
    _check_totals(lines[end], lines[end + 1], rows=end - 1, sums=sums, at=end + 2)
    return tuple(found)


class _Columns:
    """The header: where each column stands."""

    def __init__(self, header: str) -> None:
        self.names = header.split(",")
        self.place = {name: n for n, name in enumerate(self.names)}
        missing = [name for name in _NEEDED if name not in self.place]
        if missing or len(self.place) != len(self.names):
            raise UnreadableBill("unknown_columns", f"line 1: {missing[0] if missing else 'a column twice'}")
        self.summed = [name for name in TOTALS.values() if name in self.place]
        self._free_from = self.place[GOODS]
        self._after_free = len(self.names) - self.place[ATTACHED] - 1
        if self.place[ATTACHED] != self._free_from + 1:
            raise UnreadableBill("unknown_columns", f"line 1: {ATTACHED}")

    def split(self, line: str, n: int) -> Sequence[str]:
        """The values of a row. More values than columns can only come from the two free texts in the middle."""
        if not line.startswith("`"):
            raise UnreadableBill("unreadable_row", f"line {n}")
        values = line[1:].split(",`")
        surplus = len(values) - len(self.names)
        if surplus < 0:
            raise UnreadableBill("unreadable_row", f"line {n}")
        if surplus:
            values[self._free_from : len(values) - self._after_free] = ["", ""]
        return values


class _Row:
    """One payment or refund."""

    def __init__(self, columns: _Columns, values: Sequence[str], n: int) -> None:
        self._columns = columns
        self._values = values
        self._n = n

    def _place(self, name: str) -> str:
        return f"line {self._n}: {name}"

    def text(self, name: str) -> str:
        return self._values[self._columns.place[name]]

    def fen(self, name: str) -> int:
        return signed_fen(self.text(name), self._place(name))

    def _number(self, name: str) -> str:
        value = self.text(name)
        if value in ("", "0") or not value.isascii() or not value.isprintable() or " " in value:
            raise UnreadableBill("unreadable_number", self._place(name))
        return value

    def _positive(self, name: str) -> int:
        fen = self.fen(name)
        if fen < 1:
            raise UnreadableBill("unreadable_amount", self._place(name))
        return fen

    def check(self, party: Party, day: str) -> None:
        """That the row is of this merchant, this day and in yuan."""
        if not party.owns_row(self.text(MCHID), self.text(SUB_MCHID)):
            raise UnreadableBill("wrong_merchant", self._place(MCHID))
        if not self.text(AT).startswith(f"{day} "):
            raise UnreadableBill("wrong_day", self._place(AT))
        if self.text(CURRENCY) != "CNY":
            raise UnreadableBill("wrong_currency", self._place(CURRENCY))

    def line(self) -> BillLine | None:
        """The row in the normal form; None for a refund that failed, where no money moved."""
        state = self.text(STATE)
        if state == "SUCCESS":
            return self._line(BillKind.PAYMENT, ORDERED)
        # REVOKED: a code-pay order that was reversed. Its money went back as a refund's does.
        if state not in ("REFUND", "REVOKED"):
            raise UnreadableBill("unknown_state", self._place(STATE))
        refund_state = self.text(REFUND_STATE)
        if refund_state in _STAYED:
            return None
        if refund_state not in _WENT_BACK:
            raise UnreadableBill("unknown_state", self._place(REFUND_STATE))
        return self._line(
            BillKind.REFUND,
            REFUND_ASKED,
            out_refund_no=self._number(REFUND_NUMBER),
            channel_refund_id=self._number(REFUND_ID),
        )

    def _line(self, kind: BillKind, amount: str, *, out_refund_no: str = "", channel_refund_id: str = "") -> BillLine:
        return BillLine(
            kind=kind,
            channel_order_no=self._number(NUMBER),
            transaction_id=self._number(TRANSACTION),
            amount_fen=self._positive(amount),
            fee_fen=self.fen(FEE),
            at_ms=moment_ms(self.text(AT), self._place(AT)),
            out_refund_no=out_refund_no,
            channel_refund_id=channel_refund_id,
        )


def _check_totals(names_line: str, values_line: str, *, rows: int, sums: dict[str, int], at: int) -> None:
    """Count and sums must be what WeChat says: a row that was lost on the way would be seen here."""
    names = names_line.split(",")
    values = values_line[1:].split(",`") if values_line.startswith("`") else []
    if len(names) != len(values) or _NEEDED_TOTALS.difference(names):
        raise UnreadableBill("no_totals", f"line {at}")
    for name, value in zip(names, values, strict=True):
        place = f"line {at}: {name}"
        if name == ROWS:
            right = count_of(value, place) == rows
        else:
            column = TOTALS.get(name)
            right = column not in sums or signed_fen(value, place) == sums[column]
        if not right:
            raise UnreadableBill("wrong_total", place)
