"""A shop's UnionPay account and a UnionPay that answers it, with this file's own idea of the signature rules.

Nothing here uses the connector's code for signing or verifying: what is checked is checked with `cryptography`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import Certificate
from tests.connectors.unionpay.authority import key, merchants, middle, pem, private_pem, root, unionpays, wire_pem

from payswitch.connectors.transport import MAX_ANSWER_BYTES, MAX_BILL_BYTES, HttpAnswer, SendFailure
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.domain.channel import Channel, Environment, Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundOrder
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds

MER_ID = "777290058167151"
TERM_ID = "49000002"
GATEWAY = "https://gateway.example"
FILES = "https://files.example/"
NOW_MS = 1_794_400_620_000
"""2026-11-11 20:37:00 in Beijing."""
TXN_TIME = "20261111203700"
ORDER_NO = "P01KYNPM00R8Z3WQ5X7T9YB2"
QUERY_ID = "442611112037001234567"
REFUND_MS = NOW_MS + 3_600_123
REFUND_NO = SeededIds(7).new("R", REFUND_MS)
REFUND_TIME = "20261111213700"
REFUND_QUERY_ID = "052611112137009876543"

Sent = dict[str, str]
Reply = Callable[[str, Sent], HttpAnswer | SendFailure]


def canonical(fields: Mapping[str, str]) -> bytes:
    pieces = [name + "=" + fields[name] for name in sorted(fields) if name != "signature" and fields[name] != ""]
    return "&".join(pieces).encode("utf-8")


def sign(name: str, fields: Mapping[str, str]) -> str:
    text = hashlib.sha256(canonical(fields)).hexdigest().encode()
    return base64.b64encode(key(name).sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def check(name: str, fields: Mapping[str, str]) -> None:
    """Raises InvalidSignature unless this role's key signed exactly this."""
    text = hashlib.sha256(canonical(fields)).hexdigest().encode()
    signature = base64.b64decode(fields["signature"])
    key(name).public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())


def signed(
    fields: Mapping[str, str], *, signer: str = "unionpay", certificate: Certificate | None = None
) -> dict[str, str]:
    message = {**fields, "signPubKeyCert": wire_pem(certificate or unionpays())}
    return {**message, "signature": sign(signer, message)}


def account(**changes: str) -> dict[str, str]:
    table = {
        "gateway": GATEWAY,
        "file_gateway": FILES,
        "mer_id": MER_ID,
        "sign_certificate": pem(merchants()),
        "sign_private_key": private_pem("merchant"),
        "root_certificates": pem(middle(), root()),
        "term_id": TERM_ID,
    }
    return table | changes


def http(body: bytes | str, status: int = 200) -> HttpAnswer:
    raw = body.encode() if isinstance(body, str) else body
    return HttpAnswer(status=status, headers={}, body=raw, latency_ms=12.0)


def body_of(fields: Mapping[str, str]) -> str:
    """As UnionPay writes an answer: values are not escaped."""
    return "&".join(f"{name}={value}" for name, value in fields.items())


class FakeUnionPay:
    """A transport with UnionPay behind it: checks each request's signature, then answers as the test says."""

    def __init__(self, signer: str = "unionpay", certificate: Certificate | None = None) -> None:
        self.signer = signer
        self.certificate = certificate
        self.calls: list[tuple[str, Sent]] = []
        self.reply: Reply | None = None

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
        assert method == "POST"
        assert max_bytes == (MAX_BILL_BYTES if url == FILES else MAX_ANSWER_BYTES)
        assert headers["content-type"] == "application/x-www-form-urlencoded;charset=UTF-8"
        assert timeout_ms > 0
        sent = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))
        check("merchant", sent)
        self.calls.append((url, sent))
        assert self.reply is not None, "this test expected no call"
        return self.reply(url, sent)

    @property
    def url(self) -> str:
        return self.calls[-1][0]

    @property
    def sent(self) -> Sent:
        return self.calls[-1][1]

    def answers(self, fields: Mapping[str, str], *, is_signed: bool = True) -> None:
        """Answer with these fields added to what UnionPay repeats of every request."""

        def reply(_: str, sent: Sent) -> HttpAnswer:
            repeated = {name: sent[name] for name in REPEATED if name in sent}
            message = {**repeated, **fields}
            whole = signed(message, signer=self.signer, certificate=self.certificate) if is_signed else message
            return http(body_of(whole))

        self.reply = reply

    def succeeds(self, **fields: str) -> None:
        self.answers({"respCode": "00", "respMsg": "成功[0000000]", **fields})

    def refuses(self, code: str, message: str = "失败", *, is_signed: bool = True) -> None:
        self.answers({"respCode": code, "respMsg": message}, is_signed=is_signed)

    def tells(self, code: str, **fields: str) -> None:
        """A query that worked, about a transaction that went like this."""
        self.succeeds(origRespCode=code, origRespMsg=f"原交易{code}", txnAmt="129900", queryId=QUERY_ID, **fields)

    def breaks(self, failure: HttpAnswer | SendFailure) -> None:
        self.reply = lambda *_: failure


