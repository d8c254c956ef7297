"""The connector over real HTTP against the sandbox: unified orders, from the code to the refund."""

from __future__ import annotations

import msgspec
import pytest
from tests.connectors.quickpay.world import CHANNEL, ORDER_NO, REFUND_NO, order, order_ref, refund_order
from tests.sandbox.support import Listener, RunningSandbox, until

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.quickpay import CONNECTOR
from payswitch.connectors.quickpay.client import QuickpayClient
from payswitch.domain.channel import Closing, Product
from payswitch.domain.exchange import CreateOrder, NotifyRequest
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.quickpay.payinfo import PAYTYPES

WALLETS = {Product(kind.product): kind.wallet for kind in PAYTYPES.values()}
PUSH = sorted(product for product, capability in CONNECTOR.capabilities.items() if capability.push)
WITH_ECNY = msgspec.structs.replace(CHANNEL, products=frozenset(CONNECTOR.capabilities))


def open_account(
    sandbox: RunningSandbox, transport: AiohttpTransport, name: str = "allinpay-rsa", **changes: str
) -> QuickpayClient:
    account = sandbox.world.account(name).connector_account() | changes
    channel = WITH_ECNY if "ecny_paytype" in account else CHANNEL
    return CONNECTOR.open(channel, account, transport=transport, clock=SystemClock(), ids=SystemIds())


def order_for(product: Product, shop: Listener, **changes: object) -> CreateOrder:
    now_ms = SystemClock().now_ms()
    fields: dict[str, object] = {
        "created_at_ms": now_ms,
        "expires_at_ms": now_ms + 900_000,
        "notify_url": shop.url,
        "client_ip": "127.0.0.1",
    }
    return order(product, **(fields | changes))


async def heard(shop: Listener, count: int) -> NotifyRequest:
    message = (await shop.count(count))[count - 1]
    headers = {name.lower(): value for name, value in message.headers.items()}
    return NotifyRequest(method="POST", path="/notify/x", query="", headers=headers, body=message.body)


@pytest.mark.parametrize("account", ["allinpay-rsa", "allinpay-md5"])
@pytest.mark.parametrize("product", PUSH)
async def test_a_payment_from_code_to_refund(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, account: str, product: Product
) -> None:
    client = open_account(sandbox, transport, account)
    made = await client.create(order_for(product, shop), 5_000)
    assert made.outcome.kind is OutcomeKind.ACCEPTED, made
    assert made.credential is not None
    assert made.credential.kind is CONNECTOR.capabilities[product].credential
    assert (await client.query(order_ref(product), 5_000)).outcome.kind is OutcomeKind.PENDING
    again = await client.create(order_for(product, shop), 5_000)
    assert again.outcome.kind is OutcomeKind.DUPLICATE, "a number that was used is asked about, not used again"

    paid = await sandbox.pay(made.credential.content, params=made.credential.params, wallet=WALLETS[product])
    assert paid["result"] == "paid", paid
    told = client.read_notify(await heard(shop, 1))
    asked = await client.query(order_ref(product), 5_000)
    assert told.order is not None
    for fact in (told.order, asked):
        assert fact.outcome.kind is OutcomeKind.PAID
        assert (fact.channel_order_no, fact.amount_fen, fact.currency) == (ORDER_NO, 129_900, "CNY")
        assert fact.merchant_ok
        assert fact.transaction_id == asked.transaction_id
        assert fact.paid_at_ms == asked.paid_at_ms
    assert (await client.close(order_ref(product), 5_000)).kind is OutcomeKind.DUPLICATE

    refund = refund_order(order=order_ref(product), notify_url=shop.url)
    assert (await client.query_refund(refund, 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    given = await client.refund(refund, 5_000)
    assert given.outcome.kind is OutcomeKind.PAID
    repeated = await client.refund(refund, 5_000)
    assert repeated.outcome.kind is OutcomeKind.UNKNOWN, "used numbers are asked about"
    found = await client.query_refund(refund, 5_000)
    assert (found.outcome.kind, found.amount_fen) == (OutcomeKind.PAID, 29_900)
    assert found.channel_refund_id == given.channel_refund_id
    told = client.read_notify(await heard(shop, 2))
    assert told.order is None
    assert told.refund is not None
    assert (told.refund.out_refund_no, told.refund.amount_fen) == (REFUND_NO, 29_900)
    assert told.refund.outcome.kind is OutcomeKind.PAID
    assert (await client.query(order_ref(product), 5_000)).outcome.kind is OutcomeKind.PAID
    [entry] = await sandbox.ledger()
    assert entry["state"] == "partly_refunded"


@pytest.mark.parametrize("trade_path", ["unitorder", "tranx"])
@pytest.mark.parametrize("expiry_field", ["expiretime", "validtime"])
async def test_older_and_newer_names_of_the_same_calls(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, trade_path: str, expiry_field: str
) -> None:
    client = open_account(sandbox, transport, trade_path=trade_path, expiry_field=expiry_field)
    made = await client.create(order_for(Product.UNIONPAY_QR, shop), 5_000)
    assert made.credential is not None
    await sandbox.pay(made.credential.content, wallet="unionpay")
    assert (await client.query(order_ref(), 5_000)).outcome.kind is OutcomeKind.PAID
    assert (await client.refund(refund_order(), 5_000)).outcome.kind is OutcomeKind.PAID


@pytest.mark.parametrize("product", PUSH)
async def test_an_order_that_nobody_pays(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport, product: Product
) -> None:
    client = open_account(sandbox, transport)
    assert (await client.query(order_ref(product), 5_000)).outcome.kind is OutcomeKind.NOT_FOUND
    assert (await client.close(order_ref(product), 5_000)).kind is OutcomeKind.NOT_FOUND
    made = await client.create(order_for(product, shop), 5_000)
    assert made.credential is not None
    closed = await client.close(order_ref(product), 5_000)
    after = await client.query(order_ref(product), 5_000)
    if CONNECTOR.capabilities[product].closing is not Closing.YES:
        assert closed.kind is OutcomeKind.UNKNOWN
        assert after.outcome.kind is OutcomeKind.PENDING, "still payable: watched to its end"
        return
    assert closed.kind is OutcomeKind.CLOSED
    assert after.outcome.kind is OutcomeKind.CLOSED
    late = await sandbox.pay(made.credential.content, params=made.credential.params, wallet=WALLETS[product])
    assert late["result"] == "closed"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, OutcomeKind.UNKNOWN, "timeout"),
        ({"kind": "refuse"}, OutcomeKind.UNKNOWN, "connection_lost"),
        ({"kind": "http_5xx"}, OutcomeKind.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "FAIL", "message": "系统繁忙"}, OutcomeKind.UNKNOWN, "FAIL"),
        ({"kind": "error_code", "code": "3999", "message": "渠道异常"}, OutcomeKind.REFUSED_CHANNEL, "3999"),
        ({"kind": "error_code", "code": "3889", "message": "超过单笔限额"}, OutcomeKind.REFUSED_LIMIT, "3889"),
        ({"kind": "error_code", "code": "3045", "message": "其他错误"}, OutcomeKind.UNKNOWN, "3045"),
        ({"kind": "malformed"}, OutcomeKind.UNKNOWN, "unreadable"),
        ({"kind": "bad_signature"}, OutcomeKind.UNTRUSTED, "bad_signature"),
        ({"kind": "unknown_serial"}, OutcomeKind.UNTRUSTED, "bad_signature"),
    ],
)
@pytest.mark.parametrize("account", ["allinpay-rsa", "allinpay-md5"])
async def test_the_channel_falls_ill(
    sandbox: RunningSandbox,
    shop: Listener,
    transport: AiohttpTransport,
    account: str,
    fault: dict[str, object],
    kind: OutcomeKind,
    code: str,
) -> None:
    client = open_account(sandbox, transport, account)
    await sandbox.set_faults({**fault, "operations": ["create"]})
    answer = await client.create(order_for(Product.WECHAT_NATIVE, shop), 400)
    assert (answer.outcome.kind, answer.outcome.code) == (kind, code)
    assert answer.credential is None


