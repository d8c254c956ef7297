"""The check-up against real accounts at the sandbox: each wrong key is found and named."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Channel
from payswitch.kit.clock import SystemClock
from payswitch.kit.crypto import SigningKey, generate_private_pem
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.world import World, alipay_account, wechat_account
from payswitch.services.channels.checkup import Finding, Severity, probe

CONNECTOR_OF = {"w": "wechatpay", "a": "alipay"}


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    address = "http://127.0.0.1:1"
    world = World(
        base_url=address,
        accounts=[
            wechat_account("w", address, platform_certificate=False, public_key=True),
            alipay_account("a", address),
        ],
    )
    async with running_sandbox(world, clock=SystemClock()) as running:
        yield running


PAIRS_ARE_CHECKED_BY = ("api_v2_key", "merchant_certificate")
"""With these in the account, a wrong private key is found before anything is asked."""


async def examine(sandbox: RunningSandbox, account_id: str, *, push: bool = True, **wrong: str) -> list[Finding]:
    """`push`: the products of that kind only, by an account that knows nothing else."""
    connector = CONNECTORS[CONNECTOR_OF[account_id]]
    channel = Channel(
        channel_id=account_id,
        merchant_id="m-1",
        connector=connector.name,
        name="体检",
        products=frozenset(p for p, capability in connector.capabilities.items() if capability.push >= push),
        upstream=connector.name,
    )
    account = sandbox.world.account(account_id).connector_account() | wrong
    if push:
        account = {name: value for name, value in account.items() if name not in PAIRS_ARE_CHECKED_BY}
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    try:
        client = connector.open(channel, account, transport=transport, clock=SystemClock(), ids=SystemIds())
        return await probe(channel, client, SystemClock(), SystemIds())
    finally:
        await transport.aclose()


@pytest.mark.parametrize("account_id", CONNECTOR_OF)
async def test_a_good_account_passes(sandbox: RunningSandbox, account_id: str) -> None:
    assert [finding.severity for finding in await examine(sandbox, account_id)] == [Severity.OK]
    assert await sandbox.ledger() == [], "a check-up makes no order"


async def test_payment_codes_are_asked_about_their_own_way(sandbox: RunningSandbox) -> None:
    """WeChat's API V2 has a key of its own, which may be wrong while everything else is right."""
    assert {finding.severity for finding in await examine(sandbox, "w", push=False)} == {Severity.OK}
    findings = await examine(sandbox, "w", push=False, api_v2_key="0" * 32)
    assert [finding.severity for finding in findings] == [Severity.OK, Severity.PROBLEM]


@pytest.mark.parametrize(
    ("account_id", "key", "words"),
    [
        ("w", "merchant_private_key", "refuses our configuration"),
        ("w", "wechatpay_public_key", "not signed by the key"),
        ("a", "app_private_key", "refuses our configuration"),
        ("a", "alipay_public_key", "not signed by the key"),
    ],
)
async def test_a_key_of_somebody_else_is_found(sandbox: RunningSandbox, account_id: str, key: str, words: str) -> None:
    other = generate_private_pem()
    findings = await examine(sandbox, account_id, **{key: other if "private" in key else SigningKey(other).public_pem})
    assert {finding.severity for finding in findings} <= {Severity.PROBLEM, Severity.WARNING}
    assert any(words in finding.what for finding in findings), findings
    assert all(finding.fix for finding in findings)


async def test_an_account_of_another_merchant_is_found(sandbox: RunningSandbox) -> None:
    findings = await examine(sandbox, "w", mchid="1900000999")
    assert [finding.severity for finding in findings] == [Severity.PROBLEM]
