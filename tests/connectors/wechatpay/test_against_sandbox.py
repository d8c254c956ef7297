"""The connector over real HTTP against the sandbox, which was written from the same facts by other hands.

The unit stories of this folder check each detail; these check that both ends of the wire agree on all of them at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.connectors.wechatpay.orders import NUMBER, ORDER, REF, REFUND, REFUND_NUMBER
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.products import CAPABILITIES
from payswitch.domain.bill import BillKind, BillSource
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import CreateOrder, NotifyRequest
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock, beijing
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.core import Settings
from payswitch.sandbox.wechatpay.accounts import another_sub_merchant, wechat_partner_account, with_mini_program
from payswitch.sandbox.world import World, wechat_account

KEY_MODES = {"certificate": (True, False), "public_key": (False, True), "migrating": (True, True)}
MODES = (*KEY_MODES, "mini-program", "partner", "partner-without-sub-appid", "partner-with-mini-program")
PRODUCTS = sorted(product for product, capability in CONNECTOR.capabilities.items() if capability.push)


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        wechat_account(mode, address, platform_certificate=certificate, public_key=public_key)
        for mode, (certificate, public_key) in KEY_MODES.items()
    ]
    own = wechat_account("mini-program", address, platform_certificate=False, public_key=True)
    partner = wechat_partner_account("partner", address)
    lean = another_sub_merchant(partner, "partner-without-sub-appid", sub_appid=False)
    mini = with_mini_program(another_sub_merchant(partner, "partner-with-mini-program"))
    accounts += [with_mini_program(own), partner, lean, mini]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


def open_client(sandbox: RunningSandbox, mode: str, transport: AiohttpTransport) -> ChannelClient:
    account = sandbox.world.account(mode).connector_account()
    return CONNECTOR.open(CHANNEL, account, transport=transport, clock=SystemClock(), ids=SystemIds())


async def set_bills(sandbox: RunningSandbox, **settings: object) -> None:
    async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/bills/wechatpay", json=settings) as answer:
        assert answer.status == 200, await answer.text()


def order_for(product: Product, shop: Listener) -> CreateOrder:
    now_ms = SystemClock().now_ms()
    return msgspec.structs.replace(
        ORDER, product=product, created_at_ms=now_ms, expires_at_ms=now_ms + 900_000, notify_url=shop.url
    )


async def heard(shop: Listener, count: int, client: ChannelClient) -> NotifyRequest:
    message = (await shop.count(count))[count - 1]
    headers = {name.lower(): value for name, value in message.headers.items()}
    return NotifyRequest(method="POST", path="/notify/x", query="", headers=headers, body=message.body)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_payment_from_code_to_refund(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, mode: str, product: Product
) -> None:
    client = open_client(sandbox, mode, transport)
    order = order_for(product, shop)
    made = await client.create(order, 5_000)
    assert made.outcome.kind is OutcomeKind.ACCEPTED, made
    assert made.credential is not None
    assert (await client.query(REF, 5_000)).outcome.kind is OutcomeKind.PENDING
    again = await client.create(order, 5_000)
    assert again.outcome.kind is OutcomeKind.ACCEPTED, "the same number with the same content is the same order"
    assert again.credential is not None
    assert again.credential.expires_at_ms >= made.credential.expires_at_ms
    assert CAPABILITIES[product].refreshes, "a credential that ran out may be asked for anew"

    paid = await sandbox.pay(again.credential.content, params=again.credential.params)
    assert paid["result"] == "paid", paid
    told = client.read_notify(await heard(shop, 1, client))
    asked = await client.query(REF, 5_000)
    assert told.order is not None
    for fact in (told.order, asked):
        assert fact.outcome.kind is OutcomeKind.PAID
        assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (12_900, "CNY", True)
        assert fact.transaction_id == asked.transaction_id
        assert fact.paid_at_ms is not None
    assert (await client.close(REF, 5_000)).kind is OutcomeKind.DUPLICATE

    refund = msgspec.structs.replace(REFUND, notify_url=shop.url)
    assert (await client.query_refund(refund, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    for _ in range(2):
        given = await client.refund(refund, 5_000)
        assert given.outcome.kind in (OutcomeKind.PENDING, OutcomeKind.PAID), given
        assert given.amount_fen == 2_900
    told = client.read_notify(await heard(shop, 2, client))
    assert told.refund is not None
    assert (told.refund.outcome.kind, told.refund.amount_fen) == (OutcomeKind.PAID, 2_900)
    assert (await client.query_refund(refund, 5_000)).outcome.kind is OutcomeKind.PAID


@pytest.mark.parametrize("mode", MODES)
async def test_an_order_that_nobody_pays(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, mode: str
) -> None:
    client = open_client(sandbox, mode, transport)
    assert (await client.query(REF, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    order = order_for(Product.WECHAT_NATIVE, shop)
    await client.create(order, 5_000)
    other = await client.create(msgspec.structs.replace(order, amount_fen=1), 5_000)
    assert other.outcome.kind is OutcomeKind.REFUSED_ORDER, "the number is taken by an order with another amount"
    assert (await client.close(REF, 5_000)).kind is OutcomeKind.CLOSED
    assert (await client.query(REF, 5_000)).outcome.kind is OutcomeKind.CLOSED
    assert (await client.create(order, 5_000)).outcome.kind is OutcomeKind.REFUSED_ORDER


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, OutcomeKind.UNKNOWN, "timeout"),
        ({"kind": "refuse"}, OutcomeKind.UNKNOWN, "connection_lost"),
        ({"kind": "http_5xx"}, OutcomeKind.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "SYSTEM_ERROR"}, OutcomeKind.UNKNOWN, "SYSTEM_ERROR"),
        ({"kind": "error_code", "code": "FREQUENCY_LIMITED"}, OutcomeKind.REFUSED_CHANNEL, "FREQUENCY_LIMITED"),
        ({"kind": "error_code", "code": "NO_AUTH"}, OutcomeKind.REFUSED_CONFIG, "NO_AUTH"),
        ({"kind": "malformed"}, OutcomeKind.UNKNOWN, "unreadable"),
        ({"kind": "bad_signature"}, OutcomeKind.UNTRUSTED, "bad_signature"),
        ({"kind": "unknown_serial"}, OutcomeKind.UNTRUSTED, "unknown_serial"),
    ],
)
async def test_the_channel_falls_ill(
    sandbox: RunningSandbox,
    shop: Listener,
    transport: AiohttpTransport,
    fault: dict[str, object],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_client(sandbox, "certificate", transport)
    await sandbox.set_faults({**fault, "operations": ["create"]})
    answer = await client.create(order_for(Product.WECHAT_NATIVE, shop), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert answer.credential is None


async def test_a_forged_notification_comes_first(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "public_key", transport)
    await sandbox.set_faults({"kind": "notify_forged"})
    made = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert made.credential is not None
    await sandbox.pay(made.credential.content)
    await shop.count(2)
    verdicts = [client.read_notify(await heard(shop, n, client)).outcome.kind for n in (1, 2)]
    assert verdicts == [OutcomeKind.UNTRUSTED, OutcomeKind.ACCEPTED]


async def test_wechats_test_signatures_are_refused_and_are_no_attack(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "public_key", transport)
    order = order_for(Product.WECHAT_NATIVE, shop)
    await sandbox.set_faults({"kind": "signature_probe"}, {"kind": "notify_probe"})
    probed = (await client.create(order, 5_000)).outcome
    assert (probed.kind, probed.code, probed.transient) == (OutcomeKind.UNKNOWN, "signature_probe", True)
    await sandbox.set_faults({"kind": "notify_probe"})
    again = await client.create(order, 5_000)
    assert again.credential is not None, "the same call again is answered honestly"
    await sandbox.pay(again.credential.content)
    answers = [client.read_notify(await heard(shop, n, client)) for n in (1, 2)]
    assert [(a.outcome.kind, a.probe) for a in answers] == [
        (OutcomeKind.UNTRUSTED, True),
        (OutcomeKind.ACCEPTED, False),
    ]


async def test_a_close_and_a_payment_at_the_same_moment_have_one_winner(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, "public_key", transport)
    seen = set()
    for n in range(24):
        number = f"{REF.channel_order_no[:-3]}{n:03d}"
        order = msgspec.structs.replace(order_for(Product.WECHAT_NATIVE, shop), channel_order_no=number)
        ref = msgspec.structs.replace(REF, channel_order_no=number)
        made = await client.create(order, 5_000)
        assert made.credential is not None
        customer, merchant = sandbox.pay(made.credential.content), client.close(ref, 5_000)
        paid, closed = await asyncio.gather(*((customer, merchant) if n % 2 else (merchant, customer)))
        if not n % 2:
            paid, closed = closed, paid
        fact = await client.query(ref, 5_000)
        assert (paid["result"], closed.kind, fact.outcome.kind) in (
            ("paid", OutcomeKind.DUPLICATE, OutcomeKind.PAID),
            ("closed", OutcomeKind.CLOSED, OutcomeKind.CLOSED),
        )
        seen.add(paid["result"])
    assert seen == {"paid", "closed"}, "both sides win sometimes"


async def test_a_query_right_after_a_close_may_lag_behind(
    world: World, shop: Listener, transport: AiohttpTransport
) -> None:
    """The close stands; a "not paid" that comes after it is old news and no order that is open again."""
    clock = ManualClock(SystemClock().now_ms())
    async with running_sandbox(world, clock=clock, settings=Settings(close_lag_s=2)) as lagging:
        client = open_client(lagging, "public_key", transport)
        made = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
        assert made.credential is not None
        assert (await client.close(REF, 5_000)).kind is OutcomeKind.CLOSED
        assert (await client.query(REF, 5_000)).outcome.kind is OutcomeKind.PENDING
        assert (await lagging.pay(made.credential.content))["result"] == "closed"
        clock.advance(seconds=2)
        assert (await client.query(REF, 5_000)).outcome.kind is OutcomeKind.CLOSED


async def test_somebody_elses_key_is_refused_by_the_channel(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    stolen = sandbox.world.account("certificate").connector_account()
    stolen["merchant_private_key"] = sandbox.world.account("public_key").connector_account()["merchant_private_key"]
    # With its certificate in the account, the theft would be noticed here.
    lean = {name: value for name, value in stolen.items() if name not in ("merchant_certificate", "api_v2_key")}
    pushing = msgspec.structs.replace(CHANNEL, products=frozenset(PRODUCTS))
    client = CONNECTOR.open(pushing, lean, transport=transport, clock=SystemClock(), ids=SystemIds())
    answer = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "SIGN_ERROR")


@pytest.mark.parametrize("mode", ["certificate", "partner"])
async def test_the_days_bill_says_what_was_taken_and_given_back(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, mode: str
) -> None:
    client = open_client(sandbox, mode, transport)
    assert isinstance(client, BillSource)
    today = f"{beijing(SystemClock().now_ms()):%Y-%m-%d}"
    # A bill of today is refused as a wrong date, as the real channel does.
    assert (await client.download_bill(today, 5_000)).outcome.code == "INVALID_REQUEST"
    await set_bills(sandbox, at_once=True)
    assert (await client.download_bill(today, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND

    made = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert made.credential is not None
    await sandbox.pay(made.credential.content)
    await client.refund(msgspec.structs.replace(REFUND, notify_url=shop.url), 5_000)
    asked, given = await client.query(REF, 5_000), await client.query_refund(REFUND, 5_000)

    answer = await client.download_bill(today, 5_000)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, answer
    payment, refund = answer.lines
    assert (payment.kind, payment.channel_order_no, payment.amount_fen) == (BillKind.PAYMENT, NUMBER, 12_900)
    assert (payment.transaction_id, payment.at_ms) == (asked.transaction_id, asked.paid_at_ms)
    assert payment.fee_fen == 77, "0.6 % of 129.00 yuan, to the nearest fen"
    assert (refund.kind, refund.channel_order_no, refund.amount_fen) == (BillKind.REFUND, NUMBER, 2_900)
    assert (refund.out_refund_no, refund.channel_refund_id) == (REFUND_NUMBER, given.channel_refund_id)
    assert refund.fee_fen == -17

    for fault, lines in (({"change": "drop"}, 1), ({"change": "amount", "by_fen": 1}, 2)):
        await set_bills(sandbox, at_once=True, edits=[{"channel_order_no": NUMBER, **fault}])
        wrong = await client.download_bill(today, 5_000)
        assert wrong.outcome.kind is OutcomeKind.ACCEPTED, "the bill agrees with itself, if not with the books"
        assert len(wrong.lines) == lines
        assert payment not in wrong.lines
        assert refund in wrong.lines
