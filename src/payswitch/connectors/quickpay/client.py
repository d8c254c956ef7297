"""One 收银宝 account, ready to talk: the `ChannelClient` of this connector, and the desk for quick-pay agreements."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.agreements import Agreements
from payswitch.connectors.quickpay.answers import UNREADABLE, wrong_number
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import SUCCESS
from payswitch.connectors.quickpay.facts import order_fact, refund_fact
from payswitch.connectors.quickpay.notify import acknowledgement, read_notification
from payswitch.connectors.quickpay.products import CAPABILITIES, PAYTYPES, read_payinfo
from payswitch.connectors.quickpay.wire import Fields, clean_subject, wire_time
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import Credential, Product
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

PAY: Final = "unitorder/pay"
CLOSE: Final = "unitorder/close"
LONGEST_SUBJECT: Final = 50
"""100 bytes in the gateway's own encoding: 50 Chinese characters."""
LONGEST_REASON: Final = 80
LONGEST_VALID_MIN: Final = 1_440
_ORDER_NUMBER: Final = ("reqsn",)

_EXPIRED = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already")


def _config(code: str) -> CreateAnswer:
    return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code))


class QuickpayClient:
    """See `domain.exchange.ChannelClient` for what every method promises."""

    def __init__(self, account: QuickpayAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self._account = account
        self._clock = clock
        self._calls = Calls(account, transport=transport, clock=clock, ids=ids)
        self.agreements = Agreements(self._calls)
        """The banks' quick pay: a pull product, not wired into the switch yet."""

    def __repr__(self) -> str:
        return f"QuickpayClient(cusid={self._account.cusid!r}, appid={self._account.appid!r})"

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Ask for a code, a page's parameters or an address. `0000` means that the order was made, not that it is
        paid. A repeat with the same number is refused (3888): DUPLICATE, ask what became of the first."""
        paytype = self._paytype(order.product)
        if not paytype:
            return _config("product_not_supported")
        capability = CAPABILITIES[order.product]
        if capability.needs_openid and not order.openid:
            return _config("openid_missing")
        if capability.needs_buyer_id and not order.buyer_id:
            return _config("buyer_id_missing")
        now_ms = self._clock.now_ms()
        if order.expires_at_ms <= now_ms:
            return CreateAnswer(outcome=_EXPIRED)
        fields = await self._calls.ask(PAY, self._order_fields(order, paytype, now_ms), Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields)
        return self._made(order, fields, now_ms)

    def _paytype(self, product: Product) -> str:
        return self._account.ecny_paytype if product is Product.ECNY_QR else PAYTYPES.get(product, "")

    def _order_fields(self, order: CreateOrder, paytype: str, now_ms: int) -> dict[str, str]:
        capability = CAPABILITIES[order.product]
        customer = order.openid if capability.needs_openid else order.buyer_id if capability.needs_buyer_id else ""
        return {
            "reqsn": order.channel_order_no,
            "trxamt": str(order.amount_fen),
            "paytype": paytype,
            "body": clean_subject(order.subject, LONGEST_SUBJECT, otherwise=f"订单 {order.channel_order_no}"),
            self._account.expiry_field: self._expiry(order.expires_at_ms, now_ms),
            "acct": customer or "",
            "sub_appid": self._account.sub_appids.get(paytype, ""),
            "notify_url": order.notify_url,
            "front_url": (order.return_url or "") if customer else "",
            "cusip": order.client_ip,
        }

    def _expiry(self, expires_at_ms: int, now_ms: int) -> str:
        """Absolute where the contract's interface knows it; else whole minutes, rounded down, at least one."""
        if self._account.expiry_field == "expiretime":
            return wire_time(expires_at_ms)
        return str(_minutes(expires_at_ms, now_ms))

    def _made(self, order: CreateOrder, fields: Fields, now_ms: int) -> CreateAnswer:
        status = fields.get("trxstatus", "")
        if status != SUCCESS:
            outcome = self._account.codes.refusal(status, fields.get("errmsg", ""), Operation.CREATE)
            return CreateAnswer(outcome=outcome)
        if fields.get("reqsn", "") != order.channel_order_no:
            return CreateAnswer(outcome=wrong_number())
        given = read_payinfo(order.product, fields.get("payinfo", ""))
        if given is None:
            return CreateAnswer(outcome=UNREADABLE)
        ends_ms = now_ms + CAPABILITIES[order.product].credential_valid_s * 1_000
        if self._account.expiry_field == "validtime":
            ends_ms = min(ends_ms, now_ms + _minutes(order.expires_at_ms, now_ms) * 60_000)
        content, params = given
        credential = Credential(
            kind=CAPABILITIES[order.product].credential,
            content=content,
            params=params,
            expires_at_ms=min(order.expires_at_ms, ends_ms),
        )
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED, code=status), credential=credential)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """By our own number. NOT_FOUND (1001) is not proof that the number is dead: 收银宝 may not have written the
        order yet, or lost the call that made it."""
        number = order.channel_order_no
        fields = await self._calls.ask(self._trade("query"), {"reqsn": number}, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=fields)
        return order_fact(fields, number, self._account.codes, names=_ORDER_NUMBER)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        number = order.channel_order_no
        fields = await self._calls.ask(CLOSE, {"oldreqsn": number}, Operation.CLOSE, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        if fields.get("oldreqsn", "") not in ("", number):
            return wrong_number()
        status = fields.get("trxstatus", "")
        if status == SUCCESS:
            return Outcome(kind=OutcomeKind.CLOSED, code=status)
        return self._account.codes.refusal(status, fields.get("errmsg", ""), Operation.CLOSE)

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """The refund's number is 收银宝's `reqsn`: a repeat is refused as used, and the query tells what it became."""
        content = {
            "reqsn": refund.out_refund_no,
            "trxamt": str(refund.amount_fen),
            "oldreqsn": refund.order.channel_order_no,
            "remark": clean_subject(refund.reason, LONGEST_REASON, otherwise="退款"),
            "notify_url": refund.notify_url,
        }
        return await self._about_refund(refund, self._trade("refund"), content, Operation.REFUND, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        content = {"reqsn": refund.out_refund_no}
        return await self._about_refund(refund, self._trade("query"), content, Operation.QUERY_REFUND, timeout_ms)

    async def _about_refund(
        self, refund: RefundOrder, path: str, content: dict[str, str], operation: Operation, timeout_ms: int
    ) -> RefundFact:
        fields = await self._calls.ask(path, content, operation, timeout_ms)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        return refund_fact(fields, refund.out_refund_no, self._account.codes, operation=operation, names=_ORDER_NUMBER)

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return read_notification(request, self._account)

    def acknowledge(self, accepted: bool) -> Reply:
        return acknowledgement(accepted)

    def _trade(self, call: str) -> str:
        return f"{self._account.trade_path}/{call}"


def _minutes(expires_at_ms: int, now_ms: int) -> int:
    return min(LONGEST_VALID_MIN, max(1, (expires_at_ms - now_ms) // 60_000))
