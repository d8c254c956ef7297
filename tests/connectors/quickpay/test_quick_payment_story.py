"""The banks' quick pay against the sandbox, over real HTTP: a card is signed up once, then pays with SMS codes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec.structs import replace
from tests.connectors.quickpay.customers import RIGHT_CODE, WRONG_CODE, confirmation, holder, payment, payment_ref
from tests.connectors.quickpay.test_against_sandbox import heard, open_account
from tests.connectors.quickpay.world import ORDER_NO, REFUND_NO
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.quickpay.banks import BANKS, Bank
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.domain.channel import CredentialKind
from payswitch.domain.channel_client import AgreementDesk, DebitClient, SmsClient
from payswitch.domain.exchange import CreateOrder, OrderFact, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import World

K = OutcomeKind


@dataclass
class Customer:
    """Someone with one signed card, about to pay."""

    sandbox: RunningSandbox
    client: QuickpayClient
    order: CreateOrder
    handle: str = ""

    async def apply(self) -> None:
        applied = await self.client.create(self.order, 5_000)
        assert applied.outcome.kind is K.ACCEPTED, applied
        assert applied.credential is not None
        self.handle = applied.credential.handle

    async def confirm(self, code: Secret = RIGHT_CODE, timeout_ms: int = 5_000) -> OrderFact:
        return await self.client.debit(confirmation(self.order, handle=self.handle, code=code), timeout_ms)

    async def query(self) -> OrderFact:
        return await self.client.query(payment_ref(self.order), 5_000)

    async def reverse(self) -> Outcome:
        return await self.client.reverse(payment_ref(self.order), 5_000)

    def refund(self, amount_fen: int, number: str = REFUND_NO) -> RefundOrder:
        return RefundOrder(
            order=payment_ref(self.order),
            out_refund_no=number,
            amount_fen=amount_fen,
            reason="七天无理由",
            notify_url=self.order.notify_url,
        )


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
    applied = await client.apply_agreement(person, 5_000)
    assert applied.outcome.kind is K.ACCEPTED, applied
    signed = await client.confirm_agreement(person, applied.handle, RIGHT_CODE, 5_000)
    assert signed.outcome.kind is K.ACCEPTED, signed
    now_ms = SystemClock().now_ms()
    fields: dict[str, object] = {"created_at_ms": now_ms, "expires_at_ms": now_ms + 900_000, "notify_url": shop.url}
    return Customer(sandbox, client, payment(agreement_no=signed.agreement_no, **(fields | changes)))


@pytest.mark.parametrize("account", ["allinpay-rsa", "allinpay-md5"])
@pytest.mark.parametrize("bank", list(Bank))
async def test_a_card_of_each_bank_from_signing_up_to_giving_back(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, account: str, bank: Bank
) -> None:
    customer = await signed_customer(sandbox, transport, shop, account=account, bank=bank)
    await customer.apply()
    assert (await customer.query()).outcome.kind is K.PENDING, "waits for the code"
    assert (await sandbox.ledger())[0]["state"] == "open", "applying moves no money"
    said = await customer.confirm()
    assert said.outcome.kind is K.PENDING, "a confirmation names no amount: the query tells"
    asked = await customer.query()
    assert (asked.outcome.kind, asked.amount_fen, asked.currency) == (K.PAID, 129_900, "CNY")
    assert asked.transaction_id == said.transaction_id
    told = customer.client.read_notify(await heard(shop, 1))
    assert told.order is not None
    assert (told.order.outcome.kind, told.order.amount_fen) == (K.PAID, 129_900)
    assert told.order.channel_order_no == ORDER_NO

    back = await customer.client.refund(customer.refund(129_900), 5_000)
    assert back.outcome.kind is K.PAID
    assert (await customer.client.query_refund(customer.refund(129_900), 5_000)).outcome.kind is K.PAID
    assert (await sandbox.ledger())[0]["state"] == "refunded"
    assert (await customer.client.end_agreement(customer.order.agreement_no, 5_000)).kind is K.CLOSED
    assert (await customer.client.end_agreement(customer.order.agreement_no, 5_000)).kind is K.CLOSED, "twice is once"
    gone = (await customer.client.create(replace(customer.order, channel_order_no="PS2"), 5_000)).outcome
    assert gone.kind is K.REFUSED_PAYER, "the customer's matter, not the bank's illness"


def test_the_client_is_everything_that_a_pull_product_needs(
    sandbox: RunningSandbox, transport: AiohttpTransport
) -> None:
    client = open_account(sandbox, transport, "quickpay-icbc")
    assert isinstance(client, DebitClient)
    assert isinstance(client, SmsClient)
    assert isinstance(client, AgreementDesk)
    assert client.banks == {"icbc"}


async def test_what_the_customer_is_shown(sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport) -> None:
    customer = await signed_customer(sandbox, transport, shop, account="quickpay-icbc")
    credential = (await customer.client.create(customer.order, 5_000)).credential
    assert credential is not None
    assert (credential.kind, credential.content, credential.params) == (CredentialKind.SMS, "工商银行", {})
    assert credential.expires_at_ms <= customer.order.expires_at_ms


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
    assert again.outcome.kind is K.UNKNOWN, "and if somebody confirms again all the same: no second debit"
    [entry] = await sandbox.ledger()
    assert (entry["state"], entry["amount_fen"]) == ("paid", 129_900)

    assert (await customer.reverse()).kind is K.CLOSED, "given back"
    assert (await customer.reverse()).kind is K.CLOSED, "repeating it gives nothing back twice"
    assert (await customer.query()).outcome.kind is K.CLOSED
    late = customer.client.read_notify(await heard(shop, 1))
    assert late.order is not None
    assert late.order.outcome.kind is K.CLOSED, "the debit's notification, read after its cancel, is old news"
    [entry] = await sandbox.ledger()
    assert entry["state"] == "refunded"


@pytest.mark.parametrize(
    "lost",
    [{"kind": "hang"}, {"kind": "refuse"}, {"kind": "http_5xx"}, {"kind": "error_code", "code": "FAIL"}],
    ids=["silence", "reset", "503 before", "not understood"],
)
async def test_the_confirmation_never_reached_the_bank(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, lost: dict[str, object]
) -> None:
    """From here it looks exactly like the story above, so it is UNKNOWN too; reversing it finds that nothing was."""
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await sandbox.set_faults({**lost, "operations": ["create"]})
    fact = await customer.confirm(timeout_ms=400)
    assert fact.outcome.kind is K.UNKNOWN
    assert not fact.outcome.transient
    await sandbox.set_faults()
    assert (await customer.query()).outcome.kind is K.PENDING
    assert (await customer.reverse()).kind is K.CLOSED
    assert (await customer.query()).outcome.kind is K.CLOSED
    assert (await customer.confirm()).outcome.kind is K.REFUSED_ORDER, "given up: this number is never confirmed again"
    assert (await sandbox.ledger())[0]["state"] == "open", "and nothing was debited"


async def test_an_order_that_nobody_confirms_is_closed_and_stays_so(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    assert (await customer.client.close(payment_ref(customer.order), 5_000)).kind is K.CLOSED
    assert (await customer.query()).outcome.kind is K.CLOSED
    assert (await customer.confirm()).outcome.kind is K.REFUSED_ORDER


async def test_a_paid_order_is_not_closed(sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await customer.confirm()
    assert (await customer.client.close(payment_ref(customer.order), 5_000)).kind is K.DUPLICATE


async def test_a_wrong_code_is_the_customers_matter_and_a_new_one_comes(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    wrong = await customer.confirm(WRONG_CODE)
    assert (wrong.outcome.kind, wrong.outcome.ask_consent) == (K.REFUSED_PAYER, True)
    assert WRONG_CODE.reveal() not in repr(wrong)
    assert (await customer.query()).outcome.kind is K.PENDING
    resent = await customer.client.resend(customer.order, customer.handle, 5_000)
    assert resent.outcome.kind is K.ACCEPTED
    assert resent.credential is not None
    assert resent.credential.handle == customer.handle
    await customer.confirm()
    assert (await customer.query()).outcome.kind is K.PAID


async def test_three_wrong_codes_end_the_payment(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    said = [(await customer.confirm(WRONG_CODE)).outcome for _ in range(3)]
    assert [outcome.kind for outcome in said] == [K.REFUSED_PAYER, K.REFUSED_PAYER, K.REFUSED_ORDER]
    assert [outcome.ask_consent for outcome in said] == [True, True, False]
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
    assert not refused.outcome.ask_consent
    assert (await customer.query()).outcome.kind is K.CLOSED, "a definite failure is the end of a quick payment"
    assert (await customer.reverse()).kind is K.CLOSED


async def test_a_slow_bank_says_processing_and_then_yes(
    world: World, shop: Listener, transport: AiohttpTransport
) -> None:
    clock = ManualClock(SystemClock().now_ms())
    async with running_sandbox(world, clock=clock) as sandbox:
        customer = await signed_customer(sandbox, transport, shop, tail="0002")
        await customer.apply()
        assert (await customer.confirm()).outcome.kind is K.PENDING
        assert (await customer.query()).outcome.kind is K.PENDING
        assert (await customer.client.close(payment_ref(customer.order), 5_000)).kind is K.PENDING, (
            "not closed: it runs"
        )
        clock.advance(seconds=3)
        told = customer.client.read_notify(await heard(shop, 1))
        assert told.order is not None
        assert told.order.outcome.kind is K.PAID
        assert (await customer.query()).outcome.kind is K.PAID


async def test_limits_of_the_bank(sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport) -> None:
    customer = await signed_customer(sandbox, transport, shop, amount_fen=500_001)
    applied = await customer.client.create(customer.order, 5_000)
    assert (applied.outcome.kind, applied.outcome.code) == (K.REFUSED_LIMIT, "bank_single_limit")
    assert await sandbox.ledger() == [], "refused here: no call was made"
    for number in range(2):
        customer.order = replace(customer.order, channel_order_no=f"PS-{number}", amount_fen=400_000)
        await customer.apply()
        await customer.confirm()
        assert (await customer.query()).outcome.kind is K.PAID
    applied = await customer.client.create(replace(customer.order, channel_order_no="PS-2"), 5_000)
    assert applied.outcome.kind is K.REFUSED_LIMIT, "12,000 yuan are more than the card's day"


async def test_one_banks_outage_leaves_the_other_banks_alone(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customers = [
        await signed_customer(sandbox, transport, shop, bank=bank, channel_order_no=f"PS-{bank}") for bank in Bank
    ]
    await sandbox.set_faults(
        {"kind": "error_code", "code": "3999", "message": "银行系统维护中", "product": "quickpay_ccb"}
    )
    client = open_account(sandbox, transport)
    for bank, customer in zip(Bank, customers, strict=True):
        applied = await client.apply_agreement(holder(bank), 5_000)
        assert (applied.outcome.kind is K.ACCEPTED) is (bank is not Bank.CCB), bank
        assert applied.outcome.listed is (bank is Bank.CCB)
        asked = (await customer.client.create(customer.order, 5_000)).outcome
        assert asked.kind is (K.REFUSED_CHANNEL if bank is Bank.CCB else K.ACCEPTED), "another channel may do it"


async def test_a_banks_own_channel_takes_its_own_cards_only(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    for terms in BANKS.values():
        client = open_account(sandbox, transport, f"quickpay-{terms.bank}")
        other = next(bank for bank in Bank if bank is not terms.bank)
        assert (await client.apply_agreement(holder(terms.bank), 5_000)).outcome.kind is K.ACCEPTED
        refused = await client.apply_agreement(holder(other), 5_000)
        assert (refused.outcome.kind, refused.outcome.code) == (K.REFUSED_CONFIG, "bank_not_offered")


@pytest.mark.parametrize("lost", [{"kind": "http_5xx", "when": "after"}, {"kind": "malformed"}])
async def test_the_answer_to_signing_up_is_lost(
    sandbox: RunningSandbox, transport: AiohttpTransport, lost: dict[str, object]
) -> None:
    """The bank has signed the card up, and confirming again would be refused: the list of cards tells."""
    client, person = open_account(sandbox, transport), holder()
    applied = await client.apply_agreement(person, 5_000)
    await sandbox.set_faults({**lost, "operations": ["create"]})
    signed = await client.confirm_agreement(person, applied.handle, RIGHT_CODE, 5_000)
    assert signed.outcome.kind is K.ACCEPTED
    assert signed.agreement_no
    await sandbox.set_faults()
    assert (await client.confirm_agreement(person, applied.handle, RIGHT_CODE, 5_000)) == signed, (
        "also when asked again"
    )


async def test_a_wrong_code_signs_nothing_up(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    client, person = open_account(sandbox, transport), holder()
    applied = await client.apply_agreement(person, 5_000)
    wrong = await client.confirm_agreement(person, applied.handle, WRONG_CODE, 5_000)
    assert (wrong.outcome.kind, wrong.outcome.ask_consent, wrong.agreement_no) == (K.REFUSED_PAYER, True, "")
    assert (await client.confirm_agreement(person, applied.handle, RIGHT_CODE, 5_000)).agreement_no


async def test_a_refund_in_parts_and_never_more_than_was_paid(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    customer = await signed_customer(sandbox, transport, shop)
    await customer.apply()
    await customer.confirm()
    part = customer.refund(29_900)
    assert (await customer.client.refund(part, 5_000)).outcome.kind is K.PAID
    too_much = customer.refund(100_001, "R-2")
    assert (await customer.client.refund(too_much, 5_000)).outcome.kind is K.REFUSED_ORDER
    assert (await customer.client.refund(part, 5_000)).outcome.kind is K.UNKNOWN, "a used number is asked about"
    assert (await customer.reverse()).kind is K.DUPLICATE, "paid, partly refunded: no cancel takes it back"
