"""Huifu's bill over real HTTP against the sandbox's own books, right and wrong on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace
from tests.connectors.huifu.world import CHANNEL, order, order_ref, refund_order
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.huifu import CONNECTOR
from payswitch.domain.bill import BillKind
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.huifu.accounts import huifu_account
from payswitch.sandbox.huifu.wire import HuifuWire
from payswitch.sandbox.world import World

NIGHT_MS = 1_794_400_620_000
DAY = "2026-11-11"
NOTIFY = "http://127.0.0.1:1/notify"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    address = "http://127.0.0.1:1"
    world = World(base_url=address, accounts=[huifu_account("huifu", address)])
    async with running_sandbox(world, clock=ManualClock(NIGHT_MS)) as running:
        yield running


@pytest.fixture
async def client(sandbox: RunningSandbox) -> AsyncIterator[Any]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    table = sandbox.world.account("huifu").connector_account()
    yield CONNECTOR.open(CHANNEL, table, transport=transport, clock=sandbox.core.clock, ids=SeededIds(3))
    await transport.aclose()


async def an_evening(sandbox: RunningSandbox, client: Any) -> ManualClock:
    """Two payments and a refund; then the next noon."""
    for n in (1, 2):
        number = f"PS20261111203700{n}"
        wish = order(Product.ECNY_QR, channel_order_no=number, amount_fen=12_900 + n, notify_url=NOTIFY)
        made = await client.create(wish, 5_000)
        assert made.credential is not None, made.outcome
        assert (await sandbox.pay(made.credential.content, wallet="ecny"))["result"] == "paid"
    reference = replace(order_ref(Product.ECNY_QR), channel_order_no="PS202611112037001", amount_fen=12_901)
    back = refund_order(order=reference, amount_fen=900, notify_url=NOTIFY, created_at_ms=NIGHT_MS)
    assert (await client.refund(back, 5_000)).outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING)
    clock = sandbox.core.clock
    assert isinstance(clock, ManualClock)
    clock.advance(seconds=16 * 3_600)
    return clock


def desk_of(sandbox: RunningSandbox) -> HuifuWire:
    wire = next(wire for wire in sandbox.core.wires if wire.family == "huifu")
    assert isinstance(wire, HuifuWire)
    return wire


async def test_the_bill_says_what_the_books_say(sandbox: RunningSandbox, client: Any) -> None:
    await an_evening(sandbox, client)
    answer = await client.download_bill(DAY, 5_000)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED, answer.outcome
    assert [(line.kind, line.channel_order_no, line.amount_fen) for line in answer.lines] == [
        (BillKind.PAYMENT, "PS202611112037001", 12_901),
        (BillKind.PAYMENT, "PS202611112037002", 12_902),
        (BillKind.REFUND, "PS202611112037001", 900),
    ]
    fees = [line.fee_fen for line in answer.lines]
    assert fees[0] > 0 > fees[2], "the fee's share came back with the refund"


async def test_a_large_day_comes_in_several_files(sandbox: RunningSandbox, client: Any) -> None:
    await an_evening(sandbox, client)
    desk_of(sandbox)._bill_files.most_rows = 1
    assert len((await client.download_bill(DAY, 5_000)).lines) == 3


@pytest.mark.parametrize(("change", "amounts"), [("drop", [12_902, 900]), ("amount", [12_906, 12_902, 900])])
async def test_a_bill_can_be_wrong_on_purpose(
    sandbox: RunningSandbox, client: Any, change: str, amounts: list[int]
) -> None:
    await an_evening(sandbox, client)
    edit = {"channel_order_no": "PS202611112037001", "change": change, "by_fen": 5}
    async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/bills/huifu", json={"edits": [edit]}) as said:
        assert said.status == 200
    answer = await client.download_bill(DAY, 5_000)
    assert [line.amount_fen for line in answer.lines] == amounts


async def test_a_quiet_day_has_none_and_a_morning_has_none_yet(sandbox: RunningSandbox, client: Any) -> None:
    clock = sandbox.core.clock
    assert isinstance(clock, ManualClock)
    clock.advance(seconds=6 * 3_600)
    assert (await client.download_bill(DAY, 5_000)).outcome.code == "not_made_yet"
    clock.advance(seconds=12 * 3_600)
    assert (await client.download_bill(DAY, 5_000)).outcome.code == "no_trades"
