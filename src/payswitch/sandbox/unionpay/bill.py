"""文件传输: the merchant's daily settlement file (对账文件), a zip with one `ZM_` file of fixed columns.

Widths and order are those of the published interface (part 3, 6.1): 42 columns with one blank between, GBK. The first
column's codes other than `S22` (消费), and the sign of a refund's fee, are not confirmed; column 20 (`txnType`) says
what a line is.
"""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from payswitch.sandbox.bills import BillDesk, BillRow, fee_fen
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, RefundState
from payswitch.sandbox.unionpay import fields
from payswitch.sandbox.unionpay.codes import Refused, malformed
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.messages import MASKED_CARD
from payswitch.sandbox.unionpay.money_back import reversed_
from payswitch.sandbox.unionpay.orders import OrderDesk
from payswitch.sandbox.unionpay.terms import query_id, trace_no
from payswitch.sandbox.unionpay.times import settle_day
from payswitch.sandbox.world import AccountSpec

WIDTHS = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2),
    *(6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
)
"""Bytes of each column; the last one holds the principal (13) and what is reserved."""
_ACQUIRER = "00040000"
_PURCHASE, _REFUND = "S22", "S30"
_FILE_MISSING = "98"


class SettlementDesk(BillDesk):
    """The rows of UnionPay's settlement days, which end at 23:00, and in which refunds stand when they are done.

    Money that was never the merchant's (late, or reversed) is in no file.
    """

    def _true_rows(self, account: AccountSpec, day: date) -> Iterator[BillRow]:
        for order in self._core.ledger:
            if order.account != account.channel_id or order.paid_at_ms is None:
                continue
            if OrderDesk.late(order) or reversed_(order):
                continue
            if _on(order.paid_at_ms, day):
                fee = fee_fen(order.amount_fen, account.fee_bp)
                yield BillRow(order=order, at_ms=order.paid_at_ms, amount_fen=order.amount_fen, fee_fen=fee)
            yield from _refund_rows(order, account.fee_bp, day)


def _refund_rows(order: Order, fee_bp: int, day: date) -> Iterator[BillRow]:
    """Each gives back its share of the fee: together the refunds of a whole order give back the whole fee."""
    left_fen = order.amount_fen
    for refund in order.refunds:
        before_fen = left_fen
        left_fen -= refund.amount_fen
        done = refund.state is RefundState.SUCCEEDED and refund.settled_at_ms is not None
        if done and _on(refund.settled_at_ms or 0, day):
            back = fee_fen(before_fen, fee_bp) - fee_fen(left_fen, fee_bp)
            at_ms = refund.settled_at_ms or 0
            yield BillRow(order=order, refund=refund, at_ms=at_ms, amount_fen=refund.amount_fen, fee_fen=-back)


def _on(moment_ms: int, day: date) -> bool:
    return settle_day(moment_ms) == f"{day:%Y%m%d}"


class Bills:
    """Files of days that are over. There is none for a day without transactions."""

    def __init__(self, core: SandboxCore, desk: SettlementDesk) -> None:
        self._core = core
        self._desk = desk

    def download(self, member: Member, message: Mapping[str, str]) -> dict[str, str]:
        """fileName and fileContent: base64 of the zlib-deflated zip. Refused (98) when there is no such file."""
        fields.exactly(message, "fileType", "00")
        day = self._latest(fields.required(message, "settleDate"))
        rows = self._desk.rows(member.spec, day) if day is not None else []
        if day is None or not rows:
            raise Refused(_FILE_MISSING)
        content = b"".join(_line(member, _columns(row)) for row in rows)
        packed = _zipped(f"INN{day:%y%m%d}00ZM_{member.mer_id}", content)
        return {
            "fileType": "00",
            "settleDate": f"{day:%m%d}",
            "fileName": f"{member.mer_id}_{day:%Y%m%d}.zip",
            "fileContent": base64.b64encode(zlib.compress(packed)).decode("ascii"),
        }

    def _latest(self, month_and_day: str) -> date | None:
        """The latest day that is over and has this `MMdd`; None if there was none within a year."""
        if not (len(month_and_day) == 4 and month_and_day.isascii() and month_and_day.isdigit()):
            raise malformed("settleDate")
        today = date.fromisoformat(settle_day(self._core.clock.now_ms()))
        first = 0 if self._desk.settings.at_once else 1
        days = (today - timedelta(days=back) for back in range(first, 366))
        return next((day for day in days if f"{day:%m%d}" == month_and_day), None)


def _columns(row: BillRow) -> dict[int, str]:
    """What of a line depends on the row, by the number of the column."""
    order, refund = row.order, row.refund
    number = order.transaction_id or query_id(order)
    if refund is None:
        own = {1: _PURCHASE, 4: trace_no(order), 10: number, 12: order.channel_order_no}
        gain_fen, txn_type, extra = row.amount_fen, "01", order.extra
    else:
        own = {1: _REFUND, 4: refund.refund_id[14:20], 10: refund.refund_id, 12: refund.out_refund_no}
        own |= {14: trace_no(order), 15: order.extra["txn_time"][4:], 27: number, 41: order.channel_order_no}
        gain_fen, txn_type, extra = -row.amount_fen, refund.extra["txn_type"], refund.extra
    settled = _signed(gain_fen - row.fee_fen)
    sums = {16: _signed(-row.fee_fen), 17: settled, 33: settled, 42: _signed(gain_fen)}
    return own | sums | _of_transaction(txn_type, extra, row.amount_fen)


def _of_transaction(txn_type: str, extra: Mapping[str, str], amount_fen: int) -> dict[int, str]:
    """The columns that payments and refunds fill alike."""
    return {
        5: extra["txn_time"][4:],
        7: f"{amount_fen:012d}",
        20: txn_type,
        21: extra["txn_sub_type"],
        22: extra["biz_type"],
        35: extra["req_reserved"],
    }


def _line(member: Member, columns: Mapping[int, str]) -> bytes:
    """One line. Widths count bytes of GBK, so that a Chinese character takes two."""
    fixed = {2: _ACQUIRER, 3: _ACQUIRER, 6: MASKED_CARD, 8: "5311", 9: "08", 11: "00", 13: "01", 18: "0001"}
    fixed |= {23: "01", 26: "0", 28: member.mer_id, 40: "1"}
    filled = {**fixed, **columns}
    cells = [filled.get(number, "").encode("gbk", "replace") for number in range(1, len(WIDTHS) + 1)]
    return b" ".join(cell[:width].ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)) + b"\r\n"


def _signed(gain_fen: int) -> str:
    """`C` is the merchant's gain, `D` its debt."""
    return f"{'D' if gain_fen < 0 else 'C'}{abs(gain_fen):012d}"


def _zipped(name: str, content: bytes) -> bytes:
    """The same content gives the same bytes: no time of making inside."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()
