"""对账单: asks for one day's file and gives its lines. The address of the file comes in a signed answer and works for
two minutes; the file is there from six o'clock of the next morning [O]."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Final

from payswitch.connectors.bill_fetching import fetch_archive
from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, is_day, unzipped
from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.answers import UNREADABLE
from payswitch.connectors.quickpay.bill_file import read_bill
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import NOT_UNDERSTOOD
from payswitch.connectors.quickpay.deadline import Until
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.bill import BillAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.addresses import is_web_address
from payswitch.kit.clock import BEIJING, beijing

READY_HOUR: Final = 6
_NO_BILL_WORDS: Final = ("不存在", "未生成", "没有", "无数据", "无交易")
"""[M]: how the gateway says that there is no file for the day."""


async def fetch_bill(day: str, calls: Calls, transport: HttpTransport, timeout_ms: int) -> BillAnswer:
    """See `domain.bill.BillSource`. One deadline for both calls; a large bill is read beside the loop."""
    if not is_day(day):
        return NO_DAY
    ready = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(READY_HOUR, tzinfo=BEIJING))
    if beijing(calls.clock.now_ms()) < ready:
        return BillAnswer(outcome=Outcome(kind=OutcomeKind.PENDING, code="not_ready"))
    until = Until(calls.clock, timeout_ms)
    content = {"date": day.replace("-", ""), "filetype": "1"}
    fields = await calls.ask_at(calls.account.bill_url, content, Operation.QUERY, timeout_ms)
    if isinstance(fields, Outcome):
        return BillAnswer(outcome=_no_bill(fields))
    url = fields.get("url", "")
    if not is_web_address(url, with_query=True):
        return BillAnswer(outcome=UNREADABLE)
    archive = await fetch_archive(url, transport, until.left())
    if isinstance(archive, Outcome):
        return BillAnswer(outcome=archive)
    try:
        return await asyncio.to_thread(_read, archive, calls.account, day)
    except UnreadableBill as problem:
        return distrusted(problem)


def _no_bill(outcome: Outcome) -> Outcome:
    if outcome.code == NOT_UNDERSTOOD and any(word in outcome.message for word in _NO_BILL_WORDS):
        return Outcome(kind=OutcomeKind.NOT_FOUND, code=outcome.code, message=outcome.message)
    return outcome


def _read(archive: bytes, account: QuickpayAccount, day: str) -> BillAnswer:
    rows = read_bill(unzipped(archive), cusid=account.cusid, appid=account.appid, day=day)
    if not rows.others:
        return BillAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), lines=rows.lines)
    message = f"{rows.others} rows of other applications left out / 已略去其他应用的 {rows.others} 笔"
    accepted = Outcome(kind=OutcomeKind.ACCEPTED, code="other_applications", message=message)
    return BillAnswer(outcome=accepted, lines=rows.lines)
