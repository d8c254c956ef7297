"""One WeChat Pay merchant account, ready to talk: `ChannelClient` over API v3."""

from __future__ import annotations

import msgspec

from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.connectors.wechatpay import bills, notify
from payswitch.connectors.wechatpay.calls import SignedCalls
from payswitch.connectors.wechatpay.code_pay import CodePay
from payswitch.connectors.wechatpay.facts import order_fact, refund_fact
from payswitch.connectors.wechatpay.hosts import Hosts
from payswitch.connectors.wechatpay.keys import WechatAccount
from payswitch.connectors.wechatpay.login import WechatLogin
from payswitch.connectors.wechatpay.products import CAPABILITIES, TRADES
from payswitch.connectors.wechatpay.redirects import BANK_TYPES, redirect_body
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
from payswitch.domain.channel import Credential, CredentialKind, Product
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OpenidAnswer,
    OpenidSpace,
    OrderFact,
    OrderRef,
    PayeeCard,
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
_NOT_CLOSABLE = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="not_closable",
    message="a debit is reversed, not closed / 付款码交易用撤销，不用关单",
)


def _misused(code: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code)


class WechatPayClient:
    """Implements `ChannelClient` and, for 付款码, `DebitClient`. Holds parsed keys; its `repr` shows none."""

    def __init__(self, account: WechatAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._party = account.party
        self._clock = clock
        self._ids = ids
        hosts = Hosts(account.base_url, account.backup_base_url, clock)
        self._calls = SignedCalls(account, hosts, transport=transport, clock=clock, ids=ids)
        self._login = None
        if account.login is not None:
            appid = self._party.paying_appid(Product.WECHAT_JSAPI)
            self._login = WechatLogin(account.login, appid, transport)
        self._code_pay = None
        if account.v2 is not None:
            self._code_pay = CodePay(account.v2, account.party, hosts=hosts, transport=transport, clock=clock, ids=ids)

    def __repr__(self) -> str:
        return f"WechatPayClient({self._party.shown})"

    def openid_space(self, product: Product) -> OpenidSpace | None:
        """The app id that pays is the one that the openid belongs to."""
        capability = CAPABILITIES.get(product)
        if capability is None or not capability.needs_openid:
            return None
        return OpenidSpace(self._party.paying_appid(product), own=self._party.pays_under_own(product))

    @property
    def tells_openids(self) -> bool:
        return self._login is not None

    def login_url(self, product: Product, back_url: str, state: str) -> str | None:
        """Only for pages inside WeChat: a mini program has a login of its own."""
        if self._login is None or product is not Product.WECHAT_JSAPI:
            return None
        return self._login.url(back_url, state)

    async def openid(self, product: Product, code: str, timeout_ms: int) -> OpenidAnswer:
        if self._login is None or product is not Product.WECHAT_JSAPI:
            return OpenidAnswer(outcome=_misused("no_login"))
        return await self._login.openid(code, timeout_ms)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Make an order. The same number with the same content gives the same order again."""
        trade = TRADES.get(order.product)
        if trade is None:
            is_pull = order.product is Product.WECHAT_CODE
            return CreateAnswer(outcome=_misused("product_is_pull" if is_pull else "product_not_supported"))
        payer = None
        if CAPABILITIES[order.product].needs_openid:
            if not order.openid:
                return CreateAnswer(outcome=_misused("openid_missing"))
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

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """付款码: take the money with the code from the customer's wallet. See `code_pay.py`."""
        number = debit.order.channel_order_no
        desk = self._debit_desk(debit.order.product)
        if isinstance(desk, Outcome):
            return OrderFact(channel_order_no=number, outcome=desk)
        return await desk.debit(debit, timeout_ms)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """撤销: closes an unpaid debit, gives a paid one back; for seven days."""
        desk = self._debit_desk(order.product)
        return desk if isinstance(desk, Outcome) else await desk.reverse(order, timeout_ms)

    def _debit_desk(self, product: Product) -> CodePay | Outcome:
        if product is not Product.WECHAT_CODE:
            return _misused("product_is_push" if product in TRADES else "product_not_supported")
        return self._code_pay or _misused("api_v2_key_missing")

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """Ask by our own number: WeChat's own number works for paid orders only."""
        if order.product is Product.WECHAT_CODE:
            desk = self._debit_desk(order.product)
            if isinstance(desk, Outcome):
                return OrderFact(channel_order_no=order.channel_order_no, outcome=desk)
            return await desk.query(order, timeout_ms)
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
        if order.product is Product.WECHAT_CODE:
            return _NOT_CLOSABLE
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

    @property
    def redirect_banks(self) -> frozenset[str]:
        return frozenset(BANK_TYPES)

    async def redirect_refund(
        self, refund: RefundOrder, channel_refund_id: str, card: PayeeCard, timeout_ms: int
    ) -> RefundFact:
        """An abnormal refund goes to another card of the customer's. See `redirects.py`."""
        ring, now_ms = self._account.key_ring, self._clock.now_ms()
        serial = ring.preferred_serial(now_ms)
        key = None if serial is None else ring.key(serial, now_ms)
        if key is None:
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=_misused("no_platform_key"))
        body = redirect_body(refund, card, key, self._party.refund_fields())
        target = f"{_REFUNDS}/{segment(channel_refund_id)}/apply-abnormal-refund"
        return await self._refund(Operation.REFUND, refund, "POST", target, body, timeout_ms)

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
