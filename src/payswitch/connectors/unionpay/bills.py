"""对账文件: asks the file interface for one settlement day and gives its lines.

A settlement day ends at 23:00 Beijing time, so a payment of 23:30 stands in the next day's file. UnionPay asks by month
and day only; a day whose file might be another year's is not asked for.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from payswitch.connectors.acp.answers import read_fields, untrusted
from payswitch.connectors.acp.codes import FILE_CODES, NO_SUCH_FILE, SUCCESS, cut
from payswitch.connectors.acp.times import wire_time
from payswitch.connectors.acp.wire import FORM, Fields, form_body
from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, is_day
from payswitch.connectors.codes import Operation, outcome_of
from payswitch.connectors.transport import MAX_BILL_BYTES, HttpTransport
from payswitch.connectors.unionpay.account import UnionPayAccount
from payswitch.connectors.unionpay.bill_file import unpack
from payswitch.connectors.unionpay.bill_lines import read_lines
from payswitch.domain.bill import BillAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import BEIJING, beijing

READY_HOUR: Final = 10
"""Files are there by about ten o'clock of the next day."""
OLDEST_DAYS: Final = 300
_NOON: Final = time(12, tzinfo=BEIJING)


async def fetch_bill(
    day: str, *, account: UnionPayAccount, transport: HttpTransport, now_ms: int, timeout_ms: int
) -> BillAnswer:
    """See `domain.bill.BillSource`. `day` is the settlement day as a Beijing date, `2026-11-11`."""
    if not is_day(day):
        return NO_DAY
    wanted = date.fromisoformat(day)
    if not timedelta(0) <= beijing(now_ms).date() - wanted <= timedelta(days=OLDEST_DAYS):
        message = f"only the last {OLDEST_DAYS} days / 只能取最近 {OLDEST_DAYS} 天的账单"
        return BillAnswer(outcome=_refused("day_out_of_reach", message))
    if not account.file_gateway:
        return BillAnswer(outcome=_refused("file_gateway_missing", "file_gateway is not set / 未配置 file_gateway"))
    body = form_body(account.signer.signed(_request(wanted, now_ms)))
    answer = await transport.send(
        "POST", account.file_gateway, headers=FORM, body=body, timeout_ms=timeout_ms, max_bytes=MAX_BILL_BYTES
    )
    read = read_fields(answer, account.verifier)
    if isinstance(read, Outcome):
        return BillAnswer(outcome=read)
    fields, signed = read
    if fields["respCode"] not in SUCCESS:
        return BillAnswer(outcome=_no_file(fields, wanted, now_ms, signed=signed))
    if not signed:
        return BillAnswer(outcome=untrusted("unsigned", "a bill without a signature"))
    return _bill(fields, wanted, account.mer_id)


def _request(day: date, now_ms: int) -> dict[str, str]:
    return {
        "bizType": "000000",
        "txnType": "76",
        "txnSubType": "01",
        "fileType": "00",
        "txnTime": wire_time(now_ms),
        "settleDate": day.strftime("%m%d"),
    }


def _refused(code: str, message: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code, message=message)


def _no_file(fields: Fields, day: date, now_ms: int, *, signed: bool) -> Outcome:
    """98 is "no such file": before the file can be ready that means "not yet". No code of this interface says anything
    about money, so an unsigned one is passed on as it is, except that it proves no absence."""
    code, message = fields["respCode"], cut(fields.get("respMsg", ""))
    if code == NO_SUCH_FILE and signed:
        ready = datetime.combine(day + timedelta(days=1), time(READY_HOUR, tzinfo=BEIJING))
        kind = OutcomeKind.NOT_FOUND if beijing(now_ms) >= ready else OutcomeKind.PENDING
        return Outcome(kind=kind, code=code, message=message)
    found = FILE_CODES.get(code)
    if found is None:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=cut(code), message=message)
    return outcome_of(found, code=code, message=message, operation=Operation.QUERY)


def _bill(fields: Fields, day: date, mer_id: str) -> BillAnswer:
    if fields.get("merId", mer_id) != mer_id or fields.get("settleDate", f"{day:%m%d}") != f"{day:%m%d}":
        return BillAnswer(outcome=untrusted("wrong_bill", "the file is another merchant's or another day's"))
    try:
        files = unpack(fields.get("fileContent", ""))
        noon_ms = int(datetime.combine(day, _NOON).timestamp()) * 1_000
        lines = tuple(line for text in files.transactions for line in read_lines(text, mer_id=mer_id, near_ms=noon_ms))
    except UnreadableBill as problem:
        return distrusted(problem)
    return BillAnswer(outcome=_accepted(files.adjustments), lines=lines)


def _accepted(adjustments: int) -> Outcome:
    if not adjustments:
        return Outcome(kind=OutcomeKind.ACCEPTED, code="00")
    return Outcome(
        kind=OutcomeKind.ACCEPTED,
        code="adjustments_not_read",
        message=f"{adjustments} lines of disputes (ZME file) are not in here / 另有 {adjustments} 条差错交易未解析",
    )
