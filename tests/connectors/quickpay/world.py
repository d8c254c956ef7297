"""A shop's 收银宝 account and an Allinpay that answers it, with this file's own idea of the signature rules.

Nothing here uses the connector's code for signing or verifying: what is checked is checked against `cryptography` and
`hashlib` directly.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payswitch.connectors.quickpay import CONNECTOR
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

CUSID = "990440148166000"
APPID = "00000003"
MD5_KEY = "a0ea3fa20dbd7bb4d5abf1d59d63bae8"
BASE = "https://gateway.example/apiweb"
NOW_MS = 1_794_400_620_000
"""2026-11-11 20:37:00 in Beijing."""
ORDER_NO = "PS202611112037A1"
REFUND_NO = "PS202611112037R1"
NOTIFY_URL = "https://pay.shop.example/notify/quickpay-icbc"

Reply = HttpAnswer | SendFailure


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


def canonical(fields: Mapping[str, str]) -> bytes:
    pieces = [f"{name}={fields[name]}" for name in sorted(fields) if name != "sign" and fields[name] != ""]
    return "&".join(pieces).encode()


def rsa_sign(name: str, fields: Mapping[str, str]) -> str:
    signature = key(name).sign(canonical(fields), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the protocol's
    return base64.b64encode(signature).decode()


def md5_sign(secret: str, fields: Mapping[str, str]) -> str:
    return hashlib.md5(canonical({**fields, "key": secret}), usedforsecurity=False).hexdigest().upper()


def check_rsa(name: str, fields: Mapping[str, str]) -> None:
    """Raises InvalidSignature unless this role's key signed exactly these fields."""
    key(name).public_key().verify(
        base64.b64decode(fields["sign"]),
        canonical(fields),
        padding.PKCS1v15(),
        hashes.SHA1(),  # noqa: S303 - the protocol's
    )


def rsa_account(**changes: str) -> dict[str, str]:
    account = {
        "base_url": BASE,
        "cusid": CUSID,
        "appid": APPID,
        "merchant_private_key": private_pem("merchant"),
        "allinpay_public_key": public_pem("allinpay"),
    }
    return account | changes


def md5_account(**changes: str) -> dict[str, str]:
    return {
        "base_url": BASE,
        "cusid": CUSID,
        "appid": APPID,
        "sign_type": "MD5",
        "md5_key": MD5_KEY,
    } | changes


class FakeAllinpay:
    """A transport with Allinpay behind it: checks each request's signature, then answers as the test says."""

    def __init__(self, kind: str = "RSA") -> None:
        self.kind = kind
        self.signer = "allinpay"
        self.forget()

    def forget(self) -> None:
        self.paths: list[str] = []
        self.requests: list[dict[str, str]] = []
        self.reply: Callable[[dict[str, str]], Reply] | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = 0,
    ) -> Reply:
        assert method == "POST"
        assert url.startswith(BASE + "/")
        assert headers["content-type"].startswith("application/x-www-form-urlencoded")
        assert timeout_ms > 0
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        assert fields["signtype"] == self.kind
        if self.kind == "RSA":
            check_rsa("merchant", fields)
        else:
            assert fields["sign"] == md5_sign(MD5_KEY, fields)
        self.paths.append(url.removeprefix(BASE + "/"))
        self.requests.append(fields)
        assert self.reply is not None, "this test expected no call"
        return self.reply(fields)

    @property
    def sent(self) -> dict[str, str]:
        """The last request's fields."""
        return self.requests[-1]

    def sealed(self, fields: Mapping[str, str]) -> dict[str, str]:
        sign = rsa_sign(self.signer, fields) if self.kind == "RSA" else md5_sign(MD5_KEY, fields)
        return {**fields, "sign": sign}

    def answers(self, *, signed: bool = True, **fields: str | None) -> None:
        """Answer with these fields; the caller's own merchant, application and number are filled in as in life."""

        def reply(request: dict[str, str]) -> HttpAnswer:
            told: dict[str, str | None] = {"cusid": CUSID, "appid": APPID, "randomstr": "871634", **fields}
            for name in ("reqsn", "orderid"):
                if name in request and name not in fields:
                    told[name] = request[name]
            present = {name: value for name, value in told.items() if value is not None}
            return http(json.dumps(self.sealed(present) if signed else present, ensure_ascii=False).encode())

        self.reply = reply

    def says(self, trxstatus: str, errmsg: str | None = None, **fields: str | None) -> None:
        """Understood (`retcode=SUCCESS`), with this `trxstatus`."""
        self.answers(retcode="SUCCESS", trxstatus=trxstatus, errmsg=errmsg, **fields)

    def fails(self, retmsg: str, *, signed: bool = False) -> None:
        self.answers(signed=signed, retcode="FAIL", retmsg=retmsg)

    def breaks(self, failure: Reply) -> None:
        self.reply = lambda _: failure


