"""`/metrics`: what Prometheus scrapes. Never part of what the whole world may open.

On the service's own port only this machine may read it, or whoever bears the token. With an address of its own it is
served there instead, to everybody who can reach that address (and bears the token, where one is set).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.entry.http import asgi, problems
from payswitch.entry.http.this_machine import from_this_machine
from payswitch.entry.metrics.heard import HeardMetrics
from payswitch.entry.metrics.read import ReadMetrics
from payswitch.kit.secrets import fingerprint
from payswitch.services.context import Context
from payswitch.services.live.live_board import LiveBoard

PATH = "/metrics"


class MetricsPage:
    """All metrics of one process. Add `heard` to the feed, and `heard.hear_commit` to the store's meter."""

    def __init__(self, token_sha256: str | None) -> None:
        self._registry = CollectorRegistry()
        self._token_sha256 = token_sha256
        self.heard = HeardMetrics()
        self._registry.register(self.heard)
        self._read: ReadMetrics | None = None
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def read_from(self, ctx: Context, board: LiveBoard) -> None:
        """Where the gauges come from. Once, before the first scrape."""
        self._read = ReadMetrics(ctx, board)
        self._registry.register(self._read)

    async def render(self, accept: str) -> tuple[bytes, str]:
        """The page, and its content type as the scraper's `Accept` asks for it: Prometheus' text or OpenMetrics."""
        if self._read is not None:
            await self._read.look()
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def bears_token(self, authorization: str) -> bool:
        """Whether a token is set, and this is it."""
        scheme, _, token = authorization.partition(" ")
        if self._token_sha256 is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(fingerprint(token.strip()), self._token_sha256)

    @property
    def has_token(self) -> bool:
        return self._token_sha256 is not None


def routes(page: MetricsPage) -> list[HTTPRouteHandler]:
    """The page on the service's own port. To everybody else it is an address that does not exist."""

    @get(PATH, name="metrics")
    async def metrics(request: Request[Any, Any, Any]) -> ASGIResponse:
        if not _allowed(page, request.scope):
            return problems.problem(PaySwitchError(NOT_FOUND), request.scope)
        body, content_type = await page.render(asgi.header(request.scope, b"accept") or "")
        return asgi.answer(body, content_type=content_type, headers={"Cache-Control": "no-store"})

    return [metrics]


def _allowed(page: MetricsPage, scope: Mapping[str, Any]) -> bool:
    return from_this_machine(scope) or page.bears_token(asgi.header(scope, b"authorization") or "")
