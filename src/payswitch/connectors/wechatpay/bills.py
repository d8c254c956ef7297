"""Fetching WeChat's daily trade bill: ask where it is, fetch it, check its hash, read it."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final

from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, gunzipped, is_day
from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import MAX_BILL_BYTES
from payswitch.connectors.wechatpay.bill_file import read_bill
from payswitch.connectors.wechatpay.calls import SignedCalls
from payswitch.connectors.wechatpay.parties import Party
from payswitch.connectors.wechatpay.wire import BillTicket, decode
from payswitch.domain.bill import BillAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock

PATH: Final = "/v3/bill/tradebill"
ANSWERS: Final = {
    "NOSTATEMENTEXIST": OutcomeKind.NOT_FOUND,
    "STATEMENTCREATING": OutcomeKind.PENDING,
}
"""WeChat's error table of this call: no payment and no refund on that day; still being made."""


async def download(calls: SignedCalls, party: Party, day: str, timeout_ms: int, *, clock: Clock) -> BillAnswer:
    """One deadline for both calls. Reading a large bill happens beside the event loop."""
    if not is_day(day):
        return NO_DAY
    deadline_ms = clock.monotonic_ms() + timeout_ms
    target = f"{PATH}?bill_date={day}&bill_type=ALL&tar_type=GZIP{party.bill_query()}"
    asked = await calls.call(Operation.QUERY, "GET", target, b"", timeout_ms, answers=ANSWERS)
    if isinstance(asked, Outcome):
        return BillAnswer(outcome=_about_no_order(asked))
    ticket = decode(asked, BillTicket)
    if ticket is None:
        return BillAnswer(outcome=Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable"))
    left_ms = int(deadline_ms - clock.monotonic_ms())
    data = await calls.fetch_file(ticket.download_url, left_ms, max_bytes=MAX_BILL_BYTES)
    if isinstance(data, Outcome):
        return BillAnswer(outcome=_about_no_order(data))
    try:
        return await asyncio.to_thread(_read, data, ticket, party, day)
    except UnreadableBill as problem:
        return distrusted(problem)


def _read(data: bytes, ticket: BillTicket, party: Party, day: str) -> BillAnswer:
    content = gunzipped(data)
    if ticket.hash_type != "SHA1":
        raise UnreadableBill("unknown_hash", "hash_type")
    # WeChat's choice of hash: against damage on the way. The hash itself came in a signed answer.
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != ticket.hash_value.lower():
        raise UnreadableBill("wrong_hash", "SHA1")
    return BillAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), lines=read_bill(content, party, day))


def _about_no_order(outcome: Outcome) -> Outcome:
    """NOT_FOUND means "no bill for the day" here, and only the bill's own code says that."""
    if outcome.kind is OutcomeKind.NOT_FOUND and outcome.code.replace("_", "").upper() not in ANSWERS:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=outcome.code, message=outcome.message)
    return outcome
