"""One Alipay account, ready to talk: the `ChannelClient` of this connector."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from payswitch.connectors.alipay import bills
from payswitch.connectors.alipay.account import AlipayAccount
from payswitch.connectors.alipay.answers import UNREADABLE, believed_fields, judged_node, untrusted
from payswitch.connectors.alipay.debits import (
    CANCEL,
    NO_CODE,
    debit_answered,
    debit_content,
    is_payment_code,
    reversal_answered,
)
from payswitch.connectors.alipay.facts import order_fact, refund_found, refund_made
from payswitch.connectors.alipay.notify import acknowledgement, read_notification
from payswitch.connectors.alipay.products import CAPABILITIES, SPECS, ProductSpec, order_content, plain_text, qr_minutes
from payswitch.connectors.alipay.wire import FORM, Fields, gateway_call, text_of
from payswitch.connectors.codes import Operation
from payswitch.connectors.consents import hushed
from payswitch.connectors.transport import HttpAnswer, HttpTransport, SendFailure
from payswitch.domain.bill import BillAnswer
from payswitch.domain.channel import Closing, Credential, CredentialKind
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
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.money import yuan_from_fen

QUERY: Final = "alipay.trade.query"
CLOSE: Final = "alipay.trade.close"
REFUND: Final = "alipay.trade.refund"
QUERY_REFUND: Final = "alipay.trade.fastpay.refund.query"

_NO_ANSWERS: Final[Mapping[str, OutcomeKind]] = MappingProxyType({})
_LONGEST_REASON: Final = 256
_ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED)
_EXPIRED = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already")
_NOT_CLOSABLE = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="not_closable",
    message="a debit is reversed, not closed / 付款码交易用撤销，不用关单",
)


def _misused(code: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code)


class AlipayClient:
    """See `domain.channel_client.ChannelClient` and, for 付款码, `DebitClient` for what every method promises."""

    def __init__(self, account: AlipayAccount, *, transport: HttpTransport, clock: Clock) -> None:
        self._account = account
        self._transport = transport
        self._clock = clock

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Precreate asks Alipay for a QR code, `trade.create` for a trade that exists at once. The other products are
        signed here, without a call: they cannot fail now, and whether Alipay takes them shows only in the customer's
        browser or app."""
        spec = SPECS.get(order.product)
        if spec is None:
            return CreateAnswer(outcome=_misused("unsupported_product"))
        if not CAPABILITIES[order.product].push:
            return CreateAnswer(outcome=_misused("product_is_pull"))
        if CAPABILITIES[order.product].needs_buyer_id and not order.buyer_id:
            return CreateAnswer(outcome=_misused("buyer_id_missing"))
        now_ms = self._clock.now_ms()
        if order.expires_at_ms <= now_ms:
            return CreateAnswer(outcome=_EXPIRED)
        content = self._content(order, spec, now_ms)
        if CAPABILITIES[order.product].server_created:
            return await self._created_there(order, spec, content, now_ms, timeout_ms)
        return CreateAnswer(outcome=_ACCEPTED, credential=self._signed_credential(order, spec, content))

    def _content(self, order: CreateOrder, spec: ProductSpec, now_ms: int) -> dict[str, Any]:
        return order_content(
            order,
            spec,
            precreate_product_code=self._account.precreate_product_code,
            seller_percent=self._account.seller_percent,
            op_app_id=self._account.op_app_id,
            now_ms=now_ms,
        )

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """`trade.pay` with the code from the customer's wallet. PENDING while the wallet asks for the password (amounts
        above the customer's limit, a strange shop): query, and reverse when it takes too long."""
        order, number = debit.order, debit.order.channel_order_no
        hindrance = self._hindrance(debit)
        if hindrance is not None:
            return OrderFact(channel_order_no=number, outcome=hindrance)
        spec = SPECS[order.product]
        content = debit_content(self._content(order, spec, self._clock.now_ms()), debit.consent)
        answer = await self._send(spec.method, content, timeout_ms, notify_url=order.notify_url)
        judged = judged_node(answer, method=spec.method, operation=Operation.DEBIT, verifier=self._account.verifier)
        if isinstance(judged, Outcome):
            return OrderFact(channel_order_no=number, outcome=judged)
        fields, signed = judged
        return hushed(debit_answered(fields, number, signed=signed), debit.consent)

    def _hindrance(self, debit: DebitOrder) -> Outcome | None:
        """Why a debit is not sent at all."""
        product = debit.order.product
        if product not in SPECS:
            return _misused("unsupported_product")
        if CAPABILITIES[product].push:
            return _misused("product_is_push")
        if debit.order.expires_at_ms <= self._clock.now_ms():
            return _EXPIRED
        return None if is_payment_code(debit.consent) else NO_CODE

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """`trade.cancel`: closes an unpaid trade, gives a paid one back. Only on the day of the trade."""
        number = order.channel_order_no
        if order.product not in SPECS or CAPABILITIES[order.product].push:
            return _misused("unsupported_product" if order.product not in SPECS else "product_is_push")
        fields = await self._ask(CANCEL, {"out_trade_no": number}, Operation.REVERSE, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        if text_of(fields, "out_trade_no") not in ("", number):
            return _wrong_number()
        return reversal_answered(fields)

    async def _created_there(
        self, order: CreateOrder, spec: ProductSpec, content: Mapping[str, Any], now_ms: int, timeout_ms: int
    ) -> CreateAnswer:
        fields = await self._ask(spec.method, content, Operation.CREATE, timeout_ms, notify_url=order.notify_url)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        if text_of(fields, "out_trade_no") != order.channel_order_no:
            return CreateAnswer(outcome=_wrong_number())
        is_code = CAPABILITIES[order.product].credential is CredentialKind.QR
        credential = _scanned(order, fields, now_ms) if is_code else _opened(order, fields)
        if credential is None:
            return CreateAnswer(outcome=UNREADABLE)
        return CreateAnswer(outcome=_ACCEPTED, credential=credential)

    def _signed_credential(self, order: CreateOrder, spec: ProductSpec, content: Mapping[str, Any]) -> Credential:
        kind = CAPABILITIES[order.product].credential
        # An app has no page to come back to.
        return_url = None if kind is CredentialKind.APP else order.return_url
        params = self._account.signer.signed(
            spec.method, _json(content), notify_url=order.notify_url, return_url=return_url
        )
        text = urlencode(params)
        if kind is CredentialKind.REDIRECT:
            text = f"{self._account.gateway}?{text}"
        return Credential(kind=kind, content=text, expires_at_ms=order.expires_at_ms)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """NOT_FOUND means "not yet": Alipay has no trade until the customer scans or opens the password page, and
        the code or link stays payable until its expiry. It is never proof that the order is dead. (A trade made by
        `trade.create` is there from the first moment.)"""
        number = order.channel_order_no
        fields = await self._ask(QUERY, {"out_trade_no": number}, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        if text_of(fields, "out_trade_no") != number:
            return OrderFact(channel_order_no=number, outcome=_wrong_number())
        pull = order.product in SPECS and not CAPABILITIES[order.product].push
        return order_fact(fields, number, pull=pull)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """CLOSED is reliable only for a trade that exists. NOT_FOUND leaves the code or link payable (or, as some
        report, makes it useless: either way the number must not be used again)."""
        number = order.channel_order_no
        if order.product in SPECS and CAPABILITIES[order.product].closing is Closing.NO:
            return _NOT_CLOSABLE
        fields = await self._ask(CLOSE, {"out_trade_no": number}, Operation.CLOSE, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        if text_of(fields, "out_trade_no") not in ("", number):
            return _wrong_number()
        return Outcome(kind=OutcomeKind.CLOSED)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """`out_request_no` is always sent: it makes a repeat harmless, and partial refunds possible."""
        content = {
            "out_trade_no": refund.order.channel_order_no,
            "out_request_no": refund.out_refund_no,
            "refund_amount": yuan_from_fen(refund.amount_fen),
        }
        if reason := plain_text(refund.reason, _LONGEST_REASON):
            content["refund_reason"] = reason
        fields = await self._ask(REFUND, content, Operation.REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        if text_of(fields, "out_trade_no") != refund.order.channel_order_no:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_wrong_number())
        return refund_made(fields, refund.out_refund_no)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number = refund.order.channel_order_no
        content = {"out_trade_no": number, "out_request_no": refund.out_refund_no}
        fields = await self._ask(QUERY_REFUND, content, Operation.QUERY_REFUND, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        # A refund that is not known is answered without any numbers.
        if text_of(fields, "out_trade_no") not in ("", number):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_wrong_number())
        return refund_found(fields, refund.out_refund_no)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """See `domain.bill.BillSource`: the trade bill (交易账单) of this account, payments and refunds."""

        async def ask(content: Mapping[str, Any], left_ms: int) -> Fields | Outcome:
            return await self._ask(bills.METHOD, content, Operation.QUERY, left_ms, answers=bills.ANSWERS)

        return await bills.download(ask, self._account, day, timeout_ms, transport=self._transport, clock=self._clock)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(request, self._account)

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)

    async def _ask(
        self,
        method: str,
        content: Mapping[str, Any],
        operation: Operation,
        timeout_ms: int,
        *,
        notify_url: str | None = None,
        answers: Mapping[str, OutcomeKind] = _NO_ANSWERS,
    ) -> Fields | Outcome:
        answer = await self._send(method, content, timeout_ms, notify_url=notify_url)
        return believed_fields(
            answer, method=method, operation=operation, verifier=self._account.verifier, answers=answers
        )

    async def _send(
        self, method: str, content: Mapping[str, Any], timeout_ms: int, *, notify_url: str | None
    ) -> HttpAnswer | SendFailure:
        params = self._account.signer.signed(method, _json(content), notify_url=notify_url)
        url, body = gateway_call(self._account.gateway, params)
        return await self._transport.send("POST", url, headers=FORM, body=body, timeout_ms=timeout_ms)


def _scanned(order: CreateOrder, fields: Fields, now_ms: int) -> Credential | None:
    """The code of a precreate; None when the answer has none."""
    code = text_of(fields, "qr_code")
    if not code:
        return None
    code_ends_ms = now_ms + qr_minutes(order.expires_at_ms, now_ms) * MINUTE_MS
    return Credential(kind=CredentialKind.QR, content=code, expires_at_ms=min(order.expires_at_ms, code_ends_ms))


def _opened(order: CreateOrder, fields: Fields) -> Credential | None:
    """What `my.tradePay` and `AlipayJSBridge` take, in their spelling; None when the answer names no trade."""
    trade_no = text_of(fields, "trade_no")
    if not trade_no:
        return None
    return Credential(kind=CredentialKind.JSAPI, params={"tradeNO": trade_no}, expires_at_ms=order.expires_at_ms)


def _json(content: Mapping[str, Any]) -> str:
    return msgspec.json.encode(content).decode()


def _wrong_number() -> Outcome:
    return untrusted("wrong_order_no", "the answer is signed but about another order")
