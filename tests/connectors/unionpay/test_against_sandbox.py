"""The connector over real HTTP against the sandbox, which was written from the same facts by other hands.

The other stories of this folder check each detail; these check that both ends of the wire agree on all of them at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import msgspec
import pytest
from tests.connectors.unionpay.world import CHANNEL, order
from tests.sandbox.support import PATIENCE_S, Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.domain.bill import BillKind
from payswitch.domain.channel import Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest, OrderRef, RefundFact, RefundOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import SystemClock, beijing
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World

CLOCK = SystemClock()
IDS = SystemIds()
PRODUCTS = sorted(product for product, capability in CONNECTOR.capabilities.items() if capability.push)
WALLETS = {
    Product.APPLEPAY_APP: "apple_pay",
    Product.HUAWEIPAY_APP: "huawei_pay",
    Product.MIPAY_APP: "mi_pay",
    Product.SAMSUNGPAY_APP: "samsung_pay",
    Product.VIVOPAY_APP: "vivo_pay",
}
AT_UNIONPAY = [product for product in PRODUCTS if CONNECTOR.capabilities[product].server_created]


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    accounts = [
        unionpay_account(address, "valid"),
        unionpay_account(address, "expired", expired_certificate=True),
    ]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=CLOCK) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listening() as listener:
        listener.answers = [200]
        yield listener


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=CLOCK)
    await transport.open()
    yield transport
    await transport.aclose()


def open_client(
    sandbox: RunningSandbox, transport: AiohttpTransport, account: str = "valid", **changes: str
) -> UnionPayClient:
    table = sandbox.world.account(account).connector_account() | changes
    return CONNECTOR.open(CHANNEL, table, transport=transport, clock=CLOCK, ids=IDS)


def new_order(product: Product, shop: Listener, **changes: object) -> CreateOrder:
    now_ms = CLOCK.now_ms()
    fields: dict[str, object] = {
        "channel_order_no": IDS.new("P", now_ms),
        "created_at_ms": now_ms,
        "expires_at_ms": now_ms + 900_000,
        "notify_url": shop.url,
        "return_url": "https://shop.example/orders/1?done=1",
        **changes,
    }
    return order(product, **fields)


def ref_of(made: CreateOrder, transaction_id: str | None = None) -> OrderRef:
    return OrderRef(
        channel_order_no=made.channel_order_no,
        product=made.product,
        amount_fen=made.amount_fen,
        created_at_ms=made.created_at_ms,
        transaction_id=transaction_id,
    )


async def pay(sandbox: RunningSandbox, client: UnionPayClient, made: CreateOrder) -> None:
    answer = await client.create(made, 5_000)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, answer
    assert answer.credential is not None
    wallet = WALLETS.get(made.product, "unionpay")
    paid = await sandbox.pay(answer.credential.content, params=answer.credential.params, wallet=wallet)
    assert paid["result"] == "paid", paid


async def heard(shop: Listener, number: int) -> NotifyRequest:
    message = (await shop.count(number))[number - 1]
    headers = {name.lower(): value for name, value in message.headers.items()}
    return NotifyRequest(method="POST", path="/notify/x", query="", headers=headers, body=message.body)


async def settled(client: UnionPayClient, refund: RefundOrder) -> RefundFact:
    """Ask until the refund is through."""
    async with asyncio.timeout(PATIENCE_S):
        for _ in count():
            fact = await client.query_refund(refund, 5_000)
            if fact.outcome.kind is not OutcomeKind.PENDING:
                return fact
            await asyncio.sleep(0.02)
    raise AssertionError("unreachable")


@pytest.mark.parametrize("account", ["valid", "expired"])
@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_payment_from_credential_to_refund(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, account: str, product: Product
) -> None:
    client = open_client(sandbox, transport, account)
    made = new_order(product, shop)
    assert (await client.query(ref_of(made), 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    await pay(sandbox, client, made)

    told = client.read_notify(await heard(shop, 1))
    asked = await client.query(ref_of(made), 5_000)
    assert told.order is not None, told
    for fact in (told.order, asked):
        assert fact.outcome.kind is OutcomeKind.PAID, fact
        assert (fact.amount_fen, fact.currency, fact.merchant_ok) == (129_900, "CNY", True)
        assert fact.transaction_id == asked.transaction_id
    assert asked.transaction_id

    refund = RefundOrder(
        order=ref_of(made, asked.transaction_id),
        out_refund_no=IDS.new("R", CLOCK.now_ms()),
        amount_fen=29_900,
        reason="尺码不合",
        notify_url=shop.url,
    )
    assert (await client.query_refund(refund, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    for _ in range(2):
        given = await client.refund(refund, 5_000)
        assert given.outcome.kind is OutcomeKind.PENDING, "taken the first time, known the second"
    done = await settled(client, refund)
    assert (done.outcome.kind, done.amount_fen) == (OutcomeKind.PAID, 29_900)
    back = client.read_notify(await heard(shop, 2)).refund
    assert back is not None
    assert (back.out_refund_no, back.outcome.kind, back.amount_fen) == (
        refund.out_refund_no,
        OutcomeKind.PAID,
        29_900,
    )
    ledger = [entry for entry in await sandbox.ledger() if entry["channel_order_no"] == made.channel_order_no]
    assert len(ledger) == 1
    refunds = ledger[0]["refunds"]
    assert isinstance(refunds, list)
    assert len(refunds) == 1, "the second call was no second refund"


async def test_an_expired_certificate_is_believed_only_by_who_allows_it(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, transport, "expired", accept_expired_certificates="false")
    outcome = (await client.create(new_order(Product.UNIONPAY_APP, shop), 5_000)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNTRUSTED, "expired_certificate")


async def test_the_owner_check_knows_the_sandboxs_unionpay(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, transport, check_sign_cert_cn="true")
    outcome = (await client.create(new_order(Product.UNIONPAY_APP, shop), 5_000)).outcome
    assert outcome.kind is OutcomeKind.ACCEPTED, outcome


async def test_an_order_that_nobody_pays_stays_open(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, transport)
    made = new_order(Product.UNIONPAY_QR, shop)
    await client.create(made, 5_000)
    assert (await client.query(ref_of(made), 5_000)).outcome.kind is OutcomeKind.PENDING
    assert (await client.create(made, 5_000)).outcome.kind is OutcomeKind.DUPLICATE
    assert (await client.close(ref_of(made), 5_000)).code == "not_closable"
    assert (await client.query(ref_of(made), 5_000)).outcome.kind is OutcomeKind.PENDING
    wrong_time = msgspec.structs.replace(ref_of(made), created_at_ms=made.created_at_ms - 5_000)
    assert (await client.query(wrong_time, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND


async def test_somebody_elses_key_is_refused_by_unionpay(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    stranger = sandbox.world.account("expired").connector_account()
    stolen = {name: stranger[name] for name in ("sign_certificate", "sign_private_key")}
    client = open_client(sandbox, transport, **stolen)
    outcome = (await client.create(new_order(Product.UNIONPAY_APP, shop), 5_000)).outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED_CONFIG, "11")


@pytest.mark.parametrize("product", AT_UNIONPAY)
@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, OutcomeKind.UNKNOWN, "timeout"),
        ({"kind": "http_5xx"}, OutcomeKind.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "06"}, OutcomeKind.REFUSED_CHANNEL, "06"),
        ({"kind": "error_code", "code": "33"}, OutcomeKind.REFUSED_LIMIT, "33"),
        ({"kind": "malformed"}, OutcomeKind.UNKNOWN, "unreadable"),
        ({"kind": "bad_signature"}, OutcomeKind.UNTRUSTED, "bad_signature"),
        ({"kind": "unknown_serial"}, OutcomeKind.UNTRUSTED, "unknown_issuer"),
    ],
)
async def test_the_channel_falls_ill(
    sandbox: RunningSandbox,
    shop: Listener,
    transport: AiohttpTransport,
    product: Product,
    fault: dict[str, object],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_client(sandbox, transport)
    await sandbox.set_faults({**fault, "operations": ["create"]})
    answer = await client.create(new_order(product, shop), 300 if fault["kind"] == "hang" else 5_000)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert answer.credential is None


async def test_a_forged_notification_comes_first(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    """It fits in itself and names UnionPay: only its authority is nobody's."""
    client = open_client(sandbox, transport, check_sign_cert_cn="true")
    await sandbox.set_faults({"kind": "notify_forged"})
    await pay(sandbox, client, new_order(Product.UNIONPAY_WEB, shop))
    verdicts = [client.read_notify(await heard(shop, n)).outcome for n in (1, 2)]
    assert [(v.kind, v.code) for v in verdicts] == [
        (OutcomeKind.UNTRUSTED, "unknown_issuer"),
        (OutcomeKind.ACCEPTED, "00"),
    ]


