"""A shop's Huifu account and a Huifu that answers it, with this file's own idea of the signature rules.

Nothing here uses the connector's code for signing or verifying: what is checked is checked against `cryptography`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payswitch.connectors.huifu import CONNECTOR
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

SYS_ID = "6666000100000001"
HUIFU_ID = "6666000100000002"
PRODUCT_ID = "YYZY"
BASE = "https://huifu.example"
NOW_MS = 1_794_400_620_000
"""2026-11-11 20:37:00 in Beijing."""
ORDER_NO = "PS202611112037A1"
REFUND_NO = "RS202611112037R1"
HF_ID = "00290TOP1A261111203700P001ac130000000100000"
APPID = "wx00000000000000aa"
MINI_APPID = "wx00000000000000bb"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key per role for the whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def private_pem(name: str) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key(name).private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@cache
def public_pem(name: str) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def sign(name: str, message: bytes) -> str:
    return base64.b64encode(key(name).sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def check(name: str, message: bytes, signature: str) -> None:
    """Raises InvalidSignature unless this role's key signed exactly this."""
    key(name).public_key().verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())


def signed_text(data: Mapping[str, Any]) -> bytes:
    return json.dumps({n: data[n] for n in sorted(data)}, ensure_ascii=False, separators=(",", ":")).encode()


def account(**changes: str) -> dict[str, str]:
    return {
        "base_url": BASE,
        "sys_id": SYS_ID,
        "product_id": PRODUCT_ID,
        "huifu_id": HUIFU_ID,
        "merchant_private_key": private_pem("merchant"),
        "huifu_public_key": public_pem("huifu"),
        "wx_appid": APPID,
        "wx_mini_appid": MINI_APPID,
    } | changes


class FakeHuifu:
    """A transport with Huifu behind it: checks each call's signature, then answers as the test says."""

    def __init__(self, signer: str = "huifu") -> None:
        self.signer = signer
        self.forget()

    def forget(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.reply: Callable[[dict[str, Any]], HttpAnswer | SendFailure] | None = None

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, timeout_ms: int
    ) -> HttpAnswer | SendFailure:
        assert method == "POST"
        assert url.startswith(BASE + "/v2/trade/payment/")
        assert headers["content-type"].startswith("application/json")
        assert timeout_ms > 0
        call = json.loads(body)
        assert (call["sys_id"], call["product_id"]) == (SYS_ID, PRODUCT_ID)
        assert set(call) == {"sys_id", "product_id", "data", "sign"}
        check("merchant", signed_text(call["data"]), call["sign"])
        assert all(value for value in call["data"].values()), "an empty value is not sent"
        self.calls.append((url.removeprefix(BASE), call["data"]))
        assert self.reply is not None, "this test expected no call"
        return self.reply(call["data"])

    @property
    def path(self) -> str:
        return self.calls[-1][0]

    @property
    def data(self) -> dict[str, Any]:
        """The business data of the last call."""
        return self.calls[-1][1]

    def answers(self, _signed: bool = True, **members: Any) -> None:
        """Answer with these members of `data`; the caller's merchant number stands in it unless said otherwise."""
        data = {"huifu_id": HUIFU_ID, "resp_desc": "", **members}
        self.reply = lambda _: http(self.envelope(data, signed=_signed))

    def succeeds(self, **members: Any) -> None:
        self.answers(**({"resp_code": "00000000"} | members))

    def refuses(self, code: str, description: str = "业务执行失败", *, signed: bool = True, **more: str) -> None:
        self.answers(signed, resp_code=code, resp_desc=description, **more)

    def says(self, body: bytes, status: int = 200) -> None:
        self.reply = lambda _: http(body, status)

    def breaks(self, failure: SendFailure) -> None:
        self.reply = lambda _: failure

    def envelope(self, data: Mapping[str, Any], *, signed: bool = True) -> bytes:
        whole: dict[str, Any] = {"data": data}
        if signed:
            whole["sign"] = sign(self.signer, signed_text(data))
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def http(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=body, latency_ms=12.0)


