"""快捷支付: a payment over a signed card. Applied for (the bank sends an SMS, no money moves), then confirmed with the
code, which **debits**. Nobody else can pay such an order, so one that is not confirmed is harmless.

A merchant's contract may pay without an SMS (`payment_sms = "no"`): then applying debits already, and its every answer
is told as a debit's.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.answers import wrong_number
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.card_calls import CardCalls
from payswitch.connectors.quickpay.codes import PROCESSING, SMS_SENT, SUCCESS, debit_word
from payswitch.connectors.quickpay.facts import debit_fact
from payswitch.connectors.quickpay.products import REVERSE_AFTER_S, SMS_VALID_S
from payswitch.connectors.quickpay.reversing import LET_GO, Reversals, waits_for_code
from payswitch.connectors.quickpay.transactions import Transactions
from payswitch.connectors.quickpay.wire import Fields, clean_subject
from payswitch.domain.channel import Credential, CredentialKind
from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
)
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.durations import MINUTE_MS

LONGEST_SUBJECT: Final = 50
_NAMES: Final = ("orderid", "reqsn")
_DEAD: Final = Outcome(kind=OutcomeKind.REFUSED_ORDER, code=LET_GO.code, message="this order was given up")


def _refused(kind: OutcomeKind, code: str) -> CreateAnswer:
    return CreateAnswer(outcome=Outcome(kind=kind, code=code))


class QuickPayments:
    """Orders of the product `quickpay_card`."""

    def __init__(self, calls: Calls) -> None:
        self._account = calls.account
        self._clock = calls.clock
        self._cards = CardCalls(calls)
        self._transactions = Transactions(
            self._cards.ask, self._account.codes, path="qpay", number="orderid", names=_NAMES, pull=True
        )
        self._reversals = Reversals(self._transactions, calls.clock, REVERSE_AFTER_S)
        terms = tuple(self._account.banks.values())
        self._card_name = terms[0].name_zh if len(terms) == 1 else "银行卡"
        """What may be shown of the card: the gateway's answers do not name it."""
        self._most_fen = max(bank.single_limit_fen for bank in terms)

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        """Ask the bank for an SMS code. More than the bank's limit is refused here, without a call."""
        now_ms = self._clock.now_ms()
        if not order.agreement_no:
            return _refused(OutcomeKind.REFUSED_CONFIG, "agreement_missing")
        if order.amount_fen > self._most_fen:
            return _refused(OutcomeKind.REFUSED_LIMIT, "bank_single_limit")
        if order.expires_at_ms <= now_ms:
            return _refused(OutcomeKind.REFUSED_ORDER, "expired")
        valid_min = min(SMS_VALID_S * 1_000, max(MINUTE_MS, order.expires_at_ms - now_ms)) // MINUTE_MS
        content = {
            "orderid": order.channel_order_no,
            "agreeid": order.agreement_no,
            "amount": str(order.amount_fen),
            "currency": "CNY",
            "subject": clean_subject(order.subject, LONGEST_SUBJECT, otherwise=f"订单 {order.channel_order_no}"),
            "validtime": str(valid_min),
            "notifyurl": order.notify_url,
        }
        fields = await self._cards.ask("qpay/payapplyagree", content, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=fields if self._account.payment_sms else debit_word(fields))
        if fields.get("orderid", "") not in ("", order.channel_order_no):
            return CreateAnswer(outcome=wrong_number())
        return self._applied(order, fields, now_ms + valid_min * MINUTE_MS)

    def _applied(self, order: CreateOrder, fields: Fields, ends_ms: int) -> CreateAnswer:
        status = fields.get("trxstatus", "")
        if status == SMS_SENT:
            return self._sms_sent(order, fields.get("thpinfo", ""), ends_ms)
        if status in PROCESSING or status == SUCCESS or not self._account.payment_sms:
            # Debited without a code, or about to be: keep that truth, whatever the account's settings say.
            number = order.channel_order_no
            return CreateAnswer(outcome=debit_fact(fields, number, self._account.codes, names=_NAMES).outcome)
        return CreateAnswer(outcome=self._account.codes.refusal(status, fields["errmsg"], Operation.CREATE))

    def _sms_sent(self, order: CreateOrder, handle: str, ends_ms: int) -> CreateAnswer:
        credential = Credential(
            kind=CredentialKind.SMS,
            content=self._card_name,
            handle=handle,
            expires_at_ms=min(order.expires_at_ms, ends_ms),
        )
        return CreateAnswer(outcome=Outcome(kind=OutcomeKind.ACCEPTED, code=SMS_SENT), credential=credential)

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        """The code did not come: once more, for the payment that was applied for."""
        content = {"orderid": order.channel_order_no, "agreeid": order.agreement_no, "thpinfo": handle}
        fields = await self._cards.ask("qpay/paysmsagree", content, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return CreateAnswer(outcome=debit_word(fields))
        status = fields.get("trxstatus", "")
        if status not in (SMS_SENT, SUCCESS):
            return CreateAnswer(outcome=self._account.codes.debit_refusal(status, fields["errmsg"]))
        ends_ms = self._clock.now_ms() + SMS_VALID_S * 1_000
        return self._sms_sent(order, fields.get("thpinfo", "") or handle, ends_ms)

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """The customer typed the code. **Debits.**"""
        number = debit.order.channel_order_no
        if number in self._reversals.let_go:
            return OrderFact(channel_order_no=number, outcome=_DEAD)
        content = {
            "orderid": number,
            "agreeid": debit.order.agreement_no,
            "smscode": debit.consent.reveal(),
            "thpinfo": debit.handle,
        }
        fields = await self._cards.ask("qpay/payagreeconfirm", content, Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return OrderFact(channel_order_no=number, outcome=debit_word(fields))
        return debit_fact(fields, number, self._account.codes, names=_NAMES)

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        """What became of it. CLOSED: the debit failed for good, was given back, or will never be made."""
        return await self._reversals.query(order, timeout_ms)

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Nothing has to be said to the bank: an order that is not confirmed cannot be paid. From here on this number
        is not confirmed any more (`debit` refuses it), and that makes CLOSED true."""
        outcome = (await self.query(order, timeout_ms)).outcome
        if outcome.kind is OutcomeKind.PAID:
            return Outcome(kind=OutcomeKind.DUPLICATE, code=outcome.code)
        if not waits_for_code(outcome):
            return outcome
        self._reversals.let_go.add(order.channel_order_no)
        return LET_GO

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return await self._reversals.reverse(order, timeout_ms)

    def was_given_back(self, number: str) -> bool:
        return number in self._reversals.given_back

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """A part or all of it, any day."""
        return await self._transactions.refund(refund, {}, timeout_ms)

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        return await self._transactions.refund_of(refund.out_refund_no, timeout_ms)
