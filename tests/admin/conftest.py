from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payswitch.kit.clock import SystemClock
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World, alipay_account, wechat_account
from tests.admin.support import Desk, a_desk
from tests.sandbox.support import RunningSandbox, running_sandbox

NOWHERE = "http://127.0.0.1:1"
_WORLD: list[World] = []


def world() -> World:
    """Made once: a dozen RSA keys take seconds."""
    if not _WORLD:
        _WORLD.append(
            World(
                base_url=NOWHERE,
                accounts=[
                    wechat_account("w", NOWHERE),
                    wechat_account("w2", NOWHERE, platform_certificate=False, public_key=True),
                    alipay_account("a", NOWHERE, certificate_mode=True),
                    alipay_account("a2", NOWHERE),
                    unionpay_account(NOWHERE, "u"),
                ],
            )
        )
    return _WORLD[0]


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world(), clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def desk(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(sandbox, tmp_path) as opened:
        yield opened
