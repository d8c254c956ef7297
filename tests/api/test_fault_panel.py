"""An operator makes a channel of the sandbox ill, and well again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from msgspec.structs import replace

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.admin import Admin
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.faults import Fault, FaultEngine, FaultKind
from payswitch.sandbox.world import AccountSpec, World
from payswitch.senders.sandbox_control import SandboxControl
from tests.api.support import Evening

SANDBOX = "/v1/admin/sandbox"
ILL = SANDBOX + "/channels/wechat-main/fault"
WELL = SANDBOX + "/channels/wechat-main/recover"
ALL_WELL = SANDBOX + "/recover"
ADDRESS = "http://127.0.0.1:1"


class Core:
    """Of the sandbox only what its interface for faults looks at."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.faults = FaultEngine(self.clock)
        self.world = World(base_url=ADDRESS, accounts=[played(name) for name in ("wechat-main", "alipay-main")])

    def only(self, account: str) -> Fault:
        """What one account suffers from."""
        (fault,) = (one.fault for one in self.faults.all() if one.fault.account == account)
        return fault


def played(channel_id: str) -> AccountSpec:
    """That wallets can pay there is all that matters; keys of this family are cheap to make."""
    return replace(epay_account(channel_id, ADDRESS), wallets=("wechat",))


@pytest_asyncio.fixture
async def sandbox(tonight: Evening) -> AsyncIterator[Core]:
    """The sandbox's real interface on a real port, and a service that knows it."""
    core, app = Core(), web.Application()
    app.router.add_routes(Admin(core, None).routes())  # type: ignore[arg-type]
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tonight.night.ctx.sandbox = SandboxControl(f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield core
    finally:
        await runner.cleanup()


async def test_a_channel_is_made_ill_and_well_again_and_others_are_left_alone(tonight: Evening, sandbox: Core) -> None:
    other = SANDBOX + "/channels/alipay-main/fault"
    assert (await tonight.operator.post(other, {"kind": "refuse"})).status == 200

    ill = await tonight.operator.post(ILL, {"kind": "latency", "share_percent": 50, "ms": 2_000})

    assert ill.status == 200, ill.text
    patient = next(one for one in ill.json["channels"] if one["channel_id"] == "wechat-main")
    assert [(one["kind"], one["share"], one["ms"], one["active"]) for one in patient["faults"]] == [
        ("latency", 0.5, 2_000, True)
    ]
    assert sandbox.faults.pick("alipay-main", "create", None, None), "the other one is still ill"
    tonight.night.clock.advance(seconds=1)
    await tonight.operator.post(ILL, {"kind": "hang"})
    assert [one.fault.kind for one in sandbox.faults.all() if one.fault.account == "wechat-main"] == ["hang"]

    tonight.night.clock.advance(seconds=1)
    await tonight.operator.post(WELL)

    assert [one.fault.account for one in sandbox.faults.all()] == ["alipay-main"]
    trail = (await tonight.operator.get("/v1/admin/channels/wechat-main/audit")).json["data"]
    assert [one["action"] for one in trail] == ["make_well", "make_ill", "make_ill"]


async def test_one_bank_an_amount_band_and_an_end(tonight: Evening, sandbox: Core) -> None:
    heard = await tonight.operator.post(
        ILL, {"kind": "wallet_error", "banks": ["icbc", "ccb"], "min_fen": 50_000, "max_fen": 500_000, "lasts_s": 60}
    )

    assert heard.status == 200, heard.text
    fault = sandbox.only("wechat-main")
    assert (fault.kind, fault.banks, fault.min_fen, fault.max_fen) == (
        FaultKind.WALLET_ERROR,
        ["icbc", "ccb"],
        50_000,
        500_000,
    )
    assert [one["bank"] for one in heard.json["banks"]][:2] == ["icbc", "ccb"]
    sandbox.clock.advance(seconds=20)
    assert [one["left_s"] for one in await faults_of(tonight, "wechat-main")] == [40.0]
    sandbox.clock.advance(seconds=41)
    assert await faults_of(tonight, "wechat-main") == [], "well again by itself"


async def faults_of(tonight: Evening, channel_id: str) -> list[dict[str, Any]]:
    channels = (await tonight.operator.get(SANDBOX)).json["channels"]
    (found,) = (one["faults"] for one in channels if one["channel_id"] == channel_id)
    return list(found)


async def test_another_channels_illness_goes_on_with_its_time(tonight: Evening, sandbox: Core) -> None:
    await tonight.operator.post(ILL, {"kind": "hang", "lasts_s": 60})
    sandbox.clock.advance(seconds=30)

    await tonight.operator.post(SANDBOX + "/channels/alipay-main/fault", {"kind": "refuse"})

    assert [one["left_s"] for one in await faults_of(tonight, "wechat-main")] == [30.0]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"kind": "error_code"}, {"code": "SYSTEM_ERROR", "status": 500, "created": False}),
        ({"kind": "error_code", "code": "RULE_LIMIT", "message": "超限"}, {"code": "RULE_LIMIT", "message": "超限"}),
        ({"kind": "error_code", "done": True}, {"code": "SYSTEM_ERROR", "created": True}),
        ({"kind": "hang", "done": True}, {"when": "after", "operations": ["create", "debit"]}),
        ({"kind": "http_5xx"}, {"when": "before", "status": 502}),
        ({"kind": "signature_probe"}, {"operations": ["create", "debit"]}),
        ({"kind": "notify_late", "delay_s": 30}, {"delay_s": 30.0, "operations": None}),
        ({"kind": "notify_duplicate", "times": 3, "share_percent": 40}, {"times": 3, "share": 0.4}),
        ({"kind": "wallet_error"}, {"operations": None}),
    ],
)
async def test_every_kind_is_what_the_sandbox_means_by_it(
    tonight: Evening, sandbox: Core, wish: dict[str, object], expected: dict[str, object]
) -> None:
    heard = await tonight.operator.post(ILL, wish)

    assert heard.status == 200, heard.text
    fault = sandbox.only("wechat-main")
    assert {name: getattr(fault, name) for name in expected} == expected


