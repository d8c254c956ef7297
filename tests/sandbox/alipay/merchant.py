"""A merchant's side of the wire, written out by hand, and a shop that hears notifications."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payswitch.kit.clock import ManualClock, beijing
from payswitch.kit.crypto import VerifyingKey
from payswitch.sandbox.alipay.certificates import certificate_sn, root_sn
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.keys import AlipayKeys
from payswitch.sandbox.world import AccountSpec

Node = dict[str, Any]


@lru_cache
def private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache
def public_key(pem: str) -> VerifyingKey:
    return VerifyingKey(pem)


def sign(private_pem: str, params: Mapping[str, str], charset: str = "utf-8") -> str:
    text = "&".join(f"{k}={v}" for k, v in sorted(params.items()) if v and k != "sign")
    signature = private_key(private_pem).sign(text.encode(charset), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


async def until(true: Callable[[], bool], *, what: str, within_s: float = 10.0) -> None:
    """Wait for something that another task brings about over a real socket."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.005)


def raw_node(body: bytes, name: str) -> bytes:
    """The bytes of one member of the answer, braces in texts respected: what the signature is over."""
    text = body.decode()
    start = text.index(f'"{name}":') + len(name) + 3
    _, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end].encode()


@dataclass
class Shop:
    """Hears notifications on a real socket and answers `reply`."""

    reply: str = "success"
    heard: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        assert request.content_type == "application/x-www-form-urlencoded"
        self.heard.append(dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True)))
        return web.Response(text=self.reply)


