"""What is asked about an order that exists, the same for every product: query, refund, its query, reversal."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.acp.account import AcpAccount
from payswitch.connectors.acp.calls import ask
from payswitch.connectors.acp.codes import NOT_FOUND
from payswitch.connectors.acp.facts import order_queried, refund_queried, refund_taken
from payswitch.connectors.acp.requests import (
    BACK,
    Business,
    query_path,
    query_request,
    refund_time,
    reversal_request,
)
from payswitch.connectors.acp.same_day import is_over_for
from payswitch.connectors.acp.times import wire_time
from payswitch.connectors.acp.wire import Fields
from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.exchange import OrderFact, OrderRef, RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind

FOUND_WITHIN_MS: Final = 60_000
"""So long a debit may be on its way, or UnionPay may not find it yet: its guides ask for about a minute [M]."""
DAY_IS_OVER: Final = Outcome(
    kind=OutcomeKind.DUPLICATE,
    code="reversal_day_over",
    message="a debit is reversed on its own day only; the query tells what became of it / 冲正仅限当日，请查询原交易",
)


class OrderCalls:
    """The calls of one account."""

    def __init__(self, account: AcpAccount, transport: HttpTransport) -> None:
        self._account = account
        self._transport = transport

    async def ask(self, path: str, request: Fields, operation: Operation, timeout_ms: int) -> Fields | Outcome:
        """See `calls.ask`."""
        return await ask(self._account, self._transport, path, request, operation=operation, timeout_ms=timeout_ms)

    async def query(self, order: OrderRef, business: Business, *, past_deadline: bool, timeout_ms: int) -> OrderFact:
        """`past_deadline`: a transaction that failed cannot be paid by another try any more."""
        number = order.channel_order_no
        request = query_request(business, order_id=number, txn_time=wire_time(order.created_at_ms))
        fields = await self.ask(query_path(business), request, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        return order_queried(
            fields, number, mer_id=self._account.mer_id, past_deadline=past_deadline, near_ms=order.created_at_ms
        )

    async def money_back(self, request: Fields, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """A refund or void. PENDING when UnionPay took it, also when it has this number already: only the query says
        more. A repeat carries the same number and the same time, so it is never a second refund."""
        number = refund.out_refund_no
        if not refund.order.transaction_id:
            outcome = Outcome(
                kind=OutcomeKind.UNKNOWN,
                code="transaction_id_missing",
                message="UnionPay's queryId of the payment is not known; query the order first",
                merchant_side=True,
            )
            return RefundFact(out_refund_no=number, outcome=outcome)
        fields = await self.ask(BACK, request, Operation.REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=number, outcome=fields)
        return refund_taken(fields, number)

    async def query_refund(self, refund: RefundOrder, business: Business, timeout_ms: int) -> RefundFact:
        """What became of a refund or void: asked by its own number and time."""
        number = refund.out_refund_no
        request = query_request(business, order_id=number, txn_time=refund_time(refund))
        fields = await self.ask(query_path(business), request, Operation.QUERY_REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=number, outcome=fields)
        return refund_queried(fields, number)

    async def reverse(self, order: OrderRef, business: Business, *, now_ms: int, timeout_ms: int) -> Outcome:
        """冲正 of a back-channel debit, on its own day. CLOSED when UnionPay confirms, or does not know the order a
        minute after it left; whatever else it says, the original is asked about. Query after it."""
        if is_over_for(order.created_at_ms, now_ms=now_ms):
            return DAY_IS_OVER
        fields = await self.ask(BACK, reversal_request(business, order), Operation.REVERSE, timeout_ms)
        if not isinstance(fields, Outcome):
            return Outcome(kind=OutcomeKind.CLOSED, code=fields["respCode"])
        if fields.code == NOT_FOUND and now_ms < order.created_at_ms + FOUND_WITHIN_MS:
            return Outcome(kind=OutcomeKind.UNKNOWN, code=fields.code, message=fields.message)
        return fields
