"""The whole evening over real HTTP and real mutual TLS, against the sandbox.

There: Apple, a customer's device, and an acquirer who really opens the token, written from the same documents and apart
from the connector.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace
from tests.connectors.applepay.world import CHANNEL
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.applepay import CONNECTOR
from payswitch.connectors.applepay.client import ApplePayClient
from payswitch.connectors.applepay.products import TAKEN_WITHIN_MS
from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import CreateOrder, DebitOrder, NotifyRequest, OrderFact, OrderRef, RefundOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.applepay.accounts import DOMAIN, applepay_account
from payswitch.sandbox.applepay.device import TOKEN_VALID_MS
from payswitch.sandbox.core import Settings
from payswitch.sandbox.world import World

K = OutcomeKind
NIGHT_MS = 1_794_400_620_000
"""2026-11-11 20:37 in Beijing."""
AMOUNT_FEN = 129_900
VALIDATION_URL = "https://cn-apple-pay-gateway-sh-pod1.apple.com/paymentservices/startSession"
PATIENCE_MS = 3_000
IDS = SystemIds()


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [applepay_account(address, "apple-main"), applepay_account(address, "apple-other")]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
def night() -> ManualClock:
    return ManualClock(NIGHT_MS)


@pytest.fixture
async def sandbox(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night, settings=Settings(refund_delay_s=0)) as running:
        yield running


class Shop:
    """A shop with a page, its client, and the address where it hears of payments."""

    def __init__(self, sandbox: RunningSandbox, client: ApplePayClient, listener: Listener) -> None:
        self.sandbox = sandbox
        self.client = client
        self.listener = listener

    async def look_at_the_phone(self, account: str = "apple-main", **sheet: Any) -> dict[str, Any]:
        """The customer confirms on the device; what the page's `onpaymentauthorized` brings."""
        body = {"account": account, "amount_fen": AMOUNT_FEN} | sheet
        async with self.sandbox.session.post(f"{self.sandbox.base_url}/_sandbox/applepay/token", json=body) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = (await answer.json())["token"]
            return found

    def order(self, **changes: Any) -> CreateOrder:
        now_ms = self.sandbox.core.clock.now_ms()
        fields: dict[str, Any] = {
            "channel_order_no": IDS.new("P", now_ms),
            "product": Product.APPLEPAY_WEB,
            "amount_fen": AMOUNT_FEN,
            "subject": "爆款 × 1",
            "created_at_ms": now_ms,
            "expires_at_ms": now_ms + 900_000,
            "notify_url": self.listener.url,
            "environment": Environment.MOBILE,
        }
        return CreateOrder(**(fields | changes))

    async def debit(
        self, token: dict[str, Any], order: CreateOrder | None = None, timeout_ms: int = PATIENCE_MS
    ) -> tuple[OrderRef, OrderFact]:
        order = order or self.order()
        ref = OrderRef(
            channel_order_no=order.channel_order_no,
            product=order.product,
            amount_fen=order.amount_fen,
            created_at_ms=order.created_at_ms,
        )
        debit = DebitOrder(order=order, consent=Secret(json.dumps(token)))
        return ref, await self.client.debit(debit, timeout_ms)

    async def truth(self, ref: OrderRef) -> OrderFact:
        return await self.client.query(ref, PATIENCE_MS)


@pytest.fixture
async def shop(sandbox: RunningSandbox, night: ManualClock) -> AsyncIterator[Shop]:
    transport = AiohttpTransport(clock=night)
    await transport.open()
    async with listening() as listener:
        listener.answers = [200]
        yield Shop(sandbox, open_client(sandbox, transport, night), listener)
    await transport.aclose()


def open_client(
    sandbox: RunningSandbox, transport: AiohttpTransport, clock: ManualClock, **changes: str
) -> ApplePayClient:
    table = sandbox.world.account("apple-main").connector_account() | changes
    return CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock, ids=IDS)


