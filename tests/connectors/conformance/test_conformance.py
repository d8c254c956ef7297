"""Every connector of the registry, every product, against the sandbox's independent stand-in: the same stories."""

from __future__ import annotations

import asyncio
import itertools
import tomllib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from tests.connectors.conformance.accounts import ACCOUNTS, make_world
from tests.sandbox.support import PATIENCE_S, RunningSandbox, running_sandbox

from payswitch import connectors
from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.conformance import CHECKS, Check
from payswitch.connectors.contract import Connector
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Capability, Channel, Environment, Product
from payswitch.domain.exchange import ChannelClient, CreateAnswer, CreateOrder, NotifyRequest
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.server import serving
from payswitch.sandbox.world import World

SECRET_KEYS = ("private_key", "api_v3_key", "md5_key", "password")
SECRET_NAMES = ("key",)

SUBJECTS = [
    pytest.param(account, product, id=f"{account}-{product.value}")
    for account, connector in ACCOUNTS.items()
    for product, capability in sorted(CONNECTORS[connector].capabilities.items())
    if capability.push
]
"""Push products. What a debit must do is told in each connector's own stories."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def conformance_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world("http://127.0.0.1:1")


@pytest.fixture
async def sandbox(conformance_world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(conformance_world, clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


@dataclass
class Inbox:
    """The address that channels notify, by GET or POST."""

    url: str = ""
    arrived: asyncio.Queue[NotifyRequest] = field(default_factory=asyncio.Queue)

    async def hear(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard = NotifyRequest(
            method=request.method,
            path=request.path,
            query=request.rel_url.raw_query_string,
            headers=headers,
            body=await request.read(),
        )
        self.arrived.put_nowait(heard)
        return web.Response(text="success")


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    box = Inbox()
    app = web.Application()
    app.router.add_route("*", "/notify/{channel}", box.hear)
    async with serving(app) as port:
        box.url = f"http://127.0.0.1:{port}/notify/x"
        yield box


class SandboxSubject:
    """One account and one product at the sandbox."""

    def __init__(
        self, sandbox: RunningSandbox, inbox: Inbox, transport: AiohttpTransport, account_id: str, product: Product
    ) -> None:
        self._sandbox = sandbox
        self._inbox = inbox
        self._spec = sandbox.world.account(account_id)
        connector = CONNECTORS[ACCOUNTS[account_id]]
        self.capability: Capability = connector.capabilities[product]
        account = self._spec.connector_account()
        self.secrets: Sequence[str] = [text for key, text in account.items() if _is_secret(key) and len(text) > 8]
        self.client = self._open(connector, account, transport)
        nowhere = {k: v.replace(sandbox.base_url, "http://127.0.0.1:1") for k, v in account.items()}
        self.stranded = self._open(connector, nowhere, transport)

    def _open(self, connector: Connector, account: dict[str, str], transport: AiohttpTransport) -> ChannelClient:
        channel = Channel(
            channel_id=self._spec.channel_id,
            merchant_id="m-1",
            connector=connector.name,
            name="一致性",
            products=frozenset(connector.capabilities),
            upstream=connector.name,
        )
        return connector.open(channel, account, transport=transport, clock=SystemClock(), ids=SystemIds())

    def new_order(self) -> CreateOrder:
        now_ms = SystemClock().now_ms()
        environment = sorted(self.capability.environments)[0]
        return CreateOrder(
            channel_order_no=SystemIds().new("P", now_ms),
            product=self.capability.product,
            amount_fen=max(12_900, self.capability.min_fen) + next(_numbers),
            subject="爆款 × 1",
            created_at_ms=now_ms,
            expires_at_ms=now_ms + 600_000,
            notify_url=self._inbox.url,
            return_url="http://127.0.0.1:1/back",
            environment=Environment(environment),
            openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            buyer_id="2088102146225135",
            client_ip="203.0.113.9",
        )

    async def pay(self, answer: CreateAnswer) -> None:
        assert answer.credential is not None
        wallets = (self.capability.method.value, *self._spec.wallets)
        results = []
        for wallet in dict.fromkeys(wallets):
            paid = await self._sandbox.pay(
                answer.credential.content, params=dict(answer.credential.params), wallet=wallet
            )
            results.append(paid)
            if paid["result"] == "paid":
                return
        raise AssertionError(f"no wallet could pay: {results}")

    async def told(self) -> NotifyRequest:
        async with asyncio.timeout(PATIENCE_S):
            return await self._inbox.arrived.get()

    async def be_silent(self, silent: bool) -> None:
        faults = [{"account": "*", "kind": "hang"}] if silent else []
        await self._sandbox.set_faults(*faults)


def _is_secret(key: str) -> bool:
    return key in SECRET_NAMES or any(word in key for word in SECRET_KEYS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(("account", "product"), SUBJECTS)
async def test_conformance(
    sandbox: RunningSandbox,
    inbox: Inbox,
    transport: AiohttpTransport,
    account: str,
    product: Product,
    check: Check,
) -> None:
    await check(SandboxSubject(sandbox, inbox, transport, account, product))


def test_every_connector_of_the_registry_is_here() -> None:
    assert set(ACCOUNTS.values()) == set(CONNECTORS)


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_connector_says_what_it_is_and_how_it_was_verified(name: str) -> None:
    folder = Path(str(connectors.__file__)).parent / name
    assert (folder / "README.md").is_file(), f"{name} has no README.md"
    quality = tomllib.loads((folder / "quality.toml").read_text(encoding="utf-8"))
    assert quality["level"] in ("simulated", "third-party-client", "live")
    for rule, state in quality["rules"].items():
        assert str(state).startswith(("done", "exempt", "todo")), f"{name}: {rule} is neither done, exempt nor todo"
