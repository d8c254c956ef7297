"""A merchant's side of the v3 wire, written out by hand: signs as the documents say, verifies what comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.sandbox.support import Heard, RunningSandbox

from payswitch.kit.clock import Clock, beijing
from payswitch.kit.crypto import SigningKey, VerifyingKey
from payswitch.sandbox.keys import WechatKeys, signing_key
from payswitch.sandbox.world import AccountSpec

SCHEME = "WECHATPAY2-SHA256-RSA2048"


@dataclass(frozen=True)
class Answered:
    """A complete answer with what its signature says."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    verified: bool

    @property
    def body(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.raw) if self.raw else {}
        return value

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))


@dataclass
class Merchant:
    """One account's merchant. The fields are what a test may get wrong on purpose."""

    sandbox: RunningSandbox
    account: AccountSpec
    clock: Clock
    notify_url: str = "https://shop.example/notify"
    serial: str = ""
    """Wechatpay-Serial: which key WeChat shall sign with; empty leaves the header out."""
    extra_headers: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> WechatKeys:
        assert isinstance(self.account.keys, WechatKeys)
        return self.account.keys

    def authorization(self, method: str, target: str, body: bytes, **wrong: str) -> str:
        """With `wrong` a pair can be replaced after the signature was made; the order is not the SDK's."""
        timestamp = wrong.pop("signed_at", str(self.clock.now_ms() // 1_000))
        nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
        message = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"
        key: SigningKey = signing_key(self.keys.merchant_private_key)
        pairs = {
            "timestamp": timestamp,
            "signature": key.sign(message),
            "serial_no": self.keys.merchant_serial_no,
            "nonce_str": nonce,
            "mchid": self.keys.mchid,
        } | wrong
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in pairs.items())

    async def send(self, method: str, target: str, body: bytes = b"", **wrong: str) -> Answered:
        headers = {
            "Authorization": self.authorization(method, target, body, **wrong),
            "Accept": "application/json",
            "User-Agent": "test",
            "Content-Type": "application/json",
        } | self.extra_headers
        if self.serial:
            headers["Wechatpay-Serial"] = self.serial
        async with self.sandbox.session.request(
            method,
            self.sandbox.base_url + target,
            data=body or None,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=5),
        ) as answer:
            raw = await answer.read()
            return Answered(answer.status, answer.headers, raw, self.verifies(answer.headers, raw))

    def verifies(self, headers: Mapping[str, str], raw: bytes) -> bool:
        """By the key that Wechatpay-Serial names, if this merchant has it."""
        known = {
            self.keys.platform_serial_no: self.keys.platform_certificate,
            self.keys.public_key_id: self.keys.public_key,
        }
        pem = known.get(headers.get("Wechatpay-Serial", ""), "")
        message = f"{headers.get('Wechatpay-Timestamp')}\n{headers.get('Wechatpay-Nonce')}\n".encode() + raw + b"\n"
        return bool(pem) and VerifyingKey(pem).verify(message, headers.get("Wechatpay-Signature", ""))

    def opened(self, heard: Heard) -> dict[str, Any]:
        """A notification, verified and decrypted."""
        assert self.verifies(heard.headers, heard.body), "the notification is not WeChat's"
        message: dict[str, Any] = json.loads(heard.body)
        message["resource"] = self.decrypted(message["resource"])
        return message

    def decrypted(self, resource: Mapping[str, str]) -> Any:
        text = self.unsealed(resource)
        return json.loads(text)

    def unsealed(self, resource: Mapping[str, str]) -> bytes:
        return AESGCM(self.keys.api_v3_key.encode()).decrypt(
            resource["nonce"].encode(), base64.b64decode(resource["ciphertext"]), resource["associated_data"].encode()
        )

    async def post(self, target: str, body: object, **wrong: str) -> Answered:
        return await self.send("POST", target, json.dumps(body).encode(), **wrong)

    def order(self, number: str = "NIGHT-0001", total: object = 12_900, **more: object) -> dict[str, object]:
        return {
            "appid": self.keys.appid,
            "mchid": self.keys.mchid,
            "description": "直播间爆款",
            "out_trade_no": number,
            "notify_url": self.notify_url,
            "amount": {"total": total, "currency": "CNY"},
        } | more

    async def create(self, number: str = "NIGHT-0001", *, trade: str = "native", **more: object) -> Answered:
        return await self.post(f"/v3/pay/transactions/{trade}", self.order(number, **more))

    async def code(self, number: str = "NIGHT-0001", **more: object) -> str:
        answered = await self.create(number, **more)
        assert answered.status == 200, answered.raw
        return str(answered.body["code_url"])

    async def query(self, number: str = "NIGHT-0001") -> Answered:
        return await self.send("GET", f"/v3/pay/transactions/out-trade-no/{number}?mchid={self.keys.mchid}")

    async def state(self, number: str = "NIGHT-0001") -> str:
        return str((await self.query(number)).body.get("trade_state"))

    async def close(self, number: str = "NIGHT-0001") -> Answered:
        return await self.post(f"/v3/pay/transactions/out-trade-no/{number}/close", {"mchid": self.keys.mchid})

    async def refund(
        self,
        refund_fen: int,
        *,
        refund_no: str = "BACK-1",
        number: str = "NIGHT-0001",
        total: int = 12_900,
        **more: object,
    ) -> Answered:
        body = {
            "out_trade_no": number,
            "out_refund_no": refund_no,
            "amount": {"refund": refund_fen, "total": total, "currency": "CNY"},
        } | more
        return await self.post("/v3/refund/domestic/refunds", body)

    async def refund_query(self, refund_no: str = "BACK-1") -> Answered:
        return await self.send("GET", f"/v3/refund/domestic/refunds/{refund_no}")

    def time_expire(self, in_s: float) -> str:
        return beijing(self.clock.now_ms() + int(in_s * 1_000)).isoformat(timespec="seconds")
