"""交易状态查询: what UnionPay answers about a payment or a refund, lags and oddities included."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState, Refund, RefundState
from payswitch.sandbox.unionpay import fields, messages
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.money_back import reversed_
from payswitch.sandbox.unionpay.orders import ASKING, OrderDesk
from payswitch.sandbox.unionpay.signing import Fields

NOT_FOUND = "34"
_PROCESSING = "05"
_FAILED = "01"
_LATE = "42"


class Queries:
    """Both kinds of transaction are asked about with the same message."""

    def __init__(self, core: SandboxCore, orders: OrderDesk) -> None:
        self._core = core
        self._orders = orders

    def query(self, member: Member, message: Mapping[str, str]) -> Fields:
        """Refused (34) when there is nothing under this orderId and txnTime, or not yet."""
        number, txn_time = fields.order_id(message), fields.required(message, "txnTime")
        order = self._orders.find(member, number, txn_time)
        if order is not None:
            self._orders.settle_late(order, member)
            return _told(messages.payment(member, order), self.payment_code(member, order))
        found = self._core.ledger.find_refund(member.spec.channel_id, number)
        if found is None or found[1].extra.get("txn_time") != txn_time:
            raise Refused(NOT_FOUND)
        return _told(messages.money_back(member, *found), self._money_back_code(member, found[1]))

    def payment_code(self, member: Member, order: Order) -> str:
        """The `origRespCode` of a payment. A refund later does not change it, the payment stays a success; a reversal
        makes it a failure (which code is not confirmed)."""
        oddities = member.oddities
        if self._orders.late(order):
            return _LATE
        if reversed_(order):
            return _FAILED
        if order.paid_at_ms is not None:
            return oddities.lag_code if self._lags(member, order.paid_at_ms) else oddities.success_code
        if order.state is OrderState.CLOSED and not order.expired:
            # Declined by the bank; or the customer said no to what was asked; or reversed before that.
            return _FAILED if order.extra["bank_code"] == ASKING else order.extra["bank_code"]
        if self._orders.overdue(order):
            return oddities.overdue_code
        return oddities.unpaid_code

    def _money_back_code(self, member: Member, refund: Refund) -> str:
        if refund.state is RefundState.SUCCEEDED and refund.settled_at_ms is not None:
            lags = self._lags(member, refund.settled_at_ms)
            return member.oddities.lag_code if lags else member.oddities.success_code
        return _PROCESSING if refund.state is RefundState.PROCESSING else _FAILED

    def _lags(self, member: Member, since_ms: int) -> bool:
        return self._core.clock.now_ms() < since_ms + member.oddities.lag_s * 1_000


def _told(transaction: Fields, code: str) -> Fields:
    if code == NOT_FOUND:
        raise Refused(NOT_FOUND)
    return messages.outcome(transaction, code)
