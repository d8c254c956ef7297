"""Fetching the file that a channel has given the address of."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import outcome_of_failure
from payswitch.connectors.transport import MAX_BILL_BYTES, HttpTransport, SendFailure
from payswitch.domain.outcome import Outcome, OutcomeKind

_ZIP: Final = b"PK"


async def fetch_file(url: str, transport: HttpTransport, timeout_ms: int) -> bytes | Outcome:
    """The file, or why there is none. No credential goes along: the address is enough."""
    answer = await transport.send("GET", url, headers={}, body=b"", timeout_ms=timeout_ms, max_bytes=MAX_BILL_BYTES)
    if isinstance(answer, SendFailure):
        return outcome_of_failure(answer)
    if answer.status != 200:
        return Outcome(kind=OutcomeKind.UNKNOWN, code=f"http_{answer.status}", transient=answer.status >= 500)
    return answer.body


async def fetch_archive(url: str, transport: HttpTransport, timeout_ms: int) -> bytes | Outcome:
    """A zip file, or why there is none. Such addresses work for a short while; one that has expired answers with a
    page."""
    content = await fetch_file(url, transport, timeout_ms)
    if isinstance(content, bytes) and not content.startswith(_ZIP):
        return Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="there is no archive at the bill's address")
    return content
