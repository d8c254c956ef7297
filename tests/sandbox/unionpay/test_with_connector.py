"""The switch's own connector against the stand-in: both were written from the published facts by different hands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import PATIENCE_S, Listener, RunningSandbox, running_sandbox, until
from tests.sandbox.unionpay.conftest import EXPIRED, MAIN
from tests.sandbox.unionpay.merchant import Merchant

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.connectors.unionpay.client import UnionPayClient
from payswitch.domain.bill import BillKind
from payswitch.domain.channel import Channel, Credential, Environment, Product
from payswitch.domain.exchange import CreateOrder, NotifyAnswer, NotifyRequest, OrderRef, RefundOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.core import Settings
from payswitch.sandbox.world import World

TIMEOUT_MS = int(PATIENCE_S * 1_000)
PRODUCTS = sorted(product for product, capability in CONNECTOR.capabilities.items() if capability.push)
WALLETS = {
    Product.APPLEPAY_APP: "apple_pay",
    Product.HUAWEIPAY_APP: "huawei_pay",
    Product.MIPAY_APP: "mi_pay",
    Product.SAMSUNGPAY_APP: "samsung_pay",
    Product.VIVOPAY_APP: "vivo_pay",
}
FORMS = frozenset({Product.UNIONPAY_WAP, Product.UNIONPAY_WEB})


@pytest.fixture
async def channels(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    """Refunds end at once: what lasts is told by the hand-written merchant's stories."""
    async with running_sandbox(world, clock=night, settings=Settings(refund_delay_s=0.0)) as sandbox:
        yield sandbox


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


class Switch:
    """One channel of the switch, on the night's clock."""

    def __init__(
        self, sandbox: RunningSandbox, shop: Listener, clock: ManualClock, transport: AiohttpTransport
    ) -> None:
        self.sandbox, self.shop, self.clock, self.transport = sandbox, shop, clock, transport
        self.started_ms = clock.now_ms()

    def client(self, account_id: str = MAIN, **changes: str) -> UnionPayClient:
        channel = Channel(
            channel_id=account_id,
            merchant_id="m-1",
            connector="unionpay",
            name="银联·主",
            products=frozenset(CONNECTOR.capabilities),
            upstream="unionpay",
        )
        account = self.sandbox.world.account(account_id).connector_account() | changes
        client = CONNECTOR.open(channel, account, transport=self.transport, clock=self.clock, ids=SeededIds())
        assert isinstance(client, UnionPayClient)
        return client

    def order(self, product: Product, number: str = "PS00000001") -> CreateOrder:
        return CreateOrder(
            channel_order_no=number,
            product=product,
            amount_fen=12_900,
            subject="直播间爆款 & 赠品",
            created_at_ms=self.started_ms,
            expires_at_ms=self.started_ms + 900_000,
            notify_url=self.shop.url,
            return_url="https://switch.example/checkout/token",
            environment=Environment.MOBILE,
        )

    def ref(self, product: Product, transaction_id: str | None = None) -> OrderRef:
        return OrderRef(
            channel_order_no="PS00000001",
            product=product,
            amount_fen=12_900,
            created_at_ms=self.started_ms,
            transaction_id=transaction_id,
        )

    def refund(self, product: Product, transaction_id: str | None, amount_fen: int = 2_900) -> RefundOrder:
        order = self.ref(product, transaction_id)
        return RefundOrder(
            order=order,
            out_refund_no="RF00000001",
            amount_fen=amount_fen,
            reason="七天无理由",
            notify_url=self.shop.url,
        )

    async def pay(self, credential: Credential, wallet: str = "unionpay") -> dict[str, object]:
        return await self.sandbox.pay(credential.content, params=credential.params, wallet=wallet)

    async def told(self, client: UnionPayClient, number: int = 1) -> NotifyAnswer:
        """What the client makes of the shop's n-th message."""
        heard = (await self.shop.count(number))[number - 1]
        headers = {name.lower(): value for name, value in heard.headers.items()}
        return client.read_notify(
            NotifyRequest(method="POST", path="/notify/x", query="", headers=headers, body=heard.body)
        )


@pytest.fixture
def switch(channels: RunningSandbox, shop: Listener, night: ManualClock, transport: AiohttpTransport) -> Switch:
    return Switch(channels, shop, night, transport)


