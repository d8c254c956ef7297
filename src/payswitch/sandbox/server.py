"""The sandbox as an HTTP service: puts the parts together and runs them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from payswitch.kit.clock import Clock, SystemClock
from payswitch.kit.ids import IdSource, SystemIds
from payswitch.sandbox.admin import Admin
from payswitch.sandbox.authority import host_of
from payswitch.sandbox.core import SandboxCore, Settings, make_core
from payswitch.sandbox.pages import WalletPages
from payswitch.sandbox.robots.house import RobotHouse
from payswitch.sandbox.robots.pages import RobotPages
from payswitch.sandbox.wallet import Wallet
from payswitch.sandbox.wires import WIRES
from payswitch.sandbox.world import World

CORE: web.AppKey[SandboxCore] = web.AppKey("core", SandboxCore)
"""Where tests and embedding programs find the core of a running app."""
MAX_BODY_BYTES = 1 << 20
_BACKLOG = 1_024
_SHUTDOWN_S = 1.0
"""How long calls in progress may take to end when the sandbox stops."""


def make_app(
    world: World,
    *,
    clock: Clock,
    seed: int = 1,
    data: Path | None = None,
    settings: Settings | None = None,
    ids: IdSource | None = None,
) -> web.Application:
    """All channels of this world on one application. `seed` steers the faults' draws, `data` is the ledger's file."""
    core = make_core(world, clock=clock, ids=ids or SystemIds(), seed=seed, data=data, settings=settings)
    families = dict.fromkeys(account.family for account in world.accounts)
    core.wires.extend(WIRES[family](core) for family in families)
    wallet = Wallet(core)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[CORE] = core
    app.add_routes(Admin(core, wallet).routes())
    app.add_routes(WalletPages(core, wallet).routes())
    app.add_routes(RobotPages(RobotHouse(world.robots, clock)).routes())
    for wire in core.wires:
        app.add_routes(wire.routes())
    app.on_startup.append(_start)
    app.on_shutdown.append(_stop)
    app.on_cleanup.append(_close)
    return app


async def _start(app: web.Application) -> None:
    app[CORE].resume()


async def _stop(app: web.Application) -> None:
    await app[CORE].stop()


async def _close(app: web.Application) -> None:
    app[CORE].ledger.close_file()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. With port 0 the system chooses: `getsockname()` tells, before the world is moved there."""
    return socket.create_server((host, port), backlog=_BACKLOG)


@asynccontextmanager
async def serving(
    app: web.Application,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    sock: socket.socket | None = None,
    tls_sock: socket.socket | None = None,
) -> AsyncIterator[int]:
    """The app answers for as long as the block lasts, on `sock` if one is given. Gives the port.

    On `tls_sock`, if one is given, the same sandbox answers over TLS and asks for client certificates.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    listening = sock or listen(host, port)
    try:
        await web.SockSite(runner, listening).start()
        if tls_sock is not None:
            await web.SockSite(runner, tls_sock, ssl_context=_tls_context(app[CORE].world)).start()
        yield listening.getsockname()[1]
    finally:
        held = _open_transports(runner)
        await runner.cleanup()
        for transport in held:
            # A TLS farewell waits for the client's, who may never say one.
            transport.abort()
        listening.close()
        if tls_sock is not None:
            tls_sock.close()


def _open_transports(runner: web.AppRunner) -> list[asyncio.Transport]:
    """Of the clients that are still connected."""
    connections = runner.server.connections if runner.server is not None else []
    return [connection.transport for connection in connections if connection.transport is not None]


def _tls_context(world: World) -> ssl.SSLContext:
    return world.authority.server_context(host_of(world.base_url_tls))


async def run(
    world: World,
    *,
    host: str = "127.0.0.1",
    port: int = 8090,
    clock: Clock | None = None,
    seed: int = 1,
    data: Path | None = None,
    settings: Settings | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until `stop` is set or the task is cancelled. OSError if an address is taken. The port of the world's
    `base_url_tls`, if it has one, is served too."""
    app = make_app(world, clock=clock or SystemClock(), seed=seed, data=data, settings=settings)
    tls_sock = listen(host, urlsplit(world.base_url_tls).port or 443) if world.base_url_tls else None
    async with serving(app, host=host, port=port, tls_sock=tls_sock):
        await (stop or asyncio.Event()).wait()
