"""What the outside asks of the services: plain requests, checked for shape by the entry, for sense by the service."""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.payment import PaymentFile
from payswitch.kit.secrets import Secret


class CreatePayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`POST /v1/payments`. Defaults are left out of its encoding, so that a new optional field does not change what the
    same request hashes to. Its `repr` shows nothing that the customer gave."""

    out_trade_no: str
    amount_fen: int
    subject: str
    shop: str | None = None
    """Must be the API key's own shop when given."""
    methods: tuple[Method, ...] = ()
    products: tuple[Product, ...] = ()
    environment: Environment | None = None
    """Where the customer's screen is. Given (or derivable from user_agent): a credential comes back at once. Else
    the payment waits for its checkout page."""
    user_agent: str = ""
    customer: Customer = Customer()
    instalments: int | None = None
    goods_tag: str | None = None
    notify_url: str | None = None
    return_url: str | None = None
    expires_in_s: int = 900
    metadata: dict[str, str] = {}
    agreement_id: str | None = None
    """签约: the signed card to debit. None with a `customer_id`: any of the customer's."""
    payment_code: str | None = None
    """付款码: scanned by the shop; the payment is debited at once. Not part of what makes two requests the same: after
    a refusal the customer shows a new code for the same order."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.out_trade_no!r})"


class SwitchPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments/{id}/switch`: the customer wants another way. Empty fields: any other way will do."""

    methods: tuple[Method, ...] = ()
    products: tuple[Product, ...] = ()
    environment: Environment | None = None


class ConfirmPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments/{id}/confirm`: what the customer gave for the debit; exactly one of the three. Its `repr`
    shows none of it."""

    sms_code: str | None = None
    payment_code: str | None = None
    apple_pay_token: str | None = None
    """The `token` of the `ApplePayPayment`, as JSON text."""
    environment: Environment | None = None
    """For an Apple Pay token, when the payment does not say where the customer's screen is."""

    def __repr__(self) -> str:
        return "ConfirmPayment(***)"


class OpenApplePaySession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments/{id}/apple-pay-session`: the page's `onvalidatemerchant` has fired."""

    validation_url: str
    """`event.validationURL`, as it is."""
    domain: str
    """`location.hostname` of the page; registered with Apple."""


class CreateRefund(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/payments/{id}/refunds`."""

    refund_no: str
    """The shop's own number: the same number twice is one refund."""
    amount_fen: int
    reason: str = ""


class SettleRefund(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/refunds/{id}/settle`: the customer has the money, and not through this channel's refund."""

    note: str
    """How it was given back and where the proof is, e.g. the number of the bank transfer."""


class RedirectRefund(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /v1/admin/refunds/{id}/redirect`: the customer's other card. Never stored, never shown."""

    bank: str
    card_no: Secret
    name: Secret


class ApplyAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """签约申请: the card that a customer wants to sign up, and whose it is. Never stored, never shown."""

    customer_id: str
    """The shop's own id of the customer."""
    bank: str
    card_no: Secret
    id_no: Secret
    name: Secret
    mobile: Secret
    is_credit: bool = False
    valid_until: Secret | None = None
    cvv2: Secret | None = None


class PaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as it stands after a use case, and the attempt whose credential the customer should see."""

    file: PaymentFile
    attempt_id: str | None = None
    """The attempt with the usable credential; None when there is none (paid already, closed, or launched later)."""
    created: bool = False
    """False when the request repeated an earlier one."""
