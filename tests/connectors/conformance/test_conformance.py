"""Every connector of the registry, every product, against the sandbox's independent stand-in: the same stories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.connectors.conformance.accounts import ACCOUNTS, WITH_BILLS, make_world
from tests.connectors.conformance.debit_hands import HANDS
from tests.connectors.conformance.sandbox_bills import SandboxBillSubject
from tests.connectors.conformance.sandbox_subjects import (
    HurriedClock,
    Inbox,
    SandboxDebitSubject,
    SandboxPushSubject,
    Stage,
)
from tests.sandbox.support import running_sandbox

from payswitch import connectors
from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.conformance import (
    BILL_CHECKS,
    TABLE_CHECKS,
    BillCheck,
    CapabilityCheck,
    Check,
    DebitCheck,
    checks_for,
    debit_checks_for,
    every_product_can_be_opened,
)
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.bill import BillSource
from payswitch.domain.channel import Channel, Product
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.server import serving
from payswitch.sandbox.world import World

PUSH = [
    pytest.param(account, product, check, id=f"{account}-{product.value}-{check.__name__}")
    for account, connector in ACCOUNTS.items()
    for product, capability in sorted(CONNECTORS[connector].capabilities.items())
    for check in checks_for(capability)
]
PULL = [
    pytest.param(account, product, check, id=f"{account}-{product.value}-{check.__name__}")
    for account, connector in ACCOUNTS.items()
    for product, capability in sorted(CONNECTORS[connector].capabilities.items())
    for check in debit_checks_for(capability)
]
BILLS = [
    pytest.param(account, check, id=f"{account}-{check.__name__}") for account in WITH_BILLS for check in BILL_CHECKS
]
ROWS = [
    pytest.param(name, product, check, id=f"{name}-{product.value}-{check.__name__}")
    for name, connector in CONNECTORS.items()
    for product in sorted(connector.capabilities)
    for check in TABLE_CHECKS
]


@pytest.fixture(scope="session")
def conformance_world() -> World:
    return make_world("http://127.0.0.1:1")


@pytest.fixture
async def stage(conformance_world: World) -> AsyncIterator[Stage]:
    clock = HurriedClock()
    transport = AiohttpTransport(clock=clock)
    box = Inbox()
    inbox = web.Application()
    inbox.router.add_route("*", "/notify/{channel}", box.hear)
    async with running_sandbox(conformance_world, clock=clock) as sandbox, serving(inbox) as port:
        box.url = f"http://127.0.0.1:{port}/notify/x"
        await transport.open()
        yield Stage(sandbox, box, transport, clock)
        await transport.aclose()


@pytest.mark.parametrize(("account", "product", "check"), PUSH)
async def test_push(stage: Stage, account: str, product: Product, check: Check) -> None:
    await check(SandboxPushSubject(stage, account, product))


@pytest.mark.parametrize(("account", "product", "check"), PULL)
async def test_pull(stage: Stage, account: str, product: Product, check: DebitCheck) -> None:
    hands = HANDS.get((ACCOUNTS[account], product))
    if hands is None:
        pytest.fail(f"nobody plays the customer of {product}: add its hands to debit_hands.py", pytrace=False)
    await check(SandboxDebitSubject(stage, account, product, hands))


@pytest.mark.parametrize(("account", "check"), BILLS)
async def test_bill(stage: Stage, account: str, check: BillCheck) -> None:
    await check(SandboxBillSubject(stage, account))


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_bill_is_checked(conformance_world: World, account: str) -> None:
    spec = conformance_world.account(account)
    clock = HurriedClock()
    connector = CONNECTORS[ACCOUNTS[account]]
    channel = Channel(
        channel_id=account,
        merchant_id="m-1",
        connector=connector.name,
        name="一致性",
        products=frozenset(connector.capabilities),
        upstream="x",
    )
    transport = AiohttpTransport(clock=clock)
    client = connector.open(channel, spec.connector_account(), transport=transport, clock=clock, ids=SystemIds())
    assert isinstance(client, BillSource) == (account in WITH_BILLS), f"{account}: mend WITH_BILLS in accounts.py"


@pytest.mark.parametrize(("name", "product", "check"), ROWS)
def test_capability_table(name: str, product: Product, check: CapabilityCheck) -> None:
    check(CONNECTORS[name].capabilities[product])


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_product_can_be_opened(conformance_world: World, account: str) -> None:
    clock = SystemClock()
    every_product_can_be_opened(
        CONNECTORS[ACCOUNTS[account]],
        conformance_world.account(account).connector_account(),
        transport=AiohttpTransport(clock=clock),
        clock=clock,
        ids=SystemIds(),
    )


def test_every_connector_of_the_registry_is_here() -> None:
    assert set(ACCOUNTS.values()) == set(CONNECTORS)


def test_hands_belong_to_pull_products_of_the_registry() -> None:
    for connector, product in HANDS:
        assert not CONNECTORS[connector].capabilities[product].push


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_connector_has_a_readme(name: str) -> None:
    folder = Path(str(connectors.__file__)).parent / name
    assert (folder / "README.md").is_file(), f"{name} has no README.md"
