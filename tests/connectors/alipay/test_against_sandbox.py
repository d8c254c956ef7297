"""The connector over real HTTP against the sandbox, which was written from the same facts by other hands: the product
whose trade exists at once, and the daily bill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.connectors.alipay.world import CHANNEL, order, ref_of, refund_order
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.alipay.client import AlipayClient
from payswitch.domain.bill import BillKind
from payswitch.domain.channel import Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import SystemClock, beijing
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.world import World, alipay_account

MODES = ("public-key", "certificate")
BUYER = "2088102146225135"


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [alipay_account(mode, address, certificate_mode=mode == "certificate") for mode in MODES]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture(params=MODES)
async def client(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> AsyncIterator[AlipayClient]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    account = sandbox.world.account(request.param).connector_account()
    made = CONNECTOR.open(CHANNEL, account, transport=transport, clock=SystemClock(), ids=SystemIds())
    assert isinstance(made, AlipayClient)
    yield made
    await transport.aclose()


def new_order(shop: Listener, product: Product, **changes: Any) -> CreateOrder:
    now_ms = SystemClock().now_ms()
    times = {"created_at_ms": now_ms, "expires_at_ms": now_ms + 900_000}
    return order(product, **times, notify_url=shop.url, buyer_id=BUYER, **changes)


async def test_a_customer_in_a_mini_program(sandbox: RunningSandbox, shop: Listener, client: AlipayClient) -> None:
    asked_for = new_order(shop, Product.ALIPAY_JSAPI)
    made = await client.create(asked_for, 5_000)
    assert made.outcome.kind is OutcomeKind.ACCEPTED, made
    assert made.credential is not None
    ref = ref_of(asked_for)
    assert (await client.query(ref, 5_000)).outcome.kind is OutcomeKind.PENDING, "the trade exists at once"

    paid = await sandbox.pay(params=made.credential.params, wallet="alipay")
    assert paid["result"] == "paid", paid
    heard = (await shop.count(1))[0]
    note = NotifyRequest(method="POST", path="/notify/x", query="", headers={}, body=heard.body)
    told, asked = client.read_notify(note).order, await client.query(ref, 5_000)
    assert told is not None
    for fact in (told, asked):
        assert (fact.outcome.kind, fact.amount_fen) == (OutcomeKind.PAID, 129_900)
        assert fact.transaction_id == made.credential.params["tradeNO"]
    assert (await client.close(ref, 5_000)).kind is OutcomeKind.DUPLICATE
    refund = refund_order(order=ref, amount_fen=29_900)
    assert (await client.refund(refund, 5_000)).outcome.kind is OutcomeKind.PAID
    assert (await client.query_refund(refund, 5_000)).amount_fen == 29_900


async def test_a_trade_that_nobody_pays_is_closed_for_good(
    sandbox: RunningSandbox, shop: Listener, client: AlipayClient
) -> None:
    asked_for = new_order(shop, Product.ALIPAY_JSAPI)
    made = await client.create(asked_for, 5_000)
    assert made.credential is not None
    ref = ref_of(asked_for)
    assert (await client.close(ref, 5_000)).kind is OutcomeKind.CLOSED
    assert (await client.query(ref, 5_000)).outcome.kind is OutcomeKind.CLOSED
    assert (await sandbox.pay(params=made.credential.params, wallet="alipay"))["result"] == "closed"


async def set_bills(sandbox: RunningSandbox, **settings: object) -> None:
    async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/bills/alipay", json=settings) as answer:
        assert answer.status == 200, await answer.text()


async def test_the_days_bill_says_what_was_taken_and_given_back(
    sandbox: RunningSandbox, shop: Listener, client: AlipayClient
) -> None:
    today = f"{beijing(SystemClock().now_ms()):%Y-%m-%d}"
    await set_bills(sandbox, at_once=True)
    assert (await client.download_bill(today, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND

    # The subject's commas would move the bill's columns; our own are sent as Chinese ones.
    asked_for = new_order(shop, Product.ALIPAY_JSAPI, subject="毛衣,红色,L")
    made = await client.create(asked_for, 5_000)
    assert made.credential is not None
    await sandbox.pay(params=made.credential.params, wallet="alipay")
    refund = refund_order(order=ref_of(asked_for), amount_fen=29_900)
    await client.refund(refund, 5_000)
    asked = await client.query(ref_of(asked_for), 5_000)

    answer = await client.download_bill(today, 5_000)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, answer
    payment, back = answer.lines
    assert (payment.kind, payment.channel_order_no, payment.amount_fen) == (
        BillKind.PAYMENT,
        asked_for.channel_order_no,
        129_900,
    )
    assert (payment.transaction_id, payment.at_ms) == (asked.transaction_id, asked.paid_at_ms)
    assert payment.fee_fen == 779, "0.6 % of 1299.00 yuan, to the nearest fen"
    assert (back.kind, back.amount_fen, back.out_refund_no) == (BillKind.REFUND, 29_900, refund.out_refund_no)
    assert back.fee_fen == -179

    number = asked_for.channel_order_no
    for change, lines in (({"change": "drop"}, 1), ({"change": "amount", "by_fen": -1}, 2)):
        await set_bills(sandbox, at_once=True, edits=[{"channel_order_no": number, **change}])
        wrong = await client.download_bill(today, 5_000)
        assert wrong.outcome.kind is OutcomeKind.ACCEPTED, "the bill agrees with itself, if not with the books"
        assert (len(wrong.lines), payment in wrong.lines, back in wrong.lines) == (lines, False, True)


async def test_another_accounts_bill_is_not_believed(
    sandbox: RunningSandbox, shop: Listener, client: AlipayClient
) -> None:
    made = await client.create(new_order(shop, Product.ALIPAY_JSAPI), 5_000)
    assert made.credential is not None
    await sandbox.pay(params=made.credential.params, wallet="alipay")
    await set_bills(sandbox, at_once=True)
    stranger = msgspec.structs.replace(client._account, seller_id="2088000000000000")
    client._account = stranger
    answer = await client.download_bill(f"{beijing(SystemClock().now_ms()):%Y-%m-%d}", 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, "wrong_merchant")
