"""The connector over real HTTP against the sandbox's platform, which was written from the same facts without it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from tests.connectors.epay.world import CHANNEL, KEY, ORDER_NO, order, order_ref, refund_order
from tests.sandbox.epay.shop import Ears, listening_shop
from tests.sandbox.support import RunningSandbox, running_sandbox, until

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.epay import CONNECTOR
from payswitch.domain.channel import Environment, Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, NotifyRequest
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.core import Settings
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.epay.wire import EpayWire
from payswitch.sandbox.world import World

K = OutcomeKind
VERSIONS = ("1", "2")
WALLET = {Product.EPAY_ALIPAY: "alipay", Product.EPAY_WECHAT: "wechat"}
PATIENCE_MS = 5_000


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    return World(base_url=address, accounts=[epay_account(version, address, version=version) for version in VERSIONS])


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=SystemClock(), settings=Settings(refund_delay_s=0.01)) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Ears]:
    async with listening_shop() as ears:
        yield ears


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


def open_client(sandbox: RunningSandbox, version: str, transport: AiohttpTransport, **changes: str) -> ChannelClient:
    account = sandbox.world.account(version).connector_account() | changes
    return CONNECTOR.open(CHANNEL, account, transport=transport, clock=SystemClock(), ids=SystemIds())


def order_for(shop: Ears, product: Product = Product.EPAY_ALIPAY, **changes: object) -> CreateOrder:
    now_ms = SystemClock().now_ms()
    made = order(product, created_at_ms=now_ms, expires_at_ms=now_ms + 900_000, notify_url=shop.url)
    return msgspec.structs.replace(made, **changes)


def as_heard(request: web.Request) -> NotifyRequest:
    return NotifyRequest(
        method=request.method, path=request.path, query=request.rel_url.raw_query_string, headers={}, body=b""
    )


def wire_of(sandbox: RunningSandbox) -> EpayWire:
    wire = next(wire for wire in sandbox.core.wires if wire.family == "epay")
    assert isinstance(wire, EpayWire)
    return wire


@pytest.mark.parametrize("create", ["mapi", "submit"])
@pytest.mark.parametrize("product", sorted(CONNECTOR.capabilities))
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_payment_from_page_to_refund(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport, version: str, product: Product, create: str
) -> None:
    client = open_client(sandbox, version, transport, create=create)
    made = await client.create(order_for(shop, product), PATIENCE_MS)
    assert made.outcome.kind is K.ACCEPTED, made
    assert made.credential is not None
    unpaid = await client.query(order_ref(), PATIENCE_MS)
    assert unpaid.outcome.kind is (K.PENDING if create == "mapi" else K.NOT_FOUND)

    paid = await sandbox.pay(made.credential.content, wallet=WALLET[product])
    assert paid["result"] == "paid", paid
    told = client.read_notify(as_heard(await shop.message(1)))
    asked = await client.query(order_ref(), PATIENCE_MS)
    assert told.outcome.kind is K.ACCEPTED
    assert told.order is not None
    for fact in (told.order, asked):
        assert (fact.outcome.kind, fact.channel_order_no) == (K.PAID, ORDER_NO)
        assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
        assert fact.transaction_id == asked.transaction_id
    assert (await client.close(order_ref(), PATIENCE_MS)).kind is (K.UNKNOWN if version == "1" else K.DUPLICATE)

    for _ in range(2):
        given = await client.refund(refund_order(), PATIENCE_MS)
        assert given.outcome.kind is (K.PAID if version == "1" else K.PENDING), given
    entry = sandbox.core.ledger.find(version, ORDER_NO)
    assert entry is not None
    await until(lambda: entry.refunds[0].settled_at_ms is not None)
    assert (await client.query_refund(refund_order(), PATIENCE_MS)).outcome.kind is K.PAID
    assert [refund.amount_fen for refund in entry.refunds] == [129_900], "money went back once"
    assert (await client.query(order_ref(), PATIENCE_MS)).outcome.kind is K.PAID, "a refund unpays nothing"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("offer", ["qrcode", "urlscheme"])
async def test_other_offers_are_payable_too(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport, version: str, offer: str
) -> None:
    wire_of(sandbox).offers = offer
    client = open_client(sandbox, version, transport)
    made = await client.create(order_for(shop, environment=Environment.MOBILE), PATIENCE_MS)
    assert made.credential is not None
    assert (await sandbox.pay(made.credential.content, wallet="alipay"))["result"] == "paid"


async def test_parts_of_an_order_under_v2(sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport) -> None:
    client = open_client(sandbox, "2", transport)
    made = await client.create(order_for(shop), PATIENCE_MS)
    assert made.credential is not None
    await sandbox.pay(made.credential.content, wallet="alipay")
    assert (await client.query_refund(refund_order(30_000), PATIENCE_MS)).outcome.kind is K.NOT_FOUND
    for number in ("R1", "R2", "R1"):
        assert (await client.refund(refund_order(30_000, number), PATIENCE_MS)).outcome.kind is K.PENDING
    entry = sandbox.core.ledger.find("2", ORDER_NO)
    assert entry is not None
    assert entry.refunded_fen == 60_000
    too_much = await client.refund(refund_order(129_900, "R3"), PATIENCE_MS)
    assert (too_much.outcome.kind, too_much.outcome.merchant_side) == (K.UNKNOWN, True)


async def test_a_v1_refund_whose_answer_is_lost_goes_back_once(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "1", transport, refunded_means_whole="yes")
    made = await client.create(order_for(shop), PATIENCE_MS)
    assert made.credential is not None
    await sandbox.pay(made.credential.content, wallet="alipay")
    await sandbox.set_faults({"kind": "http_5xx", "when": "after", "operations": ["refund"]})
    assert (await client.refund(refund_order(), PATIENCE_MS)).outcome.kind is K.UNKNOWN
    await sandbox.set_faults()
    assert (await client.refund(refund_order(), PATIENCE_MS)).outcome.kind is K.PAID
    entry = sandbox.core.ledger.find("1", ORDER_NO)
    assert entry is not None
    assert len(entry.refunds) == 1


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_order_that_nobody_pays(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport, version: str
) -> None:
    client = open_client(sandbox, version, transport)
    assert (await client.query(order_ref(), PATIENCE_MS)).outcome.kind is K.NOT_FOUND
    made = await client.create(order_for(shop), PATIENCE_MS)
    assert made == await client.create(order_for(shop, expires_at_ms=made_until(made)), PATIENCE_MS)
    other = await client.create(order_for(shop, amount_fen=1), PATIENCE_MS)
    assert other.outcome.kind is K.REFUSED_ORDER
    assert (await client.close(order_ref(), PATIENCE_MS)).kind is (K.UNKNOWN if version == "1" else K.PENDING)
    assert (await client.query(order_ref(), PATIENCE_MS)).outcome.kind is K.PENDING


def made_until(made: object) -> int:
    return made.credential.expires_at_ms  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, K.UNKNOWN, "timeout"),
        ({"kind": "refuse"}, K.UNKNOWN, "connection_lost"),
        ({"kind": "http_5xx"}, K.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "-1", "message": "没有可用的支付通道"}, K.REFUSED_CHANNEL, "-1"),
        ({"kind": "error_code", "code": "-1", "message": "单日限额"}, K.REFUSED_LIMIT, "-1"),
        ({"kind": "malformed"}, K.UNKNOWN, "unreadable"),
    ],
)
async def test_the_platform_falls_ill(
    sandbox: RunningSandbox,
    shop: Ears,
    transport: AiohttpTransport,
    version: str,
    fault: dict[str, object],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_client(sandbox, version, transport)
    await sandbox.set_faults({**fault, "operations": ["create"]})
    answer = await client.create(order_for(shop), 400)
    assert (answer.outcome.kind, answer.outcome.code, answer.credential) == (kind, code, None)


async def test_a_wrong_signature_shows_where_answers_are_signed(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport
) -> None:
    await sandbox.set_faults({"kind": "bad_signature"})
    answer = await open_client(sandbox, "2", transport).create(order_for(shop), PATIENCE_MS)
    assert (answer.outcome.kind, answer.outcome.code) == (K.UNTRUSTED, "bad_signature")


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_forged_notification_comes_first(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport, version: str
) -> None:
    client = open_client(sandbox, version, transport)
    await sandbox.set_faults({"kind": "notify_forged"})
    made = await client.create(order_for(shop), PATIENCE_MS)
    assert made.credential is not None
    await sandbox.pay(made.credential.content, wallet="alipay")
    verdicts = [client.read_notify(as_heard(await shop.message(n))).outcome.kind for n in (1, 2)]
    assert verdicts == [K.UNTRUSTED, K.ACCEPTED]


@pytest.mark.parametrize("version", VERSIONS)
async def test_somebody_elses_key_is_refused_by_the_platform(
    sandbox: RunningSandbox, shop: Ears, transport: AiohttpTransport, version: str, world: World
) -> None:
    stolen = {"key": KEY} if version == "1" else {}
    if version == "2":
        other = epay_account("x", "http://127.0.0.1:1", version="2").connector_account()
        stolen = {"merchant_private_key": other["merchant_private_key"]}
    client = open_client(sandbox, version, transport, **stolen)
    assert (await client.create(order_for(shop), PATIENCE_MS)).outcome.kind is K.REFUSED_CONFIG
    assert (await client.query(order_ref(), PATIENCE_MS)).outcome.kind is K.REFUSED_CONFIG
