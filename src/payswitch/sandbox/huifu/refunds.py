"""Refunds by Huifu's rules: partial, in progress for a while, and known by number *and day*."""

from __future__ import annotations

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.huifu.codes import Refused
from payswitch.sandbox.huifu.envelope import CallBody
from payswitch.sandbox.huifu.merchant import Merchant
from payswitch.sandbox.huifu.orders import OrderDesk
from payswitch.sandbox.huifu.requests import amount_fen, check_notify_url, req_date, required
from payswitch.sandbox.huifu.trades import hf_seq_id, refund_members
from payswitch.sandbox.ledger import Order, Refund


class HuifuRefunds:
    """The refund API; the shared refund desk lets time pass."""

    def __init__(self, core: SandboxCore, orders: OrderDesk) -> None:
        self._core = core
        self._orders = orders

    def create(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """A new refund. The same number of the same day is refused; of another day it is a second refund, as on the
        real wire: a client that changes the day pays back twice."""
        required(call, "req_seq_id", "ord_amt", "org_req_date")
        check_notify_url(call)
        number, day = call.text("req_seq_id"), req_date(call)
        if self._find(merchant, number, day) is not None:
            raise Refused("20000000")
        order = self._orders.original(merchant, call)
        wanted_fen = amount_fen(call, "ord_amt")
        if not order.received:
            raise Refused("23000000", "原交易未入账，不能发起退款")
        if order.extra["trade_type"] == "D_NATIVE" and not call.text("remark"):
            raise Refused("21000000", "数字货币交易退款原因必填")
        if order.refunded_fen + wanted_fen > order.amount_fen:
            raise Refused("23000003")
        taken = self._core.ledger.find_refund(merchant.channel_id, number) is not None
        now_ms = self._core.clock.now_ms()
        refund = Refund(
            out_refund_no=_of_another_day(number, day) if taken else number,
            refund_id=hf_seq_id(order.n * 100 + len(order.refunds), now_ms, "00300"),
            amount_fen=wanted_fen,
            created_at_ms=now_ms,
            reason=call.text("remark"),
            notify_url=call.text("notify_url"),
            extra={"req_seq_id": number, "req_date": day},
        )
        self._core.refunds.accept(order, refund)
        return {
            "resp_code": "00000100",
            "resp_desc": "交易处理中",
            "product_id": merchant.keys.product_id,
            "hf_seq_id": refund.refund_id,
            "org_req_date": order.extra["req_date"],
            "org_req_seq_id": order.channel_order_no,
            "org_hf_seq_id": order.extra["hf_seq_id"],
            **refund_members(order, refund),
        }

    def query(self, merchant: Merchant, call: CallBody) -> dict[str, str]:
        """By the refund's own numbers: `org_...` means the refund here, not the payment."""
        if not call.text("org_hf_seq_id") and not call.text("org_req_seq_id"):
            raise Refused("21000000", "原退款全局流水号、原退款请求流水号、外部订单号不能同时为空")
        found = self.find(merchant, call)
        if found is None:
            raise Refused("23000001")
        order, refund = found
        return {
            "resp_code": "00000000",
            "resp_desc": "查询成功",
            "org_hf_seq_id": refund.refund_id,
            "org_req_date": refund.extra["req_date"],
            "org_req_seq_id": refund.extra["req_seq_id"],
            "bank_message": "正常结束",
            **refund_members(order, refund),
        }

    def find(self, merchant: Merchant, call: CallBody) -> tuple[Order, Refund] | None:
        """The refund that a query is about."""
        by_huifu = call.text("org_hf_seq_id")
        if not by_huifu:
            return self._find(merchant, call.text("org_req_seq_id"), call.text("org_req_date"))
        orders = (order for order in self._core.ledger if order.account == merchant.channel_id)
        pairs = ((order, refund) for order in orders for refund in order.refunds)
        return next((pair for pair in pairs if pair[1].refund_id == by_huifu), None)

    def _find(self, merchant: Merchant, number: str, day: str) -> tuple[Order, Refund] | None:
        for name in (number, _of_another_day(number, day)):
            found = self._core.ledger.find_refund(merchant.channel_id, name)
            if found is not None and found[1].extra["req_date"] == day:
                return found
        return None


def _of_another_day(number: str, day: str) -> str:
    """How the ledger, where numbers are unique, keeps a number's second life."""
    return f"{number}#{day}"
