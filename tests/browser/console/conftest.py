from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from payswitch.drill.chromium import a_browser, chromium_path
from payswitch.drill.ports import free_port
from payswitch.drill.stage import Stage, StagePlan
from payswitch.drill.station import WORLD_FILE, prepare
from payswitch.entry.console.app_files import AppFiles
from payswitch.kit.clock import SystemClock
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.world import World, default_five
from tests.browser.console.house import House

CHANNELS = ("wechat-main", "wechat-backup", "alipay-main", "alipay-backup")


def _world(base_url: str) -> World:
    """What the service has, and an account that is at the channel and not yet set up here."""
    made = [*default_five(base_url).accounts, epay_account("epay-v1", base_url, name="易支付·上游甲")]
    return World(base_url=base_url, accounts=[one for one in made if one.channel_id in (*CHANNELS, "epay-v1")])


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def _everything(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    if chromium_path() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or set CHROMIUM")
    if not AppFiles().built:
        pytest.skip("the console is not built: make web")
    sandbox_url, folder = f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("house")
    _world(sandbox_url).save(folder / WORLD_FILE)
    plan = StagePlan(
        station=prepare(folder, sandbox_url),
        service_url=f"http://127.0.0.1:{free_port()}",
        sandbox_url=sandbox_url,
        channels=CHANNELS,
    )
    async with Stage(plan, SystemClock()) as stage, a_browser() as browser:
        yield House(stage, browser)


@pytest_asyncio.fixture(loop_scope="package")
async def house(_everything: House) -> AsyncIterator[House]:
    """The console of a shop whose channels are all well and all in use, whatever the test before did to them."""
    yield _everything
    await _everything.stage.sandbox.set_faults([])
    await _everything.use_only(CHANNELS)
