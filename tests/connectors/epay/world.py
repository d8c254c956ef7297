"""A shop's account at an epay platform and a platform that answers it, with this file's own idea of the signatures.

Nothing here uses the connector's code for signing or verifying.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payswitch.connectors.epay import CONNECTOR
from payswitch.connectors.transport import MAX_ANSWER_BYTES, HttpAnswer, SendFailure
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

PID = "1001"
KEY = "MerchantKeyOfTheNightStory012345"
BASE = "https://pay.example"
NOW_MS = 1_794_400_620_000
"""2026-11-11 20:37:00 in Beijing."""
ORDER_NO = "PS202611112037A1"
REFUND_NO = "PS202611112037R1"
VERSIONS = ("1", "2")


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key per role for the whole test run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def private_pem(name: str) -> str:
    encoded = key(name).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded.decode()


@cache
def public_pem(name: str) -> str:
    encoded = key(name).public_key()
    return encoded.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def joined(params: Mapping[str, Any]) -> str:
    names = sorted(
        name for name, value in params.items() if name not in ("sign", "sign_type") and value not in ("", None)
    )
    return "&".join(f"{name}={params[name]}" for name in names)


def md5(params: Mapping[str, Any], secret: str = KEY) -> str:
    return hashlib.md5((joined(params) + secret).encode(), usedforsecurity=False).hexdigest()


def rsa_sign(params: Mapping[str, Any], role: str) -> str:
    return base64.b64encode(key(role).sign(joined(params).encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def account(version: str = "1", **changes: str) -> dict[str, str]:
    shared = {"base_url": BASE, "pid": PID, "version": version}
    if version == "1":
        return shared | {"key": KEY} | changes
    keys = {"merchant_private_key": private_pem("merchant"), "platform_public_key": public_pem("platform")}
    return shared | keys | changes


class Request(dict[str, str]):
    """One request as it arrived: its parameters, with where it went."""

    def __init__(self, method: str, url: str, body: bytes) -> None:
        parts = urlsplit(url)
        super().__init__(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        self.update(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body)))
        self.method = method
        self.path = parts.path
        self.url = url
        self.body = body


Reply = HttpAnswer | SendFailure


class FakeEpay:
    """A transport with a platform behind it: checks each request's signature, then answers as the test says."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.requests: list[Request] = []
        self.replies: list[Callable[[Request], Reply]] = []

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Reply:
        assert url.startswith(BASE + "/")
        assert headers["user-agent"]
        assert (method == "POST") == headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        assert timeout_ms > 0
        request = Request(method, url, body)
        self._check(request)
        self.requests.append(request)
        assert self.replies, "this test expected no (further) call"
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(request)

    def _check(self, request: Request) -> None:
        if self.version == "2":
            signature = base64.b64decode(request["sign"])
            message = joined(request).encode()
            key("merchant").public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            assert request["timestamp"] == str(NOW_MS // 1_000)
            assert (request["sign_type"], request["pid"]) == ("RSA", PID)
        elif request.path == "/api.php":
            assert (request["key"], request["pid"]) == (KEY, PID)
        else:
            assert (request["sign"], request["sign_type"]) == (md5(request), "MD5")

    def answers(self, *fields: Mapping[str, Any], signer: str = "platform", **more: Any) -> None:
        """These answers in turn, the last one for ever; V2's are signed (`signer=""`: not)."""
        self.replies = [lambda _, one=one: self.answer({**one, **more}, signer) for one in fields or ({},)]

    def answer(self, fields: Mapping[str, Any], signer: str = "platform") -> HttpAnswer:
        whole = dict(fields)
        if self.version == "2" and signer:
            whole = {"timestamp": str(NOW_MS // 1_000)} | whole
            whole |= {"sign": rsa_sign(whole, signer), "sign_type": "RSA"}
        return http(json.dumps(whole, ensure_ascii=False).encode())

    def breaks(self, *replies: Reply) -> None:
        self.replies = [lambda _, one=one: one for one in replies]

    @property
    def yes(self) -> int:
        return 1 if self.version == "1" else 0

    def refuses(self, message: str, code: object = -1, *, signer: str = "platform") -> None:
        self.answers({"code": code, "msg": message}, signer=signer)

    def made(self, offer: str, content: str) -> None:
        """A create answer that offers this."""
        if self.version == "1":
            self.answers({"code": 1, "msg": "", "trade_no": "2026111120370012345", offer: content})
            return
        pay_type = {"payurl": "jump"}.get(offer, offer)
        self.answers({"code": 0, "msg": "success", "trade_no": "2026", "pay_type": pay_type, "pay_info": content})

    def order(self, **changes: Any) -> dict[str, Any]:
        """A query's answer about a paid order."""
        fields = {
            "code": self.yes,
            "msg": "succ",
            "trade_no": "2026111120370012345",
            "out_trade_no": ORDER_NO,
            "api_trade_no": "4200001",
            "type": "alipay",
            "pid": int(PID),
            "addtime": "2026-11-11 20:37:01",
            "endtime": "2026-11-11 20:37:19",
            "name": "秋冬外套 一件",
            "money": "1299.00",
            "status": 1,
            "param": None,
            "buyer": "",
        }
        return {name: value for name, value in (fields | changes).items() if value != "ABSENT"}


def http(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=body, latency_ms=12.0)


def silence(*, sent: bool = True) -> SendFailure:
    return SendFailure(sent=sent, code="timeout" if sent else "connect_failed", latency_ms=500.0)


CHANNEL = Channel(
    channel_id="epay-main",
    merchant_id="m-1",
    connector="epay",
    name="易支付",
    products=frozenset(CONNECTOR.capabilities),
    upstream="epay",
)


def shop_with_epay(version: str = "1", **changes: str) -> tuple[ChannelClient, FakeEpay]:
    """A fresh client (V1 remembers refunds) and its platform."""
    epay = FakeEpay(version)
    return open_client(account(version, **changes), epay), epay


def open_client(table: Mapping[str, str], transport: FakeEpay, clock: ManualClock | None = None) -> ChannelClient:
    return CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock or ManualClock(NOW_MS), ids=SeededIds(1))


def order(product: Product = Product.EPAY_ALIPAY, **changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "subject": "秋冬外套 一件",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": "https://pay.shop.example/notify/epay-main",
        "return_url": "https://shop.example/orders/1?done=1&x=a b",
        "environment": Environment.DESKTOP,
        "client_ip": "14.23.150.211",
    }
    return CreateOrder(**(fields | changes))


def order_ref() -> OrderRef:
    return OrderRef(channel_order_no=ORDER_NO, product=Product.EPAY_ALIPAY, amount_fen=129_900, created_at_ms=NOW_MS)


def refund_order(amount_fen: int = 129_900, number: str = REFUND_NO) -> RefundOrder:
    return RefundOrder(
        order=order_ref(),
        out_refund_no=number,
        amount_fen=amount_fen,
        reason="重复支付自动退回",
        notify_url="https://pay.shop.example/notify/epay-main",
    )


def paid_fields(**changes: str) -> dict[str, str]:
    """What a platform sends after a payment."""
    fields = {
        "pid": PID,
        "trade_no": "2026111120370012345",
        "out_trade_no": ORDER_NO,
        "type": "alipay",
        "name": "秋冬外套 一件 100% +",
        "money": "1299.00",
        "trade_status": "TRADE_SUCCESS",
    }
    return {name: value for name, value in (fields | changes).items() if value != "ABSENT"}


def told(
    fields: Mapping[str, str], version: str = "1", *, signer: str = "", tamper: Mapping[str, str] | None = None
) -> NotifyRequest:
    """The notification as it arrives; `tamper` changes fields after signing."""
    if version == "1":
        signed = {**fields, "sign": md5(fields, signer or KEY), "sign_type": "MD5"}
    else:
        complete = {**fields, "timestamp": str(NOW_MS // 1_000)}
        signed = {**complete, "sign": rsa_sign(complete, signer or "platform"), "sign_type": "RSA"}
    return raw_get(urlencode({**signed, **(tamper or {})}))


def raw_get(query: str) -> NotifyRequest:
    return NotifyRequest(method="GET", path="/notify/epay-main", query=query, headers={}, body=b"")
