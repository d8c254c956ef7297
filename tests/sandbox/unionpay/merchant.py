"""A UnionPay merchant written out by hand from the published rules: nothing of the sandbox's own signing is used."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.sandbox.support import Listener, RunningSandbox, until

from payswitch.kit.clock import ManualClock, beijing
from payswitch.sandbox.ledger import RefundState
from payswitch.sandbox.unionpay.keys import UnionpayKeys

Fields = dict[str, str]

FRONT = "/gateway/api/frontTransReq.do"
APP = "/gateway/api/appTransReq.do"
BACK = "/gateway/api/backTransReq.do"
QUERY = "/gateway/api/queryTrans.do"
FILES = "/filedownload/"
REFUND_DELAY_S = 30.0
"""How long a refund is in progress in these tests."""


@lru_cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache
def certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def to_sign(message: Mapping[str, str]) -> bytes:
    """Sorted, joined, hashed to hexadecimal: the rules of 5.1.0."""
    parts = [f"{k}={message[k]}" for k in sorted(message) if k != "signature" and message[k] != ""]
    return hashlib.sha256("&".join(parts).encode("utf-8")).hexdigest().encode()


def signature(message: Mapping[str, str], private_pem: str) -> str:
    return base64.b64encode(_private(private_pem).sign(to_sign(message), padding.PKCS1v15(), hashes.SHA256())).decode()


def fits(message: Mapping[str, str], signer: x509.Certificate | None = None) -> bool:
    """Whether the signature is right under the certificate that the message itself brings (or another one)."""
    key = (signer or certificate(message["signPubKeyCert"])).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(base64.b64decode(message["signature"]), to_sign(message), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def parse_answer(body: bytes) -> Fields:
    """`k=v&k=v` with raw values; inside of braces `&` does not part."""
    fields: Fields = {}
    depth, start, text = 0, 0, body.decode("utf-8") + "&"
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == "&" and depth == 0:
            name, _, value = text[start:at].partition("=")
            fields[name] = value
            start = at + 1
    return fields


def parse_form(body: bytes) -> Fields:
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True))


@dataclass
class Merchant:
    """One account's merchant, its shop's notification address, and its clock."""

    sandbox: RunningSandbox
    account_id: str
    shop: Listener
    clock: ManualClock

    @property
    def keys(self) -> UnionpayKeys:
        keys = self.sandbox.world.account(self.account_id).keys
        assert isinstance(keys, UnionpayKeys)
        return keys

    @property
    def given(self) -> dict[str, str]:
        """What the operator of the switch is given."""
        return self.sandbox.world.account(self.account_id).connector_account()

    # -- messages ------------------------------------------------------------------------------------------------

    def now(self) -> str:
        return f"{beijing(self.clock.now_ms()):%Y%m%d%H%M%S}"

    def later(self, seconds: float) -> str:
        return f"{beijing(self.clock.now_ms() + int(seconds * 1_000)):%Y%m%d%H%M%S}"

    def message(self, txn_type: str, sub_type: str, biz_type: str, **more: str) -> Fields:
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": txn_type,
            "txnSubType": sub_type,
            "bizType": biz_type,
            "accessType": "0",
            "merId": self.keys.mer_id,
            "certId": str(certificate(self.keys.sign_certificate).serial_number),
            "txnTime": self.now(),
            **more,
        }

    def sign(self, message: Fields) -> Fields:
        return message | {"signature": signature(message, self.keys.sign_private_key)}

    def sale(self, sub_type: str, biz_type: str, order_id: str, **more: str) -> Fields:
        fixed = {"channelType": "08", "orderId": order_id, "txnAmt": "12900", "currencyCode": "156"}
        timing = {"backUrl": self.shop.url, "payTimeout": self.later(900)}
        return self.message("01", sub_type, biz_type, **(fixed | timing | more))

    def form(self, order_id: str = "ORDER00001", **more: str) -> Fields:
        """The signed form that a customer's browser brings."""
        return self.sign(self.sale("01", "000201", order_id, **({"frontUrl": "https://shop.example/back"} | more)))

    # -- talking -------------------------------------------------------------------------------------------------

    async def send(self, path: str, signed: Fields) -> Fields:
        """Post it; the answer, verified by its own certificate and that certificate by its chain."""
        answer = parse_answer(await self.post(path, signed))
        assert self.genuine(answer), answer
        return answer

    async def post(self, path: str, signed: Fields) -> bytes:
        async with self.sandbox.session.post(self.sandbox.base_url + path, data=signed) as answer:
            assert answer.status == 200
            return await answer.read()

    async def call(self, path: str, message: Fields) -> Fields:
        return await self.send(path, self.sign(message))

    async def app(self, order_id: str = "ORDER00001", **more: str) -> Fields:
        return await self.call(APP, self.sale("01", "000201", order_id, **more))

    async def code(self, order_id: str = "ORDER00001", **more: str) -> Fields:
        return await self.call(BACK, self.sale("07", "000000", order_id, **more))

    async def debit(self, qr_no: str, order_id: str = "ORDER00001", **more: str) -> Fields:
        """The shop scans the customer's payment code."""
        return await self.call(BACK, self.sale("06", "000000", order_id, qrNo=qr_no, termId="49000002", **more))

    def shown(self, wallet: str = "unionpay", **more: Any) -> str:
        """A customer's wallet shows a payment code."""
        return self.sandbox.core.payment_codes.issue(wallet, "小明", **more).code

    async def query(self, order_id: str = "ORDER00001", txn_time: str = "", path: str = QUERY) -> Fields:
        """About an order of this very second, unless another txnTime is given."""
        times = {"txnTime": txn_time} if txn_time else {}
        return await self.call(path, self.message("00", "00", "000201", orderId=order_id, **times))

    async def give_back(
        self, query_id: str, amount: int, order_id: str = "REFUND0001", txn_type: str = "04", **more: str
    ) -> Fields:
        fields = {"orderId": order_id, "origQryId": query_id, "txnAmt": str(amount), "channelType": "08"}
        return await self.call(
            BACK, self.message(txn_type, "00", "000201", **(fields | {"backUrl": self.shop.url} | more))
        )

    async def reverse(self, order_id: str = "ORDER00001", txn_time: str = "") -> Fields:
        times = {"txnTime": txn_time} if txn_time else {}
        return await self.call(BACK, self.message("99", "01", "000000", orderId=order_id, channelType="08", **times))

    async def bill(self, day: str) -> Fields:
        return await self.call(FILES, self.message("76", "01", "000000", fileType="00", settleDate=day))

    async def pay(self, made: Fields, **more: Any) -> dict[str, object]:
        """A customer confirms in the wallet whatever the answer or form gave."""
        if "tn" in made:
            return await self.sandbox.pay(params={"tn": made["tn"]}, **({"wallet": "unionpay"} | more))
        if "qrCode" in made:
            return await self.sandbox.pay(made["qrCode"], **({"wallet": "unionpay"} | more))
        address = self.sandbox.base_url + FRONT
        return await self.sandbox.pay(address, params=made, **({"wallet": "unionpay"} | more))

    async def behave(self, **oddities: object) -> None:
        body = {"account": self.account_id, "oddities": oddities}
        async with self.sandbox.session.put(self.sandbox.base_url + "/_sandbox/unionpay/oddities", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def settled(self, sleeping: Callable[[], int]) -> None:
        """The refunds that were accepted come to their end, and the shop has heard all there is to hear."""
        books = self.sandbox.core.ledger
        await until(lambda: sleeping() >= 1)
        self.clock.advance(seconds=REFUND_DELAY_S)
        await until(lambda: all(r.state is not RefundState.PROCESSING for order in books for r in order.refunds))
        await until(lambda: self.sandbox.core.notifier.pending == 0)

    # -- trust ---------------------------------------------------------------------------------------------------

    def genuine(self, message: Mapping[str, str]) -> bool:
        """Signature, chain up to the given roots, validity, name: what a careful merchant checks."""
        return fits(message) and self.trusts(certificate(message["signPubKeyCert"]))

    def trusts(self, leaf: x509.Certificate) -> bool:
        middle, root = x509.load_pem_x509_certificates(self.given["root_certificates"].encode())
        name = leaf.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
        return _issued(leaf, middle) and _issued(middle, root) and str(name).split("@")[2] == "中国银联股份有限公司"

    def in_date(self, leaf: x509.Certificate) -> bool:
        now = datetime.fromtimestamp(self.clock.now_ms() / 1_000, UTC)
        return leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError):
        return False
    return True
