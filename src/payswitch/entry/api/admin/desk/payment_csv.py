"""Payments as CSV for spreadsheets: UTF-8 with a byte order mark, amounts in yuan, times in Beijing.

A cell that a spreadsheet would take for a formula is made text: what a shop or a customer typed must not run on the
accountant's machine. Long numbers get a tab behind them (as Alipay's own bills have it): a spreadsheet would round them
to fifteen digits otherwise.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final

from payswitch.domain.payment_search import FoundPayment, PaymentPage
from payswitch.kit.clock import beijing_time
from payswitch.kit.money import yuan_from_fen

BOM: Final = "\ufeff"
MOST_ROWS: Final = 50_000
"""Of one file. A longer export is made in parts, by time."""
MOST_READS: Final = 1_000
"""However few payments fit: so many reads look at five million payments at most."""
ROWS_PER_READ: Final = 500

Read = Callable[[str | None], Awaitable[PaymentPage]]
"""From the place where the page before ended to the next page."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DIGITS_KEPT: Final = 15


class CsvLanguage(StrEnum):
    ZH = "zh"
    EN = "en"


_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("支付单号", "payment_id"),
    ("商户订单号", "out_trade_no"),
    ("店铺", "shop_id"),
    ("商品", "subject"),
    ("金额(元)", "amount_yuan"),
    ("状态", "state"),
    ("支付方式", "method"),
    ("支付产品", "product"),
    ("渠道", "channel_id"),
    ("渠道侧单号", "channel_order_no"),
    ("渠道流水号", "transaction_id"),
    ("尝试次数", "attempts"),
    ("重复支付(元)", "surplus_yuan"),
    ("已退款(元)", "refunded_yuan"),
    ("下单时间(北京)", "created_at_beijing"),
    ("结束时间(北京)", "ended_at_beijing"),
)
_STATES_ZH: Final = {
    "created": "待支付",
    "pending": "支付中",
    "closing": "关单中",
    "succeeded": "支付成功",
    "closed": "已关闭",
}


async def payment_csv(first: PaymentPage, read: Read, language: CsvLanguage) -> AsyncIterator[bytes]:
    """The file in pieces, one for each page. The last line says so when not everything that was asked for is in it."""
    yield (BOM + _lines([[names[language is CsvLanguage.EN] for names in _COLUMNS]])).encode()
    page, rows, reads = first, 0, 1
    while True:
        found = page.found[: MOST_ROWS - rows]
        rows += len(found)
        if found:
            yield _lines([_row(one, language) for one in found]).encode()
        if page.next is None:
            return
        if rows >= MOST_ROWS or reads >= MOST_READS:
            yield _lines([[_more(language, rows, page)]]).encode()
            return
        page = await read(page.next)
        reads += 1


def _more(language: CsvLanguage, rows: int, page: PaymentPage) -> str:
    last_ms = page.found[-1].payment.created_at_ms if page.found else page.searched_to_ms
    until = "" if last_ms is None else beijing_time(last_ms)
    if language is CsvLanguage.ZH:
        return f"（此文件含 {rows} 笔，截至下单时间 {until}；更早的请缩小时间范围后再导出）"
    return f"({rows} payments, back to {until} Beijing time; export the earlier ones with a time range)"


def _row(found: FoundPayment, language: CsvLanguage) -> list[str]:
    payment, told = found.payment, found.told
    state = payment.state.value
    ended_ms = payment.succeeded_at_ms or payment.closed_at_ms
    return [
        payment.payment_id,
        payment.out_trade_no,
        payment.shop_id,
        payment.subject,
        yuan_from_fen(payment.amount_fen),
        _STATES_ZH[state] if language is CsvLanguage.ZH else state,
        told.method.value if told else "",
        told.product.value if told else "",
        told.channel_id if told else "",
        told.channel_order_no if told else "",
        (told.transaction_id or "") if told else "",
        str(found.tries),
        yuan_from_fen(sum(attempt.amount_fen for attempt in found.attempts if attempt.surplus)),
        yuan_from_fen(sum(attempt.refunded_fen for attempt in found.attempts if not attempt.surplus)),
        beijing_time(payment.created_at_ms),
        "" if ended_ms is None else beijing_time(ended_ms),
    ]


def safe_cell(text: str) -> str:
    """What a spreadsheet shows as this text, whatever it begins with."""
    if text.startswith(_FORMULA):
        return "'" + text
    if len(text) > _DIGITS_KEPT and text.isascii() and text.isdigit():
        return text + "\t"
    return text


def _lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[safe_cell(cell) for cell in row] for row in rows])
    return buffer.getvalue()
