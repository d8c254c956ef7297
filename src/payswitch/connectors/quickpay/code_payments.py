"""付款码 (`unitorder/scanqrpay`): the shop scans the code in the customer's wallet, and the call **debits**.
Which wallet it is, 收银宝 tells by the code itself."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import debit_word
from payswitch.connectors.quickpay.facts import debit_fact
from payswitch.connectors.quickpay.orders import LONGEST_SUBJECT, ORDER_NUMBER, unified_transactions
from payswitch.connectors.quickpay.products import REVERSE_AFTER_S
from payswitch.connectors.quickpay.reversing import Reversals
from payswitch.connectors.quickpay.wire import clean_subject
from payswitch.domain.exchange import DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind

SCAN: Final = "unitorder/scanqrpay"
NOT_CLOSABLE: Final = Outcome(
    kind=OutcomeKind.UNKNOWN, code="not_closable", message="a payment by code is reversed, not closed"
)


class CodePayments:
    """Orders of the products `wechat_code`, `alipay_code`, `unionpay_code`. Refunds are as for unified orders."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._reversals = Reversals(unified_transactions(calls, pull=True), calls.clock, REVERSE_AFTER_S)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """**Debits.** The answer names no amount in every version of the documents: then it is PENDING, and asked
        about at once."""
        order, number = debit.order, debit.order.channel_order_no
        content = {
            "reqsn": number,
            "trxamt": str(order.amount_fen),
            "body": clean_subject(order.subject, LONGEST_SUBJECT, otherwise=f"订单 {number}"),
            "authcode": debit.consent.reveal(),
            "notify_url": order.notify_url,
            "cusip": order.client_ip,
        }
        fields = await self._calls.ask(SCAN, content, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=debit_word(fields))
        fact = debit_fact(fields, number, self._calls.account.codes, names=ORDER_NUMBER)
        if fact.outcome.kind is OutcomeKind.REFUSED_ORDER:
            # "Not paid", "closed" about a number that was made this moment: a query tells what that means.
            return replace(fact, outcome=replace(fact.outcome, kind=OutcomeKind.UNKNOWN))
        return fact

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        return await self._reversals.query(order, timeout_ms)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return await self._reversals.reverse(order, timeout_ms)

    def was_given_back(self, number: str) -> bool:
        return number in self._reversals.given_back
