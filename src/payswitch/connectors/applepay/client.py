"""One Apple Pay account, ready to talk: `ChannelClient`, `DebitClient` and `ApplePayDesk` of `domain.exchange`."""

from __future__ import annotations

import re
from typing import Final

from payswitch.connectors.acp.facts import debit_taken
from payswitch.connectors.acp.notify import acknowledgement, read_notification
from payswitch.connectors.acp.orders import OrderCalls
from payswitch.connectors.acp.requests import BACK, refund_request
from payswitch.connectors.applepay.account import ApplePayAccount
from payswitch.connectors.applepay.codes import debited
from payswitch.connectors.applepay.products import CAPABILITIES, debit_request
from payswitch.connectors.applepay.sessions import fetch_session
from payswitch.connectors.applepay.token import TokenProblem, forwardable
from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    MerchantSession,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock

_ORDER_ID: Final = re.compile(r"[0-9A-Za-z]{8,32}")
_IS_PULL: Final = Outcome(
    kind=OutcomeKind.REFUSED_CONFIG,
    code="product_is_pull",
    message="the customer's token debits; nothing is created before / 由顾客的 Apple Pay 令牌直接扣款，无需预下单",
)
_EXPIRED: Final = Outcome(
    kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already"
)
_NOT_CLOSABLE: Final = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="not_closable",
    message="a debit has no close: query it, then reverse it / 扣款无法关单，请查询后冲正",
)
_UNSUPPORTED: Final = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="unsupported_product")
_BAD_NUMBER: Final = Outcome(
    kind=OutcomeKind.REFUSED_CONFIG, code="order_no_format", message="orderId: 8 to 32 letters and digits"
)


class ApplePayClient:
    """See `domain.exchange` for what every method promises."""

    def __init__(self, account: ApplePayAccount, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._orders = OrderCalls(account, transport)

    def __repr__(self) -> str:
        return f"ApplePayClient(mer_id={self._account.mer_id!r})"

    async def merchant_session(self, validation_url: str, domain: str, timeout_ms: int) -> MerchantSession:
        return await fetch_session(
            self._account.apple, self._transport, validation_url=validation_url, domain=domain, timeout_ms=timeout_ms
        )

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Refused without a call: there is nothing to create before the customer's token is there."""
        return CreateAnswer(outcome=_IS_PULL)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """The token to the acquirer, once. Its 00 means "taken" and is PENDING: whether the money moved, only the query
        or the notification tells. A token that is none never leaves this process."""
        number = debit.order.channel_order_no
        refusal = self._refusal(debit.order)
        if refusal is not None:
            return OrderFact(channel_order_no=number, outcome=refusal)
        try:
            token = forwardable(debit.consent, self._account.networks)
        except TokenProblem as problem:
            outcome = Outcome(kind=OutcomeKind.REFUSED_PAYER, code=problem.code, message=str(problem))
            return OrderFact(channel_order_no=number, outcome=outcome)
        request = debit_request(debit.order, token, self._account.business)
        fields = await self._orders.ask(BACK, request, Operation.DEBIT, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=debited(fields))
        return debit_taken(fields, number, mer_id=self._account.mer_id)

    def _refusal(self, order: CreateOrder) -> Outcome | None:
        if order.product not in CAPABILITIES:
            return _UNSUPPORTED
        if _ORDER_ID.fullmatch(order.channel_order_no) is None:
            return _BAD_NUMBER
        return _EXPIRED if order.expires_at_ms <= self._clock.now_ms() else None

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """A token is used once, so a debit that failed has failed for good: CLOSED, whatever the deadline."""
        if order.product not in CAPABILITIES:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_UNSUPPORTED)
        return await self._orders.query(order, self._account.business, past_deadline=True, timeout_ms=timeout_ms)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Always UNKNOWN `not_closable`, and no call: a debit is reversed, not closed."""
        return _NOT_CLOSABLE

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """冲正: the acquirer undoes the debit as if it had never been, on its own day."""
        if order.product not in CAPABILITIES:
            return _UNSUPPORTED
        return await self._orders.reverse(
            order, self._account.business, now_ms=self._clock.now_ms(), timeout_ms=timeout_ms
        )

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """退货: a part or all, within 90 days."""
        if refund.order.product not in CAPABILITIES:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_UNSUPPORTED)
        return await self._orders.money_back(refund_request(self._account.business, refund), refund, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        if refund.order.product not in CAPABILITIES:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_UNSUPPORTED)
        return await self._orders.query_refund(refund, self._account.business, timeout_ms)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(
            request, self._account, now_ms=self._clock.now_ms(), payment_type=self._account.business.txn_type
        )

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)
