"""One world for all tests (keys are dear), a clock that the test moves, and a sandbox of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.support import Listener, RunningSandbox, listening, running_sandbox

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.world import World, default_five, wechat_account

NIGHT_MS = 1_794_227_820_000
"""2026-11-09 20:37 in Beijing."""


@pytest.fixture(scope="session")
def world() -> World:
    """The demo's five accounts, and a sixth that is migrating from platform certificates to a public key."""
    address = "http://127.0.0.1:1"
    world = default_five(address)
    migrating = wechat_account("wechat-migrating", address, platform_certificate=True, public_key=True)
    return World(base_url=address, accounts=[*world.accounts, migrating])


@pytest.fixture
def night() -> ManualClock:
    return ManualClock(NIGHT_MS)


@pytest.fixture
async def channels(world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=night) as sandbox:
        yield sandbox


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as made:
        yield made
