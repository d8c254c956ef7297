"""WeChat's second site: the same ledger, asked when the first cannot be reached, never with what was sent already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.connectors.wechatpay.fake_wechat import account
from tests.connectors.wechatpay.orders import REF, order
from tests.sandbox.support import running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.domain.channel import Product
from payswitch.domain.exchange import DebitOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SeededIds, SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import World, wechat_account

K = OutcomeKind
NEAR, FAR = "https://near.test", "https://far.test"
CONNECT_FAILED = SendFailure(sent=False, code="connect_failed", latency_ms=1)


@dataclass
class TwoSites:
    """An `HttpTransport` that says what each site answers, and notes whom it asked."""

    clock: ManualClock
    says: dict[str, HttpAnswer | SendFailure] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    budgets: list[int] = field(default_factory=list)
    takes_ms: int = 0

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, timeout_ms: int, **_: object
    ) -> HttpAnswer | SendFailure:
        site = url.partition("/v3")[0].partition("/pay")[0].partition("/secapi")[0]
        self.asked.append(site)
        self.signatures.append(headers.get("Authorization", "") or body.decode())
        self.budgets.append(timeout_ms)
        self.clock.advance(ms=self.takes_ms)
        return self.says[site]


def page(status: int) -> HttpAnswer:
    return HttpAnswer(status=status, headers={}, body=b"<html></html>", latency_ms=1)


@pytest.fixture
def sites(clock: ManualClock) -> TwoSites:
    return TwoSites(clock, {NEAR: page(404), FAR: page(404)})


@pytest.fixture
def client(sites: TwoSites, clock: ManualClock) -> WechatPayClient:
    table = {name: value for name, value in account().items() if name != "base_url_tls"}
    table |= {"base_url": NEAR, "backup_base_url": FAR}
    made = CONNECTOR.open(CHANNEL, table, transport=sites, clock=clock, ids=SeededIds())
    assert isinstance(made, WechatPayClient)
    return made


async def test_a_healthy_near_site_is_the_only_one_asked(client: WechatPayClient, sites: TwoSites) -> None:
    await client.query(REF, 400)
    assert sites.asked == [NEAR]


@pytest.mark.parametrize("code", ["dns_failed", "connect_failed", "tls_failed", "connect_timeout"])
async def test_the_far_site_takes_over_at_once_under_a_fresh_signature(
    client: WechatPayClient, sites: TwoSites, code: str
) -> None:
    sites.says[NEAR] = SendFailure(sent=False, code=code, latency_ms=1)
    sites.takes_ms = 100
    answer = await client.create(order(Product.WECHAT_NATIVE), 400)
    assert answer.outcome.code == "http_404"
    assert sites.asked == [NEAR, FAR]
    assert sites.signatures[0] != sites.signatures[1]
    assert sites.budgets == [400, 300], "one deadline for both"


@pytest.mark.parametrize("failure", ["timeout", "connection_lost", "unreadable"])
async def test_what_was_sent_is_not_sent_to_the_other_site(
    client: WechatPayClient, sites: TwoSites, failure: str
) -> None:
    sites.says[NEAR] = SendFailure(sent=True, code=failure, latency_ms=1)
    assert (await client.create(order(Product.WECHAT_NATIVE), 400)).outcome.kind is K.UNKNOWN
    assert sites.asked == [NEAR]


async def test_our_own_queue_is_not_the_sites_fault(client: WechatPayClient, sites: TwoSites) -> None:
    sites.says[NEAR] = SendFailure(sent=False, code="pool_timeout", latency_ms=1)
    assert (await client.query(REF, 400)).outcome.kind is K.NOT_SENT
    assert sites.asked == [NEAR]


async def test_no_time_is_left_for_the_other_site(client: WechatPayClient, sites: TwoSites) -> None:
    sites.says[NEAR] = SendFailure(sent=False, code="connect_timeout", latency_ms=400)
    sites.takes_ms = 400
    assert (await client.query(REF, 400)).outcome.kind is K.NOT_SENT
    assert sites.asked == [NEAR]
    sites.takes_ms = 1
    await client.query(REF, 400)
    assert sites.asked == [NEAR, FAR], "the next call goes straight to the other"


async def test_a_site_that_was_ill_is_asked_again_after_a_while(
    client: WechatPayClient, sites: TwoSites, clock: ManualClock
) -> None:
    sites.says[NEAR] = CONNECT_FAILED
    await client.query(REF, 400)
    clock.advance(seconds=29)
    await client.query(REF, 400)
    sites.says[NEAR] = page(404)
    clock.advance(seconds=1)
    await client.query(REF, 400)
    assert sites.asked == [NEAR, FAR, FAR, NEAR]


async def test_both_are_down(client: WechatPayClient, sites: TwoSites) -> None:
    sites.says = {NEAR: CONNECT_FAILED, FAR: CONNECT_FAILED}
    assert (await client.query(REF, 400)).outcome.kind is K.NOT_SENT
    assert sites.asked == [NEAR, FAR]


async def test_a_proxys_error_is_not_repeated_but_the_next_call_goes_elsewhere(
    client: WechatPayClient, sites: TwoSites
) -> None:
    """The order may exist: whether it is asked for once more is for whoever called to say."""
    sites.says[NEAR] = page(502)
    answer = await client.create(order(Product.WECHAT_NATIVE), 400)
    assert (answer.outcome.kind, answer.outcome.transient) == (K.UNKNOWN, True)
    assert sites.asked == [NEAR]
    await client.create(order(Product.WECHAT_NATIVE), 400)
    assert sites.asked == [NEAR, FAR]


async def test_a_debit_and_its_reversal_find_the_other_site_too(client: WechatPayClient, sites: TwoSites) -> None:
    sites.says[NEAR] = CONNECT_FAILED
    debit = DebitOrder(order=order(Product.WECHAT_CODE), consent=Secret("134567890123456789"))
    assert (await client.debit(debit, 400)).outcome.code == "http_404"
    assert sites.asked == [NEAR, FAR]
    assert (await client.reverse(msgspec.structs.replace(REF, product=Product.WECHAT_CODE), 400)).code == "http_404"
    assert sites.asked == [NEAR, FAR, FAR]


async def test_an_account_with_one_site_stays_there(sites: TwoSites, clock: ManualClock) -> None:
    sites.says[NEAR] = CONNECT_FAILED
    made = CONNECTOR.open(CHANNEL, {**account(), "base_url": NEAR}, transport=sites, clock=clock, ids=SeededIds())
    for _ in range(2):
        assert (await made.query(REF, 400)).outcome.kind is K.NOT_SENT
    assert sites.asked == [NEAR, NEAR]


async def test_over_real_connections_the_payment_is_the_same_one() -> None:
    world = World(base_url="http://127.0.0.1:1", accounts=[wechat_account("w", "http://127.0.0.1:1")])
    async with running_sandbox(world, clock=SystemClock()) as sandbox:
        table = sandbox.world.account("w").connector_account()
        table |= {"base_url": "http://127.0.0.1:1", "backup_base_url": sandbox.base_url}
        transport = AiohttpTransport(clock=SystemClock())
        await transport.open()
        made = CONNECTOR.open(CHANNEL, table, transport=transport, clock=SystemClock(), ids=SystemIds())
        now_ms = SystemClock().now_ms()
        wanted = order(Product.WECHAT_NATIVE, created_at_ms=now_ms, expires_at_ms=now_ms + 900_000)
        answer = await made.create(wanted, 5_000)
        await transport.aclose()
        assert answer.outcome.kind is K.ACCEPTED, answer
        assert [entry["channel_order_no"] for entry in await sandbox.ledger()] == [wanted.channel_order_no]
