"""A channel that earlier payments need and the configuration does not have any more.

To the money it is a channel that does not answer: what it may still receive is watched, what must go back waits, and a
person is told. It must never stop the work on anything else.
"""

from __future__ import annotations

from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind

CODE = "channel_not_configured"
_MESSAGE = "put the channel back into the configuration with enabled = false"
_NOT_SENT = Outcome(kind=OutcomeKind.NOT_SENT, code=CODE, message=_MESSAGE)
_A_PERSON_MUST_MEND = Outcome(kind=OutcomeKind.NOT_SENT, code=CODE, message=_MESSAGE, merchant_side=True)


class AbsentChannel:
    """See `domain.channel_client.ChannelClient`: every call ends before a byte was written."""

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        return CreateAnswer(outcome=_NOT_SENT)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        return OrderFact(channel_order_no=order.channel_order_no, outcome=_NOT_SENT)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return _NOT_SENT

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        return OrderFact(channel_order_no=debit.order.channel_order_no, outcome=_NOT_SENT)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return _NOT_SENT

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        return RefundFact(out_refund_no=refund.out_refund_no, outcome=_A_PERSON_MUST_MEND)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        return RefundFact(out_refund_no=refund.out_refund_no, outcome=_A_PERSON_MUST_MEND)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return NotifyAnswer(outcome=Outcome(kind=OutcomeKind.UNTRUSTED, code=CODE))

    def acknowledge(self, accepted: bool) -> Reply:
        return Reply(status=404)
