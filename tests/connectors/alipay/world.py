"""A shop's Alipay account and an Alipay that answers it, with this file's own idea of the signature rules.

Nothing here uses the connector's code for signing, verifying or serial numbers: what is checked is checked against
`cryptography` directly.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.transport import MAX_ANSWER_BYTES, HttpAnswer, SendFailure
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

APP_ID = "2021000111222333"
SELLER_ID = "2088123456789012"
GATEWAY = "https://gateway.example/gateway.do"
NOW_MS = 1_794_400_620_000
"""2026-11-11 20:37:00 in Beijing."""
ORDER_NO = "PS202611112037A1"
REFUND_NO = "PS202611112037R1"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key per role for the whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> str:
    return (
        key(name)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def public_pem(name: str) -> str:
    return (
        key(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def sign(name: str, message: bytes) -> str:
    return base64.b64encode(key(name).sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def check(name: str, message: bytes, signature: str) -> None:
    """Raises InvalidSignature unless this role's key signed exactly this."""
    key(name).public_key().verify(base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256())


def canonical(params: Mapping[str, str], *left_out: str) -> bytes:
    pieces = [name + "=" + params[name] for name in sorted(params) if name not in left_out and params[name] != ""]
    return "&".join(pieces).encode("utf-8")


def public_key_account(**changes: str) -> dict[str, str]:
    account = {
        "gateway": GATEWAY,
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "app_private_key": private_pem("app"),
        "alipay_public_key": public_pem("alipay"),
    }
    return account | changes


@dataclass(frozen=True)
class Fetch:
    """A file was fetched."""

    url: str
    timeout_ms: int
    max_bytes: int


