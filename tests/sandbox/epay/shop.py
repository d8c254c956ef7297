"""A shop at the platform, written out by hand: signs as the protocol's documents say, hears notifications."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.sandbox.support import PATIENCE_S, RunningSandbox

from payswitch.kit.clock import Clock
from payswitch.sandbox.epay.keys import EpayKeys
from payswitch.sandbox.epay.wire import EpayWire
from payswitch.sandbox.server import serving
from payswitch.sandbox.world import AccountSpec

Answer = dict[str, Any]


def joined(params: Mapping[str, object]) -> str:
    """The text under every signature."""
    names = sorted(name for name, value in params.items() if name not in ("sign", "sign_type") and value != "")
    return "&".join(f"{name}={params[name]}" for name in names)


def md5_of(params: Mapping[str, object], key: str) -> str:
    return hashlib.md5((joined(params) + key).encode(), usedforsecurity=False).hexdigest()


def rsa_of(params: Mapping[str, object], private_pem: str) -> str:
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(joined(params).encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def verify_rsa(params: Mapping[str, object], public_pem: str) -> None:
    """Raises InvalidSignature for anything the platform did not sign. `None` and lists are no part of the text."""
    key = serialization.load_pem_public_key(public_pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    flat = {name: value for name, value in params.items() if value is not None and not isinstance(value, list)}
    signature = base64.b64decode(str(params["sign"]))
    key.verify(signature, joined(flat).encode(), padding.PKCS1v15(), hashes.SHA256())


@dataclass
class Ears:
    """The shop's notification address. `replies` are given in turn, the last one for ever."""

    url: str = ""
    replies: list[str] = field(default_factory=lambda: ["success"])
    heard: list[web.Request] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hear(self, request: web.Request) -> web.Response:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        await request.read()
        async with self._news:
            self.heard.append(request)
            self._news.notify_all()
        return web.Response(text=reply)

    async def message(self, number: int) -> web.Request:
        """The so-and-so-many-th message, as soon as it is there."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            await self._news.wait_for(lambda: len(self.heard) >= number)
        return self.heard[number - 1]


@asynccontextmanager
async def listening_shop() -> AsyncIterator[Ears]:
    ears = Ears()
    app = web.Application()
    app.router.add_route("*", "/notify", ears.hear)
    async with serving(app) as port:
        ears.url = f"http://127.0.0.1:{port}/notify"
        yield ears


@dataclass
class Shop:
    """One merchant of the platform."""

    sandbox: RunningSandbox
    account: AccountSpec
    clock: Clock
    ears: Ears

    @property
    def keys(self) -> EpayKeys:
        assert isinstance(self.account.keys, EpayKeys)
        return self.account.keys

    @property
    def wire(self) -> EpayWire:
        wire = self.sandbox.core.wire_of(self.account.channel_id)
        assert isinstance(wire, EpayWire)
        return wire

    def order(self, number: str = "NIGHT-0001", money: str = "129.00", **more: str) -> dict[str, str]:
        return {
            "pid": self.keys.pid,
            "type": "alipay",
            "out_trade_no": number,
            "notify_url": self.ears.url,
            "return_url": "https://shop.example/done",
            "name": "直播间爆款",
            "money": money,
        } | more

    def md5_signed(self, params: Mapping[str, str], **tampered: str) -> dict[str, str]:
        signed = {**params, "sign": md5_of(params, self.keys.key), "sign_type": "MD5"}
        return {name: value for name, value in (signed | tampered).items() if value}

    def rsa_signed(self, params: Mapping[str, str], **tampered: str) -> dict[str, str]:
        complete = {"pid": self.keys.pid, "timestamp": str(self.clock.now_ms() // 1_000)} | dict(params)
        sign = rsa_of(complete, self.keys.merchant_private_key)
        return {**complete, "sign": sign, "sign_type": "RSA"} | tampered

    async def mapi(self, number: str = "NIGHT-0001", money: str = "129.00", **more: str) -> Answer:
        params = {"clientip": "14.23.150.211", "device": "pc"} | self.order(number, money, **more)
        return await self.post("/mapi.php", self.md5_signed(params))

    async def api(self, act: str, **params: str) -> Answer:
        query = {"act": act, "pid": self.keys.pid, "key": self.keys.key} | params
        async with self.sandbox.session.get(f"{self.sandbox.base_url}/api.php", params=query) as answer:
            assert answer.status == 200
            return json.loads(await answer.text())  # type: ignore[no-any-return]

    async def status(self, number: str = "NIGHT-0001") -> int:
        return int((await self.api("order", out_trade_no=number))["status"])

    async def refund(self, money: str, number: str = "NIGHT-0001", **wrong: str) -> Answer:
        form = {"pid": self.keys.pid, "key": self.keys.key, "out_trade_no": number, "money": money} | wrong
        return await self.post("/api.php?act=refund", form)

    async def v2(self, call: str, **params: str) -> Answer:
        """A signed V2 call; its answer, verified."""
        answer = await self.post(f"/api/pay/{call}", self.rsa_signed(params))
        verify_rsa(answer, self.keys.platform_public_key)
        return answer

    async def v2_create(self, number: str = "NIGHT-0001", money: str = "129.00", **more: str) -> Answer:
        return await self.v2("create", **(self.order(number, money) | {"method": "web", "device": "pc"} | more))

    async def post(self, path: str, form: Mapping[str, str]) -> Answer:
        async with self.sandbox.session.post(self.sandbox.base_url + path, data=form) as answer:
            assert answer.status == 200, await answer.text()
            return json.loads(await answer.text())  # type: ignore[no-any-return]
