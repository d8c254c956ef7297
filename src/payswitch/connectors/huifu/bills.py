"""对账单: asks for the list of a day's files, fetches each, reads them all or none.

The file of a day is made on the next one and asked for by that date (`file_date`); the documents advise noon. Files are
made only for merchants that have switched them on in Huifu's console (对账文件配置).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit

from payswitch.connectors.bill_fetching import fetch_file
from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, is_day
from payswitch.connectors.huifu.account import HuifuAccount
from payswitch.connectors.huifu.answers import untrusted
from payswitch.connectors.huifu.bill_file import read_file
from payswitch.connectors.huifu.signing import Members
from payswitch.connectors.huifu.wire import Fields, day_of, read_objects
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.bill import BillAnswer, BillLine
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import BEIJING, Clock, beijing

FILE_QUERY: Final = "/v2/trade/check/filequery"
TRADE_BILL: Final = "TRADE_BILL"
READY_HOUR: Final = 12
"""Huifu's present advice; the files are made from three o'clock in the morning on."""
OLDEST_DAYS: Final = 365
_MOST_FILES: Final = 32
_MADE: Final = "S"

Ask = Callable[[Mapping[str, str], int], Awaitable[Members | Outcome]]
"""Business data and time left -> the believed members."""


async def fetch_bill(
    day: str, ask: Ask, *, account: HuifuAccount, number: str, transport: HttpTransport, clock: Clock, timeout_ms: int
) -> BillAnswer:
    """See `domain.bill.BillSource`. One deadline for all calls; large files are read beside the loop. `number` is a
    fresh one for the query."""
    if not is_day(day):
        return NO_DAY
    wanted, now_ms = date.fromisoformat(day), clock.now_ms()
    age = beijing(now_ms).date() - wanted
    if age < timedelta(days=1):
        return BillAnswer(outcome=_said(OutcomeKind.PENDING, "day_not_over", "the day is not over / 当天尚未结束"))
    if age > timedelta(days=OLDEST_DAYS):
        message = f"only the last {OLDEST_DAYS} days / 只能取最近 {OLDEST_DAYS} 天的账单"
        return BillAnswer(outcome=_said(OutcomeKind.REFUSED_CONFIG, "day_out_of_reach", message))
    file_date = f"{wanted + timedelta(days=1):%Y%m%d}"
    data = {
        "req_date": day_of(now_ms),
        "req_seq_id": number,
        "huifu_id": account.huifu_id,
        "file_date": file_date,
        "bill_type": TRADE_BILL,
    }
    until_ms = clock.monotonic_ms() + timeout_ms
    members = await ask(data, timeout_ms)
    if isinstance(members, Outcome):
        return BillAnswer(outcome=members)
    files = [file for file in read_objects(members, "file_details") if _is_trade_bill(file)]
    if not files:
        return BillAnswer(outcome=_no_file(read_objects(members, "task_details"), wanted, now_ms))
    wrong = _wrong_files(files, account, file_date)
    if wrong is not None:
        return BillAnswer(outcome=wrong)
    return await _fetch_all(files, account, transport, clock, until_ms)


def _said(kind: OutcomeKind, code: str, message: str) -> Outcome:
    return Outcome(kind=kind, code=code, message=message)


def _is_trade_bill(file: Fields) -> bool:
    """Older answers do not name the type; the file's name then says `order`."""
    kind = file.get("bill_type", "")
    return kind == TRADE_BILL if kind else "_order" in _file_name(file)


def _file_name(file: Fields) -> str:
    """Huifu's documents write it both ways."""
    return file.get("file_Name") or file.get("file_name", "")


def _no_file(tasks: list[Fields], day: date, now_ms: int) -> Outcome:
    """A finished task without a file means a day without trades (Huifu's documents)."""
    states = {task.get("task_stat", "") for task in tasks if _is_trade_bill(task)}
    if states == {_MADE}:
        return _said(OutcomeKind.NOT_FOUND, "no_trades", "made without a file: no trade on that day / 当日无交易")
    ready = datetime.combine(day + timedelta(days=1), time(READY_HOUR, tzinfo=BEIJING))
    if states or beijing(now_ms) < ready:
        return _said(OutcomeKind.PENDING, "not_made_yet", "the bill is not made yet / 账单尚未生成")
    message = "no file and no task: are bills switched on in Huifu's console? / 请在汇付控台开启对账文件生成"
    return _said(OutcomeKind.UNKNOWN, "no_file", message)


def _wrong_files(files: list[Fields], account: HuifuAccount, file_date: str) -> Outcome | None:
    """The list is signed; all the same it must be ours, of this day, and lead to addresses that can be trusted."""
    if len(files) > _MOST_FILES:
        return untrusted("too_large", f"more than {_MOST_FILES} files for one day")
    for file in files:
        if file.get("huifu_id", account.huifu_id) != account.huifu_id or file.get("file_date", file_date) != file_date:
            return untrusted("wrong_bill", "a file is another merchant's or another day's")
        if not _may_fetch(file.get("download_url", ""), account.base_url):
            return untrusted("wrong_download_url", "a file's address is neither https nor at base_url")
    return None


def _may_fetch(url: str, base_url: str) -> bool:
    """Files lie on storage hosts whose names are not published: any https address that Huifu signed, or the API's own
    origin (a sandbox)."""
    try:
        parts, own = urlsplit(url), urlsplit(base_url)
        named = bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme, parts.netloc) == (own.scheme, own.netloc))


async def _fetch_all(
    files: list[Fields], account: HuifuAccount, transport: HttpTransport, clock: Clock, until_ms: float
) -> BillAnswer:
    lines: list[BillLine] = []
    for n, file in enumerate(files, start=1):
        left_ms = int(until_ms - clock.monotonic_ms())
        if left_ms <= 0:
            return BillAnswer(outcome=Outcome(kind=OutcomeKind.UNKNOWN, code="timeout"))
        content = await fetch_file(file["download_url"], transport, left_ms)
        if isinstance(content, Outcome):
            return BillAnswer(outcome=content)
        try:
            lines += await asyncio.to_thread(
                read_file, content, columns=account.bill_columns, huifu_id=account.huifu_id, name=f"file {n}"
            )
        except UnreadableBill as problem:
            return distrusted(problem)
    named = {(line.kind, line.channel_order_no, line.out_refund_no) for line in lines}
    if len(named) != len(lines):
        # A day whose files were made anew (对账文件重新生成) may be listed beside the old ones.
        return distrusted(UnreadableBill("row_twice", "the same payment or refund stands in the files twice"))
    lines.sort(key=lambda line: line.at_ms)
    return BillAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED, code="00000000"), lines=tuple(lines))
