"""An operator makes a channel of the sandbox ill, and well again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web

from payswitch.kit.clock import SystemClock
from payswitch.sandbox.admin import Admin
from payswitch.sandbox.faults import FaultEngine
from payswitch.senders.sandbox_control import SandboxControl
from tests.api.support import Evening

SANDBOX = "/v1/admin/sandbox"
ILL = SANDBOX + "/channels/wechat-main/fault"
WELL = SANDBOX + "/channels/wechat-main/recover"


class Core:
    """Of the sandbox only what its interface for faults looks at."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.faults = FaultEngine(self.clock)


@pytest_asyncio.fixture
async def sandbox(tonight: Evening) -> AsyncIterator[FaultEngine]:
    """The sandbox's real interface on a real port, and a service that knows it."""
    core, app = Core(), web.Application()
    app.router.add_routes(Admin(core, None).routes())  # type: ignore[arg-type]
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tonight.night.ctx.sandbox = SandboxControl(f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield core.faults
    finally:
        await runner.cleanup()


async def test_a_channel_is_made_ill_and_well_again_and_others_are_left_alone(
    tonight: Evening, sandbox: FaultEngine
) -> None:
    other = SANDBOX + "/channels/alipay-main/fault"
    assert (await tonight.operator.post(other, {"kind": "refuse"})).status == 200

    ill = await tonight.operator.post(ILL, {"kind": "latency", "share_percent": 50, "ms": 2_000})

    assert ill.status == 200, ill.text
    patient = next(one for one in ill.json["channels"] if one["channel_id"] == "wechat-main")
    assert [(one["kind"], one["share"], one["ms"], one["active"]) for one in patient["faults"]] == [
        ("latency", 0.5, 2_000, True)
    ]
    assert sandbox.pick("alipay-main", "create", None, None), "the other one is still ill"
    tonight.night.clock.advance(seconds=1)
    await tonight.operator.post(ILL, {"kind": "hang"})
    assert [one.fault.kind for one in sandbox.all() if one.fault.account == "wechat-main"] == ["hang"]

    tonight.night.clock.advance(seconds=1)
    await tonight.operator.post(WELL)

    assert [one.fault.account for one in sandbox.all()] == ["alipay-main"]
    trail = (await tonight.operator.get("/v1/admin/channels/wechat-main/audit")).json["data"]
    assert [one["action"] for one in trail] == ["make_well", "make_ill", "make_ill"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "latency"}, "ms"),
        ({"kind": "hang", "share_percent": 0}, "share_percent"),
        ({"kind": "notify_forged"}, "kind"),
        ({"kind": "hang", "account": "*"}, "account"),
    ],
)
async def test_a_wish_without_sense_is_told(
    tonight: Evening, sandbox: FaultEngine, wish: dict[str, object], field: str
) -> None:
    heard = await tonight.operator.post(ILL, wish)

    assert (heard.status, heard.fields) == (400, [field])
    assert sandbox.all() == []


async def test_without_a_sandbox_nothing_can_be_made_ill(tonight: Evening) -> None:
    assert (await tonight.operator.get(SANDBOX)).json == {"available": False, "channels": []}
    heard = await tonight.operator.post(ILL, {"kind": "hang"})
    assert (heard.status, heard.json["code"]) == (404, "not_found")


async def test_a_sandbox_that_is_away_is_said_so(tonight: Evening) -> None:
    tonight.night.ctx.sandbox = SandboxControl("http://127.0.0.1:1")

    heard = await tonight.operator.post(ILL, {"kind": "hang"})

    assert (heard.status, heard.json["code"]) == (503, "sandbox_away")


async def test_nobody_makes_another_merchants_channel_ill(tonight: Evening, sandbox: FaultEngine) -> None:
    assert (await tonight.foreign_operator.post(ILL, {"kind": "hang"})).status == 404
    assert sandbox.all() == []
