"""The ZM file (商户一般交易明细流水文件): fixed columns with one character between them, GBK, one transaction a line.

Source of the columns: UnionPay's 全渠道平台接入接口规范 第3部分 文件接口, 6.1, as the sample code of its Java SDK
(`parseZMFile`) and two unrelated merchants' programs quote it. The card number (column 6) is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from payswitch.connectors.acp.times import without_year
from payswitch.connectors.bill_reading import UnreadableBill
from payswitch.domain.bill import BillKind, BillLine

_WIDTHS: Final = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21),  # 1 to 10
    *(2, 32, 2, 6, 10, 13, 13, 4, 15, 2),  # 11 to 20
    *(2, 6, 2, 4, 32, 1, 21, 15, 1, 15),  # 21 to 30
    *(32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32),  # 31 to 41; what follows is reserved
)
_STARTS: Final = tuple(accumulate((width + 1 for width in _WIDTHS), initial=0))

_TIME: Final = 5
_AMOUNT: Final = 7
_QUERY_ID: Final = 10
_ORDER_ID: Final = 12
_FEE: Final = 16
_SETTLED: Final = 17
_TXN_TYPE: Final = 20
_ORIGINAL_QUERY_ID: Final = 27
_MER_ID: Final = 28
_ORIGINAL_ORDER_ID: Final = 41
_SHORTEST_LINE: Final = _STARTS[_MER_ID]
"""A payment needs nothing behind its merchant; what a refund needs there is asked for where it is read."""

_DIGITS: Final = re.compile(r"[0-9]{12}")
_SIGNED: Final = re.compile(r"(?P<side>[CD])(?P<fen>[0-9]{12})")
_PAYMENT: Final = "01"
_MONEY_BACK: Final = frozenset({"04", "31"})
"""退货 and 消费撤销."""


def read_lines(content: bytes, *, mer_id: str, near_ms: int) -> Iterator[BillLine]:
    """Every line in normal form. Raises UnreadableBill at the first one that is not exactly as specified.

    `near_ms`: a moment of the settlement day, for the year that lines lack.
    """
    for number, raw in enumerate(content.split(b"\n"), 1):
        line = raw.removesuffix(b"\r")
        if line.strip():
            try:
                yield _read_line(line, mer_id=mer_id, near_ms=near_ms)
            except UnreadableBill as problem:
                raise UnreadableBill(problem.code, f"line {number}, {problem.place}") from problem


def _column(line: bytes, number: int) -> str:
    start = _STARTS[number - 1]
    try:
        return line[start : start + _WIDTHS[number - 1]].decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise UnreadableBill("unreadable_text", f"column {number}") from error


def _read_line(line: bytes, *, mer_id: str, near_ms: int) -> BillLine:
    if len(line) < _SHORTEST_LINE:
        raise UnreadableBill("short_line", "end")
    if _column(line, _MER_ID) != mer_id:
        raise UnreadableBill("wrong_merchant", f"column {_MER_ID}")
    txn_type = _column(line, _TXN_TYPE)
    at_ms = without_year(_column(line, _TIME), near_ms)
    amount_fen = _amount(line)
    if at_ms is None:
        raise UnreadableBill("unreadable_time", f"column {_TIME}")
    if txn_type == _PAYMENT:
        return BillLine(
            kind=BillKind.PAYMENT,
            channel_order_no=_filled(line, _ORDER_ID),
            transaction_id=_filled(line, _QUERY_ID),
            amount_fen=amount_fen,
            fee_fen=_fee(line, amount_fen),
            at_ms=at_ms,
        )
    if txn_type in _MONEY_BACK:
        return BillLine(
            kind=BillKind.REFUND,
            channel_order_no=_filled(line, _ORIGINAL_ORDER_ID),
            transaction_id=_filled(line, _ORIGINAL_QUERY_ID),
            amount_fen=amount_fen,
            fee_fen=_fee(line, -amount_fen),
            at_ms=at_ms,
            out_refund_no=_filled(line, _ORDER_ID),
            channel_refund_id=_filled(line, _QUERY_ID),
        )
    raise UnreadableBill("unknown_line_type", f"column {_TXN_TYPE}")


def _filled(line: bytes, number: int) -> str:
    text = _column(line, number)
    if not text:
        raise UnreadableBill("empty_field", f"column {number}")
    return text


def _amount(line: bytes) -> int:
    text = _column(line, _AMOUNT)
    if _DIGITS.fullmatch(text) is None or int(text) == 0:
        raise UnreadableBill("unreadable_amount", f"column {_AMOUNT}")
    return int(text)


def _signed(line: bytes, number: int) -> int:
    """`C` credits the merchant, `D` debits it."""
    match = _SIGNED.fullmatch(_column(line, number))
    if match is None:
        raise UnreadableBill("unreadable_amount", f"column {number}")
    return int(match["fen"]) if match["side"] == "C" else -int(match["fen"])


def _fee(line: bytes, moved_fen: int) -> int:
    """What UnionPay kept: the difference between what moved (negative for money back) and what is settled.

    The fee's own column must be of the same size. Which side it is written on for a returned fee is not specified
    anywhere public, so only the settled amount's side is relied on.
    """
    kept = moved_fen - _signed(line, _SETTLED)
    if abs(kept) != abs(_signed(line, _FEE)):
        raise UnreadableBill("wrong_sum", f"columns {_AMOUNT}, {_FEE} and {_SETTLED}")
    return kept
