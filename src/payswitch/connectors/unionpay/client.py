"""One UnionPay account, ready to talk: the `ChannelClient` of this connector, and a `BillSource`."""

from __future__ import annotations

import re
from typing import Final

from payswitch.connectors.acp.answers import UNREADABLE
from payswitch.connectors.acp.facts import debit_taken
from payswitch.connectors.acp.notify import acknowledgement, read_notification
from payswitch.connectors.acp.orders import OrderCalls
from payswitch.connectors.acp.requests import BACK, refund_request, void_request
from payswitch.connectors.acp.same_day import can_be_undone
from payswitch.connectors.acp.wire import Fields
from payswitch.connectors.codes import Operation
from payswitch.connectors.consents import hushed
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.unionpay.account import UnionPayAccount
from payswitch.connectors.unionpay.bills import fetch_bill
from payswitch.connectors.unionpay.deadlines import Deadlines
from payswitch.connectors.unionpay.debits import NO_CODE, debit_request, is_payment_code
from payswitch.connectors.unionpay.products import APP, FRONT, SPECS, ProductSpec, app_params, order_request
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Credential, CredentialKind
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
    """See `domain.channel_client.ChannelClient` and, for 付款码, `DebitClient` for what every method promises."""

    def __init__(self, account: UnionPayAccount, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock
        self._deadlines = Deadlines()
        self._orders = OrderCalls(account, transport)

    def __repr__(self) -> str:
        return f"UnionPayClient(mer_id={self._account.mer_id!r})"

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Web and wap are signed here, without a call: they cannot fail now, and whether UnionPay takes them shows only
        in the customer's browser. App products ask for a `tn`, QR for a code."""
        spec = SPECS.get(order.product)
        hindrance = self._hindrance(order, spec, pull=False)
        if spec is None or hindrance is not None:
            return CreateAnswer(outcome=hindrance or _refused("unsupported_product"))
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

    def _hindrance(self, order: CreateOrder, spec: ProductSpec | None, *, pull: bool) -> Outcome | None:
        """Why nothing is sent."""
        if spec is None:
            return _refused("unsupported_product")
        if spec.pull is not pull:
            return _refused("product_is_pull" if spec.pull else "product_is_push")
        if _ORDER_ID.fullmatch(order.channel_order_no) is None:
            return _refused("order_no_format", "orderId: 8 to 32 letters and digits")
        return _EXPIRED if order.expires_at_ms <= self._clock.now_ms() else None

    async def _create_at_unionpay(
        self, order: CreateOrder, spec: ProductSpec, request: Fields, timeout_ms: int
    ) -> CreateAnswer:
        fields = await self._orders.ask(spec.path, request, Operation.CREATE, timeout_ms)
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

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """01/06 with the code from the customer's wallet. UnionPay answers 00 when it has *taken* the message: PENDING,
        never PAID, and the query tells. 03, 04 and 05 leave it unknown, like silence."""
        order, number = debit.order, debit.order.channel_order_no
        spec = SPECS.get(order.product)
        hindrance = self._hindrance(order, spec, pull=True)
        if hindrance is None and not is_payment_code(debit.consent):
            hindrance = NO_CODE
        if spec is None or hindrance is not None:
            return OrderFact(channel_order_no=number, outcome=hindrance or _refused("unsupported_product"))
        request = debit_request(debit, spec, term_id=self._account.term_id)
        fields = await self._orders.ask(BACK, request, Operation.DEBIT, timeout_ms)
        if isinstance(fields, Outcome):
            return hushed(OrderFact(channel_order_no=number, outcome=fields), debit.consent)
        return debit_taken(fields, number, mer_id=self._account.mer_id)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """冲正 (99/01): undo a debit whose result is unknown, on the same day. CLOSED when UnionPay confirms, or does
        not know the order a minute after it left; whatever else it says, the original is asked about. Never for an
        order that a customer pays by own hand: it would stay payable."""
        spec = SPECS.get(order.product)
        if spec is None or not spec.pull:
            return _refused("unsupported_product" if spec is None else "product_is_push")
        return await self._orders.reverse(order, spec, now_ms=self._clock.now_ms(), timeout_ms=timeout_ms)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """NOT_FOUND means "not yet" while the order can still be paid: UnionPay has no transaction before the customer
        acts, and shortly after it may not have one either. CLOSED is said only past the deadline; of a debit, which
        has one try, as soon as UnionPay says that it failed."""
        number = order.channel_order_no
        spec = SPECS.get(order.product)
        if spec is None:
            return OrderFact(channel_order_no=number, outcome=_refused("unsupported_product"))
        past = self._deadlines.is_past(number, created_at_ms=order.created_at_ms, now_ms=self._clock.now_ms())
        return await self._orders.query(order, spec, past_deadline=past or spec.pull, timeout_ms=timeout_ms)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Always UNKNOWN `not_closable`, and no call: there is nothing to ask for. Only `payTimeout` ends an order."""
        return _NOT_CLOSABLE

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """退货, or 消费撤销 where the account says so and the day allows it. PENDING when UnionPay took it, also when
        it has this number already: only the query says more. A repeat carries the same number and the same time, so
        it is never a second refund."""
        spec = SPECS.get(refund.order.product)
        if spec is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_refused("unsupported_product"))
        undo = self._account.undoes_same_day and can_be_undone(refund, now_ms=self._clock.now_ms())
        request = void_request(spec, refund) if undo else refund_request(spec, refund)
        return await self._orders.money_back(request, refund, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """What became of a refund, made in either way: asked by its own number and time."""
        spec = SPECS.get(refund.order.product)
        if spec is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_refused("unsupported_product"))
        return await self._orders.query_refund(refund, spec, timeout_ms)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """对账文件 of one settlement day, which ends at 23:00. See `domain.bill.BillSource`."""
        return await fetch_bill(
            day, account=self._account, transport=self._transport, now_ms=self._clock.now_ms(), timeout_ms=timeout_ms
        )

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(request, self._account, now_ms=self._clock.now_ms())

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)
