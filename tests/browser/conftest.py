from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from payswitch.drill.chromium import a_browser, chromium_path
from payswitch.drill.ports import free_port
from payswitch.drill.stage import Stage, StagePlan
from payswitch.drill.station import WORLD_FILE, prepare
from payswitch.kit.clock import SystemClock
from payswitch.sandbox.applepay.accounts import applepay_account
from payswitch.sandbox.quickpay.accounts import five_banks
from payswitch.sandbox.unionpay.accounts import unionpay_account
from payswitch.sandbox.world import World, default_five
from tests.browser.screen import Street

POLICY = """
version: browser
split: {best: 100, warm: 0, explore: 0}
on_request: []
triggers:
  {timeouts: 50, of_calls: 50, consecutive_errors: 50, our_side_refusals: 50, last_calls: 9999, min_calls: 9999}
"""
"""No exploring: a test that chooses a method knows the channel. Breakers that open late: what one test breaks, the next
one uses."""
CHANNELS = (
    "wechat-main",
    "wechat-backup",
    "alipay-main",
    "alipay-backup",
    "unionpay-main",
    "quickpay-icbc",
    "quickpay-ccb",
    "applepay-web",
)


def _world(base_url: str) -> World:
    """Only the accounts that the page needs: each costs a second of making keys."""
    made = [
        *default_five(base_url).accounts,
        unionpay_account(base_url, "unionpay-main", name="银联·云闪付"),
        *five_banks(base_url),
        applepay_account(base_url, "applepay-web"),
    ]
    return World(base_url=base_url, accounts=[account for account in made if account.channel_id in CHANNELS])


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def _everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    if chromium_path() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or set CHROMIUM")
    sandbox_url, folder = f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("street")
    _world(sandbox_url).save(folder / WORLD_FILE)
    plan = StagePlan(
        station=prepare(folder, sandbox_url),
        service_url=f"http://127.0.0.1:{free_port()}",
        sandbox_url=sandbox_url,
        channels=CHANNELS,
        policy=POLICY,
    )
    async with Stage(plan, SystemClock()) as stage, a_browser() as browser:
        yield Street(stage, browser, f"b{secrets.token_hex(4)}")


@pytest_asyncio.fixture(loop_scope="package")
async def street(_everything: Street) -> AsyncIterator[Street]:
    """A street on which all channels are well, whatever the test before did to them."""
    yield _everything
    await _everything.stage.sandbox.set_faults([])
