"""Stories of 付款码 over real HTTP: the connector on one side, the sandbox's Alipay with its wallets on the other.

Each ends with both books compared: what Alipay holds is what the connector said.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.connectors.alipay.world import CHANNEL, order, ref_of, refund_order
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.alipay.client import AlipayClient
from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import CreateOrder, DebitOrder, NotifyRequest, OrderFact
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import World, alipay_account

K = OutcomeKind
CLOCK, IDS = SystemClock(), SystemIds()
PATIENCE_MS = 5_000
MODES = ("public-key", "certificate")


@dataclass
class Counter:
    """A cash desk with its scanner, and the customer in front of it."""

    client: AlipayClient
    sandbox: RunningSandbox
    shop: Listener
    account: str
    order: CreateOrder

    def shown(self, **more: int) -> str:
        return self.sandbox.core.payment_codes.issue("alipay", "小红", **more).code

    async def debit(self, code: str, timeout_ms: int = PATIENCE_MS) -> OrderFact:
        return await self.client.debit(DebitOrder(order=self.order, consent=Secret(code)), timeout_ms)

    async def query(self) -> OrderFact:
        return await self.client.query(ref_of(self.order), PATIENCE_MS)

    async def reverse(self) -> Outcome:
        return await self.client.reverse(ref_of(self.order), PATIENCE_MS)

    async def faults(self, *faults: dict[str, object]) -> None:
        await self.sandbox.set_faults(*faults)

    async def behave(self, **oddities: object) -> None:
        body = {"account": self.account, "oddities": oddities}
        address = f"{self.sandbox.base_url}/_sandbox/alipay/oddities"
        async with self.sandbox.session.put(address, json=body) as answer:
            assert answer.status == 200, await answer.text()

    @property
    def held_fen(self) -> int:
        """What Alipay's books hold of this order."""
        entry = self.sandbox.core.ledger.find(self.account, self.order.channel_order_no)
        return entry.amount_fen - entry.refunded_fen if entry is not None and entry.received else 0


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    return World(
        base_url=address,
        accounts=[alipay_account(mode, address, certificate_mode=mode == "certificate") for mode in MODES],
    )


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=CLOCK) as running:
        yield running


@pytest.fixture(params=MODES)
async def counter(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> AsyncIterator[Counter]:
    transport = AiohttpTransport(clock=CLOCK)
    await transport.open()
    table = sandbox.world.account(request.param).connector_account()
    client = CONNECTOR.open(CHANNEL, table, transport=transport, clock=CLOCK, ids=IDS)
    assert isinstance(client, AlipayClient)
    now_ms = CLOCK.now_ms()
    async with listening() as shop:
        made = order(
            Product.ALIPAY_CODE,
            channel_order_no=IDS.new("P", now_ms),
            created_at_ms=now_ms,
            expires_at_ms=now_ms + 300_000,
            notify_url=shop.url,
            environment=Environment.COUNTER,
        )
        yield Counter(client, sandbox, shop, request.param, made)
    await transport.aclose()


async def test_paid_at_once_and_half_of_it_refunded(counter: Counter) -> None:
    paid = await counter.debit(counter.shown(ask_above_fen=200_000))
    assert (paid.outcome.kind, paid.amount_fen, paid.currency) == (K.PAID, 129_900, "CNY")
    found = await counter.query()
    assert (found.outcome.kind, found.transaction_id) == (K.PAID, paid.transaction_id)
    note = NotifyRequest(method="POST", path="/n", query="", headers={}, body=(await counter.shop.count(1))[0].body)
    told = counter.client.read_notify(note).order
    assert told is not None
    assert (told.outcome.kind, told.transaction_id) == (K.PAID, paid.transaction_id)
    refund = refund_order(order=ref_of(counter.order), amount_fen=64_950)
    assert (await counter.client.refund(refund, PATIENCE_MS)).outcome.kind is K.PAID
    assert (await counter.query()).outcome.kind is K.PAID, "a refund does not make a payment unpaid"
    assert counter.held_fen == 64_950


async def test_the_password_then_paid(counter: Counter) -> None:
    code = counter.shown()
    assert (await counter.debit(code)).outcome.kind is K.PENDING
    assert (await counter.query()).outcome.kind is K.PENDING
    assert (await counter.sandbox.pay(code, wallet="alipay"))["result"] == "paid"
    assert (await counter.query()).outcome.kind is K.PAID
    assert counter.held_fen == 129_900


async def test_the_password_refused(counter: Counter) -> None:
    code = counter.shown()
    await counter.debit(code)
    counter.sandbox.core.payment_codes.decline(code)
    assert (await counter.query()).outcome.kind is K.CLOSED
    assert counter.held_fen == 0


async def test_the_password_takes_too_long(counter: Counter) -> None:
    code = counter.shown()
    await counter.debit(code)
    assert await counter.reverse() == Outcome(kind=K.CLOSED, code="close")
    assert (await counter.sandbox.pay(code, wallet="alipay"))["result"] == "closed"
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)


