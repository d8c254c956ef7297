"""Customers of 收银宝's pull products at the sandbox: with a payment code, and with a signed bank card."""

from __future__ import annotations

from msgspec.structs import replace
from tests.sandbox.support import RunningSandbox

from payswitch.connectors.conformance import Customer
from payswitch.domain.exchange import CreateOrder
from payswitch.kit.secrets import Secret
from payswitch.sandbox.quickpay.sms import SMS_CODE
from payswitch.sandbox.quickpay.wire import QuickpayWire
from payswitch.sandbox.world import AccountSpec

CARD = "6222021111111119876"


class CodeCustomer:
    """Shows the wallet's code page to the cashier."""

    customers = frozenset({Customer.PAYING, Customer.REFUSING, Customer.ASKED})
    notifies = True

    def __init__(self, wallet: str) -> None:
        self._wallet = wallet

    def complete(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> CreateOrder:
        return order

    async def consent(
        self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder, customer: Customer
    ) -> Secret:
        shown = sandbox.core.payment_codes.issue(
            self._wallet,
            balance_fen=0 if customer is Customer.REFUSING else None,
            ask_above_fen=0 if customer is Customer.ASKED else order.amount_fen,
        )
        return Secret(shown.code)

    async def confirm(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> None:
        asked = sandbox.core.ledger.find(spec.channel_id, order.channel_order_no)
        assert asked is not None
        assert (await sandbox.pay(asked.credential, wallet=self._wallet))["result"] == "paid"


class CardCustomer:
    """Signed a card up long ago, and reads the SMS."""

    customers = frozenset({Customer.PAYING, Customer.REFUSING, Customer.MISTYPING})
    notifies = True

    def complete(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> CreateOrder:
        return replace(order, agreement_no=_wire(sandbox, spec).sign_card(spec.channel_id, CARD))

    async def consent(
        self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder, customer: Customer
    ) -> Secret:
        if customer is Customer.REFUSING:
            _wire(sandbox, spec).empty_card(spec.channel_id, order.agreement_no)
        return Secret("314159" if customer is Customer.MISTYPING else SMS_CODE)

    async def confirm(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> None:
        raise AssertionError("no bank asks for a password after the SMS code")


def _wire(sandbox: RunningSandbox, spec: AccountSpec) -> QuickpayWire:
    wire = sandbox.core.wire_of(spec.channel_id)
    assert isinstance(wire, QuickpayWire)
    return wire