async def test_from_the_page_to_the_money_and_half_of_it_back(shop: Shop, night: ManualClock) -> None:
    session = await shop.client.merchant_session(VALIDATION_URL, DOMAIN, PATIENCE_MS)
    assert session.outcome.kind is K.ACCEPTED, session.outcome
    token = await shop.look_at_the_phone(session=json.loads(session.session))
    ref, taken = await shop.debit(token)
    assert taken.outcome.kind is K.PENDING
    fact = await shop.truth(ref)
    assert (fact.outcome.kind, fact.amount_fen, fact.currency, fact.merchant_ok) == (K.PAID, AMOUNT_FEN, "CNY", True)

    heard = (await shop.listener.count(1))[0]
    told = shop.client.read_notify(NotifyRequest(method="POST", path="/", query="", headers={}, body=heard.body))
    assert told.order is not None
    assert (told.order.outcome.kind, told.order.transaction_id) == (K.PAID, fact.transaction_id)

    refund = RefundOrder(
        order=replace(ref, transaction_id=fact.transaction_id),
        out_refund_no=IDS.new("R", NIGHT_MS),
        amount_fen=AMOUNT_FEN // 2,
        reason="half",
        notify_url=shop.listener.url,
    )
    assert (await shop.client.refund(refund, PATIENCE_MS)).outcome.kind is K.PENDING
    night.advance(seconds=1)
    await shop.listener.count(2)
    done = await shop.client.query_refund(refund, PATIENCE_MS)
    assert (done.outcome.kind, done.amount_fen) == (K.PAID, AMOUNT_FEN // 2)


async def test_a_bank_that_declines_takes_nothing(shop: Shop) -> None:
    ref, answer = await shop.debit(await shop.look_at_the_phone(card="64"))
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "64")
    fact = await shop.truth(ref)
    assert (fact.outcome.kind, fact.outcome.code) == (K.CLOSED, "64")


async def test_a_bank_that_is_still_working_can_be_waited_for_and_then_reversed(shop: Shop) -> None:
    ref, answer = await shop.debit(await shop.look_at_the_phone(card="05"))
    assert answer.outcome.kind is K.UNKNOWN
    assert (await shop.truth(ref)).outcome.kind is K.PENDING
    assert (await shop.client.reverse(ref, PATIENCE_MS)).kind is K.CLOSED
    assert (await shop.truth(ref)).outcome.kind is K.CLOSED


async def test_a_lost_answer_is_unknown_then_found_paid(shop: Shop) -> None:
    await shop.sandbox.set_faults({"kind": "http_5xx", "operations": ["debit"], "when": "after", "status": 502})
    ref, answer = await shop.debit(await shop.look_at_the_phone())
    assert (answer.outcome.kind, answer.outcome.transient) == (K.UNKNOWN, False)
    assert (await shop.truth(ref)).outcome.kind is K.PAID


async def test_a_lost_answer_is_unknown_then_reversed_and_no_money_is_kept(shop: Shop) -> None:
    await shop.sandbox.set_faults({"kind": "hang", "operations": ["debit"], "when": "after"})
    ref, answer = await shop.debit(await shop.look_at_the_phone(), timeout_ms=300)
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNKNOWN, "timeout")
    for _ in range(2):  # repeating it is harmless
        assert (await shop.client.reverse(ref, PATIENCE_MS)).kind is K.CLOSED
    assert (await shop.truth(ref)).outcome.kind is K.CLOSED
    (entry,) = await shop.sandbox.ledger()
    assert entry["state"] == "refunded"


async def test_a_debit_that_never_arrived_is_not_found_and_its_reversal_ends_it(shop: Shop, night: ManualClock) -> None:
    await shop.sandbox.set_faults({"kind": "hang", "operations": ["debit"]})
    ref, answer = await shop.debit(await shop.look_at_the_phone(), timeout_ms=300)
    assert answer.outcome.kind is K.UNKNOWN
    assert (await shop.truth(ref)).outcome.kind is K.NOT_FOUND
    assert (await shop.client.reverse(ref, PATIENCE_MS)).kind is K.UNKNOWN
    night.advance(seconds=CONNECTOR.capabilities[Product.APPLEPAY_WEB].reverse_after_s)
    assert (await shop.client.reverse(ref, PATIENCE_MS)).kind is K.CLOSED


async def test_a_token_is_good_once(shop: Shop) -> None:
    token = await shop.look_at_the_phone()
    first, _ = await shop.debit(token)
    second, answer = await shop.debit(token)
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "80")
    assert (await shop.truth(first)).outcome.kind is K.PAID
    assert (await shop.truth(second)).outcome.kind is K.NOT_FOUND


async def test_a_number_is_debited_once_whatever_token_comes(shop: Shop) -> None:
    order = shop.order()
    ref, _ = await shop.debit(await shop.look_at_the_phone(), order)
    _, again = await shop.debit(await shop.look_at_the_phone(), order)
    assert (again.outcome.kind, again.outcome.code) == (K.UNKNOWN, "12")
    assert (await shop.truth(ref)).outcome.kind is K.PAID
    assert len(await shop.sandbox.ledger()) == 1