async def test_the_customer_has_too_little(counter: Counter) -> None:
    refused = await counter.debit(counter.shown(balance_fen=1, ask_above_fen=200_000))
    assert (refused.outcome.kind, refused.outcome.code) == (K.REFUSED_PAYER, "ACQ.BUYER_BALANCE_NOT_ENOUGH")
    assert counter.held_fen == 0


async def test_the_same_code_a_second_time(counter: Counter) -> None:
    code = counter.shown(ask_above_fen=200_000)
    await counter.debit(code)
    counter.order = order(
        Product.ALIPAY_CODE, channel_order_no=IDS.new("P", CLOCK.now_ms()), expires_at_ms=CLOCK.now_ms() + 300_000
    )
    again = await counter.debit(code)
    assert (again.outcome.kind, again.outcome.code) == (K.REFUSED_PAYER, "ACQ.PAYMENT_AUTH_CODE_INVALID")
    assert code not in repr(again)


LOST = [
    ({"kind": "hang", "when": "after"}, K.UNKNOWN),
    ({"kind": "http_5xx", "when": "after"}, K.UNKNOWN),
    ({"kind": "malformed"}, K.UNKNOWN),
    ({"kind": "error_code", "code": "20000", "created": True}, K.UNKNOWN),
    ({"kind": "error_code", "code": "ACQ.SYSTEM_ERROR", "created": True}, K.UNKNOWN),
    ({"kind": "bad_signature"}, K.UNTRUSTED),
]


@pytest.mark.parametrize(("fault", "kind"), LOST)
async def test_the_answer_is_lost_or_forged_and_the_question_finds_it_paid(
    counter: Counter, fault: dict[str, object], kind: OutcomeKind
) -> None:
    await counter.faults({**fault, "operations": ["debit"]})
    timeout_ms = 500 if fault["kind"] == "hang" else PATIENCE_MS
    lost = await counter.debit(counter.shown(ask_above_fen=200_000), timeout_ms)
    assert (lost.outcome.kind, lost.outcome.transient) == (kind, False)
    found = await counter.query()
    assert (found.outcome.kind, found.amount_fen, counter.held_fen) == (K.PAID, 129_900, 129_900)


async def test_the_call_is_lost_and_nothing_was_taken(counter: Counter) -> None:
    await counter.faults({"kind": "hang", "when": "before", "operations": ["debit"]})
    assert (await counter.debit(counter.shown(ask_above_fen=200_000), 300)).outcome.kind is K.UNKNOWN
    assert (await counter.query()).outcome.kind is K.NOT_FOUND
    assert await counter.reverse() == Outcome(kind=K.CLOSED, code="no_trade")
    assert counter.held_fen == 0


