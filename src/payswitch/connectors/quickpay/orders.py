"""Unified orders (`unitorder/*`): made with a credential that the customer's wallet pays. Push: making one moves
no money."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.answers import UNREADABLE, wrong_number
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import SUCCESS
from payswitch.connectors.quickpay.products import CAPABILITIES, PAYTYPES, read_payinfo
from payswitch.connectors.quickpay.transactions import Transactions
from payswitch.connectors.quickpay.wire import Fields, clean_subject, wire_time
from payswitch.domain.channel import Credential, Product
from payswitch.domain.exchange import CreateAnswer, CreateOrder, OrderFact, OrderRef, RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.durations import MINUTE_MS

PAY: Final = "unitorder/pay"
CLOSE: Final = "unitorder/close"
LONGEST_SUBJECT: Final = 50
"""100 bytes in the gateway's own encoding: 50 Chinese characters."""
LONGEST_REASON: Final = 80
LONGEST_VALID_MIN: Final = 1_440
ORDER_NUMBER: Final = ("reqsn",)

_EXPIRED = Outcome(kind=OutcomeKind.REFUSED_ORDER, code="expired", message="the order's expiry has passed already")


def unified_transactions(calls: Calls, *, pull: bool) -> Transactions:
    """Query, refund and cancel of unified orders, under the path that the account names."""
    account = calls.account
    return Transactions(
        calls.ask, account.codes, path=account.trade_path, number="reqsn", names=ORDER_NUMBER, pull=pull
    )


def _config(code: str) -> CreateAnswer:
    return CreateAnswer(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code))


class UnifiedOrders:
    """The push products."""

    def __init__(self, calls: Calls) -> None:
        self._account = calls.account
        self._clock = calls.clock
        self._calls = calls
        self._transactions = unified_transactions(calls, pull=False)

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
            ends_ms = min(ends_ms, now_ms + _minutes(order.expires_at_ms, now_ms) * MINUTE_MS)
        content, params = given
        credential = Credential(
            kind=CAPABILITIES[order.product].credential,
            content=content,
            params=params,
            expires_at_ms=min(order.expires_at_ms, ends_ms),
        )
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED, code=status), credential=credential)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        return await self._transactions.order(order.channel_order_no, timeout_ms)

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
        remark = clean_subject(refund.reason, LONGEST_REASON, otherwise="退款")
        more = {"remark": remark, "notify_url": refund.notify_url}
        return await self._transactions.refund(refund, more, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        return await self._transactions.refund_of(refund.out_refund_no, timeout_ms)


def _minutes(expires_at_ms: int, now_ms: int) -> int:
    return min(LONGEST_VALID_MIN, max(1, (expires_at_ms - now_ms) // MINUTE_MS))
