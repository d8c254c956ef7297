"""The customer's part in a debit at the sandbox: each channel family has its own way to a consent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, Protocol

from tests.connectors.conformance.quickpay_hands import CardCustomer, CodeCustomer
from tests.sandbox.support import RunningSandbox

from payswitch.connectors.conformance import Customer
from payswitch.domain.channel import Product
from payswitch.domain.exchange import CreateOrder
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import AccountSpec


class DebitHands(Protocol):
    """What `SandboxDebitSubject` cannot know by itself."""

    customers: frozenset[Customer]
    notifies: bool

    def complete(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> CreateOrder:
        """The order with whatever this product needs besides, e.g. the number of a signed-up card."""
        ...

    async def consent(
        self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder, customer: Customer
    ) -> Secret: ...

    async def confirm(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> None: ...


class AppleHands:
    """The device asks for the face before there is a token: afterwards nobody is asked anything."""

    customers = frozenset({Customer.PAYING, Customer.REFUSING})
    notifies = True

    def complete(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> CreateOrder:
        return order

    async def consent(
        self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder, customer: Customer
    ) -> Secret:
        card = "64" if customer is Customer.REFUSING else "00"
        body = {"account": spec.channel_id, "amount_fen": order.amount_fen, "card": card}
        async with sandbox.session.post(f"{sandbox.base_url}/_sandbox/applepay/token", json=body) as answer:
            return Secret(json.dumps((await answer.json())["token"]))

    async def confirm(self, sandbox: RunningSandbox, spec: AccountSpec, order: CreateOrder) -> None:
        raise AssertionError("nobody is asked")


HANDS: Final[Mapping[tuple[str, Product], DebitHands]] = {
    ("alipay", Product.ALIPAY_CODE): CodeCustomer("alipay"),
    ("unionpay", Product.UNIONPAY_CODE): CodeCustomer("unionpay"),
    ("quickpay", Product.QUICKPAY_CARD): CardCustomer(),
    ("quickpay", Product.WECHAT_CODE): CodeCustomer("wechat"),
    ("quickpay", Product.ALIPAY_CODE): CodeCustomer("alipay"),
    ("quickpay", Product.UNIONPAY_CODE): CodeCustomer("unionpay"),
    ("applepay", Product.APPLEPAY_WEB): AppleHands(),
}
"""(connector, pull product) -> hands. `test_pull` fails for every product that is missing here."""
