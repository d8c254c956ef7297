"""快捷支付 and Apple Pay on the hosted page: what a customer does there for whom the shop's program did nothing before.

The link is the key: whoever has it may sign a card up for this payment's customer and use the customer's cards, which
still need the bank's SMS code each time. A customer whom the shop did not name is known by this one payment.
"""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.payment import PaymentFile
from payswitch.domain.shop import Shop
from payswitch.kit.secrets import Secret
from payswitch.services.checkout import agreements, applepay
from payswitch.services.checkout.checkouts import open_checkout
from payswitch.services.commands import ApplyAgreement, ConfirmPayment, OpenApplePaySession
from payswitch.services.context import Context
from payswitch.services.payments import confirming
from payswitch.services.payments.draft import Draft, change
from payswitch.services.payments.launching import check_alive


async def choose_card(ctx: Context, token: str, agreement_id: str) -> None:
    """This payment debits this card of the customer's, and no other. Raises `not_found` for anybody else's."""
    file = await open_checkout(ctx, token)
    card = await _own_card(ctx, file, agreement_id)
    if card.state is not AgreementState.ACTIVE:
        raise _no_such_card()
    if file.payment.agreement_id == agreement_id:
        return

    def decide(draft: Draft) -> None:
        draft.set_payment(agreement_id=agreement_id)

    await change(ctx, file.payment.payment_id, decide, known=file)


async def apply(ctx: Context, token: str, card: ApplyAgreement) -> Agreement:
    """Sign a new card up; its `customer_id` is filled in here. The bank sends an SMS code."""
    file = await _with_customer(ctx, await open_checkout(ctx, token))
    check_alive(ctx, file)
    customer_id = file.payment.customer.customer_id or ""
    agreement, _ = await agreements.apply(ctx, shop_of(file), replace(card, customer_id=customer_id))
    return agreement


async def confirm_card(ctx: Context, token: str, agreement_id: str, sms_code: Secret) -> Agreement:
    """The customer typed the bank's code: the card is signed up."""
    file = await open_checkout(ctx, token)
    await _own_card(ctx, file, agreement_id)
    return await agreements.confirm(ctx, shop_of(file), agreement_id, sms_code)


async def resend_card(ctx: Context, token: str, agreement_id: str) -> Agreement:
    """The code did not come."""
    file = await open_checkout(ctx, token)
    await _own_card(ctx, file, agreement_id)
    return await agreements.resend(ctx, shop_of(file), agreement_id)


async def confirm(ctx: Context, token: str, command: ConfirmPayment) -> None:
    """Debit with what the customer gave: **money may move**."""
    file = await open_checkout(ctx, token)
    await confirming.confirm_payment(ctx, shop_of(file), file.payment.payment_id, command)


async def resend_sms(ctx: Context, token: str) -> None:
    """The code for this payment did not come: the bank sends another, at most once a minute."""
    file = await open_checkout(ctx, token)
    await confirming.resend_sms(ctx, shop_of(file), file.payment.payment_id)


async def apple_session(ctx: Context, token: str, command: OpenApplePaySession) -> bytes:
    """Apple's merchant session for this page."""
    file = await open_checkout(ctx, token)
    return await applepay.merchant_session(ctx, shop_of(file), file.payment.payment_id, command)


def shop_of(file: PaymentFile) -> Shop:
    """The payment's shop, as far as its own payment is concerned."""
    return Shop(shop_id=file.payment.shop_id, merchant_id=file.payment.merchant_id, name="")


def guest_id(file: PaymentFile) -> str:
    return f"guest-{file.payment.payment_id}"


async def _with_customer(ctx: Context, file: PaymentFile) -> PaymentFile:
    """A customer whom the shop did not name gets a name of this payment's."""
    if file.payment.customer.customer_id is not None:
        return file

    def decide(draft: Draft) -> None:
        draft.set_payment(customer=replace(draft.payment.customer, customer_id=guest_id(file)))

    return (await change(ctx, file.payment.payment_id, decide, known=file))[0]


async def _own_card(ctx: Context, file: PaymentFile, agreement_id: str) -> Agreement:
    card = await ctx.store.agreement(agreement_id)
    customer_id = file.payment.customer.customer_id
    if card is None or card.shop_id != file.payment.shop_id or customer_id is None or card.customer_id != customer_id:
        raise _no_such_card()
    return card


def _no_such_card() -> PaySwitchError:
    return PaySwitchError(NOT_FOUND, "this card is not one of the customer's", "未找到该银行卡")
