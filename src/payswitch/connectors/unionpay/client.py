"""One UnionPay account, ready to talk: the `ChannelClient` of this connector, and a `BillSource`."""

from __future__ import annotations

import re
from typing import Final

from payswitch.connectors.acp.answers import UNREADABLE
from payswitch.connectors.acp.calls import ask
from payswitch.connectors.acp.facts import order_queried, refund_queried, refund_taken
from payswitch.connectors.acp.notify import acknowledgement, read_notification
from payswitch.connectors.acp.requests import (
    BACK,
    query_path,
    query_request,
    refund_request,
    refund_time,
    reversal_request,
    void_request,
)
from payswitch.connectors.acp.times import wire_time
from payswitch.connectors.acp.wire import Fields
from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.unionpay.account import UnionPayAccount
from payswitch.connectors.unionpay.bills import fetch_bill
from payswitch.connectors.unionpay.deadlines import Deadlines
from payswitch.connectors.unionpay.products import (
    APP,
    FRONT,
    SPECS,
    ProductSpec,
    app_params,
    order_request,
)
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Credential, CredentialKind
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
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
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)
_EXPIRED: Final = Outcome(
    kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already"
)
_NOT_CLOSABLE: Final = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="not_closable",
    message="UnionPay has no close: payable until payTimeout / 银联没有关单接口，订单在 payTimeout 前仍可支付",
)


def _refused(code: str, message: str = "") -> Outcome:
    return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code, message=message)


class UnionPayClient:
    """See `domain.exchange.ChannelClient` for what every method promises. `void` and `reverse` are UnionPay's own and
    not used by the switch yet."""

    def __init__(self, account: UnionPayAccount, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._deadlines = Deadlines()

    def __repr__(self) -> str:
        return f"UnionPayClient(mer_id={self._account.mer_id!r})"

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Web and wap are signed here, without a call: they cannot fail now, and whether UnionPay takes them shows only
        in the customer's browser. App products ask for a `tn`, QR for a code."""
        spec = SPECS.get(order.product)
        if spec is None:
            return CreateAnswer(outcome=_refused("unsupported_product"))
        if _ORDER_ID.fullmatch(order.channel_order_no) is None:
            return CreateAnswer(outcome=_refused("order_no_format", "orderId: 8 to 32 letters and digits"))
        if order.expires_at_ms <= self._clock.now_ms():
            return CreateAnswer(outcome=_EXPIRED)
        self._deadlines.remember(order.channel_order_no, order.expires_at_ms)
        request = order_request(order, spec)
        if spec.path == FRONT:
            message = self._account.signer.signed(request)
            form = Credential(
                kind=CredentialKind.FORM,
                content=self._account.gateway + FRONT,
                params=message,
                expires_at_ms=order.expires_at_ms,
            )
            return CreateAnswer(outcome=_ACCEPTED, credential=form)
        return await self._create_at_unionpay(order, spec, request, timeout_ms)

    async def _create_at_unionpay(
        self, order: CreateOrder, spec: ProductSpec, request: Fields, timeout_ms: int
    ) -> CreateAnswer:
        fields = await self._ask(spec.path, request, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        tn, code = fields.get("tn", ""), fields.get("qrCode", "")
        if not (tn if spec.path == APP else code):
            return CreateAnswer(outcome=UNREADABLE)
        if spec.path == APP:
            kind, content, params = CredentialKind.APP, "", app_params(tn, spec, self._account.app_mode)
        else:
            kind, content, params = CredentialKind.QR, code, {}
        credential = Credential(kind=kind, content=content, params=params, expires_at_ms=order.expires_at_ms)
        return CreateAnswer(outcome=_ACCEPTED, credential=credential)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """NOT_FOUND means "not yet" while the order can still be paid: UnionPay has no transaction before the customer
        acts, and shortly after it may not have one either. CLOSED is said only past the deadline."""
        number = order.channel_order_no
        spec = SPECS.get(order.product)
        if spec is None:
            return OrderFact(channel_order_no=number, outcome=_refused("unsupported_product"))
        request = query_request(spec, order_id=number, txn_time=wire_time(order.created_at_ms))
        fields = await self._ask(query_path(spec), request, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        past = self._deadlines.is_past(number, created_at_ms=order.created_at_ms, now_ms=self._clock.now_ms())
        return order_queried(
            fields, number, mer_id=self._account.mer_id, past_deadline=past, near_ms=order.created_at_ms
        )

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Always UNKNOWN `not_closable`, and no call: there is nothing to ask for. Only `payTimeout` ends an order."""
        return _NOT_CLOSABLE

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """退货. PENDING when UnionPay took it, also when it has this number already: only the query says more. A repeat
        carries the same number and the same time, so it is never a second refund."""
        spec = SPECS.get(refund.order.product)
        if spec is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_refused("unsupported_product"))
        return await self._money_back(refund_request(spec, refund), refund, timeout_ms)

    async def void(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """消费撤销: the whole payment, on its own settlement day (until 23:00). Answers as `refund` does, and
        `query_refund` tells the result. Not wired into the switch yet."""
        spec = SPECS.get(refund.order.product)
        if spec is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_refused("unsupported_product"))
        if refund.amount_fen != refund.order.amount_fen:
            outcome = _refused("void_amount", "a void is over the whole amount; refund a part instead")
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=outcome)
        return await self._money_back(void_request(spec, refund), refund, timeout_ms)

    async def _money_back(self, request: Fields, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.out_refund_no
        if not refund.order.transaction_id:
            outcome = Outcome(
                kind=OutcomeKind.UNKNOWN,
                code="transaction_id_missing",
                message="UnionPay's queryId of the payment is not known; query the order first",
                merchant_side=True,
            )
            return RefundFact(out_refund_no=number, outcome=outcome)
        fields = await self._ask(BACK, request, Operation.REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=number, outcome=fields)
        return refund_taken(fields, number)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """What became of a refund or void: asked by its own number and time."""
        number = refund.out_refund_no
        spec = SPECS.get(refund.order.product)
        if spec is None:
            return RefundFact(out_refund_no=number, outcome=_refused("unsupported_product"))
        request = query_request(spec, order_id=number, txn_time=refund_time(refund))
        fields = await self._ask(query_path(spec), request, Operation.QUERY_REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=number, outcome=fields)
        return refund_queried(fields, number)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """冲正: undo a back-channel debit whose result is unknown, on the same day. CLOSED when UnionPay confirms,
        UNKNOWN when it does not (query the order then). Never for an order whose credential a customer has: it would
        stay payable. Not wired into the switch yet."""
        spec = SPECS.get(order.product)
        if spec is None:
            return _refused("unsupported_product")
        fields = await self._ask(BACK, reversal_request(spec, order), Operation.CLOSE, timeout_ms)
        return fields if isinstance(fields, Outcome) else Outcome(kind=OutcomeKind.CLOSED, code=fields["respCode"])

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """对账文件 of one settlement day, which ends at 23:00. See `domain.bill.BillSource`."""
        return await fetch_bill(
            day, account=self._account, transport=self._transport, now_ms=self._clock.now_ms(), timeout_ms=timeout_ms
        )

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(request, self._account, now_ms=self._clock.now_ms())

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)

    async def _ask(self, path: str, request: Fields, operation: Operation, timeout_ms: int) -> Fields | Outcome:
        """One call; the fields of a successful, genuine answer about exactly this message, or what else it was."""
        return await ask(self._account, self._transport, path, request, operation=operation, timeout_ms=timeout_ms)