async def test_one_press_makes_all_well_whoever_made_them_ill(tonight: Evening, sandbox: Core) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.REFUSE))
    await tonight.operator.post(ILL, {"kind": "hang"})

    heard = await tonight.operator.post(ALL_WELL)

    assert [one["faults"] for one in heard.json["channels"]] == [[], []]
    assert sandbox.faults.all() == []
    for name, actions in (("wechat-main", ["make_well", "make_ill"]), ("alipay-main", ["make_well"])):
        trail = (await tonight.operator.get(f"/v1/admin/channels/{name}/audit")).json["data"]
        assert sorted(one["action"] for one in trail) == sorted(actions)
    assert (await tonight.operator.post(ALL_WELL)).status == 200, "nobody is ill: nothing to do"


async def test_a_channel_that_the_sandbox_does_not_play_is_no_patient(tonight: Evening, sandbox: Core) -> None:
    sandbox.world.accounts.pop(0)

    assert [one["channel_id"] for one in (await tonight.operator.get(SANDBOX)).json["channels"]] == ["alipay-main"]
    heard = await tonight.operator.post(ILL, {"kind": "hang"})
    assert (heard.status, heard.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "latency"}, "ms"),
        ({"kind": "hang", "share_percent": 0}, "share_percent"),
        ({"kind": "fever"}, "kind"),
        ({"kind": "hang", "banks": ["icbc"]}, "banks"),
        ({"kind": "wallet_error", "banks": ["xyz"]}, "banks"),
        ({"kind": "hang", "min_fen": 200, "max_fen": 100}, "max_fen"),
        ({"kind": "hang", "min_fen": 0}, "min_fen"),
        ({"kind": "hang", "lasts_s": 0}, "lasts_s"),
        ({"kind": "hang", "ms": 100}, "ms"),
        ({"kind": "refuse", "done": True}, "done"),
        ({"kind": "notify_late"}, "delay_s"),
        ({"kind": "notify_lost", "times": 2}, "times"),
        ({"kind": "hang", "account": "*"}, "account"),
    ],
)
async def test_a_wish_without_sense_is_told(
    tonight: Evening, sandbox: Core, wish: dict[str, object], field: str
) -> None:
    heard = await tonight.operator.post(ILL, wish)

    assert (heard.status, heard.fields) == (400, [field])
    assert sandbox.faults.all() == []


async def test_without_a_sandbox_nothing_can_be_made_ill(tonight: Evening) -> None:
    assert (await tonight.operator.get(SANDBOX)).json == {"available": False, "channels": [], "banks": []}
    heard = await tonight.operator.post(ILL, {"kind": "hang"})
    assert (heard.status, heard.json["code"]) == (404, "not_found")


async def test_a_sandbox_that_is_away_is_said_so(tonight: Evening) -> None:
    tonight.night.ctx.sandbox = SandboxControl("http://127.0.0.1:1")

    heard = await tonight.operator.post(ILL, {"kind": "hang"})

    assert (heard.status, heard.json["code"]) == (503, "sandbox_away")


async def test_nobody_makes_another_merchants_channel_ill(tonight: Evening, sandbox: Core) -> None:
    assert (await tonight.foreign_operator.post(ILL, {"kind": "hang"})).status == 404
    assert sandbox.faults.all() == []


async def test_what_is_wrong_with_a_wish_is_said_in_both_languages(tonight: Evening, sandbox: Core) -> None:
    heard = await tonight.operator.post(ILL, {"kind": "hang", "banks": ["icbc"]})

    message = heard.json["errors"][0]["message"]
    assert "does not know the bank at this moment" in message
    assert "还不知道付款银行" in message
