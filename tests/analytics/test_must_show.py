"""The proof of the weekly report: a recorded month in which one channel was three points worse at night."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from payswitch.domain.alert import Receiver, ReceiverKind
from payswitch.domain.alert_delivery import OpenReceiver
from payswitch.domain.operator import Operator
from payswitch.domain.policy_record import PolicyState
from payswitch.domain.report import ReportKind
from payswitch.domain.shop import Shop
from payswitch.entry.reports.page import report_html
from payswitch.kit.clock import ManualClock
from payswitch.kit.ids import SeededIds
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import PolicyBook
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.policies import policies
from payswitch.services.policies.policy_desk import PolicyDesk, owners
from payswitch.services.reports import analytics_writing, reports
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.services.reports.analytics_writing import write_due
from payswitch.services.reports.report_summary import summary_text
from payswitch.storage.analytics.lake import ParquetLake
from payswitch.storage.sqlite import SqliteStore
from tests.analytics.month import BEGIN_MS, DAY_MS, DAYS, NIGHT, Month, channels

LOSS = 0.03
PER_DAY = 1_200
MONDAY_NINE_MS = BEGIN_MS + DAYS * DAY_MS + 9 * 3_600_000
SUNDAY = "2025-11-30"
LIN = Operator(operator_id="op-lin", name="Lin", merchant_ids=frozenset({"m-1"}))


GROUP_CHAT = OpenReceiver(
    receiver=Receiver(receiver_id="group-chat", name="运营群", kind=ReceiverKind.DINGTALK),
    address={"url": "https://robot.example"},
)


class Street:
    """The month's three channels."""

    def channels(self, merchant_id: str) -> list[Any]:
        return [one for one in channels() if one.merchant_id == merchant_id]

    def all_channels(self) -> list[Any]:
        return list(channels())

    def channel(self, channel_id: str) -> Any:
        return next((one for one in channels() if one.channel_id == channel_id), None)

    def certificates(self, channel_id: str) -> list[Any]:
        return []


@asynccontextmanager
async def a_service(folder: Path) -> AsyncIterator[Any]:
    """As much of a service as reports need, on Monday at nine."""
    clock = ManualClock(MONDAY_NINE_MS)
    lake = ParquetLake(folder / "lake")
    async with SqliteStore(folder / "month.sqlite", clock=clock) as store:
        await store.save_shop(Shop(shop_id="shop-1", merchant_id="m-1", name="小店"), [])
        street = Street()
        desk = PolicyDesk(store=store, book=PolicyBook(Policy(version="november"), merchant_of=owners(street)))  # type: ignore[arg-type]
        yield SimpleNamespace(
            store=store,
            directory=street,
            router=desk.book,
            policy_desk=desk,
            clock=clock,
            ids=SeededIds(7),
            feed=LiveBoard(clock=clock),
            public_url="https://pay.example",
            alerts=SimpleNamespace(
                store=store, key_ring=None, file_receivers=(GROUP_CHAT,), memory=SimpleNamespace(unreadable=frozenset())
            ),
            analytics=Analytics(store, lake, store),
        )
        await lake.aclose()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
async def test_the_night_that_got_worse_is_found_and_the_proposal_keeps_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(analytics_writing, "MOST_DAYS", DAYS + 1)
    async with a_service(tmp_path) as ctx:
        recorded = await Month(seed, ctx.policy_desk.base, LOSS, PER_DAY, ctx.store).play()
        await write_due(ctx)

        assert await reports.reports_due(ctx) == 1, "it is Monday, nine o'clock"
        (told,) = await ctx.store.claim_notices(MONDAY_NINE_MS, 1_000, 10)
        assert (told.receiver_id, told.message.title[:4]) == ("group-chat", "支付周报")
        (line,) = await reports.list_reports(ctx, LIN)
        report = await reports.get_report(ctx, LIN, line.report_id)

        proposal = report.proposals[0]
        assert (report.kind, report.date) == (ReportKind.WEEKLY, SUNDAY)
        assert proposal.rule["then"] == {"avoid": {"channels": ["chan-a"]}}
        assert proposal.rule["when"] == {"from_hour": 0, "to_hour": 6}
        assert proposal.title_zh in summary_text(report)
        assert proposal.title_zh in report_html(report)

        drafted = await reports.draft_of_proposal(ctx, LIN, report.report_id, proposal.proposal_id)
        _, policy = await policies.get_policy(ctx, LIN, drafted.version.policy_id)
        assert drafted.state is PolicyState.DRAFT, "no payment sees it before a person puts it in force"

        again = await Month(seed, policy, LOSS, PER_DAY).play()
        last = [(day, hour) for day in range(DAYS - proposal.days, DAYS) for hour in NIGHT]
        gained = sum(again.paid_at.get(at, 0) - recorded.paid_at.get(at, 0) for at in last) * 7 / proposal.days
        assert proposal.gain_low <= gained <= proposal.gain_high
        assert gained > 0


@pytest.mark.slow
async def test_a_month_in_which_nothing_is_wrong_gives_no_proposal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics_writing, "MOST_DAYS", DAYS + 1)
    monkeypatch.setattr("tests.analytics.month.SUCCESS", dict.fromkeys(("chan-a", "chan-b", "chan-c"), 0.983))
    async with a_service(tmp_path) as ctx:
        await Month(2, ctx.policy_desk.base, 0.0, 400, ctx.store).play()
        await write_due(ctx)
        report = await reports.make_for(ctx, "m-1", ReportKind.WEEKLY, SUNDAY)
        assert report.proposals == ()
        assert report.why_no_proposal_zh
        assert msgspec.json.decode(msgspec.json.encode(report), type=type(report)) == report
