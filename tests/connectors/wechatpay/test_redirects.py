"""异常退款: the customer's card was closed. WeChat tells so, and takes another card, over the real wire."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.connectors.wechatpay.orders import ORDER, REF, REFUND, REFUND_NUMBER
from tests.sandbox.support import PATIENCE_S, Listener, RunningSandbox, listening, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.connectors.wechatpay.redirects import BANK_TYPES
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import RefundRedirector
from payswitch.domain.exchange import NotifyRequest, PayeeCard, RefundOrder
from payswitch.domain.outcome import Hurdle, OutcomeKind
from payswitch.kit.clock import SystemClock
from payswitch.kit.crypto import SigningKey, VerifyingKey, generate_private_pem
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.core import Settings
from payswitch.sandbox.wechatpay.refunds import DEBIT_BANKS
from payswitch.sandbox.world import World, wechat_account

CARD = PayeeCard(bank="icbc", card_no=Secret("6222020200011111111"), name=Secret("张三"))
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    modes = {"certificate": (True, False), "public_key": (False, True)}
    accounts = [
        wechat_account(name, address, platform_certificate=certificate, public_key=public)
        for name, (certificate, public) in modes.items()
    ]
    return World(base_url=address, accounts=accounts)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=CLOCK, settings=Settings(refund_delay_s=0.01)) as running:
        yield running


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.fixture(params=["certificate", "public_key"])
async def client(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> AsyncIterator[WechatPayClient]:
    transport = AiohttpTransport(clock=CLOCK)
    await transport.open()
    channel = Channel(
        channel_id=request.param,
        merchant_id="m-1",
        connector="wechatpay",
        name=request.param,
        products=frozenset({ORDER.product}),
        upstream="wechat",
    )
    account = sandbox.world.account(request.param).connector_account()
    opened = CONNECTOR.open(channel, account, transport=transport, clock=CLOCK, ids=SystemIds())
    assert isinstance(opened, WechatPayClient)
    yield opened
    await transport.aclose()


async def abnormal(sandbox: RunningSandbox, client: WechatPayClient, shop: Listener) -> tuple[RefundOrder, str]:
    """Paid by somebody who closed the card afterwards. Gives the refund and WeChat's own number of it."""
    now_ms = CLOCK.now_ms()
    order = msgspec.structs.replace(ORDER, notify_url=shop.url, created_at_ms=now_ms, expires_at_ms=now_ms + 600_000)
    made = await client.create(order, 5_000)
    assert made.credential is not None
    assert (await sandbox.pay(made.credential.content))["result"] == "paid"
    async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/void-payers", json={"payers": ["小红"]}) as answer:
        assert answer.status == 200
    back = msgspec.structs.replace(REFUND, notify_url=shop.url, order=msgspec.structs.replace(REF, transaction_id=None))
    taken = await client.refund(back, 5_000)
    assert taken.outcome.kind is OutcomeKind.PENDING
    heard = [one for one in await shop.count(2) if b"REFUND" in one.body]
    request = NotifyRequest(
        method="POST",
        path="/",
        query="",
        headers={name.lower(): value for name, value in heard[0].headers.items()},
        body=heard[0].body,
    )
    fact = client.read_notify(request).refund
    assert fact is not None
    assert (fact.outcome.code, fact.outcome.merchant_side, fact.outcome.hurdle) == ("ABNORMAL", True, Hurdle.PAYEE)
    return back, fact.channel_refund_id or ""


async def until(client: WechatPayClient, back: RefundOrder, kind: OutcomeKind) -> None:
    for _ in range(int(PATIENCE_S / 0.02)):
        if (await client.query_refund(back, 5_000)).outcome.kind is kind:
            return
        await CLOCK.sleep(0.02)
    raise AssertionError(f"the refund never was {kind}")


async def test_an_abnormal_refund_goes_to_another_card(
    sandbox: RunningSandbox, client: WechatPayClient, shop: Listener
) -> None:
    back, refund_id = await abnormal(sandbox, client, shop)
    assert isinstance(client, RefundRedirector)
    sent = await client.redirect_refund(back, refund_id, CARD, 5_000)
    assert (sent.outcome.kind, sent.out_refund_no) == (OutcomeKind.PENDING, REFUND_NUMBER)
    again = await client.redirect_refund(back, refund_id, CARD, 5_000)
    assert again.outcome.kind in (OutcomeKind.PENDING, OutcomeKind.PAID), "repeating it is harmless"
    await until(client, back, OutcomeKind.PAID)


async def test_a_card_that_wechat_refuses_proves_nothing_about_the_refund(
    sandbox: RunningSandbox, client: WechatPayClient, shop: Listener
) -> None:
    back, refund_id = await abnormal(sandbox, client, shop)
    not_a_card = PayeeCard(bank="icbc", card_no=Secret("not-a-card"), name=Secret("张三"))
    refused = await client.redirect_refund(back, refund_id, not_a_card, 5_000)
    assert refused.outcome.kind not in (OutcomeKind.PAID, OutcomeKind.PENDING)
    found = (await client.query_refund(back, 5_000)).outcome
    assert (found.code, found.hurdle) == ("ABNORMAL", Hurdle.PAYEE)


def test_both_ends_know_the_same_banks() -> None:
    assert frozenset(BANK_TYPES.values()) == DEBIT_BANKS


def test_what_is_hidden_opens_with_the_right_key_alone() -> None:
    key, other = SigningKey(generate_private_pem()), SigningKey(generate_private_pem())
    hidden = VerifyingKey(key.public_pem).encrypt("6222020200011111111 张三")
    assert key.decrypt(hidden) == "6222020200011111111 张三"
    assert other.decrypt(hidden) is None
    assert key.decrypt("%%%") is None
