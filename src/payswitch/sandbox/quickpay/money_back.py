"""Cancels (撤销: the same day, all of it) and refunds (退款), for unified orders and quick payments alike."""

from __future__ import annotations

from payswitch.kit.clock import beijing
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState, Refund
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.orders import find_order, new_trxid
from payswitch.sandbox.quickpay.views import CANCELLED, TRXID, called_off_fields
from payswitch.sandbox.quickpay.words import Fields, Form, NotUnderstood, Refused


class MoneyBackDesk:
    """Money goes back at once here; the merchant is told if the call gave an address."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    def refund(self, merchant: Merchant, form: Form, name: str) -> Fields:
        """`name`: `reqsn` (unified orders) or `orderid` (quick pay); the original is `old<name>` or `oldtrxid`."""
        return self._back(merchant, form, name, cancel=False)

    def cancel(self, merchant: Merchant, form: Form, name: str) -> Fields:
        return self._back(merchant, form, name, cancel=True)

    def _back(self, merchant: Merchant, form: Form, name: str, *, cancel: bool) -> Fields:
        number, fen = words.number(form, name), words.amount(form, "trxamt")
        old, old_trxid = form.get(f"old{name}", ""), form.get("oldtrxid", "")
        if not old and not old_trxid:
            raise NotUnderstood(f"参数错误:old{name}和oldtrxid不能同时为空")
        order = find_order(self._core, merchant, old, old_trxid)
        if order is None:
            raise Refused(words.NOT_EXIST, "原交易不存在")
        repeated = self._core.ledger.find_refund(merchant.channel_id, number) is not None
        if repeated or order.extra.get(CANCELLED) == number:
            raise Refused(words.REPEATED, "流水号重复")
        if cancel and order.product.endswith("_code") and order.state is OrderState.OPEN:
            return self._call_off(order, number, name)
        self._check(order, fen, cancel=cancel)
        refund = Refund(
            out_refund_no=number,
            refund_id=new_trxid(self._core),
            amount_fen=fen,
            created_at_ms=self._core.clock.now_ms(),
            reason=form.get("remark", ""),
            notify_url=form.get("notify_url", ""),
            extra={CANCELLED: "1"} if cancel else {},
        )
        self._core.ledger.add_refund(order, refund)
        self._core.ledger.settle_refund(order, refund)
        self._core.notifier.start(order, "refunded", refund)
        fintime = words.wire_time(refund.settled_at_ms or refund.created_at_ms)
        return {name: number, TRXID: refund.refund_id, "trxstatus": words.SUCCESS, "fintime": fintime}

    def _call_off(self, order: Order, number: str, name: str) -> Fields:
        """A customer is being asked for the password, and the merchant does not want to wait any more."""
        self._core.ledger.close(order)
        self._core.ledger.remember(order, **{CANCELLED: number})
        return called_off_fields(order, name)

    def _check(self, order: Order, fen: int, *, cancel: bool) -> None:
        if not order.received or order.paid_at_ms is None:
            raise Refused(words.OTHER, "原交易未成功，不允许退款")
        if order.refunded_fen + fen > order.amount_fen:
            raise Refused(words.OTHER, "退款金额超过可退金额")
        if not cancel:
            return
        if fen != order.amount_fen or order.refunds:
            raise Refused(words.OTHER, "撤销金额必须等于原交易金额")
        if beijing(order.paid_at_ms).date() != beijing(self._core.clock.now_ms()).date():
            raise Refused(words.OTHER, "只能撤销当日交易")
