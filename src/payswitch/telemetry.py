"""What others may know of a running service: metrics and traces. Wired by `app.py`; switched off, nothing of it exists.

The libraries are imported late: whoever switches it off does not pay for them at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from payswitch import __version__
from payswitch.kit.addresses import own_address
from payswitch.kit.clock import Clock
from payswitch.settings import SettingsError
from payswitch.settings.service import ServiceSettings

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from payswitch.entry.http.asgi import AsgiApp
    from payswitch.entry.metrics.own_port import OwnPort
    from payswitch.entry.metrics.page import MetricsPage
    from payswitch.senders.traces.sender import TraceSender
    from payswitch.services.context import Context
    from payswitch.services.feeds import FanOut
    from payswitch.services.live.live_board import LiveBoard
    from payswitch.storage.store import DatabaseStore


class Telemetry:
    """Listens to the feed and to the storage; is read over HTTP."""

    def __init__(self, settings: ServiceSettings, *, clock: Clock, node_id: str) -> None:
        """Raises SettingsError for traces whose library is not installed."""
        self._metrics: MetricsPage | None = None
        self._own_port: OwnPort | None = None
        self._traces = _open_traces(settings, clock, node_id)
        if not settings.metrics:
            return
        from payswitch.entry.metrics.own_port import OwnPort
        from payswitch.entry.metrics.page import MetricsPage

        self._metrics = MetricsPage(settings.metrics_token_sha256)
        address = own_address(settings.metrics_address or "")
        if address is not None:
            self._own_port = OwnPort(self._metrics, *address)

    def listen(self, feed: FanOut, store: DatabaseStore) -> None:
        """From now on hear what happens."""
        if self._metrics is not None:
            feed.add(self._metrics.heard)
            store.commits.hear = self._metrics.heard.hear_commit
        if self._traces is not None:
            feed.add(self._traces)

    def around(self, app: AsgiApp) -> AsgiApp:
        """The application, with a listener at its door where traces are switched on."""
        if self._traces is None:
            return app
        from payswitch.entry.http.traceparent import Traceparent
        from payswitch.senders.traces.sender import note_caller

        return Traceparent(app, note_caller)

    def routes(self, ctx: Context, board: LiveBoard) -> Sequence[HTTPRouteHandler]:
        """What the service's own port serves of it."""
        if self._metrics is None:
            return ()
        from payswitch.entry.metrics.page import routes

        self._metrics.read_from(ctx, board)
        return () if self._own_port is not None else routes(self._metrics)

    async def open(self) -> None:
        """Raises SettingsError when an address of its own cannot be used."""
        if self._own_port is None:
            return
        try:
            await self._own_port.open()
        except OSError as error:
            problem = f"service.metrics_address: cannot be listened on / 无法监听: {error.strerror or error}"
            raise SettingsError("payswitch.toml", [problem]) from error

    async def aclose(self) -> None:
        """Traces that wait are sent."""
        if self._own_port is not None:
            await self._own_port.aclose()
        if self._traces is not None:
            await self._traces.aclose()


def _open_traces(settings: ServiceSettings, clock: Clock, node_id: str) -> TraceSender | None:
    if settings.traces_endpoint is None:
        return None
    try:
        from payswitch.senders.traces.sender import TraceSender
    except ImportError as error:
        problem = (
            f"service.traces_endpoint: {error.name} is not installed; pip install 'payswitch[traces]' / "
            "未安装链路追踪组件，请执行 pip install 'payswitch[traces]'"
        )
        raise SettingsError("payswitch.toml", [problem]) from error
    resource = {"service.name": "payswitch", "service.version": __version__, "service.instance.id": node_id}
    return TraceSender(settings.traces_endpoint, share=settings.traces_share, resource=resource, clock=clock)
