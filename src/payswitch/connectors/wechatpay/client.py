"""One WeChat Pay merchant account, ready to talk: `ChannelClient` over API v3."""

from __future__ import annotations

from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.wechatpay import notify
from payswitch.connectors.wechatpay.calls import SignedCalls
from payswitch.connectors.wechatpay.facts import order_fact, refund_fact
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.products import CAPABILITIES, CREATE_PATHS
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
from payswitch.domain.channel import Credential, CredentialKind, Product
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

_ORDERS = "/v3/pay/transactions/out-trade-no/"
_REFUNDS = "/v3/refund/domestic/refunds"

_UNREADABLE = Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable")
_WRONG_NUMBER = Outcome(kind=OutcomeKind.UNTRUSTED, code="wrong_number")


class WechatPayClient:
    """Implements `ChannelClient`. Holds parsed keys; its `repr` shows none."""

    def __init__(self, account: WechatAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._clock = clock
        self._ids = ids
        self._calls = SignedCalls(account, transport=transport, clock=clock, ids=ids)

    def __repr__(self) -> str:
        return f"WechatPayClient(mchid={self._account.mchid!r}, appid={self._account.appid!r})"

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Make an order. The same number with the same content gives the same order again."""
        path = CREATE_PATHS.get(order.product)
        if path is None:
            return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="product_not_supported"))
        if order.product is Product.WECHAT_JSAPI and not order.openid:
            return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="openid_missing"))
        body = create_body(order, appid=self._account.appid, mchid=self._account.mchid)
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
        target = f"{_ORDERS}{segment(order.channel_order_no)}?mchid={self._account.mchid}"
        answer = await self._calls.call(Operation.QUERY, "GET", target, b"", timeout_ms)
        if isinstance(answer, Outcome):
            return OrderFact(channel_order_no=order.channel_order_no, outcome=answer)
        transaction = decode(answer, Transaction)
        if transaction is None:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_UNREADABLE)
        if transaction.out_trade_no != order.channel_order_no:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_WRONG_NUMBER)
        return order_fact(transaction, appid=self._account.appid, mchid=self._account.mchid)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Make the number unpayable. WeChat says 204 for numbers it never saw, too: query after it."""
        target = f"{_ORDERS}{segment(order.channel_order_no)}/close"
        body = b'{"mchid":"%s"}' % self._account.mchid.encode()
        answer = await self._calls.call(Operation.CLOSE, "POST", target, body, timeout_ms)
        return answer if isinstance(answer, Outcome) else Outcome(kind=OutcomeKind.CLOSED)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Pay back. A repeat must carry the same number: a new one is a second refund."""
        return await self._refund(Operation.REFUND, refund, "POST", _REFUNDS, refund_body(refund), timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        target = f"{_REFUNDS}/{segment(refund.out_refund_no)}"
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
        account = self._account
        kind = CAPABILITIES[order.product].credential
        if kind is CredentialKind.QR:
            return prepay.code_url, {}
        if kind is CredentialKind.REDIRECT:
            return (h5_link(prepay.h5_url, order.return_url) if prepay.h5_url else ""), {}
        if not prepay.prepay_id:
            return "", {}
        nonce = self._ids.nonce()
        if kind is CredentialKind.JSAPI:
            return "", jsapi_params(
                account.signing_key,
                appid=account.appid,
                prepay_id=prepay.prepay_id,
                timestamp_s=timestamp_s,
                nonce=nonce,
            )
        return "", app_params(
            account.signing_key,
            appid=account.appid,
            mchid=account.mchid,
            prepay_id=prepay.prepay_id,
            timestamp_s=timestamp_s,
            nonce=nonce,
        )