async def test_the_days_bill_says_what_was_taken_and_given_back(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_client(sandbox, transport)
    today = f"{beijing(CLOCK.now_ms()):%Y-%m-%d}"
    assert (await client.download_bill(today, 5_000)).outcome.kind is OutcomeKind.PENDING
    async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/bills/unionpay", json={"at_once": True}) as answer:
        assert answer.status == 200, await answer.text()
    made = new_order(Product.UNIONPAY_APP, shop)
    await pay(sandbox, client, made)
    asked = await client.query(ref_of(made), 5_000)
    refund = RefundOrder(
        order=ref_of(made, asked.transaction_id),
        out_refund_no=IDS.new("R", CLOCK.now_ms()),
        amount_fen=29_900,
        reason="",
        notify_url=shop.url,
    )
    await client.refund(refund, 5_000)
    done = await settled(client, refund)

    answer_ = await client.download_bill(today, 5_000)
    if answer_.outcome.kind is OutcomeKind.PENDING:
        assert beijing(CLOCK.now_ms()).hour == 23, "only after 23:00 today's business is tomorrow's"
        return
    assert answer_.outcome.kind is OutcomeKind.ACCEPTED, answer_
    payment, back = answer_.lines
    assert (payment.kind, payment.channel_order_no, payment.amount_fen) == (
        BillKind.PAYMENT,
        made.channel_order_no,
        129_900,
    )
    assert payment.transaction_id == asked.transaction_id
    assert payment.fee_fen == 779, "0.6 % of 1,299 yuan, to the nearest fen"
    assert (back.kind, back.channel_order_no, back.amount_fen) == (BillKind.REFUND, made.channel_order_no, 29_900)
    assert (back.out_refund_no, back.channel_refund_id) == (refund.out_refund_no, done.channel_refund_id)
    assert (back.transaction_id, back.fee_fen) == (asked.transaction_id, -179)
