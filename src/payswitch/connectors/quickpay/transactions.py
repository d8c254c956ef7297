"""Query, refund and cancel: the same in 收银宝's two interfaces, which name the merchant's number differently."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.codes import Codes
from payswitch.connectors.quickpay.facts import order_fact, refund_fact
from payswitch.connectors.quickpay.wire import Fields
from payswitch.domain.exchange import OrderFact, OrderRef, RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome

Ask = Callable[[str, Mapping[str, str], Operation, int], Awaitable[Fields | Outcome]]
"""Path, fields, what it is about, deadline."""


class Transactions:
    """One interface: `path` before its calls, `number` for the merchant's number in requests."""

    def __init__(self, ask: Ask, codes: Codes, *, path: str, number: str, names: tuple[str, ...], pull: bool) -> None:
        self._ask = ask
        self._path = path
        self._number = number
        self.codes = codes
        self.names = names
        """Which fields of an answer may hold our number."""
        self._pull = pull

    async def order(self, number: str, timeout_ms: int) -> OrderFact:
        """What became of a payment. NOT_FOUND (1001) is not proof that the number is dead: 收银宝 may not have written
        the order yet, or the call that made it is still on its way."""
        fields = await self._ask(f"{self._path}/query", {self._number: number}, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        return order_fact(fields, number, self.codes, names=self.names, pull=self._pull)

    async def refund(self, refund: RefundOrder, more: Mapping[str, str], timeout_ms: int) -> RefundFact:
        """The refund's number is a transaction's number: a repeat is refused as used, and the query tells the rest."""
        content = {
            self._number: refund.out_refund_no,
            "trxamt": str(refund.amount_fen),
            f"old{self._number}": refund.order.channel_order_no,
            **more,
        }
        return await self._about_refund(refund.out_refund_no, "refund", content, Operation.REFUND, timeout_ms)

    async def refund_of(self, out_refund_no: str, timeout_ms: int) -> RefundFact:
        """What became of a refund, or of a cancel."""
        content = {self._number: out_refund_no}
        return await self._about_refund(out_refund_no, "query", content, Operation.QUERY_REFUND, timeout_ms)

    async def _about_refund(
        self, out_refund_no: str, call: str, content: Mapping[str, str], operation: Operation, timeout_ms: int
    ) -> RefundFact:
        fields = await self._ask(f"{self._path}/{call}", content, operation, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=out_refund_no, outcome=fields)
        return refund_fact(fields, out_refund_no, self.codes, operation=operation, names=self.names)

    async def cancel(self, order: OrderRef, number: str, timeout_ms: int) -> RefundFact:
        """撤销: all of it back, on the day it was made, under `number`."""
        content = {
            self._number: number,
            "trxamt": str(order.amount_fen),
            f"old{self._number}": order.channel_order_no,
        }
        return await self._about_refund(number, "cancel", content, Operation.REFUND, timeout_ms)
