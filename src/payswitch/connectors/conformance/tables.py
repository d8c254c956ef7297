"""The capability table, which routing, checkout and docs believe: does it make sense, can each product be opened?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from payswitch.connectors.contract import Connector
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.channel import Capability, Channel, CredentialKind, Environment
from payswitch.domain.channel_client import DebitClient, SmsClient
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

CapabilityCheck = Callable[[Capability], None]


def a_pull_product_names_its_consent(capability: Capability) -> None:
    if capability.push:
        assert capability.consent is None, "push, but the table asks for a consent"
    else:
        assert capability.consent is not None, "pull, but the table does not say what the customer gives"
        assert capability.server_created, "a debit is a call: server_created must be True"


def what_is_shown_fits_the_consent(capability: Capability) -> None:
    shows_nothing = capability.credential is CredentialKind.NONE
    assert shows_nothing == capability.upfront, "nothing is shown exactly when the consent comes with the request"
    sends_sms = capability.credential is CredentialKind.SMS
    assert sends_sms == (not capability.push and not capability.upfront), "an SMS belongs to a consent by SMS code"


def somebody_can_be_offered_it(capability: Capability) -> None:
    assert capability.environments, "no environment: nobody could ever be offered it"
    at_counter = Environment.COUNTER in capability.environments
    assert not at_counter or not capability.push, "at the counter the shop scans: that is a pull product"


def bounds_are_in_order(capability: Capability) -> None:
    assert capability.min_fen >= 1, "min_fen is at least one fen"
    assert capability.max_fen is None or capability.min_fen <= capability.max_fen, "min_fen is more than max_fen"
    assert 0 < capability.least_expiry_s <= capability.most_expiry_s, "least_expiry_s is more than most_expiry_s"
    assert capability.credential_valid_s > 0, "a credential that is never valid"
    assert capability.late_s >= 0, "late_s is negative"
    assert capability.reverse_after_s > 0, "a debit would be reversed while it is still being done"
    assert capability.refund.days > 0, "refunds in no time"
    assert capability.refund.parts is None or capability.refund.parts >= 1, "refunds in no part"


TABLE_CHECKS: tuple[CapabilityCheck, ...] = (
    a_pull_product_names_its_consent,
    what_is_shown_fits_the_consent,
    somebody_can_be_offered_it,
    bounds_are_in_order,
)
"""For every row of a connector's table."""


def every_product_can_be_opened(
    connector: Connector,
    account: Mapping[str, str],
    *,
    transport: HttpTransport,
    clock: Clock,
    ids: IdSource,
) -> None:
    """With one account that has a contract for everything, each product is opened alone; the client of a pull product
    can debit, and of one with an SMS code send it again. Rows must stand under their own product."""
    for product, capability in connector.capabilities.items():
        assert capability.product is product, f"the row of {product} is about {capability.product}"
        channel = Channel(
            channel_id="conformance",
            merchant_id="m-1",
            connector=connector.name,
            name="一致性",
            products=frozenset({product}),
            upstream=connector.name,
        )
        client = connector.open(channel, account, transport=transport, clock=clock, ids=ids)
        if not capability.push:
            assert isinstance(client, DebitClient), f"{product} is pull, but the client cannot debit"
        if capability.credential is CredentialKind.SMS:
            assert isinstance(client, SmsClient), f"{product} sends a code, but the client cannot send it again"
