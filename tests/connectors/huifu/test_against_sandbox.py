"""The connector over real HTTP against the sandbox, which was written from the same facts but shares no code with it.

The unit stories of this folder check each detail; these check that both ends of the wire agree on all of them at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from tests.connectors.huifu.world import CHANNEL, order, order_ref, refund_order
from tests.sandbox.huifu.shop import Shop, shop_listening
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.huifu import CONNECTOR
from payswitch.domain.channel import Closing, Product
from payswitch.domain.exchange import CreateOrder, OrderRef, RefundOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.core import Settings
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.world import World, alipay_account, wechat_account

K = OutcomeKind
NIGHT_MS = 1_794_400_620_000
PRODUCTS = sorted(CONNECTOR.capabilities)
WALLET = {"wechat": "wechat", "alipay": "alipay", "unionpay": "unionpay", "ecny": "ecny"}


@pytest.fixture(scope="module")
def world() -> World:
    """WeChat and Alipay themselves live beside Huifu, and come first: their wallets see every credential too."""
    address = "http://127.0.0.1:1"
    return World(
        base_url=address,
        accounts=[
            wechat_account("wechat-main", address),
            alipay_account("alipay-main", address),
            huifu_account("direct", address),
            huifu_account("provider", address, provider=True),
        ],
    )


@pytest.fixture
def night() -> ManualClock:
    return ManualClock(NIGHT_MS)


@pytest.fixture
async def sandbox(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night, settings=Settings(refund_delay_s=1.0)) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with shop_listening() as listening:
        yield listening


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


def open_client(sandbox: RunningSandbox, mode: str, transport: AiohttpTransport, **changes: str) -> Any:
    account = sandbox.world.account(mode).connector_account() | changes
    clock = sandbox.core.clock
    return CONNECTOR.open(CHANNEL, account, transport=transport, clock=clock, ids=SeededIds(7))


def order_for(product: Product, shop: Shop) -> CreateOrder:
    return order(product, notify_url=shop.url, amount_fen=12_900)


def ref_of(product: Product) -> OrderRef:
    return msgspec.structs.replace(order_ref(product), amount_fen=12_900)


def refund_of(product: Product, shop: Shop) -> RefundOrder:
    return refund_order(order=ref_of(product), notify_url=shop.url, created_at_ms=NIGHT_MS)


@pytest.mark.parametrize("mode", ["direct", "provider"])
@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_payment_from_code_to_refund(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport, night: ManualClock, mode: str, product: Product
) -> None:
    client = open_client(sandbox, mode, transport)
    shop.reads_with(client)
    made = await client.create(order_for(product, shop), 5_000)
    assert made.outcome.kind is K.ACCEPTED, made
    assert (await client.query(ref_of(product), 5_000)).outcome.kind is K.PENDING

    wallet = WALLET[CONNECTOR.capabilities[product].method]
    credential = made.credential
    wrong = await sandbox.pay(credential.content, params=credential.params, wallet="bank")
    assert wrong["result"] == "wrong_wallet"
    paid = await sandbox.pay(credential.content, params=credential.params, wallet=wallet)
    assert paid["result"] == "paid", paid
    told = (await shop.count(1))[0].order
    asked = await client.query(ref_of(product), 5_000)
    for fact in (told, asked):
        assert fact.outcome.kind is K.PAID
        assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (12_900, "CNY", True)
        assert fact.transaction_id == asked.transaction_id
        assert fact.paid_at_ms == NIGHT_MS

    refund = refund_of(product, shop)
    assert (await client.query_refund(refund, 5_000)).outcome.kind is K.NOT_FOUND
    given = await client.refund(refund, 5_000)
    assert (given.outcome.kind, given.amount_fen) == (K.PENDING, 2_900)
    again = await client.refund(refund, 5_000)
    assert (again.outcome.kind, again.outcome.code) == (K.UNKNOWN, "20000000"), "once per number: ask what became of it"
    assert (await client.query_refund(refund, 5_000)).outcome.kind is K.PENDING
    night.advance(seconds=1)
    back = (await shop.count(2))[1].refund
    found = await client.query_refund(refund, 5_000)
    for fact in (back, found):
        assert (fact.outcome.kind, fact.amount_fen) == (K.PAID, 2_900)
        assert fact.channel_refund_id == given.channel_refund_id
    assert (await client.query(ref_of(product), 5_000)).outcome.kind is K.PAID, "a refund leaves the payment paid"
    await shop.settled(sandbox)
    books = await sandbox.ledger()
    assert [(r["out_refund_no"], r["amount_fen"], r["state"]) for r in books[0]["refunds"]] == [
        (refund.out_refund_no, 2_900, "succeeded")
    ]


@pytest.mark.parametrize("product", PRODUCTS)
async def test_an_order_that_nobody_pays_is_closed_where_huifu_can(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport, night: ManualClock, product: Product
) -> None:
    client = open_client(sandbox, "direct", transport)
    ref = ref_of(product)
    assert (await client.query(ref, 5_000)).outcome.kind is K.NOT_FOUND
    assert (await client.close(ref, 5_000)).kind is K.NOT_FOUND
    made = await client.create(order_for(product, shop), 5_000)
    assert (await client.close(ref, 5_000)).kind is K.UNKNOWN, "younger than a minute, or never closable"
    night.advance(seconds=61)
    closed = await client.close(ref, 5_000)
    if CONNECTOR.capabilities[product].closing is Closing.NO:
        assert (closed.kind, closed.code) == (K.UNKNOWN, "23000004")
        assert (await client.query(ref, 5_000)).outcome.kind is K.PENDING
        night.advance(seconds=900)
    else:
        assert closed.kind is K.CLOSED
        assert (await client.query_close(ref, 5_000)).kind is K.CLOSED
        assert (await client.close(ref, 5_000)).kind is K.DUPLICATE, "at its end already: ask"
    assert (await client.query(ref, 5_000)).outcome.kind is K.CLOSED
    wallet = WALLET[CONNECTOR.capabilities[product].method]
    late = await sandbox.pay(made.credential.content, params=made.credential.params, wallet=wallet)
    assert late["result"] in ("closed", "expired")


async def test_the_same_number_again_is_a_duplicate_and_shows_nothing(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "direct", transport)
    await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    again = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    assert (again.outcome.kind, again.credential) == (K.DUPLICATE, None)


async def test_a_paid_order_cannot_be_closed(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport, night: ManualClock
) -> None:
    client = open_client(sandbox, "direct", transport)
    made = await client.create(order_for(Product.ALIPAY_PRECREATE, shop), 5_000)
    await sandbox.pay(made.credential.content, wallet="alipay")
    night.advance(seconds=61)
    assert (await client.close(ref_of(Product.ALIPAY_PRECREATE), 5_000)).kind is K.DUPLICATE


async def test_a_refund_sent_again_after_midnight_stays_one_refund(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport, night: ManualClock
) -> None:
    """Huifu would take the number of yesterday for a new one today; the day that goes with it must not move."""
    client = open_client(sandbox, "direct", transport)
    made = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    await sandbox.pay(made.credential.content, wallet="ecny")
    refund = refund_of(Product.ECNY_QR, shop)
    await sandbox.set_faults({"kind": "hang", "operations": ["refund"], "when": "after"})
    assert (await client.refund(refund, 200)).outcome.kind is K.UNKNOWN
    await sandbox.set_faults()
    night.advance(seconds=5 * 3_600)
    assert (await client.refund(refund, 5_000)).outcome.code == "20000000"
    (entry,) = await sandbox.ledger()
    assert [r["amount_fen"] for r in entry["refunds"]] == [2_900]


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, K.UNKNOWN, "timeout"),
        ({"kind": "refuse"}, K.UNKNOWN, "connection_lost"),
        ({"kind": "http_5xx"}, K.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "98888888"}, K.UNKNOWN, "98888888"),
        ({"kind": "error_code", "code": "91111119"}, K.UNKNOWN, "91111119"),
        ({"kind": "error_code", "code": "20000001"}, K.REFUSED_CHANNEL, "20000001"),
        ({"kind": "error_code", "code": "22000004"}, K.REFUSED_CONFIG, "22000004"),
        ({"kind": "error_code", "code": "90000000", "message": "单日金额超限"}, K.REFUSED_LIMIT, "90000000"),
        ({"kind": "malformed"}, K.UNKNOWN, "unreadable"),
        ({"kind": "bad_signature"}, K.UNTRUSTED, "bad_signature"),
        ({"kind": "unknown_serial"}, K.UNTRUSTED, "bad_signature"),
    ],
)
async def test_the_channel_falls_ill(
    sandbox: RunningSandbox,
    shop: Shop,
    transport: AiohttpTransport,
    fault: dict[str, object],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_client(sandbox, "direct", transport)
    await sandbox.set_faults({**fault, "operations": ["create"], "product": "ecny_qr"})
    answer = await client.create(order_for(Product.ECNY_QR, shop), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert answer.credential is None
    healthy = order(Product.UNIONPAY_QR, notify_url=shop.url, channel_order_no="PS-HEALTHY")
    assert (await client.create(healthy, 5_000)).outcome.kind is K.ACCEPTED, "only one product is ill"


async def test_forged_wrong_and_doubled_notifications(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "direct", transport)
    shop.reads_with(client)
    await sandbox.set_faults({"kind": "notify_forged"}, {"kind": "notify_duplicate", "times": 1})
    made = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    await sandbox.pay(made.credential.content, wallet="ecny")
    forged, genuine, again = await shop.count(3)
    assert [answer.outcome.kind for answer in (forged, genuine, again)] == [K.UNTRUSTED, K.ACCEPTED, K.ACCEPTED]
    assert genuine == again
    await shop.settled(sandbox)
    tries = [t.result for t in sandbox.core.notifier.tries]
    assert tries == ["refused", "acknowledged", "acknowledged"]


async def test_a_notification_with_another_amount_says_that_amount(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "direct", transport)
    shop.reads_with(client)
    await sandbox.set_faults({"kind": "notify_wrong_amount"})
    made = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    await sandbox.pay(made.credential.content, wallet="ecny")
    assert (await shop.count(1))[0].order.amount_fen == 12_901, "the funnel sees that it is not the order's"


async def test_the_bare_acknowledgement_is_not_enough_for_huifu(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport, night: ManualClock
) -> None:
    """Three more tries, then silence: what the switch does not answer it has to find out by asking."""
    client = open_client(sandbox, "direct", transport)
    shop.reads_with(client, bare=True)
    made = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    await sandbox.pay(made.credential.content, wallet="ecny")
    for tries in (1, 2, 3, 4):
        await shop.count(tries)
        await shop.answered(sandbox, tries)
        night.advance(seconds=120)
    await shop.settled(sandbox)
    assert [t.result for t in sandbox.core.notifier.tries] == ["refused"] * 4


async def test_somebody_elses_key_is_refused_by_the_channel(
    sandbox: RunningSandbox, shop: Shop, transport: AiohttpTransport
) -> None:
    stolen = sandbox.world.account("provider").connector_account()["merchant_private_key"]
    client = open_client(sandbox, "direct", transport, merchant_private_key=stolen)
    answer = await client.create(order_for(Product.ECNY_QR, shop), 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (K.REFUSED_CONFIG, "10000000")


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"product_id": "NONE"}, K.REFUSED_CONFIG, "22000000"),
        ({"wx_appid": "wx0"}, K.REFUSED_CONFIG, "90000000"),
        ({"huifu_id": "6666000100000000"}, K.REFUSED_CONFIG, "10000000"),
    ],
)
async def test_a_wrong_setting_is_named_by_the_channel(
    sandbox: RunningSandbox,
    shop: Shop,
    transport: AiohttpTransport,
    changes: dict[str, str],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_client(sandbox, "direct", transport, **changes)
    answer = await client.create(order_for(Product.WECHAT_JSAPI, shop), 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
