"""A platform's list of orders, read as one day's payments.

The protocol has no bill. Its list shows the newest orders first, page by page, with neither fees nor refunds: enough to
find a payment that one side does not know, not enough to settle by. The answer says so (`listing_not_settlement`). It
is never half a day: either the list was read to its end or down to orders that are too old to have been paid on that
day, or there is no answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, is_day
from payswitch.connectors.codes import Operation
from payswitch.connectors.epay.account import EpayAccount
from payswitch.connectors.epay.codes import unreadable
from payswitch.connectors.epay.facts import PAID, REFUNDED, UNPAID
from payswitch.connectors.epay.wire import Fields, fen_of, ms_of, read_rows
from payswitch.domain.bill import BillAnswer, BillKind, BillLine
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import BEIJING, Clock
from payswitch.kit.durations import DAY_MS

PAGE_ROWS: Final = 50
"""The most that a platform gives at once (the protocol's public description)."""
LONGEST_LIFE_MS: Final = 2 * DAY_MS
"""An order made longer than this before the day's first moment was not paid on that day. Platforms keep unpaid orders
for a day at most, as far as is known; not confirmed, hence twice that."""
FROZEN: Final = frozenset({"3", "4"})
"""Frozen by the platform, pre-authorised: not the merchant's money yet."""

FetchPage = Callable[[int, int, int], Awaitable[list[Fields] | Outcome]]
"""(page from 0, rows that came before it, time left) -> its rows, or why there are none. Some platforms count pages,
some rows, and some give fewer rows than were asked for."""


def rows_of(body: bytes) -> list[Fields] | Outcome:
    """The rows of a page that was answered with yes."""
    rows = read_rows(body, "data")
    return unreadable(Operation.QUERY, "unreadable") if rows is None else rows


async def list_day(day: str, fetch: FetchPage, *, account: EpayAccount, clock: Clock, timeout_ms: int) -> BillAnswer:
    """See `domain.bill.BillSource`. One deadline for all pages."""
    if not is_day(day):
        return NO_DAY
    start_ms, end_ms = _bounds(day)
    if clock.now_ms() < end_ms:
        message = "the day is not over / 当天尚未结束"
        return BillAnswer(outcome=Outcome(kind=OutcomeKind.PENDING, code="day_not_over", message=message))
    try:
        found = await _read_down_to(start_ms - LONGEST_LIFE_MS, fetch, account.list_pages, clock, timeout_ms)
        if isinstance(found, Outcome):
            return BillAnswer(outcome=found)
        return _answer(found, start_ms, end_ms, account.pid)
    except UnreadableBill as problem:
        return distrusted(problem)


async def _read_down_to(
    moment_ms: int, fetch: FetchPage, most_pages: int, clock: Clock, timeout_ms: int
) -> dict[str, Fields] | Outcome:
    """All orders from the newest to those made before the moment, by the platform's number."""
    until_ms = clock.monotonic_ms() + timeout_ms
    found: dict[str, Fields] = {}
    seen, whole_page = 0, 0
    for number in range(most_pages):
        left_ms = int(until_ms - clock.monotonic_ms())
        if left_ms <= 0:
            return Outcome(kind=OutcomeKind.UNKNOWN, code="timeout")
        rows = await fetch(number, seen, left_ms)
        if isinstance(rows, Outcome):
            return rows
        fresh = _added(found, rows, number)
        seen += len(rows)
        whole_page = whole_page or len(rows)
        # How many rows a whole page has is the platform's matter: the first one shows it.
        if len(rows) < whole_page or not rows or _is_before(rows, moment_ms, number):
            return found
        if not fresh:
            return _outcome("same_page", "a page repeats an earlier one / 平台的分页参数不生效")
    return _outcome("too_many_pages", f"{most_pages} pages do not reach that day; raise list_pages / 请调大 list_pages")


def _outcome(code: str, message: str) -> Outcome:
    return Outcome(kind=OutcomeKind.UNKNOWN, code=code, message=message)


def _bounds(day: str) -> tuple[int, int]:
    start = datetime.fromisoformat(day).replace(tzinfo=BEIJING)
    return int(start.timestamp()) * 1_000, int((start + timedelta(days=1)).timestamp()) * 1_000


def _added(found: dict[str, Fields], rows: Sequence[Fields], page: int) -> bool:
    """Whether the page had a row that was not there before. New orders push older ones onto the next page: what comes
    twice counts once."""
    before = len(found)
    for n, row in enumerate(rows, start=1):
        number = row.get("trade_no", "")
        if not number:
            raise UnreadableBill("unreadable_number", _place(page, n, "trade_no"))
        found.setdefault(number, row)
    return len(found) > before


def _is_before(rows: Sequence[Fields], moment_ms: int, page: int) -> bool:
    """Whether every order of the page was made before that. Platforms differ in their order within a second, not in
    "newest first"; a page that mixes old and new orders ends nothing."""
    return all(_time(row, "addtime", page, n) < moment_ms for n, row in enumerate(rows, start=1))


def _time(row: Fields, name: str, page: int, n: int) -> int:
    at_ms = ms_of(row, name)
    if at_ms is None:
        raise UnreadableBill("unreadable_time", _place(page, n, name))
    return at_ms


def _place(page: int, n: int, name: str) -> str:
    return f"page {page + 1} row {n}: {name}"


def _answer(found: dict[str, Fields], start_ms: int, end_ms: int, pid: str) -> BillAnswer:
    lines, frozen = [], 0
    for at, row in enumerate(found.values()):
        page, n = divmod(at, PAGE_ROWS)
        status = row.get("status", "")
        if status == UNPAID:
            continue
        if status not in (PAID, REFUNDED, *FROZEN):
            raise UnreadableBill("unknown_status", _place(page, n + 1, "status"))
        # A frozen order may never have been paid; then the day it was made counts.
        dated = "addtime" if status in FROZEN and not row.get("endtime") else "endtime"
        paid_at_ms = _time(row, dated, page, n + 1)
        if not start_ms <= paid_at_ms < end_ms:
            continue
        if status in FROZEN:
            frozen += 1
        else:
            lines.append(_line(row, paid_at_ms, pid, page, n + 1))
    lines.reverse()
    lines.sort(key=lambda line: line.at_ms)
    return BillAnswer(outcome=_listing(frozen), lines=tuple(lines), settles=False)


def _line(row: Fields, paid_at_ms: int, pid: str, page: int, n: int) -> BillLine:
    amount_fen = fen_of(row, "money")
    if not amount_fen:
        raise UnreadableBill("unreadable_amount", _place(page, n, "money"))
    if row.get("pid", pid) != pid:
        raise UnreadableBill("wrong_merchant", _place(page, n, "pid"))
    if not row.get("out_trade_no"):
        raise UnreadableBill("unreadable_number", _place(page, n, "out_trade_no"))
    return BillLine(
        kind=BillKind.PAYMENT,
        channel_order_no=row["out_trade_no"],
        transaction_id=row["trade_no"],
        amount_fen=amount_fen,
        fee_fen=0,
        at_ms=paid_at_ms,
    )


def _listing(frozen: int) -> Outcome:
    """What this is, and what it is not."""
    message = "a list of orders, no settlement bill: without fees and refunds / 订单列表而非结算账单，不含手续费和退款"
    if frozen:
        message += (
            f"; {frozen} frozen or pre-authorised orders are not in here / 另有 {frozen} 笔冻结或预授权订单未列入"
        )
    return Outcome(kind=OutcomeKind.ACCEPTED, code="listing_not_settlement", message=message)
