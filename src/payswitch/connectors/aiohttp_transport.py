"""The transport of every channel call, on aiohttp.

What aiohttp would do by itself and must not do with money: send a GET a second time when a kept-alive connection
turns out to be dead, follow redirects, keep cookies, read proxies from the environment, wait for ever on an
answer that drips. `_OneShotConnector` and the session's settings switch each of these off; the tests prove it
against raw sockets.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from enum import Enum

from aiohttp import (
    BaseConnector,
    ClientConnectorDNSError,
    ClientError,
    ClientOSError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from payswitch.connectors.client_tls import make_context
from payswitch.connectors.transport import MAX_ANSWER_BYTES, ClientTls, HttpAnswer, SendFailure
from payswitch.kit.clock import Clock

KEEP_ALIVE_S = 15.0
"""How long an idle connection stays in the pool. Short: the longer it idles, the likelier the channel has
dropped it, and a request written to a dropped connection is "sent, unknown"."""

_NO_TIMEOUT = ClientTimeout(total=None, connect=None, sock_read=None, sock_connect=None)
"""aiohttp's own timers are off: the one deadline of a call is `asyncio.timeout` around all of it."""

_SKIPPED_HEADERS = ("Accept-Encoding", "User-Agent")
"""Nothing is sent that the connector did not say; a signature is over bytes, so compression is not asked for."""


class _Stage(Enum):
    POOL = "pool"
    CONNECT = "connect"
    SENT = "sent"


class _Call:
    """How far one call has come."""

    __slots__ = ("stage",)

    def __init__(self) -> None:
        self.stage = _Stage.POOL


_current_call: ContextVar[_Call] = ContextVar("payswitch_http_call")


class _ResendRefused(ClientError):
    """aiohttp asked for a second connection for the same call: that would be a second send."""


class _OneShotConnector(TCPConnector):
    """Hands out one connection per call, and notes when it does: from then on a byte may have left."""

    # `timeout` is aiohttp's own signature; it is passed on and always empty.
    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109
    ) -> Connection:
        call = _current_call.get()
        if call.stage is _Stage.SENT:
            raise _ResendRefused
        connection = await super().connect(req, traces, timeout)
        call.stage = _Stage.SENT
        return connection

    async def _create_connection(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109
    ) -> ResponseHandler:
        _current_call.get().stage = _Stage.CONNECT
        return await super()._create_connection(req, traces, timeout)


class AiohttpTransport:
    """`HttpTransport` on aiohttp. Open it in the running loop, close it when the service stops."""

    def __init__(
        self,
        *,
        clock: Clock,
        connections_per_host: int = 100,
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        """`proxy` is an explicit `http://host:port` for networks that need one; the environment is never asked.
        `ssl_context` replaces the machine's trust store (an own CA); certificates are always verified unless it
        says otherwise."""
        self._clock = clock
        self._connections_per_host = connections_per_host
        self._proxy = proxy
        self._ssl_context = ssl_context
        self._max_answer_bytes = max_answer_bytes
        self._session: ClientSession | None = None
        self._identities: dict[ClientTls, ssl.SSLContext] = {}

    async def open(self) -> None:
        """Make the connection pool. Needs a running event loop."""
        connector: BaseConnector = _OneShotConnector(
            limit=0,
            limit_per_host=self._connections_per_host,
            keepalive_timeout=KEEP_ALIVE_S,
            ssl=self._ssl_context if self._ssl_context is not None else True,
        )
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            timeout=_NO_TIMEOUT,
            trust_env=False,
            proxy=self._proxy,
            skip_auto_headers=_SKIPPED_HEADERS,
        )

    async def aclose(self) -> None:
        """Close every connection. Calls in flight end as lost; their state is known from what was committed."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int | None = None,
        tls: ClientTls | None = None,
    ) -> HttpAnswer | SendFailure:
        """See `HttpTransport.send`. The URL is sent exactly as given: signatures are over its text."""
        session = self._session
        if session is None:
            raise RuntimeError("the transport is not open")
        started_ms = self._clock.monotonic_ms()
        if timeout_ms <= 0:
            return SendFailure(sent=False, code="pool_timeout", latency_ms=0.0)
        call = _Call()
        _current_call.set(call)
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                response = await session.request(
                    method,
                    URL(url, encoded=True),
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    ssl=True if tls is None else self._identity(tls),
                )
                content = await self._read(response, self._max_answer_bytes if max_bytes is None else max_bytes)
        except TimeoutError:
            code = _TIMEOUT_CODE[call.stage]
        except (ClientError, OSError) as error:
            code = _failure_code(call.stage, error)
        else:
            latency_ms = self._clock.monotonic_ms() - started_ms
            if content is None:
                return SendFailure(sent=True, code="too_large", latency_ms=latency_ms)
            answer_headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpAnswer(status=response.status, headers=answer_headers, body=content, latency_ms=latency_ms)
        latency_ms = self._clock.monotonic_ms() - started_ms
        return SendFailure(sent=call.stage is _Stage.SENT, code=code, latency_ms=latency_ms)

    def _identity(self, tls: ClientTls) -> ssl.SSLContext:
        """The context of this client certificate, made on its first use. aiohttp pools connections by the context
        object, so that no call ever goes out over another identity's connection, nor over an anonymous one."""
        context = self._identities.get(tls)
        if context is None:
            context = self._identities[tls] = make_context(tls)
        return context

    @staticmethod
    async def _read(response: ClientResponse, limit: int) -> bytes | None:
        """The whole body, or None if it is larger than the limit. Leaves no half-read connection in the pool."""
        try:
            if response.content_length is not None and response.content_length > limit:
                response.close()
                return None
            parts: list[bytes] = []
            size = 0
            # Piece by piece even when the length is announced: a compressed body grows while it is read.
            while part := await response.content.readany():
                size += len(part)
                if size > limit:
                    response.close()
                    return None
                parts.append(part)
        except BaseException:
            # Not handled here, only cleaned up: a connection with an unread rest must never serve another call.
            response.close()
            raise
        response.release()
        return b"".join(parts)


_TIMEOUT_CODE = {_Stage.POOL: "pool_timeout", _Stage.CONNECT: "connect_timeout", _Stage.SENT: "timeout"}


def _failure_code(stage: _Stage, error: Exception) -> str:
    """One of the codes of `SendFailure`, by how far the call had come and what broke."""
    if stage is not _Stage.SENT:
        if isinstance(error, ClientConnectorDNSError):
            return "dns_failed"
        if isinstance(error, (ClientSSLError, ssl.SSLError)):
            return "tls_failed"
        return "connect_failed"
    if isinstance(error, (_ResendRefused, ServerDisconnectedError, ClientOSError, ClientPayloadError, OSError)):
        return "connection_lost"
    return "unreadable"
