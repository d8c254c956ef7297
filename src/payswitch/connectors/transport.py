"""One HTTP call to a channel, and the exact truth about how it went.

The transport never resends, never follows redirects, has one explicit total deadline per call (connecting, waiting
for a pooled connection and reading the body included), and always knows whether a byte may have left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from payswitch.kit.secrets import Secret

MAX_ANSWER_BYTES = 1 << 20
"""No channel answers with more than this outside of bills; a longer body is `too_large`, not memory."""
MAX_BILL_BYTES = 64 << 20
"""For the calls that fetch a day's bill (compressed): about a million rows."""


class HttpAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A complete HTTP answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    latency_ms: float


class SendFailure(msgspec.Struct, frozen=True, kw_only=True):
    """No complete answer. `sent=False` proves that the channel heard nothing."""

    sent: bool
    code: str
    """`dns_failed`, `connect_failed`, `tls_failed`, `pool_timeout`, `connect_timeout` (not sent);
    `timeout`, `connection_lost`, `too_large`, `unreadable` (sent, unknown)."""
    latency_ms: float


class ClientTls(msgspec.Struct, frozen=True, kw_only=True):
    """双向 TLS: who we are to a channel that asks for a client certificate (WeChat V2 reversals, Apple Pay sessions).

    Make one when the account is opened, check it there with `client_tls.problem_of`, and keep it: the transport reads
    its keys once for as long as it lives.
    """

    certificate_pem: str
    """Our certificate, followed by the chain if the channel wants one."""
    private_key_pem: Secret
    """Its key, not encrypted."""
    trusted_ca_pem: str = ""
    """The only roots that the channel's own certificate may come from; empty: the machine's trust store."""


class HttpTransport(Protocol):
    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
        tls: ClientTls | None = None,
    ) -> HttpAnswer | SendFailure:
        """Never raises for anything the network can do. Cancelling the caller cancels the call.

        A longer answer than `max_bytes` is `too_large`; only a bill's download asks for more than the usual. With `tls`
        we show that certificate; a channel that does not take it is `tls_failed`, before a byte of the request left.
        """
        ...
