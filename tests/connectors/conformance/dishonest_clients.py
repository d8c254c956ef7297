"""Clients that each break one promise of `domain.channel_client.DebitClient`, and the check that must notice."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from tests.connectors.conformance.reference_bank import KEY, HonestClient, K, said

from payswitch.domain.exchange import (
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    NotifyAnswer,
    NotifyRequest,
    OrderFact,
    OrderRef,
    RefundFact,
    RefundOrder,
)
from payswitch.domain.outcome import Outcome, OutcomeKind


class Rereading(HonestClient):
    """Honest, but for one kind of debit answer that it reads as another."""

    reads: OutcomeKind
    as_kind: OutcomeKind
    when = ""

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        fact = await super().debit(debit, timeout_ms)
        if fact.outcome.kind is not self.reads or self.when not in fact.outcome.code:
            return fact
        return replace(fact, outcome=said(self.as_kind, fact.outcome.code))


class TakesSilenceForARefusal(Rereading):
    reads, as_kind = K.UNKNOWN, K.REFUSED_CHANNEL


class TakesSilenceForUnsent(Rereading):
    reads, as_kind = K.UNKNOWN, K.NOT_SENT


class BlamesItselfForThePayer(Rereading):
    reads, as_kind, when = K.REFUSED_PAYER, K.UNKNOWN, "no_money"


class TakesAskingForARefusal(Rereading):
    reads, as_kind = K.PENDING, K.REFUSED_PAYER


class TakesARepeatForARefusal(Rereading):
    reads, as_kind = K.DUPLICATE, K.REFUSED_ORDER


class ThinksNobodyListeningMayHaveDoneIt(Rereading):
    reads, as_kind = K.NOT_SENT, K.UNKNOWN


class ForgetsThatACodeMayBeCorrected(Rereading):
    reads, as_kind, when = K.REFUSED_PAYER, K.REFUSED_PAYER, "wrong_code"


class WouldSendItTwice(HonestClient):
    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        fact = await super().debit(debit, timeout_ms)
        unknown = fact.outcome.kind is K.UNKNOWN
        return replace(fact, outcome=replace(fact.outcome, transient=unknown))


class NamesNoTransaction(HonestClient):
    def fact(self, number: str, outcome: Outcome) -> OrderFact:
        return replace(super().fact(number, outcome), transaction_id=None)


class FindsEverythingPaid(HonestClient):
    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact:
        return OrderFact(
            channel_order_no=order.channel_order_no,
            outcome=said(K.PAID),
            amount_fen=order.amount_fen,
            transaction_id="T1",
        )


class FindsNothing(HonestClient):
    def state_of(self, number: str) -> Outcome:
        return said(K.NOT_FOUND)


class TakesAgain(HonestClient):
    """The bank behind it debits whatever comes."""

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        number = debit.order.channel_order_no
        known = self.bank.entries.get(number)
        fact = await super().debit(debit, timeout_ms)
        if known is not None and fact.outcome.kind is K.DUPLICATE:
            known.amount_fen += debit.order.amount_fen
        return fact


class TakesUsedConsents(HonestClient):
    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        self.bank.used.clear()
        return await super().debit(debit, timeout_ms)


class SaysReversedAndKeepsIt(HonestClient):
    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        return self.trouble() or said(K.CLOSED)


class ReversesSilently(HonestClient):
    """Gives the money back, and says that it could not."""

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        outcome = await super().reverse(order, timeout_ms)
        return outcome if outcome.kind is not K.CLOSED else said(K.DUPLICATE)


class PaysBackTwice(HonestClient):
    """A second reversal gives the money back once more."""

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        entry = self.bank.entries.get(order.channel_order_no)
        if entry is not None and entry.reversed:
            entry.reversed = False
            entry.refunds["again"] = 2 * entry.amount_fen
        return await super().reverse(order, timeout_ms) if entry is None or not entry.refunds else said(K.CLOSED)


class ReversesOnceOnly(HonestClient):
    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        before = self.state_of(order.channel_order_no)
        outcome = await super().reverse(order, timeout_ms)
        return said(K.REFUSED_ORDER, "closed_already") if before.kind is K.CLOSED else outcome


class BelievesASilentReversal(HonestClient):
    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        outcome = await super().reverse(order, timeout_ms)
        return said(K.CLOSED) if outcome.kind is K.UNKNOWN else outcome


class CreatesWhatIsPulled(HonestClient):
    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        return CreateAnswer(outcome=said(K.REFUSED_CONFIG, "unsupported_product"))


class TakesMoneyWhenCreating(HonestClient):
    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer:
        answer = await super().create(order, timeout_ms)
        self.bank.entries[order.channel_order_no].state = "paid"
        return answer


class NeverSendsTheCodeAgain(HonestClient):
    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        return CreateAnswer(outcome=said(K.REFUSED_CHANNEL))


class RefundsTwice(HonestClient):
    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        refunds = self.bank.entries[refund.order.channel_order_no].refunds
        if refund.out_refund_no in refunds:
            refunds[refund.out_refund_no + "-again"] = refund.amount_fen
            return await self.query_refund(refund, timeout_ms)
        return await super().refund(refund, timeout_ms)


class BelievesAnyNotification(HonestClient):
    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        number, _, amount = request.body.decode("latin-1").partition(" ")
        fact = OrderFact(
            channel_order_no=number,
            outcome=said(K.PAID),
            amount_fen=int(amount) if amount.isdecimal() else 0,
            transaction_id="T",
        )
        return NotifyAnswer(outcome=said(K.ACCEPTED), order=fact)


class BelievesNoNotification(HonestClient):
    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        return NotifyAnswer(outcome=said(K.UNTRUSTED))


class QuotesTheConsent(HonestClient):
    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        fact = await super().debit(debit, timeout_ms)
        if fact.outcome.kind is not K.REFUSED_PAYER:
            return fact
        return replace(fact, outcome=replace(fact.outcome, message=f"auth_code {debit.consent.reveal()} is invalid"))


class ShowsItsKey(HonestClient):
    def __repr__(self) -> str:
        return f"Client(key={KEY})"


CAUGHT_BY: Final[tuple[tuple[type[HonestClient], bool, str], ...]] = (
    (NamesNoTransaction, False, "a_good_consent_is_paid_in_every_particular"),
    (TakesAskingForARefusal, False, "a_customer_who_is_asked_pays_in_the_end"),
    (BlamesItselfForThePayer, False, "a_refusal_is_the_customers_and_takes_nothing"),
    (FindsEverythingPaid, False, "a_refusal_is_the_customers_and_takes_nothing"),
    (TakesSilenceForARefusal, False, "a_lost_answer_is_unknown_and_the_query_finds_the_money"),
    (WouldSendItTwice, False, "a_lost_answer_is_unknown_and_the_query_finds_the_money"),
    (FindsNothing, False, "a_lost_answer_is_unknown_and_the_query_finds_the_money"),
    (TakesSilenceForUnsent, False, "a_lost_answer_is_unknown_and_the_query_finds_no_money"),
    (FindsEverythingPaid, False, "a_lost_answer_is_unknown_and_the_query_finds_no_money"),
    (BelievesASilentReversal, False, "a_silent_query_and_reversal_prove_nothing"),
    (FindsEverythingPaid, False, "a_silent_query_and_reversal_prove_nothing"),
    (ReversesSilently, False, "reversing_an_unpaid_debit_ends_it"),
    (SaysReversedAndKeepsIt, False, "reversing_a_paid_debit_never_keeps_the_money_silently"),
    (ReversesSilently, False, "reversing_a_paid_debit_never_keeps_the_money_silently"),
    (PaysBackTwice, False, "reversing_twice_is_harmless"),
    (ReversesOnceOnly, False, "reversing_twice_is_harmless"),
    (TakesAgain, False, "a_debit_that_comes_twice_takes_the_money_once"),
    (TakesARepeatForARefusal, False, "a_debit_that_comes_twice_takes_the_money_once"),
    (TakesUsedConsents, False, "a_used_consent_is_refused"),
    (ThinksNobodyListeningMayHaveDoneIt, False, "an_unreachable_channel_was_sent_nothing"),
    (CreatesWhatIsPulled, False, "creating_what_is_debited_in_one_step_is_refused"),
    (FindsEverythingPaid, False, "an_unknown_number_is_not_paid_and_not_dead"),
    (BelievesAnyNotification, False, "noise_is_never_a_notification"),
    (RefundsTwice, False, "money_taken_goes_back_once_under_one_number"),
    (BelievesNoNotification, False, "a_debits_notification_says_the_same_as_the_query"),
    (BelievesAnyNotification, False, "a_changed_notification_of_a_debit_is_not_believed"),
    (QuotesTheConsent, False, "no_secret_and_no_consent_comes_out"),
    (ShowsItsKey, False, "no_secret_and_no_consent_comes_out"),
    (TakesMoneyWhenCreating, True, "creating_sends_a_code_and_takes_nothing"),
    (ForgetsThatACodeMayBeCorrected, True, "a_wrong_code_may_be_corrected"),
    (NeverSendsTheCodeAgain, True, "the_code_can_be_sent_again"),
)
"""(client, created first, the check that must fail). Every check has at least one."""
