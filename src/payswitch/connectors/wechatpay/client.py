"""One WeChat Pay merchant account, ready to talk: `ChannelClient` over API v3."""

from __future__ import annotations

import msgspec

from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.wechatpay import bills, notify
from payswitch.connectors.wechatpay.calls import SignedCalls
from payswitch.connectors.wechatpay.facts import order_fact, refund_fact
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.products import CAPABILITIES, TRADES
from payswitch.connectors.wechatpay.signing import app_params, jsapi_params
from payswitch.connectors.wechatpay.verifying import Verdict, is_certificate_serial
from payswitch.connectors.wechatpay.wire import (
    Prepay,
    RefundStatus,
    Transaction,
    create_body,
    decode,
    h5_link,
    refund_body,
    segment,
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
from payswitch.kit.ids import IdSource

_REFUNDS = "/v3/refund/domestic/refunds"

_UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable")
_WRONG_NUMBER = Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_number")


class WechatPayClient:
    """Implements `ChannelClient`. Holds parsed keys; its `repr` shows none."""

    def __init__(self, account: WechatAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._party = account.party
        self._clock = clock
        self._ids = ids
        self._calls = SignedCalls(account, transport=transport, clock=clock, ids=ids)

    def __repr__(self) -> str:
        return f"WechatPayClient({self._party.shown})"

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Make an order. The same number with the same content gives the same order again."""
        trade = TRADES.get(order.product)
        if trade is None:
            return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="product_not_supported"))
        payer = None
        if CAPABILITIES[order.product].needs_openid:
            if not order.openid:
                return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="openid_missing"))
            payer = self._party.payer(order.product, order.openid)
        body = create_body(order, merchant=self._party.create_fields(order.product), payer=payer)
        path = f"{self._party.orders}/{trade}"
        answer = await self._calls.call(Operation.CREATE, "POST", path, body, timeout_ms)
        if isinstance(answer, Outcome):
            return CreateAnswer(outcome=answer)
        prepay = decode(answer, Prepay)
        credential = None if prepay is None else self._credential(order, prepay)
        if credential is None:
            return CreateAnswer(outcome=_UNREADABLE)
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED), credential=credential)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """Ask by our own number: WeChat's own number works for paid orders only."""
        target = f"{self._order(order)}?{self._party.query()}"
        answer = await self._calls.call(Operation.QUERY, "GET", target, b"", timeout_ms)
        if isinstance(answer, Outcome):
            return OrderFact(channel_order_no=order.channel_order_no, outcome=answer)
        transaction = decode(answer, Transaction)
        if transaction is None:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_UNREADABLE)
        if transaction.out_trade_no != order.channel_order_no:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_WRONG_NUMBER)
        return order_fact(transaction, self._party)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Make the number unpayable. WeChat says 204 for numbers it never saw, too: query after it."""
        target = f"{self._order(order)}/close"
        body = msgspec.json.encode(self._party.close_fields())
        answer = await self._calls.call(Operation.CLOSE, "POST", target, body, timeout_ms)
        return answer if isinstance(answer, Outcome) else Outcome(kind=OutcomeKind.CLOSED)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Pay back. A repeat must carry the same number: a new one is a second refund."""
        body = refund_body(refund, merchant=self._party.refund_fields())
        return await self._refund(Operation.REFUND, refund, "POST", _REFUNDS, body, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        target = f"{_REFUNDS}/{segment(refund.out_refund_no)}{self._party.refund_query()}"
        return await self._refund(Operation.QUERY_REFUND, refund, "GET", target, b"", timeout_ms)

    async def _refund(
        self, operation: Operation, refund: RefundOrder, method: str, target: str, body: bytes, timeout_ms: int
    ) -> RefundFact:
        answer = await self._calls.call(operation, method, target, body, timeout_ms)
        if isinstance(answer, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=answer)
        status = decode(answer, RefundStatus)
        if status is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_UNREADABLE)
        if status.out_refund_no != refund.out_refund_no:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_WRONG_NUMBER)
        return refund_fact(status)

    async def download_bill(self, day: str, timeout_ms: int) -> BillAnswer:
        """See `domain.bill.BillSource`: the trade bill (交易账单) of this merchant, payments and refunds."""
        return await bills.download(self._calls, self._party, day, timeout_ms, clock=self._clock)

    def _order(self, order: OrderRef) -> str:
        return f"{self._party.orders}/out-trade-no/{segment(order.channel_order_no)}"

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        verdict = notify.judge(request, self._account, now_ms=self._clock.now_ms())
        if verdict is Verdict.UNKNOWN_SERIAL and is_certificate_serial(request.headers.get("wechatpay-serial", "")):
            self._calls.want_certificates()
        return notify.read(request, self._account, verdict)

    def acknowledge(self, accepted: bool) -> Reply:
        return notify.ACCEPTED_REPLY if accepted else notify.REFUSED_REPLY

    def _credential(self, order: CreateOrder, prepay: Prepay) -> Credential | None:
        """What the customer needs; None when WeChat's answer lacks it."""
        now_ms = self._clock.now_ms()
        capability = CAPABILITIES[order.product]
        expires_at_ms = min(order.expires_at_ms, now_ms + capability.credential_valid_s * 1_000)
        content, params = self._credential_parts(order, prepay, now_ms // 1_000)
        if not content and not params:
            return None
        return Credential(kind=capability.credential, content=content, params=params, expires_at_ms=expires_at_ms)

    def _credential_parts(self, order: CreateOrder, prepay: Prepay, timestamp_s: int) -> tuple[str, dict[str, str]]:
        key, appid = self._account.signing_key, self._party.paying_appid(order.product)
        kind = CAPABILITIES[order.product].credential
        if kind is CredentialKind.QR:
            return prepay.code_url, {}
        if kind is CredentialKind.REDIRECT:
            return (h5_link(prepay.h5_url, order.return_url) if prepay.h5_url else ""), {}
        if not prepay.prepay_id:
            return "", {}
        nonce = self._ids.nonce()
        if kind is CredentialKind.JSAPI:
            return "", jsapi_params(key, appid=appid, prepay_id=prepay.prepay_id, timestamp_s=timestamp_s, nonce=nonce)
        return "", app_params(
            key,
            appid=appid,
            mchid=self._party.partner_id(),
            prepay_id=prepay.prepay_id,
            timestamp_s=timestamp_s,
            nonce=nonce,
        )
