"""A merchant of Huifu's, written for these tests alone: signs calls and checks answers with `cryptography`."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from tests.sandbox.support import RunningSandbox

from payswitch.kit.clock import beijing
from payswitch.sandbox.world import AccountSpec

ORDER_NO = "H202611112037A1"
REFUND_NO = "H202611112037R1"
BUYER = {
    "T_JSAPI": ("wx_data", {"sub_openid": "o6_bmjrPTlm6", "sub_appid": ""}),
    "T_MINIAPP": ("wx_data", {"sub_openid": "o6_bmjrPTlm6", "sub_appid": ""}),
    "A_JSAPI": ("alipay_data", {"buyer_id": "2088302479956232"}),
    "U_JSAPI": ("unionpay_data", {"user_id": "u-1", "customer_ip": "203.0.113.9"}),
}


@cache
def private_key(pem: str) -> Any:
    return serialization.load_pem_private_key(pem.encode(), None)


@cache
def public_key(pem: str) -> Any:
    return serialization.load_pem_public_key(pem.encode())


def text_of(data: dict[str, Any]) -> bytes:
    return json.dumps({n: data[n] for n in sorted(data)}, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class HuifuMerchant:
    """Talks to one account of the sandbox."""

    sandbox: RunningSandbox
    spec: AccountSpec
    notify_url: str = "http://127.0.0.1:9/notify"

    @property
    def keys(self) -> Any:
        return self.spec.keys

    @property
    def today(self) -> str:
        return beijing(self.sandbox.core.clock.now_ms()).strftime("%Y%m%d")

    def sign(self, data: dict[str, Any]) -> str:
        key = private_key(self.keys.merchant_private_key)
        return base64.b64encode(key.sign(text_of(data), padding.PKCS1v15(), hashes.SHA256())).decode()

    def check(self, text: bytes, sign: str) -> None:
        """Raises InvalidSignature unless Huifu's key for this account signed exactly this."""
        key = public_key(self.keys.huifu_public_key)
        key.verify(base64.b64decode(sign), text, padding.PKCS1v15(), hashes.SHA256())

    async def post(self, path: str, body: object) -> dict[str, Any]:
        """Whatever is sent, the whole answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{self.sandbox.base_url}/v2/trade/payment/{path}"
        async with self.sandbox.session.post(url, data=raw) as answer:
            assert answer.status == 200
            whole: dict[str, Any] = json.loads(await answer.read())
            return whole

    async def call(self, path: str, **data: str) -> dict[str, Any]:
        """A proper call; the answer's data, its signature checked."""
        data = {"huifu_id": self.keys.huifu_id} | data
        body = {"sys_id": self.keys.sys_id, "product_id": self.keys.product_id, "data": data, "sign": self.sign(data)}
        whole = await self.post(path, body)
        assert set(whole) == {"data", "sign"}, whole
        self.check(text_of(whole["data"]), whole["sign"])
        answered: dict[str, Any] = whole["data"]
        return answered

    async def order(self, trade_type: str = "D_NATIVE", **changes: str) -> dict[str, Any]:
        data = {
            "req_date": self.today,
            "req_seq_id": ORDER_NO,
            "trade_type": trade_type,
            "trans_amt": "129.00",
            "goods_desc": "秋冬外套",
            "notify_url": self.notify_url,
        }
        if trade_type in BUYER:
            name, inside = BUYER[trade_type]
            if "sub_appid" in inside:
                appid = self.keys.wx_appid if trade_type == "T_JSAPI" else self.keys.wx_mini_appid
                inside = inside | {"sub_appid": appid}
            data[name] = json.dumps(inside)
        return await self.call("jspay", **(data | changes))

    def named(self, **changes: str) -> dict[str, str]:
        return {"org_req_date": self.today, "org_req_seq_id": ORDER_NO} | changes

    async def query(self, **changes: str) -> dict[str, Any]:
        return await self.call("scanpay/query", **self.named(**changes))

    async def close(self, path: str = "scanpay/close", **changes: str) -> dict[str, Any]:
        own = {"req_date": self.today, "req_seq_id": "C1"}
        return await self.call(path, **(own | self.named(**changes)))

    async def refund(self, amount: str = "29.00", **changes: str) -> dict[str, Any]:
        own = {"req_date": self.today, "req_seq_id": REFUND_NO, "ord_amt": amount, "remark": "退款"}
        return await self.call("scanpay/refund", **(own | self.named() | {"notify_url": self.notify_url} | changes))

    async def query_refund(self, **changes: str) -> dict[str, Any]:
        return await self.call("scanpay/refundquery", **(self.named(org_req_seq_id=REFUND_NO) | changes))

    def notified(self, body: bytes) -> dict[str, Any]:
        """A notification's business data; the signature is over exactly the text that was sent."""
        form = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
        self.check(form["resp_data"].encode(), form["sign"])
        data: dict[str, Any] = json.loads(form["resp_data"])
        return data


WALLETS = {"T": "wechat", "A": "alipay", "U": "unionpay", "D": "ecny"}


def shown(answer: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Content and parameters of the credential in an order's answer."""
    if "qr_code" in answer:
        return answer["qr_code"], {}
    info = answer["pay_info"]
    return (info, {}) if info.startswith("http") else ("", json.loads(info))
