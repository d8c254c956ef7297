"""A shop's notification address that answers each message as its reader says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from tests.sandbox.support import PATIENCE_S, RunningSandbox, until

from payswitch.domain.exchange import NotifyAnswer, NotifyRequest
from payswitch.sandbox.server import serving


@dataclass
class Shop:
    """Reads every message with a connector's client, and answers with the answer's own reply."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    answers: list[NotifyAnswer] = field(default_factory=list)
    _client: Any = None
    _bare: bool = False
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def reads_with(self, client: Any, *, bare: bool = False) -> None:
        """`bare`: answer with what the client says without having seen the message."""
        self._client, self._bare = client, bare

    async def hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        status, text = 200, b""
        async with self._news:
            self.bodies.append(body)
            if self._client is not None:
                headers = {name.lower(): value for name, value in request.headers.items()}
                sent = NotifyRequest(method="POST", path="/notify", query="", headers=headers, body=body)
                answer = self._client.read_notify(sent)
                self.answers.append(answer)
                believed = answer.outcome.kind == "accepted"
                reply = answer.reply if believed and not self._bare else self._client.acknowledge(believed)
                status, text = reply.status, reply.body
            self._news.notify_all()
        return web.Response(status=status, body=text, content_type="text/plain")

    async def count(self, number: int) -> list[NotifyAnswer]:
        """Wait until so many have arrived."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.bodies) >= number)
        return self.answers

    async def answered(self, sandbox: RunningSandbox, tries: int) -> None:
        """Wait until the channel has noted so many answers, and waits for its next try (or has given up)."""
        await until(lambda: len(sandbox.core.notifier.tries) >= tries)
        await until(lambda: sandbox.core.notifier.pending == 0 or tries < 4)

    async def settled(self, sandbox: RunningSandbox) -> None:
        await until(lambda: sandbox.core.notifier.pending == 0)


@asynccontextmanager
async def shop_listening() -> AsyncIterator[Shop]:
    shop = Shop()
    app = web.Application()
    app.router.add_post("/notify", shop.hear)
    async with serving(app) as port:
        shop.url = f"http://127.0.0.1:{port}/notify"
        yield shop