def http(body: bytes, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=body, latency_ms=12.0)


CHANNEL = Channel(
    channel_id="quickpay-icbc",
    merchant_id="m-1",
    connector="quickpay",
    name="通联·工行",
    products=frozenset(CONNECTOR.capabilities) - {Product.ECNY_QR},
    upstream="allinpay",
)


def open_client(account: Mapping[str, str], transport: FakeAllinpay, channel: Channel = CHANNEL) -> QuickpayClient:
    return CONNECTOR.open(channel, account, transport=transport, clock=ManualClock(NOW_MS), ids=SeededIds(1))


def shop_with_allinpay(**changes: str) -> tuple[QuickpayClient, FakeAllinpay]:
    """A shop's client and its Allinpay, fresh for each test; equal accounts are opened once (keys parse slowly)."""
    client, allinpay = _opened(tuple(sorted(changes.items())))
    allinpay.forget()
    return client, allinpay


@cache
def _opened(changes: tuple[tuple[str, str], ...]) -> tuple[QuickpayClient, FakeAllinpay]:
    named = dict(changes)
    kind = named.get("sign_type", "RSA")
    allinpay = FakeAllinpay(kind)
    return open_client(rsa_account(**named) if kind == "RSA" else md5_account(**named), allinpay), allinpay


def order(product: Product = Product.WECHAT_NATIVE, **changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "subject": "秋冬外套 一件",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": NOTIFY_URL,
        "return_url": "https://shop.example/orders/1?done=1",
        "environment": Environment.DESKTOP,
        "openid": "oZnC40ZBIXEN0ZvT9wLPMbMlnva8",
        "buyer_id": "2088302479956232",
        "client_ip": "117.136.40.221",
    }
    return CreateOrder(**(fields | changes))


def order_ref(product: Product = Product.WECHAT_NATIVE) -> OrderRef:
    return OrderRef(channel_order_no=ORDER_NO, product=product, amount_fen=129_900, created_at_ms=NOW_MS)


def refund_order(**changes: Any) -> RefundOrder:
    fields: dict[str, Any] = {
        "order": order_ref(),
        "out_refund_no": REFUND_NO,
        "amount_fen": 29_900,
        "reason": "七天无理由",
        "notify_url": NOTIFY_URL,
    }
    return RefundOrder(**(fields | changes))


def paid_notification(**changes: str) -> dict[str, str]:
    """The fields that Allinpay posts after a payment, as merchants' published logs show them."""
    return {
        "acct": "oZnC40ZBIXEN0ZvT9wLPMbMlnva8",
        "appid": APPID,
        "chnlid": "205299480",
        "chnltrxid": "4200000412201910184984146780",
        "cmid": "310851053",
        "cusid": CUSID,
        "cusorderid": ORDER_NO,
        "fee": "0",
        "initamt": "129900",
        "outtrxid": ORDER_NO,
        "paytime": "20261111203719",
        "signtype": "RSA",
        "termauthno": "CFT",
        "termrefnum": "4200000412201910184984146780",
        "termtraceno": "0",
        "trxamt": "129900",
        "trxcode": "VSP501",
        "trxdate": "20261111",
        "trxid": "261111120000975981",
        "trxreserved": "秋冬外套 一件",
        "trxstatus": "0000",
    } | changes


def posted(
    fields: Mapping[str, str], *, signer: str = "allinpay", tamper: Mapping[str, str] | None = None
) -> NotifyRequest:
    """The notification as it arrives; `tamper` changes fields after signing."""
    return raw_post(urlencode({**fields, "sign": rsa_sign(signer, fields), **(tamper or {})}).encode())


def raw_post(body: bytes, method: str = "POST") -> NotifyRequest:
    return NotifyRequest(
        method=method,
        path="/notify/quickpay-icbc",
        query="",
        headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
        body=body,
    )
