"""The banks' quick pay (快捷支付), a *pull* product: sign a card up (SMS); then, for each payment, apply (SMS, no money
moves) and confirm with the code (**debits**). Not wired into the switch yet.

Only `confirm_payment` is dangerous. Whatever it does not answer with a definite word leaves the money unknown: query,
and never confirm again, never go to another channel, before the query or a cancel has settled it.
"""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.agreement_list import read_agreements
from payswitch.connectors.quickpay.agreement_types import (
    AgreementAnswer,
    AgreementList,
    CardHolder,
    Confirmation,
    PaymentApplied,
    PaymentFact,
    PaymentOrder,
    QuickRefund,
    SmsAnswer,
)
from payswitch.connectors.quickpay.answers import UNREADABLE, wrong_number
from payswitch.connectors.quickpay.banks import Bank, bank_of_code
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import PROCESSING, SMS_SENT, SUCCESS, final_debit_word, known_words
from payswitch.connectors.quickpay.facts import order_fact, refund_fact
from payswitch.connectors.quickpay.wire import Fields, clean_subject, ms_of, wire_time
from payswitch.domain.exchange import RefundFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

_LONGEST_SUBJECT: Final = 50
_NUMBER: Final = ("orderid", "reqsn")
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)


class Agreements:
    """The desk of one account. Every method has one deadline, makes one call, and never raises for a channel's or a
    network's trouble. Of what a bank says about a card only known words are kept (`codes.known_words`)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._account = calls.account

    async def apply_agreement(self, holder: CardHolder, timeout_ms: int) -> SmsAnswer:
        """Ask the bank to sign the card up: it sends a code to the customer's phone. No money moves."""
        if holder.bank not in self._account.banks:
            return SmsAnswer(outcome=_other_bank(holder.bank))
        fields = await self._ask("agreeapply", self._card(holder), timeout_ms)
        if isinstance(fields, Outcome):
            return SmsAnswer(outcome=fields)
        return SmsAnswer(outcome=self._sms_outcome(fields), passback=fields.get("thpinfo", ""))

    async def confirm_agreement(
        self, holder: CardHolder, sms_code: Secret, passback: str, timeout_ms: int
    ) -> AgreementAnswer:
        """The customer typed the code. No money moves; a lost answer is asked about with `query_agreement`."""
        content = {**self._card(holder), "smscode": sms_code.reveal(), "thpinfo": passback}
        fields = await self._ask("agreeconfirm", content, timeout_ms)
        if isinstance(fields, Outcome):
            return AgreementAnswer(outcome=fields)
        status = fields.get("trxstatus", "")
        if status != SUCCESS:
            return AgreementAnswer(outcome=self._refusal(fields))
        if not fields.get("agreeid"):
            return AgreementAnswer(outcome=UNREADABLE)
        return AgreementAnswer(
            outcome=_ACCEPTED,
            agreement_id=fields["agreeid"],
            bank=bank_of_code(fields.get("bankcode", "")) or holder.bank,
        )

    async def apply_payment(self, order: PaymentOrder, timeout_ms: int) -> PaymentApplied:
        """Prepare a payment: the bank sends a code. More than the bank's limit is refused here, without a call."""
        terms = self._account.banks.get(order.bank)
        if terms is None:
            return PaymentApplied(outcome=_other_bank(order.bank))
        if order.amount_fen > terms.single_limit_fen:
            return PaymentApplied(outcome=Outcome(kind=OutcomeKind.REFUSED_LIMIT, code="bank_single_limit"))
        content = {
            "orderid": order.channel_order_no,
            "agreeid": order.agreement_id,
            "amount": str(order.amount_fen),
            "currency": "CNY",
            "subject": clean_subject(order.subject, _LONGEST_SUBJECT, otherwise=f"订单 {order.channel_order_no}"),
            "validtime": str(max(1, (order.expires_at_ms - self._calls.clock.now_ms()) // 60_000)),
            "notifyurl": order.notify_url,
        }
        fields = await self._ask("payapplyagree", content, timeout_ms)
        if isinstance(fields, Outcome):
            return PaymentApplied(outcome=final_debit_word(fields))
        if fields.get("orderid", "") not in ("", order.channel_order_no):
            return PaymentApplied(outcome=wrong_number())
        return PaymentApplied(outcome=self._applied(fields), passback=fields.get("thpinfo", ""))

    def _applied(self, fields: Fields) -> Outcome:
        status = fields.get("trxstatus", "")
        if status == SMS_SENT:
            return Outcome(kind=OutcomeKind.ACCEPTED, code=status)
        return self._debited(fields)

    async def confirm_payment(self, confirmation: Confirmation, timeout_ms: int) -> PaymentFact:
        """**Debits.** No complete answer, an unreadable one, `retcode=FAIL`, "busy": UNKNOWN, and never `transient`."""
        number = confirmation.channel_order_no
        content = {
            "orderid": number,
            "agreeid": confirmation.agreement_id,
            "smscode": confirmation.sms_code.reveal(),
            "thpinfo": confirmation.passback,
        }
        fields = await self._ask("payagreeconfirm", content, timeout_ms, debits=True)
        if isinstance(fields, Outcome):
            return PaymentFact(channel_order_no=number, outcome=final_debit_word(fields))
        if fields.get("orderid", "") not in ("", number):
            return PaymentFact(channel_order_no=number, outcome=wrong_number())
        outcome = self._debited(fields)
        paid = outcome.kind is OutcomeKind.PAID
        return PaymentFact(
            channel_order_no=number,
            outcome=outcome,
            transaction_id=fields.get("trxid") or None,
            paid_at_ms=ms_of(fields, "fintime") if paid else None,
        )

    def _debited(self, fields: Fields) -> Outcome:
        status = fields.get("trxstatus", "")
        if status == SUCCESS:
            return Outcome(kind=OutcomeKind.PAID, code=status)
        if status in PROCESSING:
            return Outcome(kind=OutcomeKind.PENDING, code=status)
        return self._account.codes.debit_refusal(status, fields["errmsg"])

    async def resend_sms(self, order: PaymentOrder, passback: str, timeout_ms: int) -> SmsAnswer:
        """The code did not come: once more, for the payment that was applied for."""
        content = {"orderid": order.channel_order_no, "agreeid": order.agreement_id, "thpinfo": passback}
        fields = await self._ask("paysmsagree", content, timeout_ms)
        if isinstance(fields, Outcome):
            return SmsAnswer(outcome=fields)
        return SmsAnswer(outcome=self._sms_outcome(fields), passback=fields.get("thpinfo", "") or passback)

    async def query_payment(self, channel_order_no: str, timeout_ms: int) -> PaymentFact:
        """What became of a confirmation. CLOSED: the debit failed for good. NOT_FOUND is not proof that it did: the
        confirmation may still be on its way."""
        fields = await self._ask("query", {"orderid": channel_order_no}, timeout_ms, operation=Operation.QUERY)
        if isinstance(fields, Outcome):
            return PaymentFact(channel_order_no=channel_order_no, outcome=fields)
        return order_fact(fields, channel_order_no, self._account.codes, names=_NUMBER, quick=True)

    async def cancel_payment(self, refund: QuickRefund, timeout_ms: int) -> RefundFact:
        """撤销: the whole payment back, on the day it was made."""
        return await self._money_back("cancel", refund, timeout_ms)

    async def refund_payment(self, refund: QuickRefund, timeout_ms: int) -> RefundFact:
        """退款: a part or all of it, any day."""
        return await self._money_back("refund", refund, timeout_ms)

    async def _money_back(self, call: str, refund: QuickRefund, timeout_ms: int) -> RefundFact:
        content = {
            "orderid": refund.out_refund_no,
            "trxamt": str(refund.amount_fen),
            "oldorderid": refund.channel_order_no,
        }
        fields = await self._ask(call, content, timeout_ms, operation=Operation.REFUND)
        if isinstance(fields, Outcome):
            return RefundFact(out_refund_no=refund.out_refund_no, outcome=fields)
        return refund_fact(fields, refund.out_refund_no, self._account.codes, operation=Operation.REFUND, names=_NUMBER)

    async def query_agreement(self, user_id: str, timeout_ms: int) -> AgreementList:
        """The customer's signed cards."""
        fields = await self._ask("agreequery", {"meruserid": user_id}, timeout_ms, operation=Operation.QUERY)
        if isinstance(fields, Outcome):
            return AgreementList(outcome=fields)
        status = fields.get("trxstatus", SUCCESS)
        if status != SUCCESS:
            return AgreementList(outcome=self._account.codes.refusal(status, fields["errmsg"], Operation.QUERY))
        agreements = read_agreements(fields.get("agreelist", ""))
        if agreements is None:
            return AgreementList(outcome=UNREADABLE)
        return AgreementList(outcome=_ACCEPTED, agreements=agreements)

    async def unbind(self, agreement_id: str, timeout_ms: int) -> Outcome:
        """The customer gives the card back. ACCEPTED when it is signed up no more."""
        fields = await self._ask("unbind", {"agreeid": agreement_id}, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        return _ACCEPTED if fields.get("trxstatus", "") == SUCCESS else self._refusal(fields)

    def _card(self, holder: CardHolder) -> dict[str, str]:
        return {
            "meruserid": holder.user_id,
            "accttype": holder.account_type.value,
            "acctno": holder.card_no.reveal(),
            "idno": holder.id_no.reveal(),
            "acctname": holder.name.reveal(),
            "mobile": holder.mobile.reveal(),
            "validdate": holder.valid_until.reveal() if holder.valid_until is not None else "",
            "cvv2": holder.cvv2.reveal() if holder.cvv2 is not None else "",
        }

    def _sms_outcome(self, fields: Fields) -> Outcome:
        status = fields.get("trxstatus", "")
        if status in (SMS_SENT, SUCCESS):
            return Outcome(kind=OutcomeKind.ACCEPTED, code=status)
        return self._refusal(fields)

    def _refusal(self, fields: Fields) -> Outcome:
        return self._account.codes.refusal(fields.get("trxstatus", ""), fields["errmsg"], Operation.CREATE)

    async def _ask(
        self,
        call: str,
        content: dict[str, str],
        timeout_ms: int,
        *,
        operation: Operation = Operation.CREATE,
        debits: bool = False,
    ) -> Fields | Outcome:
        common = {"reqtime": wire_time(self._calls.clock.now_ms())}
        fields = await self._calls.ask(f"qpay/{call}", common | content, operation, timeout_ms)
        if isinstance(fields, Outcome):
            outcome = msgspec.structs.replace(fields, message=known_words(fields.message))
            # "Not understood" about a debit proves nothing, not even when it says why.
            if debits and outcome.kind is OutcomeKind.REFUSED_CONFIG:
                return Outcome(kind=OutcomeKind.UNKNOWN, code=outcome.code, message=outcome.message)
            return outcome
        return {**fields, "errmsg": known_words(fields.get("errmsg", ""))}


def _other_bank(bank: Bank) -> Outcome:
    return Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="bank_not_offered", message=f"this account does not take {bank}"
    )
