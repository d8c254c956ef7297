"""Stories of 付款码 over real HTTP: the connector on one side, the sandbox's UnionPay with its wallets on the other.

On a clock of the test's own, at 20:37 in the evening. Each ends with both books compared.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.connectors.unionpay.world import CHANNEL, NOW_MS, order
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox, until

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import CreateOrder, DebitOrder, NotifyRequest, OrderFact, OrderRef, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SeededIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.core import Settings
from payswitch.sandbox.ledger import RefundState
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World

K = OutcomeKind
ACCOUNT = "unionpay"
PATIENCE_MS = 5_000
ASKS = {"ask_above_fen": 1}
PAYS = {"ask_above_fen": 200_000}
REFUND_DELAY_S = 1.0


@dataclass
class Counter:
    """A cash desk with its scanner, and the customer in front of it."""

    client: UnionPayClient
    sandbox: RunningSandbox
    shop: Listener
    clock: ManualClock
    order: CreateOrder

    def shown(self, **more: int) -> str:
        return self.sandbox.core.payment_codes.issue("unionpay", "小红", **more).code

    async def debit(self, code: str, timeout_ms: int = PATIENCE_MS) -> OrderFact:
        return await self.client.debit(DebitOrder(order=self.order, consent=Secret(code)), timeout_ms)

    async def query(self) -> OrderFact:
        return await self.client.query(self.ref(), PATIENCE_MS)

    async def reverse(self) -> Outcome:
        return await self.client.reverse(self.ref(), PATIENCE_MS)

    def ref(self, transaction_id: str | None = None) -> OrderRef:
        return OrderRef(
            channel_order_no=self.order.channel_order_no,
            product=Product.UNIONPAY_CODE,
            amount_fen=self.order.amount_fen,
            created_at_ms=self.order.created_at_ms,
            transaction_id=transaction_id,
        )

    async def behave(self, **oddities: object) -> None:
        body = {"account": ACCOUNT, "oddities": oddities}
        address = f"{self.sandbox.base_url}/_sandbox/unionpay/oddities"
        async with self.sandbox.session.put(address, json=body) as answer:
            assert answer.status == 200, await answer.text()

    @property
    def held_fen(self) -> int:
        """What UnionPay's books hold of this order."""
        entry = self.sandbox.core.ledger.find(ACCOUNT, self.order.channel_order_no)
        return entry.amount_fen - entry.refunded_fen if entry is not None and entry.received else 0


@pytest.fixture(scope="module")
def world() -> World:
    return World(base_url="http://127.0.0.1:1", accounts=[unionpay_account("http://127.0.0.1:1", ACCOUNT)])


@pytest.fixture
async def counter(world: World) -> AsyncIterator[Counter]:
    clock, transport = ManualClock(NOW_MS), AiohttpTransport(clock=SystemClock())
    await transport.open()
    settings = Settings(refund_delay_s=REFUND_DELAY_S)
    async with running_sandbox(world, clock=clock, settings=settings) as sandbox, listening() as shop:
        shop.answers = [200]
        table = sandbox.world.account(ACCOUNT).connector_account() | {"same_day_refund": "undo"}
        client = CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock, ids=SeededIds(3))
        made = order(Product.UNIONPAY_CODE, notify_url=shop.url, environment=Environment.COUNTER)
        yield Counter(client, sandbox, shop, clock, made)
    await transport.aclose()


async def test_taken_at_once_paid_by_the_question_and_undone_the_same_evening(counter: Counter) -> None:
    taken = await counter.debit(counter.shown(**PAYS))
    assert (taken.outcome.kind, taken.amount_fen) == (K.PENDING, None)
    paid = await counter.query()
    assert (paid.outcome.kind, paid.amount_fen, paid.currency, paid.merchant_ok) == (K.PAID, 129_900, "CNY", True)
    assert paid.transaction_id == taken.transaction_id
    heard = (await counter.shop.count(1))[0]
    told = counter.client.read_notify(
        NotifyRequest(method="POST", path="/n", query="", headers={}, body=heard.body)
    ).order
    assert told is not None
    assert (told.outcome.kind, told.transaction_id) == (K.PAID, paid.transaction_id)

    refund = RefundOrder(
        order=counter.ref(paid.transaction_id),
        out_refund_no=SeededIds(9).new("R", NOW_MS + 60_000),
        amount_fen=129_900,
        reason="",
        notify_url=counter.shop.url,
    )
    for _ in range(2):
        assert (await counter.client.refund(refund, PATIENCE_MS)).outcome.kind is K.PENDING
    ledger = counter.sandbox.core.ledger
    await until(lambda: len(counter.clock._sleepers) >= 1)
    counter.clock.advance(seconds=REFUND_DELAY_S)
    await until(lambda: all(r.state is RefundState.SUCCEEDED for made in ledger for r in made.refunds))
    assert (await counter.client.query_refund(refund, PATIENCE_MS)).outcome.kind is K.PAID
    assert [r.extra["txn_type"] for made in ledger for r in made.refunds] == ["31"], "once, and as 消费撤销"
    assert (await counter.query()).outcome.kind is K.PAID, "what was given back was paid"
    assert counter.held_fen == 0