REPEATED = ("accessType", "bizType", "encoding", "merId", "orderId", "signMethod", "txnSubType", "txnTime", "txnType")

CHANNEL = Channel(
    channel_id="unionpay-main",
    merchant_id="m-1",
    connector="unionpay",
    name="银联·主",
    products=frozenset(CONNECTOR.capabilities),
    upstream="unionpay",
)


def open_client(table: Mapping[str, str], transport: FakeUnionPay, clock: ManualClock | None = None) -> UnionPayClient:
    clock = clock or ManualClock(NOW_MS)
    return CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock, ids=SeededIds(1))


def shop_with_unionpay(clock: ManualClock | None = None, **changes: str) -> tuple[UnionPayClient, FakeUnionPay]:
    unionpay = FakeUnionPay()
    return open_client(account(**changes), unionpay, clock), unionpay


def order(product: Product = Product.UNIONPAY_APP, **changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "subject": "秋冬外套 & 围巾",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": "https://pay.shop.example/notify/unionpay-main",
        "return_url": "https://shop.example/orders/1?done=1&x=a b",
        "environment": Environment.MOBILE,
    }
    return CreateOrder(**(fields | changes))


def order_ref(product: Product = Product.UNIONPAY_APP, **changes: Any) -> OrderRef:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": product,
        "amount_fen": 129_900,
        "created_at_ms": NOW_MS,
        "transaction_id": QUERY_ID,
    }
    return OrderRef(**(fields | changes))


def refund_order(**changes: Any) -> RefundOrder:
    fields: dict[str, Any] = {
        "order": order_ref(),
        "out_refund_no": REFUND_NO,
        "amount_fen": 129_900,
        "reason": "重复支付自动退回",
        "notify_url": "https://pay.shop.example/notify/unionpay-main",
    }
    return RefundOrder(**(fields | changes))


def paid_notification(**changes: str) -> dict[str, str]:
    """The fields that UnionPay posts after a payment, as its published samples show them."""
    return {
        "accNo": "cDg4jpD9tKxlI4si91lomXcSjQeOyOxEFLmMc9BL==",
        "accessType": "0",
        "bizType": "000201",
        "currencyCode": "156",
        "encoding": "UTF-8",
        "merId": MER_ID,
        "orderId": ORDER_NO,
        "payCardType": "01",
        "queryId": QUERY_ID,
        "respCode": "00",
        "respMsg": "成功[0000000]",
        "settleAmt": "129900",
        "settleCurrencyCode": "156",
        "settleDate": "1111",
        "signMethod": "01",
        "traceNo": "784649",
        "traceTime": "1111203719",
        "txnAmt": "129900",
        "txnSubType": "01",
        "txnTime": TXN_TIME,
        "txnType": "01",
        "version": "5.1.0",
    } | changes


def refund_notification(**changes: str) -> dict[str, str]:
    fields = paid_notification(
        orderId=REFUND_NO,
        txnTime=REFUND_TIME,
        txnType="04",
        txnSubType="00",
        queryId=REFUND_QUERY_ID,
        origQryId=QUERY_ID,
    )
    return fields | changes


def posted(
    fields: Mapping[str, str],
    *,
    signer: str = "unionpay",
    certificate: Certificate | None = None,
    tamper: Mapping[str, str] | None = None,
) -> NotifyRequest:
    """The notification as it arrives; `tamper` changes fields after signing."""
    whole = signed(fields, signer=signer, certificate=certificate)
    return raw_post(urlencode({**whole, **(tamper or {})}).encode())


def raw_post(body: bytes, method: str = "POST") -> NotifyRequest:
    return NotifyRequest(
        method=method,
        path="/notify/unionpay-main",
        query="",
        headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
        body=body,
    )
