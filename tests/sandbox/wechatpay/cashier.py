"""A cashier's side of API V2, written out by hand: signs by the documents, checks what comes back."""

from __future__ import annotations

import hashlib
import hmac
import re
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from tests.sandbox.support import RunningSandbox

from payswitch.sandbox.keys import WechatKeys
from payswitch.sandbox.world import AccountSpec


@dataclass
class V2Answer:
    """A complete answer with what its signature says."""

    status: int
    fields: dict[str, str]
    raw: bytes
    verified: bool

    @property
    def code(self) -> str:
        return self.fields.get("err_code", self.fields.get("return_msg", ""))


def digest(fields: Mapping[str, object], key: str, kind: str = "MD5") -> str:
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name] != "" and name != "sign")
    data = f"{text}&key={key}".encode()
    if kind == "MD5":
        return hashlib.md5(data, usedforsecurity=False).hexdigest().upper()
    return hmac.new(key.encode(), data, hashlib.sha256).hexdigest().upper()


@dataclass
class Cashier:
    """The counter of one account. `kind` is the digest, `certificate_of` whose certificate a reversal shows."""

    sandbox: RunningSandbox
    account: AccountSpec
    kind: str = "MD5"
    certificate_of: AccountSpec | None = None

    @property
    def keys(self) -> WechatKeys:
        assert isinstance(self.account.keys, WechatKeys)
        return self.account.keys

    def signed(self, fields: Mapping[str, object], **wrong: str) -> bytes:
        keys = self.keys
        whole: dict[str, object] = {"appid": keys.appid, "mch_id": keys.mchid, "nonce_str": "5K8264ILTKCH16CQ2502SI8"}
        if keys.sub_mchid:
            whole["sub_mch_id"] = keys.sub_mchid
        if self.kind != "MD5":
            whole["sign_type"] = self.kind
        whole |= fields
        whole["sign"] = digest(whole, keys.api_v2_key, self.kind)
        whole |= wrong
        inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in whole.items())
        return f"<xml>{inside}</xml>".encode()

    async def post(self, path: str, body: bytes, *, base_url: str = "", **how: Any) -> V2Answer:
        url = (base_url or self.sandbox.base_url) + path
        timeout = aiohttp.ClientTimeout(total=5)
        async with self.sandbox.session.post(url, data=body, timeout=timeout, **how) as answer:
            raw = await answer.read()
            fields = dict(re.findall(r"<(\w+)><!\[CDATA\[(.*?)\]\]></\1>", raw.decode("utf-8", "replace")))
            return V2Answer(answer.status, fields, raw, fields.get("sign") == self.right_sign(fields))

    def right_sign(self, fields: Mapping[str, object]) -> str:
        return digest(fields, self.keys.api_v2_key, self.kind)

    async def show_code(self, **wish: object) -> str:
        """A customer opens the code page of their wallet."""
        url, body = f"{self.sandbox.base_url}/_sandbox/payment-codes", {"wallet": "wechat", **wish}
        async with self.sandbox.session.post(url, json=body) as answer:
            return str((await answer.json())["code"])

    async def debit(self, code: str, number: str = "COUNTER-0001", **changes: object) -> V2Answer:
        fields: dict[str, object] = {
            "body": "口红",
            "out_trade_no": number,
            "total_fee": 12_900,
            "spbill_create_ip": "203.0.113.7",
            "auth_code": code,
        }
        return await self.post("/pay/micropay", self.signed(fields | changes))

    async def query(self, number: str = "COUNTER-0001") -> V2Answer:
        return await self.post("/pay/orderquery", self.signed({"out_trade_no": number}))

    async def state(self, number: str = "COUNTER-0001") -> str:
        answer = await self.query(number)
        return answer.fields.get("trade_state", answer.code)

    async def reverse(self, number: str = "COUNTER-0001") -> V2Answer:
        body = self.signed({"out_trade_no": number})
        base_url = self.sandbox.world.base_url_tls
        return await self.post("/secapi/pay/reverse", body, base_url=base_url, ssl=self.tls())

    def tls(self) -> ssl.SSLContext:
        shown = (self.certificate_of or self.account).keys
        assert isinstance(shown, WechatKeys)
        context = ssl.create_default_context(cadata=self.sandbox.world.authority.certificate)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "client.pem"
            path.write_text(shown.merchant_certificate + shown.merchant_private_key)
            context.load_cert_chain(path)
        return context
