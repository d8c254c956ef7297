"""签约: a customer's card is signed up once, with an SMS code of the bank. No money moves here.

The answer to a confirmation may be lost after the bank has signed the card up. Confirming again would only be refused
("no such application"), so whatever does not say yes or no is settled by asking for the customer's list of cards.
"""

from __future__ import annotations

from typing import Final

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.answers import UNREADABLE
from payswitch.connectors.quickpay.banks import Bank
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.card_calls import CardCalls
from payswitch.connectors.quickpay.codes import SMS_SENT, SUCCESS, asks_for_another_code
from payswitch.connectors.quickpay.deadline import Until
from payswitch.connectors.quickpay.signed_cards import SignedCard, read_signed_cards
from payswitch.connectors.quickpay.wire import Fields
from payswitch.domain.exchange import AgreementAnswer, AgreementOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.secrets import Secret

LIST_KEEP_MS: Final = 2_000
"""At most so much of a confirmation's time is kept for asking what became of it."""
_DEBIT_CARD: Final = "00"
_CREDIT_CARD: Final = "02"
"""收银宝's `accttype`."""
_ACCEPTED: Final = Outcome(kind=OutcomeKind.ACCEPTED)
_SETTLED: Final = frozenset({OutcomeKind.NOT_SENT, OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK})
"""After these a card is not signed up, and asking for the list would only cost time."""


class SigningUp:
    """The desk of one account. Never raises for a channel's or a network's trouble."""

    def __init__(self, calls: Calls) -> None:
        self._clock = calls.clock
        self._cards = CardCalls(calls)
        self._codes = calls.account.codes
        self.banks = frozenset(str(bank) for bank in calls.account.banks)
        """Whose cards this account takes."""

    async def apply(self, order: AgreementOrder, timeout_ms: int) -> AgreementAnswer:
        """Ask the bank to sign the card up: it sends a code to the customer's phone."""
        if order.bank not in self.banks:
            return AgreementAnswer(outcome=_other_bank(order.bank))
        fields = await self._cards.ask("qpay/agreeapply", _card(order), Operation.CREATE, timeout_ms)
        if isinstance(fields, Outcome):
            return AgreementAnswer(outcome=fields)
        status = fields.get("trxstatus", "")
        if status not in (SMS_SENT, SUCCESS):
            return AgreementAnswer(outcome=self._refusal(fields))
        accepted = Outcome(kind=OutcomeKind.ACCEPTED, code=status)
        return AgreementAnswer(outcome=accepted, handle=fields.get("thpinfo", ""))

    async def confirm(self, order: AgreementOrder, handle: str, sms_code: Secret, timeout_ms: int) -> AgreementAnswer:
        """The customer typed the code."""
        until = Until(self._clock, timeout_ms)
        content = {**_card(order), "smscode": sms_code.reveal(), "thpinfo": handle}
        keep_ms = min(LIST_KEEP_MS, timeout_ms // 3)
        answer = self._confirmed(
            await self._cards.ask("qpay/agreeconfirm", content, Operation.CREATE, timeout_ms - keep_ms)
        )
        if answer.agreement_no or answer.outcome.kind in _SETTLED or answer.outcome.ask_consent or not until.left():
            return answer
        return await self._find(order, until.left()) or answer

    def _confirmed(self, fields: Fields | Outcome) -> AgreementAnswer:
        if isinstance(fields, Outcome):
            return AgreementAnswer(outcome=fields)
        if fields.get("trxstatus", "") != SUCCESS:
            return AgreementAnswer(outcome=asks_for_another_code(self._refusal(fields), fields["errmsg"]))
        if not fields.get("agreeid"):
            return AgreementAnswer(outcome=UNREADABLE)
        return AgreementAnswer(outcome=_ACCEPTED, agreement_no=fields["agreeid"])

    async def _find(self, order: AgreementOrder, timeout_ms: int) -> AgreementAnswer | None:
        """This very card in the customer's list; None when it is not there or the list cannot be had."""
        tail = order.card_no.reveal()[-4:]
        found = [card for card in await self.cards_of(order.customer_no, timeout_ms) or () if card.card_tail == tail]
        same_bank = [card for card in found if card.bank == order.bank]
        if len(same_bank) != 1:
            return None
        return AgreementAnswer(outcome=_ACCEPTED, agreement_no=same_bank[0].agreement_no)

    async def cards_of(self, customer_no: str, timeout_ms: int) -> tuple[SignedCard, ...] | None:
        """The customer's signed cards; None when Allinpay does not tell."""
        fields = await self._cards.ask("qpay/agreequery", {"meruserid": customer_no}, Operation.QUERY, timeout_ms)
        if isinstance(fields, Outcome) or fields.get("trxstatus", SUCCESS) != SUCCESS:
            return None
        return read_signed_cards(fields.get("agreelist", ""))

    async def end(self, agreement_no: str, timeout_ms: int) -> Outcome:
        """解约. A card that is not signed up (any more) is what was wanted, too."""
        fields = await self._cards.ask("qpay/unbind", {"agreeid": agreement_no}, Operation.CLOSE, timeout_ms)
        if isinstance(fields, Outcome):
            return fields
        status = fields.get("trxstatus", "")
        if status == SUCCESS or self._codes.no_such_agreement(status, fields["errmsg"]):
            return Outcome(kind=OutcomeKind.CLOSED, code=status)
        return Outcome(kind=OutcomeKind.UNKNOWN, code=status or "no_trxstatus", message=fields["errmsg"])

    def _refusal(self, fields: Fields) -> Outcome:
        return self._codes.refusal(fields.get("trxstatus", ""), fields["errmsg"], Operation.CREATE)


def _card(order: AgreementOrder) -> dict[str, str]:
    return {
        "meruserid": order.customer_no,
        "accttype": _CREDIT_CARD if order.is_credit else _DEBIT_CARD,
        "acctno": order.card_no.reveal(),
        "idno": order.id_no.reveal(),
        "acctname": order.name.reveal(),
        "mobile": order.mobile.reveal(),
        "validdate": order.valid_until.reveal() if order.valid_until is not None else "",
        "cvv2": order.cvv2.reveal() if order.cvv2 is not None else "",
    }


def _other_bank(bank: str) -> Outcome:
    known = bank if bank in set(Bank) else "this bank"
    return Outcome(
        kind=OutcomeKind.REFUSED_CONFIG, code="bank_not_offered", message=f"this account does not take {known}"
    )
