"""The acquirer behind the merchant: UnionPay's messages with a token in them.

Query, refund and reversal are UnionPay's own. Which field carries the token is the sandbox's choice; no public document
names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from payswitch.sandbox.applepay.device import Device
from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.applepay.opening import check_fit, open_token
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay import fields, messages
from payswitch.sandbox.unionpay.bill import SettlementDesk
from payswitch.sandbox.unionpay.calls import QUERY, Counter, ServerCall, Work
from payswitch.sandbox.unionpay.codes import OK, Refused
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.money_back import REVERSAL
from payswitch.sandbox.unionpay.orders import OrderDesk
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.terms import BACK, CURRENCY, query_id

PRODUCT = "applepay_web"
TOKEN_FIELD = "applePayToken"  # noqa: S105 (a field's name)
WORKING = frozenset({"03", "04", "05"})
"""The customer's bank has not answered yet."""
DECLINES = frozenset({"30", "61", "63", "64", "65", "67", "73"})
_DEBIT = (BACK, "01", "01")
_TRANSACTION = "apple_transaction"


class AcquirerCounter(Counter):
    """UnionPay's counter, open for token debits instead of orders for customers."""

    def __init__(self, core: SandboxCore, keys: Mapping[str, ApplepayKeys], device: Device) -> None:
        orders = OrderDesk(core)
        super().__init__(core, orders, SettlementDesk(core))
        self._core = core
        self._keys = keys
        self._device = device
        self._used = {order.extra[_TRANSACTION] for order in core.ledger if _TRANSACTION in order.extra}
        """Apple's numbers of the tokens that have been used, ever."""

    def work(self, entrance: str, request: Mapping[str, str]) -> Work:
        kind = (entrance, request["txnType"], request["txnSubType"])
        if kind == _DEBIT:
            return self._take
        if request["txnType"] == "01" or entrance not in (BACK, QUERY):
            raise Refused("32")
        return super().work(entrance, request)

    def _take(self, member: Member, request: Mapping[str, str]) -> Fields:
        """A debit. What is wrong with the token leaves no transaction behind; what the bank says does."""
        account, number = member.spec.channel_id, fields.order_id(request)
        if self._core.ledger.find(account, number) is not None:
            raise Refused("12")
        order = _order(member, request, self._core.clock.now_ms())
        opened = open_token(fields.required(request, TOKEN_FIELD), self._keys[account])
        used = opened.transaction_id in self._used
        check_fit(opened, self._device, order.amount_fen, now_ms=order.created_at_ms, used=used)
        self._used.add(opened.transaction_id)
        order.extra[_TRANSACTION] = opened.transaction_id
        self._core.ledger.add(order)
        return self._answer(order, request, self._settle(order, opened.bank_code))

    def _settle(self, order: Order, wish: str) -> str:
        """The customer's bank answers as the card says."""
        code = wish if wish in WORKING | DECLINES else OK
        self._core.ledger.remember(order, bank_code=code)
        if code == OK:
            self._core.ledger.pay(order, transaction_id=query_id(order), payer="Apple Pay", wallet="apple_pay")
            self._core.notifier.start(order, "paid")
        elif code in DECLINES:
            self._core.ledger.close(order)
        return code

    @staticmethod
    def _answer(order: Order, request: Mapping[str, str], code: str) -> Fields:
        told = messages.answer(request, code, txnAmt=request["txnAmt"], currencyCode=request["currencyCode"])
        return told | ({"queryId": order.transaction_id} if order.transaction_id else {})


def _order(member: Member, request: Mapping[str, str], now_ms: int) -> Order:
    """What the message asks for, not entered yet. Refused (10, 13) for a field that is wrong."""
    fields.exactly(request, "currencyCode", CURRENCY)
    fields.exactly(request, "channelType", "07", "08")
    fields.exactly(request, "bizType", "000201")
    fields.moment_ms(request, "txnTime")
    until_ms = fields.moment_ms(request, "payTimeout")
    if until_ms <= now_ms:
        raise Refused("10")
    return Order(
        account=member.spec.channel_id,
        channel_order_no=request["orderId"],
        product=PRODUCT,
        amount_fen=fields.amount_fen(request),
        subject=f"{member.spec.name} {request['orderId']}",
        notify_url=fields.address(request, "backUrl"),
        created_at_ms=now_ms,
        expires_at_ms=until_ms,
        wallets=[],
        extra={
            "txn_time": request["txnTime"],
            "txn_sub_type": request["txnSubType"],
            "biz_type": request["bizType"],
            "req_reserved": request.get("reqReserved", ""),
            "pay_timeout_ms": str(until_ms),
            "front_url": "",
        },
    )


@dataclass
class AcquirerCall(ServerCall):
    """One message to the acquirer."""

    def __post_init__(self) -> None:
        super().__post_init__()
        txn_type = self.request.get("txnType")
        if txn_type == "01":
            self.operation, self.product = "debit", PRODUCT
        elif txn_type == REVERSAL:
            self.operation = "reverse"
