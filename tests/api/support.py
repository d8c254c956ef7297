"""A shop's program and a customer's browser, speaking HTTP with the whole application in the same process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from argon2 import PasswordHasher

from payswitch.domain.operator import Operator
from payswitch.domain.shop import Shop
from payswitch.entry.api.routes import hot_routes
from payswitch.entry.api.routes import routes as api_routes
from payswitch.entry.checkout.routes import routes as checkout_routes
from payswitch.entry.console.routes import routes as console_routes
from payswitch.entry.http.asgi import AsgiApp
from payswitch.entry.http.assemble import make_asgi
from payswitch.entry.notify.routes import routes as notify_routes
from payswitch.kit.passwords import Passwords
from payswitch.kit.sealing import KeyRing
from payswitch.kit.secrets import fingerprint
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.people.people_desk import PeopleDesk
from payswitch.services.people.sign_in_limits import SignInLimits
from tests.services.channel_desk import a_desk
from tests.services.harness import SHOP, Night, night

KEY = "key-of-the-tea-shop"
OTHER_KEY = "key-of-the-book-shop"
OPERATOR_KEY = "key-of-the-operator"
STRANGER_KEY = "key-of-another-merchants-operator"
OPERATORS = {
    fingerprint(OPERATOR_KEY): Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"})),
    fingerprint(STRANGER_KEY): Operator(operator_id="op-wu", name="吴", merchant_ids=frozenset({"m-2"})),
}
OTHER_SHOP = Shop(shop_id="shop-2", merchant_id="m-1", name="书店")

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"


@dataclass
class Heard:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def fields(self) -> list[str]:
        """The fields a problem document complains about."""
        return [error["field"] for error in self.json.get("errors", [])]


@dataclass
class Web:
    """Sends requests into an ASGI application."""

    app: AsgiApp
    headers: Mapping[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1"

    async def get(self, path: str, **headers: str) -> Heard:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, value: Any = None, **headers: str) -> Heard:
        """`value` as JSON; None sends no body."""
        body = b"" if value is None else json.dumps(value).encode()
        return await self.send("POST", path, body, headers={"content-type": "application/json", **headers})

    async def submit(self, path: str, **fields: str) -> Heard:
        """A browser posts a form."""
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self.send("POST", path, urlencode(fields).encode(), headers=kind)

    async def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        length: bool = True,
    ) -> Heard:
        """One request; without `length` the body comes in chunks of unknown total."""
        sent = {
            "host": "127.0.0.1:8080",
            **self.headers,
            **{k.replace("_", "-"): v for k, v in (headers or {}).items()},
        }
        if length and body:
            sent["content-length"] = str(len(body))
        chunks = [body] if length else [body[i : i + 1_000] for i in range(0, len(body), 1_000)]
        where, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": (self.client, 50_000),
            "server": ("127.0.0.1", 8080),
        }
        heard = Heard(0, {}, b"")

        async def receive() -> dict[str, Any]:
            chunk = chunks.pop(0) if chunks else b""
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

        async def listen(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                heard.status = message["status"]
                heard.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            else:
                heard.body += message.get("body", b"")

        await self.app(scope, receive, listen)
        return heard


@dataclass
class Evening:
    """The whole service over HTTP, with honest simulated channels behind it."""

    night: Night
    board: LiveBoard
    app: AsgiApp

    @property
    def shop(self) -> Web:
        return Web(self.app, {"authorization": f"Bearer {KEY}"})

    @property
    def other_shop(self) -> Web:
        return Web(self.app, {"authorization": f"Bearer {OTHER_KEY}"})

    @property
    def operator(self) -> Web:
        return Web(self.app, {"authorization": f"Bearer {OPERATOR_KEY}"})

    @property
    def foreign_operator(self) -> Web:
        """Manages another merchant."""
        return Web(self.app, {"authorization": f"Bearer {STRANGER_KEY}"})

    def browser(self, user_agent: str = DESK) -> Web:
        return Web(self.app, {"user-agent": user_agent}, client="203.0.113.9")

    @property
    def channel(self) -> Web:
        """A channel that notifies us."""
        return Web(self.app, client="198.51.100.7")


def order(number: str = "order-1", **changes: Any) -> dict[str, Any]:
    """What the shop sends; a change to None leaves the field out."""
    usual = {"out_trade_no": number, "amount_fen": 12_900, "subject": "明前龙井 250 g", "environment": "desktop"}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def a_front_desk(wired: Night, ring: KeyRing | None) -> PeopleDesk:
    """People can sign in. Their passwords cost less than in earnest: the tests sign in hundreds of times."""
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return PeopleDesk(store=wired.store, passwords=quick, limits=SignInLimits(wired.clock), key_ring=ring)


@asynccontextmanager
async def evening(folder: Path) -> AsyncIterator[Evening]:
    """Open the application with two shops on one merchant."""
    async with night(folder) as wired:
        board = LiveBoard(clock=wired.clock)
        ctx = wired.ctx
        ctx.feed = ctx.board = board
        ctx.operators = OPERATORS
        ctx.desk = a_desk(wired)
        ctx.people = a_front_desk(wired, ctx.desk.key_ring)
        await wired.store.save_shop(msgspec.structs.replace(SHOP, name="云水茶铺"), [fingerprint(KEY)])
        await wired.store.save_shop(OTHER_SHOP, [fingerprint(OTHER_KEY)])
        handlers = [
            *api_routes(ctx),
            *notify_routes(ctx),
            *checkout_routes(ctx),
            *console_routes(),
        ]
        yield Evening(wired, board, make_asgi(handlers, clock=ctx.clock, ids=ctx.ids, hot=hot_routes(ctx)))