async def test_a_token_for_another_amount_is_the_customers_matter_and_moves_nothing(shop: Shop) -> None:
    ref, answer = await shop.debit(await shop.look_at_the_phone(amount_fen=1))
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "36")
    assert (await shop.truth(ref)).outcome.kind is K.NOT_FOUND


async def test_a_token_of_another_merchant_opens_nothing(shop: Shop) -> None:
    ref, answer = await shop.debit(await shop.look_at_the_phone("apple-other"))
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "10")
    assert (await shop.truth(ref)).outcome.kind is K.NOT_FOUND


async def test_a_debit_that_was_held_up_for_a_minute_takes_nothing(shop: Shop, night: ManualClock) -> None:
    """So that what is not found when it is reversed does not come later."""
    token, order = await shop.look_at_the_phone(), shop.order()
    night.advance(ms=TAKEN_WITHIN_MS + 1_000)
    ref, answer = await shop.debit(token, order)
    assert answer.outcome.kind is K.REFUSED_PAYER
    assert (await shop.truth(ref)).outcome.kind is K.NOT_FOUND
    assert CONNECTOR.capabilities[Product.APPLEPAY_WEB].reverse_after_s * 1_000 > TAKEN_WITHIN_MS


async def test_a_token_is_old_after_five_minutes(shop: Shop, night: ManualClock) -> None:
    token = await shop.look_at_the_phone()
    night.advance(ms=TOKEN_VALID_MS + 1)
    _, answer = await shop.debit(token)
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "80")


async def test_a_card_that_has_expired(shop: Shop) -> None:
    _, answer = await shop.debit(await shop.look_at_the_phone(expires="261031"))
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "73")


@pytest.mark.parametrize("field", ["data", "signature", "ephemeralPublicKey", "transactionId"])
async def test_a_token_with_one_changed_bit_opens_nothing(shop: Shop, field: str) -> None:
    token = await shop.look_at_the_phone()
    place = token["paymentData"] if field in token["paymentData"] else token["paymentData"]["header"]
    if field == "transactionId":
        place[field] = "00" * 32
    else:
        raw = bytearray(base64.b64decode(place[field]))
        raw[-3] ^= 1
        place[field] = base64.b64encode(raw).decode()
    _, answer = await shop.debit(token)
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_PAYER, "10")
    assert not await shop.sandbox.ledger()


async def test_a_domain_that_apple_does_not_know_is_told_in_apples_words(
    sandbox: RunningSandbox, night: ManualClock
) -> None:
    transport = AiohttpTransport(clock=night)
    await transport.open()
    client = open_client(sandbox, transport, night, domains="new.shop.example")
    answer = await client.merchant_session(VALIDATION_URL, "new.shop.example", PATIENCE_MS)
    await transport.aclose()
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_CONFIG, "http_400")
    assert "not registered for domain=new.shop.example" in answer.outcome.message


async def test_another_merchants_certificate_gets_no_session(sandbox: RunningSandbox, night: ManualClock) -> None:
    """The account says who we are; the certificate proves it. Here they differ."""
    other = sandbox.world.account("apple-other").connector_account()
    transport = AiohttpTransport(clock=night)
    await transport.open()
    client = open_client(
        sandbox,
        transport,
        night,
        merchant_identifier=other["merchant_identifier"],
        merchant_certificate=other["merchant_certificate"],
        merchant_private_key=other["merchant_private_key"],
    )
    assert (await client.merchant_session(VALIDATION_URL, DOMAIN, PATIENCE_MS)).session
    await transport.aclose()


async def test_a_session_is_never_taken_over_an_untrusted_connection(
    sandbox: RunningSandbox, night: ManualClock
) -> None:
    """The certificate of the sandbox's port is from nobody that this account trusts."""
    transport = AiohttpTransport(clock=night)
    await transport.open()
    own = sandbox.world.account("apple-main").connector_account()["merchant_certificate"]
    client = open_client(sandbox, transport, night, ca_certificate=own)
    answer = await client.merchant_session(VALIDATION_URL, DOMAIN, PATIENCE_MS)
    await transport.aclose()
    assert (answer.outcome.kind, answer.outcome.code) == (K.NOT_SENT, "tls_failed")
