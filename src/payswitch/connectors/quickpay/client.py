"""One 收银宝 account, ready to talk: which of its desks a call is for."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.bills import fetch_bill
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.code_payments import NOT_CLOSABLE, CodePayments
from payswitch.connectors.quickpay.notify import acknowledgement, read_notification
from payswitch.connectors.quickpay.orders import UnifiedOrders
from payswitch.connectors.quickpay.products import CODES, PAYTYPES
from payswitch.connectors.quickpay.quick_payments import QuickPayments
from payswitch.connectors.quickpay.reversing import REVERSED
from payswitch.connectors.quickpay.signing_up import SigningUp
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Product
from payswitch.domain.exchange import (
    AgreementAnswer,
    AgreementOrder,
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OpenidSpace,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource
from payswitch.kit.secrets import Secret

_IS_PULL = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="product_is_pull", message="paid by a debit, never created")
_IS_PUSH = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="product_is_push", message="the customer's wallet pays it")
_CARD = Product.QUICKPAY_CARD


class QuickpayClient:
    """See `domain.exchange`: `ChannelClient`, for the pull products `DebitClient`, `SmsClient`, `AgreementDesk`; and
    `domain.bill.BillSource`."""

    def __init__(self, account: QuickpayAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._transport = transport
        self._calls = calls = Calls(account, transport=transport, clock=clock, ids=ids)
        self._orders = UnifiedOrders(calls)
        self._codes = CodePayments(calls)
        self._quick = QuickPayments(calls)
        self._signing_up = SigningUp(calls)

    def __repr__(self) -> str:
        return f"QuickpayClient(cusid={self._account.cusid!r}, appid={self._account.appid!r})"

    def openid_space(self, product: Product) -> OpenidSpace | None:
        """The merchant's own 公众号 or mini program, where the account names one."""
        appid = self._account.sub_appids.get(PAYTYPES.get(product, ""))
        return OpenidSpace(appid) if appid else None

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        if order.product in CODES:
            return CreateAnswer(outcome=_IS_PULL)
        desk = self._quick if order.product is _CARD else self._orders
        return await desk.create(order, timeout_ms)

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        return await self._quick.resend(order, handle, timeout_ms)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        product = debit.order.product
        if product in CODES:
            return await self._codes.debit(debit, timeout_ms)
        if product is _CARD:
            return await self._quick.debit(debit, timeout_ms)
        return OrderFact(channel_order_no=debit.order.channel_order_no, outcome=_IS_PUSH)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        if order.product in CODES:
            return await self._codes.reverse(order, timeout_ms)
        return await self._quick.reverse(order, timeout_ms) if order.product is _CARD else _IS_PUSH

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        if order.product in CODES:
            return await self._codes.query(order, timeout_ms)
        desk = self._quick if order.product is _CARD else self._orders
        return await desk.query(order, timeout_ms)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        if order.product in CODES:
            return NOT_CLOSABLE
        desk = self._quick if order.product is _CARD else self._orders
        return await desk.close(order, timeout_ms)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Money from a code goes back as from a unified order."""
        desk = self._quick if refund.order.product is _CARD else self._orders
        return await desk.refund(refund, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        desk = self._quick if refund.order.product is _CARD else self._orders
        return await desk.query_refund(refund, timeout_ms)

    @property
    def banks(self) -> frozenset[str]:
        return self._signing_up.banks

    async def apply_agreement(self, order: AgreementOrder, timeout_ms: int) -> AgreementAnswer:
        return await self._signing_up.apply(order, timeout_ms)

    async def confirm_agreement(
        self, order: AgreementOrder, handle: str, sms_code: Secret, timeout_ms: int
    ) -> AgreementAnswer:
        return await self._signing_up.confirm(order, handle, sms_code, timeout_ms)

    async def end_agreement(self, agreement_no: str, timeout_ms: int) -> Outcome:
        return await self._signing_up.end(agreement_no, timeout_ms)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """对账单 of one day. See `domain.bill.BillSource`."""
        return await fetch_bill(day, self._calls, self._transport, timeout_ms)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """A debit's notification may come after its cancel: then it is true, and old news."""
        answer = read_notification(request, self._account)
        order = answer.order
        if order is None or order.outcome.kind is not OutcomeKind.PAID:
            return answer
        if self._quick.was_given_back(order.channel_order_no) or self._codes.was_given_back(order.channel_order_no):
            return replace(answer, order=replace(order, outcome=REVERSED))
        return answer

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)