async def test_the_password_then_paid(counter: Counter) -> None:
    code = counter.shown(**ASKS)
    assert (await counter.debit(code)).outcome.kind is K.PENDING
    assert (await counter.query()).outcome.kind is K.PENDING
    assert (await counter.sandbox.pay(code, wallet="unionpay"))["result"] == "paid"
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.PAID, 129_900)


async def test_the_password_refused(counter: Counter) -> None:
    code = counter.shown(**ASKS)
    await counter.debit(code)
    counter.sandbox.core.payment_codes.decline(code)
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)


async def test_the_password_takes_too_long(counter: Counter) -> None:
    code = counter.shown(**ASKS)
    await counter.debit(code)
    assert (await counter.reverse()).kind is K.CLOSED
    assert (await counter.sandbox.pay(code, wallet="unionpay"))["result"] == "closed"
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)


async def test_the_customer_has_too_little(counter: Counter) -> None:
    refused = await counter.debit(counter.shown(balance_fen=1, **PAYS))
    assert (refused.outcome.kind, refused.outcome.code, counter.held_fen) == (K.REFUSED_PAYER, "64", 0)


async def test_a_code_that_is_too_old(counter: Counter) -> None:
    code = counter.shown(**PAYS)
    counter.clock.advance(seconds=60)
    refused = await counter.debit(code)
    assert (refused.outcome.kind, counter.held_fen) == (K.REFUSED_PAYER, 0)
    assert (await counter.query()).outcome.kind is K.NOT_FOUND


@pytest.mark.parametrize("code", ["03", "04", "05"])
async def test_not_clear_then_not_found_then_paid(counter: Counter, code: str) -> None:
    """The oddest evening that the guides describe: the answer is open, and in the first seconds there is nothing."""
    await counter.behave(debit_code=code, lag_code="34", lag_s=5)
    open_answer = await counter.debit(counter.shown(**PAYS))
    assert (open_answer.outcome.kind, open_answer.outcome.code) == (K.UNKNOWN, code)
    assert (await counter.query()).outcome.kind is K.NOT_FOUND
    counter.clock.advance(seconds=5)
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.PAID, 129_900)


LOST = [
    ({"kind": "hang", "when": "after"}, K.UNKNOWN),
    ({"kind": "http_5xx", "when": "after"}, K.UNKNOWN),
    ({"kind": "malformed"}, K.UNKNOWN),
    ({"kind": "error_code", "code": "06", "created": True}, K.UNKNOWN),
    ({"kind": "bad_signature"}, K.UNTRUSTED),
    ({"kind": "unknown_serial"}, K.UNTRUSTED),
]


@pytest.mark.parametrize(("fault", "kind"), LOST)
async def test_the_answer_is_lost_or_forged_and_the_question_finds_it_paid(
    counter: Counter, fault: dict[str, object], kind: OutcomeKind
) -> None:
    await counter.sandbox.set_faults({**fault, "operations": ["debit"]})
    lost = await counter.debit(counter.shown(**PAYS), 500 if fault["kind"] == "hang" else PATIENCE_MS)
    assert (lost.outcome.kind, lost.outcome.transient) == (kind, False)
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.PAID, 129_900)


async def test_the_call_is_lost_and_nothing_was_taken(counter: Counter) -> None:
    await counter.sandbox.set_faults({"kind": "hang", "when": "before", "operations": ["debit"]})
    assert (await counter.debit(counter.shown(**PAYS), 300)).outcome.kind is K.UNKNOWN
    assert (await counter.query()).outcome.kind is K.NOT_FOUND
    assert (await counter.reverse()).kind is K.UNKNOWN, "it might still be on its way"
    counter.clock.advance(seconds=65)
    assert ((await counter.reverse()).kind, counter.held_fen) == (K.CLOSED, 0)
    assert (await counter.query()).outcome.kind is K.NOT_FOUND


async def test_reversed_though_paid_the_money_goes_back(counter: Counter) -> None:
    await counter.sandbox.set_faults({"kind": "hang", "when": "after", "operations": ["debit"]})
    assert (await counter.debit(counter.shown(**PAYS), 300)).outcome.kind is K.UNKNOWN
    assert counter.held_fen == 129_900
    assert (await counter.reverse()).kind is K.CLOSED
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.CLOSED, 0)
    assert (await counter.reverse()).kind is K.CLOSED, "repeating it is harmless"


async def test_the_answer_to_the_reversal_is_lost(counter: Counter) -> None:
    await counter.debit(counter.shown(**PAYS))
    await counter.sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["reverse"]})
    lost = await counter.reverse()
    assert (lost.kind, lost.transient) == (K.UNKNOWN, True)
    await counter.sandbox.set_faults()
    assert (await counter.query()).outcome.kind is K.CLOSED, "the question about the original tells"
    assert ((await counter.reverse()).kind, counter.held_fen) == (K.CLOSED, 0)


async def test_after_eleven_unionpay_reverses_nothing_any_more(counter: Counter) -> None:
    await counter.debit(counter.shown(**PAYS))
    counter.clock.advance(seconds=8_580)
    late = await counter.reverse()
    assert (late.kind, late.code, late.listed) == (K.DUPLICATE, "39", False)
    assert ((await counter.query()).outcome.kind, counter.held_fen) == (K.PAID, 129_900)
