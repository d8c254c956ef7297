"""What a message asks UnionPay to sell: read from a payment message of any of the four entrances."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import fields
from payswitch.sandbox.unionpay.accounts import GATEWAY_WALLETS, HANDSET_WALLETS
from payswitch.sandbox.unionpay.codes import Refused, malformed
from payswitch.sandbox.unionpay.signing import digest

FRONT, APP, BACK = "front", "app", "back"
"""The entrances: the browser's form, the app order, the server's call."""
CODE_PRODUCT = "unionpay_code"
"""付款码: the shop scans the customer."""
CURRENCY = "156"

_KINDS = {
    (FRONT, "000201", "01", "07"): ("unionpay_web", GATEWAY_WALLETS),
    (FRONT, "000201", "01", "08"): ("unionpay_wap", GATEWAY_WALLETS),
    (APP, "000201", "01", "08"): ("unionpay_app", ("unionpay", *HANDSET_WALLETS)),
    (BACK, "000000", "07", "08"): ("unionpay_qr", ("unionpay",)),
    (BACK, "000000", "06", "08"): (CODE_PRODUCT, ("unionpay",)),
}
"""By entrance, bizType, txnSubType and channelType: the product in the switch's words, and the wallets that pay it."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One payment, as the merchant signed it."""

    product: str
    wallets: tuple[str, ...]
    order_id: str
    txn_time: str
    txn_time_ms: int
    amount_fen: int
    subject: str
    back_url: str
    front_url: str
    pay_timeout_ms: int | None
    qr_no: str
    biz_type: str
    txn_sub_type: str
    req_reserved: str
    fingerprint: str

    def to_remember(self, pay_timeout_ms: int) -> dict[str, str]:
        """What later messages about the order repeat."""
        return {
            "txn_time": self.txn_time,
            "txn_sub_type": self.txn_sub_type,
            "biz_type": self.biz_type,
            "req_reserved": self.req_reserved,
            "pay_timeout_ms": str(pay_timeout_ms),
        }


def product_of(entrance: str, message: Mapping[str, str]) -> str | None:
    """The product that an unverified message asks for; None if there is no such."""
    found = _KINDS.get(_kind(entrance, message))
    return found[0] if found is not None else None


def read_terms(entrance: str, message: Mapping[str, str]) -> Terms:
    """Refused: 13 or 10 for what is missing or malformed, 32 for a combination that this entrance does not sell."""
    found = _KINDS.get(_kind(entrance, message))
    if message["txnType"] != "01" or found is None:
        raise Refused("32")
    product, wallets = found
    fields.exactly(message, "currencyCode", CURRENCY)
    txn_time_ms = fields.moment_ms(message, "txnTime")
    return Terms(
        product=product,
        wallets=wallets,
        order_id=fields.order_id(message),
        txn_time=message["txnTime"],
        txn_time_ms=txn_time_ms,
        amount_fen=fields.amount_fen(message),
        subject=message.get("orderDesc", ""),
        back_url=fields.address(message, "backUrl"),
        front_url=fields.address(message, "frontUrl") if entrance == FRONT else "",
        pay_timeout_ms=fields.moment_ms(message, "payTimeout") if message.get("payTimeout") else None,
        qr_no=_qr_no(message) if product == CODE_PRODUCT else "",
        biz_type=message["bizType"],
        txn_sub_type=message["txnSubType"],
        req_reserved=message.get("reqReserved", ""),
        fingerprint=hashlib.sha256(entrance.encode() + digest(message)).hexdigest(),
    )


def _kind(entrance: str, message: Mapping[str, str]) -> tuple[str, str, str, str]:
    named = (message.get(name, "") for name in ("bizType", "txnSubType", "channelType"))
    biz_type, sub_type, channel = named
    return entrance, biz_type, sub_type, channel


def _qr_no(message: Mapping[str, str]) -> str:
    """The digits of the customer's payment code: 19 of them, 62 first."""
    value = fields.required(message, "qrNo")
    if not (len(value) == 19 and value.isascii() and value.isdigit() and value.startswith("62")):
        raise malformed("qrNo")
    fields.required(message, "termId")
    return value


def query_id(order: Order) -> str:
    """UnionPay's 21-digit number (查询流水号) of the payment: its time, its trace number, framed."""
    return numbered("01", order.extra["txn_time"], trace_no(order), 8)


def trace_no(order: Order) -> str:
    """系统跟踪号: six digits."""
    return f"{order.n % 1_000_000:06d}"


def numbered(head: str, txn_time: str, trace: str, tail: int) -> str:
    """The shape of a queryId as published messages have it: `yyMMddHHmmss` and the trace number in the middle."""
    return f"{head}{txn_time[2:]}{trace}{tail % 10}"
