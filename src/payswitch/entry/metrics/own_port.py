"""`/metrics` at an address of its own, so that the service's port can be open to the world and this one is not."""

from __future__ import annotations

from aiohttp import web

from payswitch.entry.metrics.page import PATH, MetricsPage


class OwnPort:
    """A small server beside the service's, in the same event loop."""

    def __init__(self, page: MetricsPage, host: str, port: int) -> None:
        self._page = page
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen. Raises OSError when the address cannot be used."""
        app = web.Application()
        app.router.add_get(PATH, self._metrics)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner

    async def aclose(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _metrics(self, request: web.Request) -> web.Response:
        if self._page.has_token and not self._page.bears_token(request.headers.get("Authorization", "")):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        body, content_type = await self._page.render(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type, "Cache-Control": "no-store"})