@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_payment_from_credential_to_refund(switch: Switch, product: Product) -> None:
    client = switch.client()
    before = await client.query(switch.ref(product), TIMEOUT_MS)
    assert before.outcome.kind is OutcomeKind.NOT_FOUND
    made = await client.create(switch.order(product), TIMEOUT_MS)
    assert made.outcome.kind is OutcomeKind.ACCEPTED, made
    assert made.credential is not None
    unpaid = OutcomeKind.NOT_FOUND if product in FORMS else OutcomeKind.PENDING
    assert (await client.query(switch.ref(product), TIMEOUT_MS)).outcome.kind is unpaid

    paid = await switch.pay(made.credential, WALLETS.get(product, "unionpay"))
    assert paid["result"] == "paid", paid
    told, asked = (await switch.told(client)).order, await client.query(switch.ref(product), TIMEOUT_MS)
    assert told is not None
    for fact in (told, asked):
        assert fact.outcome.kind is OutcomeKind.PAID, fact
        assert (fact.channel_order_no, fact.amount_fen, fact.currency) == ("PS00000001", 12_900, "CNY")
        assert (fact.merchant_ok, fact.paid_at_ms) == (True, switch.started_ms)
        assert fact.transaction_id == asked.transaction_id

    refund = switch.refund(product, asked.transaction_id)
    assert (await client.query_refund(refund, TIMEOUT_MS)).outcome.kind is OutcomeKind.NOT_FOUND
    for _ in range(2):
        taken = await client.refund(refund, TIMEOUT_MS)
        assert taken.outcome.kind is OutcomeKind.PENDING, "taken is not done, and the same number is one refund"
    assert (await client.query_refund(refund, TIMEOUT_MS)).outcome.kind is OutcomeKind.PENDING
    await until(lambda: len(switch.clock._sleepers) == 1)
    switch.clock.advance(ms=1)
    back = (await switch.told(client, 2)).refund
    done = await client.query_refund(refund, TIMEOUT_MS)
    for ended in (back, done):
        assert ended is not None
        assert (ended.outcome.kind, ended.out_refund_no, ended.amount_fen) == (OutcomeKind.PAID, "RF00000001", 2_900)
    (entry,) = await switch.sandbox.ledger()
    assert entry["state"] == "partly_refunded"


async def test_the_switch_says_that_nothing_can_be_closed_and_watches_to_the_end(switch: Switch) -> None:
    client, product = switch.client(), Product.UNIONPAY_QR
    await client.create(switch.order(product), TIMEOUT_MS)
    assert (await client.close(switch.ref(product), TIMEOUT_MS)).kind is OutcomeKind.UNKNOWN
    switch.clock.advance(seconds=900)
    assert (await client.query(switch.ref(product), TIMEOUT_MS)).outcome.kind is not OutcomeKind.PAID
    switch.clock.advance(seconds=61)
    assert (await client.query(switch.ref(product), TIMEOUT_MS)).outcome.kind is OutcomeKind.CLOSED


@pytest.mark.parametrize("lag", ["34", "03", "05"])
async def test_a_payment_that_shows_late_is_never_called_dead(switch: Switch, merchant: Merchant, lag: str) -> None:
    client, product = switch.client(), Product.UNIONPAY_APP
    made = await client.create(switch.order(product), TIMEOUT_MS)
    assert made.credential is not None
    await merchant.behave(lag_code=lag, lag_s=30, success_code="A6")
    await switch.pay(made.credential)
    early = (await client.query(switch.ref(product), TIMEOUT_MS)).outcome.kind
    assert early is (OutcomeKind.NOT_FOUND if lag == "34" else OutcomeKind.PENDING)
    switch.clock.advance(seconds=30)
    assert (await client.query(switch.ref(product), TIMEOUT_MS)).outcome.kind is OutcomeKind.PAID


async def test_money_that_comes_too_late_is_not_a_payment(switch: Switch, merchant: Merchant) -> None:
    client, product = switch.client(), Product.UNIONPAY_WAP
    await merchant.behave(late_netbank_s=600)
    made = await client.create(switch.order(product), TIMEOUT_MS)
    assert made.credential is not None
    await switch.sandbox.pay(made.credential.content, params=made.credential.params, wallet="bank", balance_fen=0)
    switch.clock.advance(seconds=901)
    assert (await switch.pay(made.credential, "bank"))["result"] == "paid"
    fact = await client.query(switch.ref(product), TIMEOUT_MS)
    assert (fact.outcome.kind not in (OutcomeKind.PAID, OutcomeKind.CLOSED), fact.outcome.code) == (True, "42")


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ({"kind": "hang"}, OutcomeKind.UNKNOWN, "timeout"),
        ({"kind": "refuse"}, OutcomeKind.UNKNOWN, "connection_lost"),
        ({"kind": "http_5xx"}, OutcomeKind.UNKNOWN, "http_503"),
        ({"kind": "error_code", "code": "06"}, OutcomeKind.REFUSED_CHANNEL, "06"),
        ({"kind": "error_code", "code": "33"}, OutcomeKind.REFUSED_LIMIT, "33"),
        ({"kind": "error_code", "code": "32"}, OutcomeKind.REFUSED_CONFIG, "32"),
        ({"kind": "error_code", "code": "03"}, OutcomeKind.UNKNOWN, "03"),
        ({"kind": "bad_signature"}, OutcomeKind.UNTRUSTED, None),
        ({"kind": "unknown_serial"}, OutcomeKind.UNTRUSTED, None),
    ],
)
async def test_unionpay_falls_ill(
    switch: Switch, fault: dict[str, object], kind: OutcomeKind, code: str | None
) -> None:
    await switch.sandbox.set_faults({**fault, "operations": ["create"]})
    made = await switch.client().create(switch.order(Product.UNIONPAY_QR), 600)
    assert (made.outcome.kind, made.credential) == (kind, None), made
    assert code is None or made.outcome.code == code