async def test_an_amount_above_the_contract_is_refused_as_a_limit(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_account(sandbox, transport)
    answer = await client.create(order_for(Product.ALIPAY_PRECREATE, shop, amount_fen=500_001), 5_000)
    assert answer.outcome.kind is OutcomeKind.REFUSED_LIMIT
    assert not answer.outcome.transient


@pytest.mark.parametrize(
    ("fault", "verdicts"),
    [
        ("notify_forged", [OutcomeKind.UNTRUSTED, OutcomeKind.ACCEPTED]),
        ("notify_duplicate", [OutcomeKind.ACCEPTED, OutcomeKind.ACCEPTED]),
    ],
)
@pytest.mark.parametrize("account", ["allinpay-rsa", "allinpay-md5"])
async def test_notifications_that_are_not_as_they_should_be(
    sandbox: RunningSandbox,
    shop: Listener,
    transport: AiohttpTransport,
    account: str,
    fault: str,
    verdicts: list[OutcomeKind],
) -> None:
    client = open_account(sandbox, transport, account)
    await sandbox.set_faults({"kind": fault})
    made = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert made.credential is not None
    await sandbox.pay(made.credential.content)
    assert [client.read_notify(await heard(shop, n)).outcome.kind for n in (1, 2)] == verdicts


async def test_the_acknowledgement_ends_the_notifications(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    """The listener answers with no body, which is not `success`; the wire wants exactly that word."""
    client = open_account(sandbox, transport)
    made = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert made.credential is not None
    await sandbox.pay(made.credential.content)
    await until(lambda: len(sandbox.core.notifier.tries) == 1)
    assert sandbox.core.notifier.tries[0].result == "refused"
    wire = sandbox.core.wire_of("allinpay-rsa")
    assert wire.acknowledged(client.acknowledge(True).status, client.acknowledge(True).body)
    assert not wire.acknowledged(client.acknowledge(False).status, client.acknowledge(False).body)


async def test_somebody_elses_key_is_refused_by_the_channel(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    stranger = sandbox.world.account("wechat-main").connector_account()["merchant_private_key"]
    client = open_account(sandbox, transport, merchant_private_key=stranger)
    answer = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert answer.outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert "签名" in answer.outcome.message


async def test_somebody_elses_merchant_number_is_refused_by_the_channel(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_account(sandbox, transport, cusid="990000000000000")
    answer = await client.create(order_for(Product.WECHAT_NATIVE, shop), 5_000)
    assert answer.outcome.kind is OutcomeKind.REFUSED_CONFIG
    assert "商户不存在" in answer.outcome.message


async def test_an_alipay_code_can_be_closed_once_it_was_scanned(
    sandbox: RunningSandbox, shop: Listener, transport: AiohttpTransport
) -> None:
    client = open_account(sandbox, transport)
    made = await client.create(order_for(Product.ALIPAY_PRECREATE, shop), 5_000)
    assert made.credential is not None
    poor = await sandbox.pay(made.credential.content, wallet="alipay", balance_fen=1)
    assert poor["result"] == "insufficient_balance"
    assert (await client.close(order_ref(), 5_000)).kind is OutcomeKind.CLOSED
    assert (await client.query(order_ref(), 5_000)).outcome.kind is OutcomeKind.CLOSED
