"""A shop's Apple Pay account, with Apple and the acquirer behind one transport.

The acquirer speaks UnionPay's wire, so its half is the one of `tests/connectors/unionpay`: signatures are checked with
that folder's own idea of the rules.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from tests.connectors.unionpay.authority import NOW, key, merchants, middle, pem, private_pem, root
from tests.connectors.unionpay.world import MER_ID, NOW_MS, ORDER_NO, QUERY_ID, FakeUnionPay, http

from payswitch.connectors.applepay import CONNECTOR
from payswitch.connectors.applepay.client import ApplePayClient
from payswitch.connectors.transport import MAX_ANSWER_BYTES, ClientTls, HttpAnswer, SendFailure
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.exchange import CreateOrder, DebitOrder, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds
from payswitch.kit.secrets import Secret

ACQUIRER = "https://acquirer.example"
SESSION_URL = "https://cn-apple-pay-gateway.apple.com/paymentservices/paymentSession"
VALIDATION_URL = "https://apple-pay-gateway-pr-pod2.apple.com/paymentservices/startSession"
MERCHANT = "merchant.com.example.shop"
DOMAIN = "pay.shop.example"
SESSION = b'{"merchantSessionIdentifier": "SSH1", "expiresAt":1794400920000,  "signature":"30"}'

CHANNEL = Channel(
    channel_id="apple-pay",
    merchant_id="m-1",
    connector="applepay",
    name="Apple Pay",
    products=frozenset(CONNECTOR.capabilities),
    upstream="unionpay",
)


@cache
def identity(days: tuple[int, int] = (-100, 650), uid: str = MERCHANT, signed_key: str = "apple-identity") -> str:
    """A Merchant Identity certificate, valid from and to so many days from now; `uid` empty: it names no merchant."""
    names = [x509.NameAttribute(NameOID.COMMON_NAME, f"Apple Pay Merchant Identity:{MERCHANT}")]
    if uid:
        names.insert(0, x509.NameAttribute(NameOID.USER_ID, uid))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Apple Worldwide Developer Relations")]))
        .public_key(key(signed_key).public_key())
        .serial_number(77)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    return pem(builder.sign(key("root"), hashes.SHA256()))


def account(**changes: str) -> dict[str, str]:
    table = {
        "gateway": ACQUIRER,
        "mer_id": MER_ID,
        "sign_certificate": pem(merchants()),
        "sign_private_key": private_pem("merchant"),
        "root_certificates": pem(middle(), root()),
        "merchant_identifier": MERCHANT,
        "display_name": "秋冬小店",
        "domains": f"{DOMAIN}, www.shop.example",
        "merchant_certificate": identity(),
        "merchant_private_key": private_pem("apple-identity"),
    }
    return table | changes


class FakeWorld(FakeUnionPay):
    """Apple and the acquirer. `asked` are the calls to Apple: address, body, identity."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, dict[str, Any], ClientTls | None]] = []
        self.apple: Callable[[], HttpAnswer | SendFailure] = lambda: http(SESSION)

    async def send(  # type: ignore[override]
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
        tls: ClientTls | None = None,
    ) -> HttpAnswer | SendFailure:
        if "/paymentservices/" not in url:
            assert tls is None, "our identity at Apple is nobody else's business"
            return await super().send(
                method, url, headers=headers, body=body, timeout_ms=timeout_ms, max_bytes=max_bytes
            )
        assert (method, headers["content-type"]) == ("POST", "application/json")
        self.asked.append((url, json.loads(body), tls))
        return self.apple()


def open_client(table: Mapping[str, str], transport: FakeWorld, clock: ManualClock | None = None) -> ApplePayClient:
    clock = clock or ManualClock(NOW_MS)
    return CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock, ids=SeededIds(1))


def shop_with_apple_pay(now_ms: int = NOW_MS, **changes: str) -> tuple[ApplePayClient, FakeWorld]:
    world = FakeWorld()
    return open_client(account(**changes), world, ManualClock(now_ms)), world


def text(size: int, seed: int = 7) -> str:
    """Base64 over so many bytes."""
    return base64.b64encode(bytes((seed * n) % 256 for n in range(size))).decode()


def payment_data(**changes: Any) -> dict[str, Any]:
    """What Apple encrypted, as it looks from outside (EC_v1)."""
    return {
        "version": "EC_v1",
        "data": text(500),
        "signature": text(2_400, 11),
        "header": {
            "ephemeralPublicKey": text(91, 3),
            "publicKeyHash": text(32, 5),
            "transactionId": "31323334353637" + "a9" * 25,
        },
    } | changes


def token(data: Any = None, **changes: Any) -> dict[str, Any]:
    """`event.payment.token` of an `ApplePaySession`."""
    return {
        "paymentData": payment_data() if data is None else data,
        "paymentMethod": {"displayName": "银联 1234", "network": "ChinaUnionPay", "type": "debit"},
        "transactionIdentifier": ("31323334353637" + "a9" * 25).upper(),
    } | changes


def order(**changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": Product.APPLEPAY_WEB,
        "amount_fen": 129_900,
        "subject": "秋冬外套 & 围巾",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": "https://pay.shop.example/notify/apple-pay",
        "environment": Environment.MOBILE,
    }
    return CreateOrder(**(fields | changes))


def debit_order(consent: Any = None, **changes: Any) -> DebitOrder:
    told = consent if isinstance(consent, str) else json.dumps(token() if consent is None else consent)
    return DebitOrder(order=order(**changes), consent=Secret(told))


def order_ref(**changes: Any) -> OrderRef:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": Product.APPLEPAY_WEB,
        "amount_fen": 129_900,
        "created_at_ms": NOW_MS,
        "transaction_id": QUERY_ID,
    }
    return OrderRef(**(fields | changes))


def refund_order(**changes: Any) -> RefundOrder:
    fields: dict[str, Any] = {
        "order": order_ref(),
        "out_refund_no": SeededIds(7).new("R", NOW_MS + 3_600_123),
        "amount_fen": 100,
        "reason": "包装破损",
        "notify_url": "https://pay.shop.example/notify/apple-pay",
    }
    return RefundOrder(**(fields | changes))