async def test_a_body_that_breaks_off_is_not_believed(switch: Switch) -> None:
    await switch.sandbox.set_faults({"kind": "malformed"})
    made = await switch.client().create(switch.order(Product.UNIONPAY_APP), TIMEOUT_MS)
    assert made.outcome.kind in (OutcomeKind.UNKNOWN, OutcomeKind.UNTRUSTED)
    assert made.credential is None


async def test_an_impostor_with_a_certificate_of_its_own_is_not_believed(switch: Switch) -> None:
    client = switch.client()
    await switch.sandbox.set_faults({"kind": "notify_forged"})
    made = await client.create(switch.order(Product.UNIONPAY_QR), TIMEOUT_MS)
    assert made.credential is not None
    await switch.pay(made.credential)
    await switch.shop.count(2)
    verdicts = [(await switch.told(client, number)).outcome.kind for number in (1, 2)]
    assert verdicts == [OutcomeKind.UNTRUSTED, OutcomeKind.ACCEPTED]


async def test_an_expired_certificate_is_accepted_only_where_the_operator_says_so(switch: Switch) -> None:
    order = switch.order(Product.UNIONPAY_QR)
    strict = await switch.client(EXPIRED, accept_expired_certificates="false").create(order, TIMEOUT_MS)
    assert strict.outcome.kind is OutcomeKind.UNTRUSTED
    other = switch.order(Product.UNIONPAY_QR, "PS00000002")
    assert (await switch.client(EXPIRED).create(other, TIMEOUT_MS)).outcome.kind is OutcomeKind.ACCEPTED


async def test_the_name_in_unionpays_certificate_passes_the_owner_check(switch: Switch) -> None:
    made = await switch.client(check_sign_cert_cn="true").create(switch.order(Product.UNIONPAY_QR), TIMEOUT_MS)
    assert made.outcome.kind is OutcomeKind.ACCEPTED


async def test_a_void_gives_everything_back(switch: Switch) -> None:
    client, product = switch.client(same_day_refund="undo"), Product.UNIONPAY_APP
    made = await client.create(switch.order(product), TIMEOUT_MS)
    assert made.credential is not None
    await switch.pay(made.credential)
    asked = await client.query(switch.ref(product), TIMEOUT_MS)
    void = switch.refund(product, asked.transaction_id, 12_900)
    assert (await client.refund(void, TIMEOUT_MS)).outcome.kind is OutcomeKind.PENDING
    await until(lambda: len(switch.clock._sleepers) == 1)
    switch.clock.advance(ms=1)
    await switch.shop.count(2)
    assert (await client.query_refund(void, TIMEOUT_MS)).outcome.kind is OutcomeKind.PAID


async def test_the_days_file_says_what_the_books_say(switch: Switch) -> None:
    client, product = switch.client(), Product.UNIONPAY_APP
    made = await client.create(switch.order(product), TIMEOUT_MS)
    assert made.credential is not None
    await switch.pay(made.credential)
    asked = await client.query(switch.ref(product), TIMEOUT_MS)
    await client.refund(switch.refund(product, asked.transaction_id), TIMEOUT_MS)
    await until(lambda: len(switch.clock._sleepers) == 1)
    switch.clock.advance(ms=1)
    await switch.shop.count(2)
    assert (await client.download_bill("2026-11-09", TIMEOUT_MS)).outcome.kind is OutcomeKind.PENDING
    switch.clock.advance(seconds=86_400)
    bill = await client.download_bill("2026-11-09", TIMEOUT_MS)
    assert bill.outcome.kind is OutcomeKind.ACCEPTED, bill
    payment, refund = bill.lines
    assert (payment.kind, payment.channel_order_no, payment.amount_fen) == (BillKind.PAYMENT, "PS00000001", 12_900)
    assert (payment.transaction_id, payment.fee_fen, payment.at_ms) == (asked.transaction_id, 77, switch.started_ms)
    assert (refund.kind, refund.out_refund_no, refund.amount_fen) == (BillKind.REFUND, "RF00000001", 2_900)
    assert (refund.channel_order_no, refund.fee_fen) == ("PS00000001", -17)
    assert (await client.download_bill("2026-11-08", TIMEOUT_MS)).outcome.kind is OutcomeKind.NOT_FOUND
