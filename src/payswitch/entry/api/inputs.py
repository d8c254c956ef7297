"""Request bodies, stricter than the commands they become: a misspelt field inside `customer` is an error, too.

The stored customer stays lenient, so that an older version can read what a newer one wrote.
"""

from __future__ import annotations

import msgspec

from payswitch.domain.customer import Customer
from payswitch.services.commands import CreatePayment


class CustomerInput(Customer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop tells about the customer; all of it optional, none of it secret."""


class CreatePaymentInput(CreatePayment, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments`."""

    customer: CustomerInput = CustomerInput()


class ApplyAgreementInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/agreements`: the card that a customer wants to sign up, and whose it is."""

    customer_id: str
    bank: str
    card_no: str
    id_no: str
    name: str
    mobile: str
    is_credit: bool = False
    valid_until: str | None = None
    cvv2: str | None = None

    def __repr__(self) -> str:
        """Nothing of it, wherever it should ever be printed."""
        return "ApplyAgreementInput(***)"


class RedirectRefundInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/refunds/{refund_id}/redirect`: the customer's other debit card."""

    bank: str
    card_no: str
    name: str

    def __repr__(self) -> str:
        return "RedirectRefundInput(***)"


class ConfirmAgreementInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/agreements/{agreement_id}/confirm`."""

    sms_code: str

    def __repr__(self) -> str:
        return "ConfirmAgreementInput(***)"
