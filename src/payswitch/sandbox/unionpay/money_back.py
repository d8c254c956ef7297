"""退货, 消费撤销 and 冲正: the three ways in which UnionPay gives money back."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.kit.durations import DAY_MS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState, Refund
from payswitch.sandbox.unionpay import fields
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.orders import OrderDesk
from payswitch.sandbox.unionpay.terms import CODE_PRODUCT, numbered, trace_no
from payswitch.sandbox.unionpay.times import settle_day

REFUND, VOID, REVERSAL = "04", "31", "99"
_REFUNDABLE_MS = 90 * DAY_MS
_CODE_REFUNDABLE_MS = 30 * DAY_MS
"""A payment can be refunded for 90 days, one by code for 30."""
_DEBITED = frozenset({CODE_PRODUCT, "applepay_web"})
"""What a server takes by itself."""
_SCANNED = frozenset({"unionpay_qr", CODE_PRODUCT})


class MoneyBack:
    """Each method checks, enters, and leaves the settling (which takes a while) to the core's refund desk."""

    def __init__(self, core: SandboxCore, orders: OrderDesk) -> None:
        self._core = core
        self._orders = orders

    def refund(self, member: Member, message: Mapping[str, str]) -> tuple[Order, Refund]:
        """退货: a part or all, within 90 days (by code: 30)."""
        order = self._original(member, message)
        amount_fen = self._check_new(member, message, order)
        limit_ms = _CODE_REFUNDABLE_MS if order.product in _SCANNED else _REFUNDABLE_MS
        if order.paid_at_ms is None or self._core.clock.now_ms() > order.paid_at_ms + limit_ms:
            raise Refused("39")
        if order.refunded_fen == order.amount_fen:
            raise Refused("45")
        if order.refunded_fen + amount_fen > order.amount_fen:
            raise Refused("36")
        return order, self._enter(order, message, REFUND, amount_fen)

    def void(self, member: Member, message: Mapping[str, str]) -> tuple[Order, Refund]:
        """消费撤销: all of it, and only until 23:00 of the day on which it was paid."""
        order = self._original(member, message)
        amount_fen = self._check_new(member, message, order)
        if order.refunds:
            raise Refused("45")
        if amount_fen != order.amount_fen:
            raise Refused("36")
        self._check_same_day(order)
        return order, self._enter(order, message, VOID, amount_fen)

    def reverse(self, member: Member, message: Mapping[str, str]) -> Order:
        """冲正: undo a debit whose answer was lost, named by its own orderId and txnTime.

        Only for payments that the server itself made (payment codes): what a customer pays by own hand can neither be
        reversed nor closed. Repeating it is harmless.
        """
        order = self._orders.find(member, fields.order_id(message), fields.required(message, "txnTime"))
        if order is None:
            raise Refused("34")
        if order.product not in _DEBITED:
            raise Refused("35")
        if order.state is OrderState.OPEN:
            self._core.ledger.close(order)
        if not order.received:
            return order
        self._check_same_day(order)
        if order.refunds and not reversed_(order):
            raise Refused("45")
        if not order.refunds:
            refund = self._new(order, message, REVERSAL, order.amount_fen, f"R{order.channel_order_no}")
            self._core.ledger.add_refund(order, refund)
            self._core.ledger.settle_refund(order, refund)
        return order

    def _original(self, member: Member, message: Mapping[str, str]) -> Order:
        """By `origQryId`, or by the original's orderId and txnTime."""
        number = message.get("origQryId", "")
        if number:
            order = self._orders.find_paid(member, number)
        else:
            times = fields.required(message, "origOrderId"), fields.required(message, "origTxnTime")
            order = self._orders.find(member, *times)
        if order is None or not order.received or self._orders.late(order):
            raise Refused("35")
        return order

    def _check_new(self, member: Member, message: Mapping[str, str], order: Order) -> int:
        """The amount of a well-formed message with a fresh number."""
        number = fields.order_id(message)
        fields.moment_ms(message, "txnTime")
        fields.optional_address(message, "backUrl")
        channel_id = member.spec.channel_id
        if self._core.ledger.find_refund(channel_id, number) or self._core.ledger.find(channel_id, number):
            raise Refused("12")
        return fields.amount_fen(message)

    def _check_same_day(self, order: Order) -> None:
        if order.paid_at_ms is None or settle_day(order.paid_at_ms) != settle_day(self._core.clock.now_ms()):
            raise Refused("39")

    def _enter(self, order: Order, message: Mapping[str, str], txn_type: str, amount_fen: int) -> Refund:
        refund = self._new(order, message, txn_type, amount_fen, message["orderId"])
        self._core.refunds.accept(order, refund)
        return refund

    def _new(self, order: Order, message: Mapping[str, str], txn_type: str, amount_fen: int, number: str) -> Refund:
        txn_time = message["txnTime"]
        return Refund(
            out_refund_no=number,
            refund_id=numbered(txn_type, txn_time, trace_no(order), 8 + len(order.refunds)),
            amount_fen=amount_fen,
            created_at_ms=self._core.clock.now_ms(),
            notify_url=message.get("backUrl", "") if txn_type != REVERSAL else "",
            extra={
                "txn_type": txn_type,
                "txn_sub_type": message["txnSubType"],
                "txn_time": txn_time,
                "biz_type": message["bizType"],
                "req_reserved": message.get("reqReserved", ""),
            },
        )


def reversed_(order: Order) -> bool:
    """Whether a 冲正 undid the payment as if it had never been."""
    return any(refund.extra.get("txn_type") == REVERSAL for refund in order.refunds)
