"""Accounts of the sandbox's stand-ins as subjects of the conformance suite."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web
from tests.connectors.conformance.accounts import ACCOUNTS
from tests.connectors.conformance.debit_hands import DebitHands
from tests.sandbox.support import PATIENCE_S, RunningSandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.conformance import Customer, Lost, PullClient
from payswitch.connectors.contract import Connector
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Capability, Channel, Environment, Product
from payswitch.domain.channel_client import ChannelClient, DebitClient
from payswitch.domain.exchange import CreateAnswer, CreateOrder, NotifyRequest
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.world import AccountSpec, World

SECRET_KEYS = ("private_key", "api_v3_key", "api_v2_key", "md5_key", "password")
SECRET_NAMES = ("key",)
NOWHERE = "http://127.0.0.1:1"
NOWHERE_TLS = "https://127.0.0.1:1"

_numbers = itertools.count(1)


class HurriedClock(SystemClock):
    """The machine's clock, put forward: nobody waits fifteen seconds for a reversal in a test."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms

    def monotonic_ms(self) -> float:
        return super().monotonic_ms() + self.ahead_ms


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

    async def next(self) -> NotifyRequest:
        async with asyncio.timeout(PATIENCE_S):
            return await self.arrived.get()


@dataclass
class Stage:
    """What every subject of one test stands on."""

    sandbox: RunningSandbox
    inbox: Inbox
    transport: AiohttpTransport
    clock: HurriedClock


class _SandboxSubject:
    """One account and one product at the sandbox."""

    def __init__(self, stage: Stage, account_id: str, product: Product) -> None:
        self._stage = stage
        self._spec = stage.sandbox.world.account(account_id)
        self._connector = CONNECTORS[ACCOUNTS[account_id]]
        self.capability: Capability = self._connector.capabilities[product]
        account = self._spec.connector_account()
        self.secrets: Sequence[str] = [text for key, text in account.items() if _is_secret(key) and len(text) > 8]

    def _open(self, *, nowhere: bool = False) -> ChannelClient:
        account = self._spec.connector_account()
        if nowhere:
            account = elsewhere(account, self._stage.sandbox.world)
        return open_client(self._connector, self._spec, account, self._stage)

    def new_order(self) -> CreateOrder:
        now_ms = self._stage.clock.now_ms()
        environment = sorted(self.capability.environments)[0]
        return CreateOrder(
            channel_order_no=SystemIds().new("P", now_ms),
            product=self.capability.product,
            amount_fen=max(12_900, self.capability.min_fen) + next(_numbers),
            subject="爆款 × 1",
            created_at_ms=now_ms,
            expires_at_ms=now_ms + 600_000,
            notify_url=self._stage.inbox.url,
            return_url=f"{NOWHERE}/back",
            environment=Environment(environment),
            openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            buyer_id="2088102146225135",
            client_ip="203.0.113.9",
        )

    async def told(self) -> NotifyRequest:
        return await self._stage.inbox.next()


class SandboxPushSubject(_SandboxSubject):
    """See `payswitch.connectors.conformance.Subject`."""

    def __init__(self, stage: Stage, account_id: str, product: Product) -> None:
        super().__init__(stage, account_id, product)
        self.client = self._open()
        self.stranded = self._open(nowhere=True)

    async def pay(self, answer: CreateAnswer) -> None:
        assert answer.credential is not None
        wallets = (self.capability.method.value, *self._spec.wallets)
        results = []
        for wallet in dict.fromkeys(wallets):
            paid = await self._stage.sandbox.pay(
                answer.credential.content, params=dict(answer.credential.params), wallet=wallet
            )
            results.append(paid)
            if paid["result"] == "paid":
                return
        raise AssertionError(f"no wallet could pay: {results}")

    async def be_silent(self, silent: bool) -> None:
        faults = [{"account": "*", "kind": "hang"}] if silent else []
        await self._stage.sandbox.set_faults(*faults)


class SandboxDebitSubject(_SandboxSubject):
    """See `payswitch.connectors.conformance.DebitSubject`. Only the customer's part differs from channel to channel:
    `hands`."""

    def __init__(self, stage: Stage, account_id: str, product: Product, hands: DebitHands) -> None:
        super().__init__(stage, account_id, product)
        self._hands = hands
        self.customers = hands.customers
        self.notifies = hands.notifies
        self.client = _pull(self._open())
        self.stranded = _pull(self._open(nowhere=True))

    def new_order(self) -> CreateOrder:
        return self._hands.complete(self._stage.sandbox, self._spec, super().new_order())

    async def consent(self, order: CreateOrder, customer: Customer) -> Secret:
        return await self._hands.consent(self._stage.sandbox, self._spec, order, customer)

    async def confirm(self, order: CreateOrder) -> None:
        await self._hands.confirm(self._stage.sandbox, self._spec, order)

    async def lose_answers(self, lost: Lost) -> None:
        when = {Lost.DONE: "after", Lost.UNDONE: "before"}
        faults = [] if lost is Lost.NOTHING else [{"account": "*", "kind": "hang", "when": when[lost]}]
        await self._stage.sandbox.set_faults(*faults)

    async def let_pass(self, seconds: float) -> None:
        self._stage.clock.ahead_ms += int(seconds * 1_000)

    async def kept_fen(self, order: CreateOrder) -> int:
        entry = self._stage.sandbox.core.ledger.find(self._spec.channel_id, order.channel_order_no)
        return entry.amount_fen - entry.refunded_fen if entry is not None and entry.received else 0


def open_client(connector: Connector, spec: AccountSpec, account: dict[str, str], stage: Stage) -> ChannelClient:
    """A client of this account, signed for everything the connector has."""
    channel = Channel(
        channel_id=spec.channel_id,
        merchant_id="m-1",
        connector=connector.name,
        name="一致性",
        products=frozenset(connector.capabilities),
        upstream=connector.name,
    )
    return connector.open(channel, account, transport=stage.transport, clock=stage.clock, ids=SystemIds())


def elsewhere(account: dict[str, str], world: World) -> dict[str, str]:
    """The same account, pointed at addresses where nobody listens."""
    moved = {key: value.replace(world.base_url, NOWHERE) for key, value in account.items()}
    return {key: value.replace(world.base_url_tls, NOWHERE_TLS) for key, value in moved.items()}


def _pull(client: ChannelClient) -> PullClient:
    assert isinstance(client, DebitClient), f"{client!r} has a pull product in its table but cannot debit"
    return client


def _is_secret(key: str) -> bool:
    return key in SECRET_NAMES or any(word in key for word in SECRET_KEYS)
