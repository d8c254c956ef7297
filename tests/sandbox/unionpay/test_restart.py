"""The sandbox is killed and comes back: books, refunds in progress and late money are as they were."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.support import Listener, running_sandbox, until
from tests.sandbox.unionpay.conftest import MAIN
from tests.sandbox.unionpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.core import Settings
from payswitch.sandbox.world import World

SETTINGS = Settings(refund_delay_s=30.0)


async def test_what_was_begun_goes_on(world: World, night: ManualClock, shop: Listener, tmp_path: Path) -> None:
    world = World.from_json(world.to_json())
    books = tmp_path / "books.sqlite"
    async with running_sandbox(world, clock=night, settings=SETTINGS, data=books) as before:
        merchant = Merchant(before, MAIN, shop, night)
        started, made, waiting = merchant.now(), await merchant.app(), await merchant.code("ORDER00002")
        await merchant.pay(made)
        number = (await merchant.query())["queryId"]
        await merchant.give_back(number, 100)
        await merchant.behave(late_netbank_s=600)
        form = merchant.form("ORDER00003")
        await merchant.pay(form, balance_fen=0)
        night.advance(seconds=900)
        await merchant.pay(form, wallet="bank")

    async with running_sandbox(world, clock=night, settings=SETTINGS, data=books) as after:
        merchant = Merchant(after, MAIN, shop, night)
        assert (await merchant.query(txn_time=started))["queryId"] == number
        assert (await merchant.pay(waiting))["result"] == "expired"
        await until(lambda: len(night._sleepers) >= 1)
        night.advance(seconds=30)
        assert (await merchant.query("REFUND0001", started))["origRespCode"] == "00"
        night.advance(seconds=5 * 86_400)
        assert (await merchant.query("ORDER00003", started))["origRespCode"] == "42"
        states = {entry["channel_order_no"]: entry["state"] for entry in await merchant.sandbox.ledger()}
    assert states == {"ORDER00001": "partly_refunded", "ORDER00002": "closed", "ORDER00003": "refunded"}
