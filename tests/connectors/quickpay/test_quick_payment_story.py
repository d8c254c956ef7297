"""The banks' quick pay against the sandbox, over real HTTP: a card is signed up once, then pays with SMS codes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.connectors.quickpay.customers import RIGHT_CODE, WRONG_CODE, confirmation, holder, payment
from tests.connectors.quickpay.test_against_sandbox import heard, open_account
from tests.connectors.quickpay.world import ORDER_NO, REFUND_NO
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.quickpay.agreement_types import Confirmation, PaymentFact, PaymentOrder, QuickRefund
from payswitch.connectors.quickpay.agreements import Agreements
from payswitch.connectors.quickpay.banks import BANKS, Bank
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import World

K = OutcomeKind


@dataclass
class Customer:
    """Someone with one signed card, about to pay."""

    sandbox: RunningSandbox
    client: QuickpayClient
    order: PaymentOrder
    passback: str = ""

    @property
    def desk(self) -> Agreements:
        return self.client.agreements

    async def apply(self) -> None:
        applied = await self.desk.apply_payment(self.order, 5_000)
        assert applied.outcome.kind is K.ACCEPTED, applied
        self.passback = applied.passback

    def typed(self, code: Secret = RIGHT_CODE) -> Confirmation:
        return confirmation(agreement_id=self.order.agreement_id, passback=self.passback, sms_code=code)

    async def confirm(self, code: Secret = RIGHT_CODE, timeout_ms: int = 5_000) -> PaymentFact:
        return await self.desk.confirm_payment(self.typed(code), timeout_ms)

    async def query(self) -> PaymentFact:
        return await self.desk.query_payment(ORDER_NO, 5_000)


async def signed_customer(
    sandbox: RunningSandbox,
    transport: AiohttpTransport,
    shop: Listener,
    *,
    account: str = "allinpay-rsa",
    bank: Bank = Bank.ICBC,
    tail: str = "9876",
    **changes: object,
) -> Customer:
    """Applies for the agreement, reads the SMS, confirms."""
    client = open_account(sandbox, transport, account)
    person = holder(bank, tail)
    applied = await client.agreements.apply_agreement(person, 5_000)
    assert applied.outcome.kind is K.ACCEPTED, applied
    signed = await client.agreements.confirm_agreement(person, RIGHT_CODE, applied.passback, 5_000)
    assert signed.outcome.kind is K.ACCEPTED, signed
    assert signed.bank is bank
    now_ms = SystemClock().now_ms()
    fields: dict[str, object] = {"expires_at_ms": now_ms + 900_000, "notify_url": shop.url}
    order = payment(agreement_id=signed.agreement_id, bank=bank, **(fields | changes))
    return Customer(sandbox, client, order)


@pytest.mark.parametrize("account", ["allinpay-rsa", "allinpay-md5"])
@pytest.mark.parametrize("bank", list(Bank))
async def test_a_card_of_each_bank_from_signing_up_to_giving_back(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, account: str, bank: Bank
) -> None:
    customer = await signed_customer(sandbox, transport, shop, account=account, bank=bank)
    desk = customer.desk
    [signed] = (await desk.query_agreement("customer-7", 5_000)).agreements
    assert (signed.agreement_id, signed.bank, signed.card_tail) == (customer.order.agreement_id, bank, "9876")

    await customer.apply()
    assert (await customer.query()).outcome.kind is K.PENDING, "waits for the code"
    assert (await sandbox.ledger())[0]["state"] == "open", "applying moves no money"
    paid = await customer.confirm()
    assert paid.outcome.kind is K.PAID
    assert paid.amount_fen is None, "a confirmation names no amount: only the query does"
    asked = await customer.query()
    assert (asked.outcome.kind, asked.amount_fen, asked.currency) == (K.PAID, 129_900, "CNY")
    assert asked.transaction_id == paid.transaction_id
    told = customer.client.read_notify(await heard(shop, 1))
    assert told.order is not None
    assert (told.order.outcome.kind, told.order.amount_fen) == (K.PAID, 129_900)
    assert told.order.channel_order_no == ORDER_NO

    back = QuickRefund(channel_order_no=ORDER_NO, out_refund_no=REFUND_NO, amount_fen=129_900)
    assert (await desk.cancel_payment(back, 5_000)).outcome.kind is K.PAID, "the same day, all of it"
    assert (await sandbox.ledger())[0]["state"] == "refunded"
    assert (await desk.unbind(customer.order.agreement_id, 5_000)).kind is K.ACCEPTED
    assert (await desk.query_agreement("customer-7", 5_000)).agreements == ()


@pytest.mark.parametrize(
    "lost",
    [{"kind": "http_5xx", "when": "after"}, {"kind": "latency", "ms": 5_000}, {"kind": "malformed"}],
    ids=["502 after the debit", "too late", "broken off"],
)
async def test_the_answer_to_the_confirmation_is_lost_after_the_debit(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, lost: dict[str, object]
) -> None:
    """The dangerous moment: money moved, and nobody told us. Nothing may invite a second confirmation."""
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await sandbox.set_faults({**lost, "operations": ["create"], "product": "quickpay_icbc"})
    fact = await customer.confirm(timeout_ms=400)
    assert fact.outcome.kind is K.UNKNOWN
    assert not fact.outcome.transient, "never by itself once more"
    await sandbox.set_faults()
    found = await customer.query()
    assert (found.outcome.kind, found.amount_fen) == (K.PAID, 129_900), "only the query says what happened"

    again = await customer.confirm()
    assert again.outcome.kind is K.DUPLICATE, "and if somebody confirms again all the same: no second debit"
    [entry] = await sandbox.ledger()
    assert (entry["state"], entry["amount_fen"]) == ("paid", 129_900)


@pytest.mark.parametrize(
    "lost",
    [{"kind": "hang"}, {"kind": "refuse"}, {"kind": "http_5xx"}, {"kind": "error_code", "code": "FAIL"}],
    ids=["silence", "reset", "503 before", "not understood"],
)
async def test_the_confirmation_never_reached_the_bank(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, lost: dict[str, object]
) -> None:
    """From here it looks exactly like the story above, so it is UNKNOWN too; the query shows that it still waits."""
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await sandbox.set_faults({**lost, "operations": ["create"]})
    fact = await customer.confirm(timeout_ms=400)
    assert fact.outcome.kind is K.UNKNOWN
    assert not fact.outcome.transient
    await sandbox.set_faults()
    assert (await customer.query()).outcome.kind is K.PENDING
    assert (await customer.confirm()).outcome.kind is K.PAID, "after the query said so, the customer may try again"


async def test_a_wrong_code_is_the_customers_matter_and_a_new_one_comes(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    wrong = await customer.confirm(WRONG_CODE)
    assert wrong.outcome.kind is K.REFUSED_PAYER
    assert WRONG_CODE.reveal() not in repr(wrong)
    assert (await customer.query()).outcome.kind is K.PENDING
    resent = await customer.desk.resend_sms(customer.order, customer.passback, 5_000)
    assert resent.outcome.kind is K.ACCEPTED
    assert resent.passback == customer.passback
    assert (await customer.confirm()).outcome.kind is K.PAID


async def test_three_wrong_codes_end_the_payment(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    kinds = [(await customer.confirm(WRONG_CODE)).outcome.kind for _ in range(3)]
    assert kinds == [K.REFUSED_PAYER, K.REFUSED_PAYER, K.REFUSED_ORDER]
    assert (await customer.query()).outcome.kind is K.CLOSED
    assert (await customer.confirm()).outcome.kind is K.REFUSED_ORDER, "also with the right code"
    assert (await sandbox.ledger())[0]["state"] == "closed"


@pytest.mark.parametrize(
    ("tail", "kind"), [("0001", K.REFUSED_PAYER), ("0003", K.REFUSED_RISK), ("0004", K.REFUSED_PAYER)]
)
async def test_the_bank_refuses_the_debit(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, tail: str, kind: OutcomeKind
) -> None:
    customer = await signed_customer(sandbox, transport, shop, tail=tail)
    await customer.apply()
    refused = await customer.confirm()
    assert refused.outcome.kind is kind
    assert not refused.outcome.transient
    assert (await customer.query()).outcome.kind is K.CLOSED, "a definite failure is the end of a quick payment"


async def test_a_slow_bank_says_processing_and_then_yes(
    world: World, shop: Listener, transport: AiohttpTransport
) -> None:
    clock = ManualClock(SystemClock().now_ms())
    async with running_sandbox(world, clock=clock) as sandbox:
        customer = await signed_customer(sandbox, transport, shop, tail="0002")
        await customer.apply()
        assert (await customer.confirm()).outcome.kind is K.PENDING
        assert (await customer.query()).outcome.kind is K.PENDING
        clock.advance(seconds=3)
        told = customer.client.read_notify(await heard(shop, 1))
        assert told.order is not None
        assert told.order.outcome.kind is K.PAID
        assert (await customer.query()).outcome.kind is K.PAID


async def test_limits_of_the_bank(sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport) -> None:
    customer = await signed_customer(sandbox, transport, shop, amount_fen=500_001)
    applied = await customer.desk.apply_payment(customer.order, 5_000)
    assert (applied.outcome.kind, applied.outcome.code) == (K.REFUSED_LIMIT, "bank_single_limit")
    assert await sandbox.ledger() == [], "refused here: no call was made"
    for number in range(3):
        order = payment(
            channel_order_no=f"PS-{number}",
            agreement_id=customer.order.agreement_id,
            amount_fen=400_000,
            expires_at_ms=SystemClock().now_ms() + 900_000,
            notify_url=shop.url,
        )
        applied = await customer.desk.apply_payment(order, 5_000)
        if number < 2:
            typed = confirmation(
                channel_order_no=f"PS-{number}", agreement_id=order.agreement_id, passback=applied.passback
            )
            assert (await customer.desk.confirm_payment(typed, 5_000)).outcome.kind is K.PAID
    assert applied.outcome.kind is K.REFUSED_LIMIT, "12,000 yuan are more than the card's day"


async def test_one_banks_outage_leaves_the_other_banks_alone(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    await sandbox.set_faults(
        {"kind": "error_code", "code": "3999", "message": "银行系统维护中", "product": "quickpay_ccb"}
    )
    client = open_account(sandbox, transport)
    for bank in Bank:
        applied = await client.agreements.apply_agreement(holder(bank), 5_000)
        assert (applied.outcome.kind is K.ACCEPTED) is (bank is not Bank.CCB), bank
        assert applied.outcome.listed is (bank is Bank.CCB)


async def test_a_banks_own_channel_takes_its_own_cards_only(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    for terms in BANKS.values():
        client = open_account(sandbox, transport, f"quickpay-{terms.bank}")
        other = next(bank for bank in Bank if bank is not terms.bank)
        assert (await client.agreements.apply_agreement(holder(terms.bank), 5_000)).outcome.kind is K.ACCEPTED
        refused = await client.agreements.apply_agreement(holder(other), 5_000)
        assert (refused.outcome.kind, refused.outcome.code) == (K.REFUSED_CONFIG, "bank_not_offered")


async def test_a_refund_in_parts_and_never_more_than_was_paid(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await customer.confirm()
    part = QuickRefund(channel_order_no=ORDER_NO, out_refund_no=REFUND_NO, amount_fen=29_900)
    assert (await customer.desk.refund_payment(part, 5_000)).outcome.kind is K.PAID
    too_much = QuickRefund(channel_order_no=ORDER_NO, out_refund_no="R-2", amount_fen=100_001)
    assert (await customer.desk.refund_payment(too_much, 5_000)).outcome.kind is K.REFUSED_ORDER
    assert (await customer.desk.refund_payment(part, 5_000)).outcome.kind is K.UNKNOWN, "a used number is asked about"
