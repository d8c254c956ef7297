"""The wired service behind a real server, and a shop that calls it: for scenarios without processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from payswitch.app import App, build
from payswitch.settings import Settings
from tests.api.server import serving
from tests.sandbox.support import PATIENCE_S, RunningSandbox


@asynccontextmanager
async def a_service(
    sandbox: RunningSandbox,
    folder: Path,
    make_settings: Callable[[RunningSandbox, Path, int], Settings],
) -> AsyncIterator[tuple[App, str]]:
    """The wired service behind a real server. Its address is known before it is built: channels are told of it."""
    holder: dict[str, Any] = {}

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await holder["app"].asgi(scope, receive, send)

    async with serving(late) as port:
        app = holder["app"] = build(make_settings(sandbox, folder, port))
        await app.start()
        try:
            yield app, f"http://127.0.0.1:{port}"
        finally:
            await app.stop()


class Shop:
    """One shop's side of the API."""

    def __init__(self, session: aiohttp.ClientSession, service: str, account_id: str) -> None:
        self._session = session
        self._service = service
        self._headers = {"Authorization": f"Bearer key-{account_id}"}

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        async with self._session.request(method, self._service + path, json=body, headers=self._headers) as answer:
            view: dict[str, Any] = await answer.json()
            assert answer.status < 300, view
            return view

    async def wait_for(self, payment_id: str, what: str) -> dict[str, Any]:
        """Look until the payment (or its refund) has succeeded: told by the notification, or found by the sweeper."""
        async with asyncio.timeout(PATIENCE_S * 3):
            while True:
                view = await self.call("GET", f"/v1/payments/{payment_id}")
                if what == "payment" and view["state"] == "succeeded":
                    return view
                if what == "refund" and all(refund["state"] == "succeeded" for refund in view["refunds"]):
                    return view
                await asyncio.sleep(0.05)