async def test_reversed_though_paid_the_money_goes_back(counter: Counter) -> None:
    await counter.faults({"kind": "hang", "when": "after", "operations": ["debit", "query"]})
    assert (await counter.debit(counter.shown(ask_above_fen=200_000), 300)).outcome.kind is K.UNKNOWN
    assert (await counter.client.query(ref_of(counter.order), 100)).outcome.kind is K.UNKNOWN
    await counter.faults()
    assert counter.held_fen == 129_900
    assert await counter.reverse() == Outcome(kind=K.CLOSED, code="refund")
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)
    assert (await counter.reverse()).kind is K.CLOSED, "repeating it is harmless"

    heard = await counter.shop.count(2)
    notes = [NotifyRequest(method="POST", path="/n", query="", headers={}, body=one.body) for one in heard]
    facts = [counter.client.read_notify(note).order for note in notes]
    assert [fact.outcome.kind for fact in facts if fact is not None] == [K.PAID], "of the reversal nothing is paid"


async def test_a_cancel_asks_to_be_repeated_twice(counter: Counter) -> None:
    await counter.behave(cancel_retries=2)
    await counter.debit(counter.shown(ask_above_fen=200_000))
    assert [(await counter.reverse()).kind for _ in range(3)] == [K.PENDING, K.PENDING, K.CLOSED]
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)


async def test_the_answer_to_the_cancel_is_lost(counter: Counter) -> None:
    await counter.debit(counter.shown(ask_above_fen=200_000))
    await counter.faults({"kind": "http_5xx", "when": "after", "operations": ["reverse"]})
    lost = await counter.reverse()
    assert (lost.kind, lost.transient) == (K.UNKNOWN, True)
    await counter.faults()
    assert await counter.reverse() == Outcome(kind=K.CLOSED, code="refund")
    assert counter.held_fen == 0


async def test_a_forged_answer_to_the_cancel_ends_nothing(counter: Counter) -> None:
    await counter.debit(counter.shown(ask_above_fen=200_000))
    await counter.faults({"kind": "bad_signature", "operations": ["reverse"]})
    assert (await counter.reverse()).kind is K.UNTRUSTED


@pytest.mark.parametrize(
    ("mode", "kind", "held_fen"), [("payable", K.PAID, 129_900), ("tombstone", K.REFUSED_ORDER, 0)]
)
async def test_the_debit_was_still_on_its_way_when_it_was_cancelled(
    counter: Counter, mode: str, kind: OutcomeKind, held_fen: int
) -> None:
    """Why CLOSED after a cancel is asked about again, and why a number is never used twice. In the one reported world
    the late call debits (the switch gives it back as surplus), in the other it is refused."""
    await counter.behave(close_before_scan=mode)
    assert await counter.reverse() == Outcome(kind=K.CLOSED, code="no_trade")
    late = await counter.debit(counter.shown(ask_above_fen=200_000))
    assert (late.outcome.kind, counter.held_fen) == (kind, held_fen)
    assert (await counter.query()).outcome.kind is (K.PAID if held_fen else K.NOT_FOUND)


@pytest.mark.parametrize("mode", ["payable", "tombstone"])
async def test_a_code_that_was_closed_before_anybody_scanned_it(counter: Counter, mode: str) -> None:
    """The push product's side of the same dispute, end to end: NOT_FOUND either way, payable in the one world only."""
    await counter.behave(close_before_scan=mode)
    now_ms = CLOCK.now_ms()
    shown = order(
        channel_order_no=IDS.new("P", now_ms),
        created_at_ms=now_ms,
        expires_at_ms=now_ms + 300_000,
        notify_url=counter.shop.url,
    )
    made = await counter.client.create(shown, PATIENCE_MS)
    assert made.credential is not None
    assert (await counter.client.close(ref_of(shown), PATIENCE_MS)).kind is K.NOT_FOUND
    paid = (await counter.sandbox.pay(made.credential.content, wallet="alipay"))["result"]
    assert paid == ("paid" if mode == "payable" else "closed")
    found = (await counter.client.query(ref_of(shown), PATIENCE_MS)).outcome.kind
    assert found is (K.PAID if mode == "payable" else K.PENDING)
