"""撤销: making a debit undone that nobody knows about, and what a query says about an order afterwards.

收银宝's cancel is a transaction of its own, under a number of its own. That number is derived from the order's, so that
a repeat can never give the money back twice. Whether the payment's own status changes is not confirmed (one list has
"3050, 交易已被撤销"): a payment that is old enough to have been reversed is therefore believed to be paid only after
the cancel's number has been asked about, too.
"""

from __future__ import annotations

import hashlib
from typing import Final

from payswitch.connectors.quickpay.answers import untrusted
from payswitch.connectors.quickpay.codes import NOT_EXIST, SMS_SENT
from payswitch.connectors.quickpay.deadline import Until
from payswitch.connectors.quickpay.transactions import Transactions
from payswitch.domain.exchange import OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock

LONGEST_NUMBER: Final = 32
REMEMBERED: Final = 10_000

REVERSED: Final = Outcome(kind=OutcomeKind.CLOSED, code="reversed", message="paid and given back")
LET_GO: Final = Outcome(
    kind=OutcomeKind.CLOSED, code="let_go", message="waits for a confirmation that will never be sent"
)
_NO_TIME: Final = Outcome(
    kind=OutcomeKind.UNKNOWN, code="timeout", message="paid; no time was left to ask for a cancel"
)
_NEVER_CAME: Final = Outcome(
    kind=OutcomeKind.CLOSED, code="never_came", message="neither the cancel nor the query finds the debit"
)
"""The switch reverses only long after the debit's connection has ended: what has not come by then does not come."""
_KEPT: Final = Outcome(kind=OutcomeKind.DUPLICATE, message="paid, and not cancelled: query")


def reversal_number(number: str) -> str:
    """The one number under which this order is ever cancelled."""
    if len(number) < LONGEST_NUMBER:
        return f"{number}V"
    return "V" + hashlib.sha256(number.encode()).hexdigest()[: LONGEST_NUMBER - 1]


class Remembered:
    """The last so many numbers, in memory: a restart forgets them and only costs a later confirmation of the same."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._numbers: dict[str, None] = {}

    def add(self, number: str) -> None:
        self._numbers[number] = None
        if len(self._numbers) > self._most:
            del self._numbers[next(iter(self._numbers))]

    def __contains__(self, number: str) -> bool:
        return number in self._numbers


class Reversals:
    """Query and reverse for the pull products of one interface."""

    def __init__(self, transactions: Transactions, clock: Clock, reverse_after_s: int) -> None:
        self._transactions = transactions
        self._clock = clock
        self._reverse_after_ms = reverse_after_s * 1_000
        self._reversing = Remembered()
        self.let_go = Remembered()
        """Orders that wait for an SMS code and will not be confirmed any more: nobody can pay them."""
        self.given_back = Remembered()
        """Orders whose cancel is confirmed: a notification of the debit that comes late is old news."""

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """What became of the debit. CLOSED also for a payment that was given back by our own cancel."""
        number, until = order.channel_order_no, Until(self._clock, timeout_ms)
        fact = await self._transactions.order(number, timeout_ms)
        if waits_for_code(fact.outcome) and number in self.let_go:
            return OrderFact(channel_order_no=number, outcome=LET_GO)
        if fact.outcome.kind is OutcomeKind.PAID and self._may_be_reversed(order):
            return await self._unless_reversed(order, fact, until)
        return fact

    def _may_be_reversed(self, order: OrderRef) -> bool:
        """Nothing is reversed sooner than the switch's own waiting time after the order was made."""
        age_ms = self._clock.now_ms() - order.created_at_ms
        return order.channel_order_no in self._reversing or age_ms >= self._reverse_after_ms

    async def _unless_reversed(self, order: OrderRef, fact: OrderFact, until: Until) -> OrderFact:
        left = until.left()
        if not left:
            return OrderFact(channel_order_no=order.channel_order_no, outcome=_NO_TIME)
        back = await self._transactions.refund_of(reversal_number(order.channel_order_no), left)
        if back.outcome.kind is OutcomeKind.NOT_FOUND:
            return fact
        if back.outcome.kind is not OutcomeKind.PAID:
            # Paid, and perhaps given back: not to be believed either way just now.
            unsure = Outcome(kind=OutcomeKind.UNKNOWN, code=back.outcome.code, message=back.outcome.message)
            return OrderFact(channel_order_no=order.channel_order_no, outcome=unsure)
        if back.amount_fen != order.amount_fen:
            wrong = untrusted("wrong_amount", "the cancel of this payment is about another amount")
            return OrderFact(channel_order_no=order.channel_order_no, outcome=wrong)
        self.given_back.add(order.channel_order_no)
        return OrderFact(channel_order_no=order.channel_order_no, outcome=REVERSED)

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """See `DebitClient.reverse`. What the cancel itself does not settle, the order's own state does."""
        number, until = order.channel_order_no, Until(self._clock, timeout_ms)
        self._reversing.add(number)
        back = await self._transactions.cancel(order, reversal_number(number), timeout_ms)
        kind = back.outcome.kind
        if kind is OutcomeKind.PAID:
            self.given_back.add(number)
            return REVERSED
        if kind in (OutcomeKind.PENDING, OutcomeKind.NOT_SENT, OutcomeKind.UNTRUSTED) or not until.left():
            return back.outcome
        fact = await self.query(order, until.left())
        if fact.outcome.kind is OutcomeKind.PAID:
            return _KEPT
        if kind is OutcomeKind.UNKNOWN and back.outcome.code == NOT_EXIST and fact.outcome.code == NOT_EXIST:
            return _NEVER_CAME
        if waits_for_code(fact.outcome):
            # No confirmation has come through in all the time since; none will be sent any more.
            self.let_go.add(number)
            return LET_GO
        return fact.outcome


def waits_for_code(outcome: Outcome) -> bool:
    """Whether the order is only applied for: the bank has sent its SMS, nothing was debited."""
    return outcome.kind is OutcomeKind.PENDING and outcome.code == SMS_SENT
