"""What the quick-pay desk is asked and what it answers. Card, identity, phone and name travel as `Secret`: they appear
on the wire to Allinpay and nowhere else."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payswitch.connectors.quickpay.banks import Bank
from payswitch.domain.exchange import OrderFact
from payswitch.domain.outcome import Outcome
from payswitch.kit.secrets import Secret


class AccountType(StrEnum):
    """收银宝's `accttype`."""

    DEBIT = "00"
    CREDIT = "02"


class CardHolder(msgspec.Struct, frozen=True, kw_only=True):
    """The card that is to be signed up, and whose it is. Never stored: the agreement's number replaces it."""

    user_id: str
    """The shop's own id of the customer (`meruserid`)."""
    bank: Bank
    account_type: AccountType = AccountType.DEBIT
    card_no: Secret
    id_no: Secret
    name: Secret
    mobile: Secret
    """The phone that the bank knows: the SMS goes there."""
    valid_until: Secret | None = None
    """Credit cards: MMYY as printed."""
    cvv2: Secret | None = None


class SmsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED: the bank sent a code to the customer's phone; `passback` goes back with the code."""

    outcome: Outcome
    passback: str = ""
    """Opaque (`thpinfo`); belongs to this SMS."""


class AgreementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED: the card is signed up. UNKNOWN: it may be; `query_agreement` tells."""

    outcome: Outcome
    agreement_id: str = ""
    bank: Bank | None = None


class PaymentOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please prepare a payment over a signed card."""

    channel_order_no: str
    agreement_id: str
    bank: Bank
    amount_fen: int
    subject: str
    created_at_ms: int
    expires_at_ms: int
    notify_url: str


class PaymentApplied(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED: SMS sent, no money moved. PAID, PENDING: the merchant's contract pays without an SMS, and the debit was
    made (or is on its way): query, do not confirm. UNKNOWN: query before anything else."""

    outcome: Outcome
    passback: str = ""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The customer typed the code: **this call debits**."""

    channel_order_no: str
    agreement_id: str
    passback: str
    sms_code: Secret


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One signed card, as Allinpay lists it."""

    agreement_id: str
    bank: Bank | None
    card_tail: str
    """The last four digits, for the customer to choose by."""


class AgreementList(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED with the customer's cards, possibly none."""

    outcome: Outcome
    agreements: tuple[Agreement, ...] = ()


class QuickRefund(msgspec.Struct, frozen=True, kw_only=True):
    """Money back from a quick payment: all of it on the same day (cancel), or a part or all of it later (refund)."""

    channel_order_no: str
    out_refund_no: str
    amount_fen: int


PaymentFact = OrderFact
"""What a confirmation or a query says about a quick payment: PAID, PENDING, CLOSED, a refusal, or UNKNOWN. A
confirmation's PAID carries no amount: query before it is applied."""