class FakeAlipay:
    """A transport with Alipay behind it: checks each request's signature, then answers as the test says."""

    def __init__(self, signer: str = "alipay", cert_sn: str = "") -> None:
        self.signer = signer
        self.cert_sn = cert_sn
        self.forget()

    def forget(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.fetched: list[Fetch] = []
        self.file: HttpAnswer | SendFailure | None = None
        self.reply: Callable[[dict[str, str]], HttpAnswer | SendFailure] | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer | SendFailure:
        if method == "GET":
            assert self.file is not None, "this test expected no download"
            assert (dict(headers), body) == ({}, b""), "a plain download"
            self.fetched.append(Fetch(url, timeout_ms, max_bytes))
            return self.file
        assert method == "POST"
        assert url.startswith(GATEWAY + "?")
        assert headers["content-type"].startswith("application/x-www-form-urlencoded")
        assert timeout_ms > 0
        params = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))
        params |= dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        check("app", canonical(params, "sign"), params["sign"])
        self.requests.append(params)
        assert self.reply is not None, "this test expected no call"
        return self.reply(params)

    @property
    def content(self) -> dict[str, Any]:
        """`biz_content` of the last request."""
        found: dict[str, Any] = json.loads(self.requests[-1]["biz_content"])
        return found

    def answers(self, node: Mapping[str, Any] | str, *, signed: bool = True) -> None:
        """Answer with this node (a mapping, or its exact text) in the envelope of whatever method is called."""
        text = node if isinstance(node, str) else json.dumps(node, ensure_ascii=False)
        self.reply = lambda params: http(self.envelope(params["method"], text, signed=signed))

    def succeeds(self, **fields: Any) -> None:
        self.answers({"code": "10000", "msg": "Success", **fields})

    def refuses(self, sub_code: str, *, code: str = "40004", sub_msg: str = "业务失败", signed: bool = True) -> None:
        node = {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": sub_msg}
        self.answers(node, signed=signed)

    def breaks(self, failure: HttpAnswer | SendFailure) -> None:
        self.reply = lambda _: failure

    def envelope(self, method: str, text: str, *, signed: bool = True) -> bytes:
        parts = [f'"{method.replace(".", "_")}_response":{text}']
        if self.cert_sn:
            parts.append(f'"alipay_cert_sn":"{self.cert_sn}"')
        if signed:
            parts.append(f'"sign":"{sign(self.signer, text.encode())}"')
        return ("{" + ",".join(parts) + "}").encode()


def http(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=body, latency_ms=12.0)


CHANNEL = Channel(
    channel_id="alipay-main",
    merchant_id="m-1",
    connector="alipay",
    name="支付宝·主",
    products=frozenset(CONNECTOR.capabilities),
    upstream="alipay",
)


def open_client(account: Mapping[str, str], transport: FakeAlipay) -> ChannelClient:
    clock = ManualClock(NOW_MS)
    return CONNECTOR.open(CHANNEL, account, transport=transport, clock=clock, ids=SeededIds(1))


def shop_with_alipay(**changes: str) -> tuple[ChannelClient, FakeAlipay]:
    """A shop's client and its Alipay, fresh for each test; equal accounts are opened once (keys parse slowly)."""
    client, alipay = _opened(tuple(sorted(changes.items())))
    alipay.forget()
    return client, alipay


@cache
def _opened(changes: tuple[tuple[str, str], ...]) -> tuple[ChannelClient, FakeAlipay]:
    alipay = FakeAlipay()
    return open_client(public_key_account(**dict(changes)), alipay), alipay


def order(product: Product = Product.ALIPAY_PRECREATE, **changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "subject": "秋冬外套 一件",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": "https://pay.shop.example/notify/alipay-main",
        "return_url": "https://shop.example/orders/1?done=1&x=a b",
        "environment": Environment.DESKTOP,
    }
    return CreateOrder(**(fields | changes))


def order_ref() -> OrderRef:
    return OrderRef(
        channel_order_no=ORDER_NO, product=Product.ALIPAY_PRECREATE, amount_fen=129_900, created_at_ms=NOW_MS
    )


def ref_of(made: CreateOrder) -> OrderRef:
    """How an order is named afterwards."""
    return OrderRef(
        channel_order_no=made.channel_order_no,
        product=made.product,
        amount_fen=made.amount_fen,
        created_at_ms=made.created_at_ms,
    )


def refund_order(**changes: Any) -> RefundOrder:
    fields: dict[str, Any] = {
        "order": order_ref(),
        "out_refund_no": REFUND_NO,
        "amount_fen": 129_900,
        "reason": "重复支付自动退回",
        "notify_url": "https://pay.shop.example/notify/alipay-main",
    }
    return RefundOrder(**(fields | changes))


def paid_notification(**changes: str) -> dict[str, str]:
    """The fields that Alipay posts after a payment, as its documentation and merchants' logs show them."""
    return {
        "gmt_create": "2026-11-11 20:37:05",
        "charset": "utf-8",
        "gmt_payment": "2026-11-11 20:37:19",
        "notify_time": "2026-11-11 20:37:20",
        "subject": "秋冬外套 一件 +100% a&b=c",
        "buyer_id": "2088302479956232",
        "invoice_amount": "1299.00",
        "version": "1.0",
        "notify_id": "2026111100222203719056231234567890",
        "fund_bill_list": '[{"amount":"1299.00","fundChannel":"ALIPAYACCOUNT"}]',
        "notify_type": "trade_status_sync",
        "out_trade_no": ORDER_NO,
        "total_amount": "1299.00",
        "trade_status": "TRADE_SUCCESS",
        "trade_no": "2026111122001456231400000001",
        "auth_app_id": APP_ID,
        "receipt_amount": "1299.00",
        "point_amount": "0.00",
        "buyer_pay_amount": "1299.00",
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "passback_params": "",
    } | changes


def posted(
    fields: Mapping[str, str], *, signer: str = "alipay", tamper: Mapping[str, str] | None = None
) -> NotifyRequest:
    """The notification as it arrives; `tamper` changes fields after signing."""
    signed = {**fields, "sign_type": "RSA2", "sign": sign(signer, canonical(fields))}
    return raw_post(urlencode({**signed, **(tamper or {})}).encode())


def raw_post(body: bytes, method: str = "POST") -> NotifyRequest:
    return NotifyRequest(
        method=method,
        path="/notify/alipay-main",
        query="",
        headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        body=body,
    )
