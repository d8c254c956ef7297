"""A sandbox on a loopback port, a shop that listens for its notifications, and waiting without sleeping blindly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from payswitch.kit.clock import Clock
from payswitch.sandbox.core import SandboxCore, Settings
from payswitch.sandbox.server import CORE, listen, make_app, serving
from payswitch.sandbox.world import World

PATIENCE_S = 10.0
"""How long a test waits for something that takes milliseconds: only a failure ever takes it."""


@dataclass
class RunningSandbox:
    """What a test holds in its hand."""

    core: SandboxCore
    base_url: str
    session: aiohttp.ClientSession

    @property
    def world(self) -> World:
        return self.core.world

    async def set_faults(self, *faults: dict[str, object]) -> None:
        async with self.session.put(f"{self.base_url}/_sandbox/faults", json={"faults": list(faults)}) as answer:
            assert answer.status == 200, await answer.text()

    async def pay(
        self, content: str = "", *, params: dict[str, str] | None = None, wallet: str = "wechat", **more: object
    ) -> dict[str, object]:
        """A shopper confirms."""
        credential = {"kind": "qr", "content": content, "params": params or {}}
        body = {"credential": credential, "wallet": wallet, "payer": "小红", **more}
        async with self.session.post(f"{self.base_url}/_sandbox/wallet/pay", json=body) as answer:
            assert answer.status == 200, await answer.text()
            result: dict[str, object] = await answer.json()
            return result

    async def ledger(self) -> list[dict[str, object]]:
        async with self.session.get(f"{self.base_url}/_sandbox/ledger") as answer:
            entries: list[dict[str, object]] = (await answer.json())["entries"]
            return entries


@asynccontextmanager
async def running_sandbox(
    world: World, *, clock: Clock, settings: Settings | None = None, data: Path | None = None, seed: int = 1
) -> AsyncIterator[RunningSandbox]:
    sock, tls_sock = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    base_url_tls = f"https://127.0.0.1:{tls_sock.getsockname()[1]}"
    app = make_app(world.at(base_url, base_url_tls), clock=clock, seed=seed, data=data, settings=settings)
    async with serving(app, sock=sock, tls_sock=tls_sock), aiohttp.ClientSession() as session:
        yield RunningSandbox(app[CORE], base_url, session)


@dataclass(frozen=True)
class Heard:
    """One notification as it arrived at the shop's address."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """The merchant's notification address. `answers` are given in turn, the last one for ever."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [204])
    heard: list[Heard] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hear(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        heard = Heard(dict(request.headers), await request.read())
        async with self._news:
            self.heard.append(heard)
            self._news.notify_all()
        return web.Response(status=status)

    async def count(self, number: int) -> list[Heard]:
        """Wait until so many have arrived."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.heard) >= number)
        return self.heard


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/notify", listener.hear)
    async with serving(app) as port:
        listener.url = f"http://127.0.0.1:{port}/notify"
        yield listener


async def turn() -> None:
    """Let everything that is ready to run take its turns."""
    for _ in range(5):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - any condition at all, not one that somebody signals
            await asyncio.sleep(0.001)
