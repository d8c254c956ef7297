"""Fetching Alipay's daily trade bill: ask for its address, fetch the archive, read what is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from payswitch.connectors.alipay.account import AlipayAccount
from payswitch.connectors.alipay.answers import untrusted
from payswitch.connectors.alipay.bill_file import read_bill
from payswitch.connectors.alipay.wire import Fields, text_of
from payswitch.connectors.bill_fetching import fetch_archive
from payswitch.connectors.bill_reading import NO_DAY, UnreadableBill, distrusted, is_day, unzipped
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.bill import BillAnswer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock

METHOD: Final = "alipay.data.dataservice.bill.downloadurl.query"
ANSWERS: Final[Mapping[str, OutcomeKind]] = dict.fromkeys(
    ("isp.bill_not_exist", "BILL_NOT_EXIST", "ACQ.BILL_NOT_EXIST"), OutcomeKind.NOT_FOUND
)
"""The documentation says BILL_NOT_EXIST, the gateway isp.bill_not_exist. Both "no trade on that day" and "not made
yet": before about ten o'clock the next day the two cannot be told apart."""
_HOSTS: Final = (".alipay.com", ".alipaydev.com")

Ask = Callable[[Mapping[str, Any], int], Awaitable[Fields | Outcome]]
"""Content and time left -> the believed fields."""


async def download(
    ask: Ask, account: AlipayAccount, day: str, timeout_ms: int, *, transport: HttpTransport, clock: Clock
) -> BillAnswer:
    """One deadline for both calls; the address works for 30 seconds only. A large bill is read beside the loop."""
    if not is_day(day):
        return NO_DAY
    deadline_ms = clock.monotonic_ms() + timeout_ms
    fields = await ask({"bill_type": "trade", "bill_date": day}, timeout_ms)
    if isinstance(fields, Outcome):
        return BillAnswer(outcome=_about_no_order(fields))
    url = _address(text_of(fields, "bill_download_url"), account.gateway)
    if url is None:
        return BillAnswer(outcome=untrusted("wrong_download_url", "the bill's address is not Alipay's"))
    left_ms = int(deadline_ms - clock.monotonic_ms())
    archive = await fetch_archive(url, transport, left_ms)
    if isinstance(archive, Outcome):
        return BillAnswer(outcome=archive)
    try:
        return await asyncio.to_thread(_read, archive, account.seller_id, day)
    except UnreadableBill as problem:
        return distrusted(problem)


def _address(text: str, gateway: str) -> str | None:
    """The file's address, always over TLS (Alipay still writes http), or None if it leads elsewhere. The gateway's
    own origin is as good as the gateway: that is what a sandbox uses."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        own = urlsplit(gateway)
    except ValueError:
        return None
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return text
    if parts.scheme not in ("http", "https") or not host.endswith(_HOSTS):
        return None
    return urlunsplit(("https", host, parts.path, parts.query, ""))


def _about_no_order(outcome: Outcome) -> Outcome:
    """NOT_FOUND means "no bill for the day" here, and only the bill's own code says that."""
    if outcome.kind is OutcomeKind.NOT_FOUND and outcome.code not in ANSWERS:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=outcome.code, message=outcome.message)
    return outcome


def _read(archive: bytes, seller_id: str, day: str) -> BillAnswer:
    lines = read_bill(unzipped(archive), seller_id=seller_id, day=day)
    return BillAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), lines=lines)