CHANNEL = Channel(
    channel_id="huifu-main",
    merchant_id="m-1",
    connector="huifu",
    name="汇付斗拱",
    products=frozenset(CONNECTOR.capabilities),
    upstream="huifu",
)


def open_client(table: Mapping[str, str], transport: FakeHuifu, channel: Channel = CHANNEL) -> Any:
    """Any: the tests also use what this client can do beyond `ChannelClient` (`query_close`)."""
    clock = ManualClock(NOW_MS)
    return CONNECTOR.open(channel, table, transport=transport, clock=clock, ids=SeededIds(1))


def shop_with_huifu(**changes: str) -> tuple[Any, FakeHuifu]:
    """A shop's client and its Huifu, fresh for each test; equal accounts are opened once (keys parse slowly)."""
    client, huifu = _opened(tuple(sorted(changes.items())))
    huifu.forget()
    return client, huifu


@cache
def _opened(changes: tuple[tuple[str, str], ...]) -> tuple[Any, FakeHuifu]:
    huifu = FakeHuifu()
    return open_client(account(**dict(changes)), huifu), huifu


def order(product: Product = Product.ECNY_QR, **changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "subject": "秋冬外套 一件",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": "https://pay.shop.example/notify/huifu-main",
        "return_url": "https://shop.example/orders/1?done=1",
        "environment": Environment.DESKTOP,
        "openid": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M",
        "buyer_id": "2088302479956232",
        "client_ip": "203.0.113.9",
    }
    return CreateOrder(**(fields | changes))


def order_ref(product: Product = Product.ECNY_QR) -> OrderRef:
    return OrderRef(channel_order_no=ORDER_NO, product=product, amount_fen=129_900, created_at_ms=NOW_MS)


def refund_order(**changes: Any) -> RefundOrder:
    fields: dict[str, Any] = {
        "order": order_ref(),
        "out_refund_no": REFUND_NO,
        "amount_fen": 2_900,
        "reason": "重复支付自动退回",
        "notify_url": "https://pay.shop.example/notify/huifu-main",
    }
    return RefundOrder(**(fields | changes))


def paid_notification(**changes: Any) -> dict[str, Any]:
    """`resp_data` after an e-CNY payment, as Huifu's documentation shows it."""
    return {
        "resp_code": "00000000",
        "resp_desc": "交易成功[000]",
        "huifu_id": HUIFU_ID,
        "req_seq_id": ORDER_NO,
        "req_date": "20261111",
        "hf_seq_id": HF_ID,
        "trans_type": "D_NATIVE",
        "trans_amt": "1299.00",
        "pay_amt": "1299.00",
        "trans_stat": "S",
        "end_time": "20261111203719",
        "is_div": "0",
        "is_delay_acct": "0",
        "fee_flag": 2,
        "fee_amount": "4.94",
        "notify_type": 1,
        "dc_response": {"custom_bank_name": "某银行", "debtorWalletId": "009310******0001"},
    } | changes


def refund_notification(**changes: Any) -> dict[str, Any]:
    return {
        "resp_code": "00000000",
        "resp_desc": "交易成功[000]",
        "huifu_id": HUIFU_ID,
        "req_seq_id": REFUND_NO,
        "req_date": "20261111",
        "hf_seq_id": "00300TOP1A261111204000P001ac130000000200000",
        "org_req_seq_id": ORDER_NO,
        "org_req_date": "20261111",
        "org_ord_amt": "1299.00",
        "trans_type": "TRANS_REFUND",
        "trans_stat": "S",
        "ord_amt": "29.00",
        "actual_ref_amt": "29.00",
    } | changes


def posted(data: Mapping[str, Any], *, signer: str = "huifu", tamper: Mapping[str, str] | None = None) -> NotifyRequest:
    """The notification as it arrives, `resp_data` in the order it was written in; `tamper` changes form fields."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    form = {"resp_code": "10000", "resp_desc": "成功调用", "sign": sign(signer, text.encode()), "resp_data": text}
    return raw_post(urlencode({**form, **(tamper or {})}).encode())


def raw_post(body: bytes, method: str = "POST") -> NotifyRequest:
    return NotifyRequest(
        method=method,
        path="/notify/huifu-main",
        query="",
        headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
        body=body,
    )