@dataclass
class Merchant:
    """One account's merchant: signs calls as the documents say, verifies what comes back."""

    account: AccountSpec
    core: SandboxCore
    clock: ManualClock
    session: aiohttp.ClientSession
    base: str
    shop: Shop

    @property
    def keys(self) -> AlipayKeys:
        assert isinstance(self.account.keys, AlipayKeys)
        return self.account.keys

    @property
    def alipay_key(self) -> VerifyingKey:
        return public_key(self.keys.alipay_public_key)

    def common(self, method: str, biz: Mapping[str, object] | str, **extra: str) -> dict[str, str]:
        """Unsigned parameters of a call."""
        text = biz if isinstance(biz, str) else json.dumps(biz, ensure_ascii=False)
        params = {
            "app_id": self.keys.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": f"{beijing(self.clock.now_ms()):%Y-%m-%d %H:%M:%S}",
            "version": "1.0",
            "biz_content": text,
        }
        if self.keys.certificate_mode:
            params["app_cert_sn"] = certificate_sn(self.keys.app_certificate)
            params["alipay_root_cert_sn"] = root_sn(self.keys.alipay_root_certificate)
        return {name: value for name, value in (params | extra).items() if value}

    def signed(self, params: Mapping[str, str]) -> dict[str, str]:
        return dict(params) | {"sign": sign(self.keys.app_private_key, params, params.get("charset") or "utf-8")}

    async def post(self, params: Mapping[str, str]) -> bytes:
        async with self.session.post(f"{self.base}/gateway.do", data=params) as answer:
            assert answer.status == 200
            return await answer.read()

    async def call(self, method: str, biz: Mapping[str, object], **extra: str) -> Node:
        """A signed call; its verified node."""
        body = await self.post(self.signed(self.common(method, biz, **extra)))
        return self.verified(body, method)

    def verified(self, body: bytes, method: str) -> Node:
        name = method.replace(".", "_") + "_response"
        answer = json.loads(body)
        assert self.alipay_key.verify(raw_node(body, name), answer["sign"]), body
        if self.keys.certificate_mode:
            assert answer["alipay_cert_sn"] == certificate_sn(self.keys.alipay_certificate)
        else:
            assert "alipay_cert_sn" not in answer
        node: Node = answer[name]
        return node

    def order(self, out_trade_no: str = "T1", amount: str = "12.34", **more: object) -> dict[str, object]:
        return {"out_trade_no": out_trade_no, "total_amount": amount, "subject": "直播间爆款", **more}

    async def precreate(self, out_trade_no: str = "T1", amount: str = "12.34", **more: object) -> Node:
        biz = self.order(out_trade_no, amount, **more)
        return await self.call("alipay.trade.precreate", biz, notify_url=self.shop.url)

    async def debit(self, code: str, out_trade_no: str = "T1", amount: str = "12.34", **more: object) -> Node:
        """The cashier scanned the customer's code."""
        biz = self.order(out_trade_no, amount, scene="bar_code", auth_code=code, **more)
        return await self.call("alipay.trade.pay", biz, notify_url=self.shop.url)

    def shown(self, wallet: str = "alipay", **more: Any) -> str:
        """A customer's wallet shows a code."""
        return self.core.payment_codes.issue(wallet, "小明", **more).code

    async def behave(self, **oddities: object) -> int:
        """The status of the answer."""
        body = {"account": self.account.channel_id, "oddities": oddities}
        async with self.session.put(f"{self.base}/_sandbox/alipay/oddities", json=body) as answer:
            return answer.status

    async def query(self, out_trade_no: str = "T1") -> Node:
        return await self.call("alipay.trade.query", {"out_trade_no": out_trade_no})

    async def close(self, out_trade_no: str = "T1") -> Node:
        return await self.call("alipay.trade.close", {"out_trade_no": out_trade_no})

    async def cancel(self, out_trade_no: str = "T1") -> Node:
        return await self.call("alipay.trade.cancel", {"out_trade_no": out_trade_no})

    async def refund(self, amount: str, request_no: str | None = "R1", out_trade_no: str = "T1") -> Node:
        biz = {"out_trade_no": out_trade_no, "refund_amount": amount, "refund_reason": "七天无理由"}
        return await self.call("alipay.trade.refund", biz | ({"out_request_no": request_no} if request_no else {}))

    async def query_refund(self, request_no: str = "R1", out_trade_no: str = "T1") -> Node:
        biz = {"out_trade_no": out_trade_no, "out_request_no": request_no}
        return await self.call("alipay.trade.fastpay.refund.query", biz)

    def link(self, product: str = "wap", out_trade_no: str = "T1", amount: str = "12.34", **more: object) -> str:
        """A signed page.pay or wap.pay address for the customer's browser."""
        code = {"wap": "QUICK_WAP_WAY", "page": "FAST_INSTANT_TRADE_PAY"}[product]
        biz = self.order(out_trade_no, amount, product_code=code, **more)
        if product == "wap":
            biz.setdefault("quit_url", "https://shop.example/cart")
        params = self.common(f"alipay.trade.{product}.pay", biz, notify_url=self.shop.url)
        return f"{self.base}/gateway.do?{urlencode(self.signed(params))}"

    def order_string(self, out_trade_no: str = "T1", amount: str = "12.34", **more: object) -> str:
        biz = self.order(out_trade_no, amount, product_code="QUICK_MSECURITY_PAY", **more)
        return urlencode(self.signed(self.common("alipay.trade.app.pay", biz, notify_url=self.shop.url)))

    async def pay(
        self,
        content: str,
        kind: str = "qr",
        params: Mapping[str, str] | None = None,
        *,
        wallet: str = "alipay",
        balance_fen: int | None = None,
    ) -> dict[str, str]:
        """The customer confirms in the wallet."""
        request = {
            "credential": {"kind": kind, "content": content, "params": dict(params or {})},
            "wallet": wallet,
            "payer": "小明",
            "balance_fen": balance_fen,
        }
        async with self.session.post(f"{self.base}/_sandbox/wallet/pay", json=request) as answer:
            assert answer.status == 200, await answer.text()
            result: dict[str, str] = await answer.json()
            return result

    async def scan(self, content: str) -> str:
        """The customer opens the credential and looks; nothing is paid."""
        async with self.session.get(f"{self.base}/wallet", params={"c": content}) as answer:
            assert answer.status == 200
            return await answer.text()

    async def set_faults(self, *faults: Mapping[str, object]) -> None:
        async with self.session.put(f"{self.base}/_sandbox/faults", json={"faults": list(faults)}) as answer:
            assert answer.status == 200, await answer.text()
