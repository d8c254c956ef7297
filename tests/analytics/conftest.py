from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from payswitch.domain.analysis import Scope
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.storage.analytics.lake import ParquetLake
from tests.services.harness import Night, night


@dataclass
class Watched:
    """A switch with a live board and an analytics store."""

    night: Night
    board: LiveBoard
    lake: ParquetLake

    def everything(self, *merchants: str) -> Scope:
        return Scope(merchant_ids=frozenset(merchants or ("m-1",)), from_ms=0, to_ms=self.night.clock.now_ms() + 1)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with night(tmp_path) as tonight:
        board, lake = LiveBoard(clock=tonight.clock), ParquetLake(tmp_path / "lake")
        tonight.ctx.feed = board
        tonight.ctx.analytics = Analytics(tonight.store, lake, tonight.store)
        yield Watched(tonight, board, lake)
        await lake.aclose()
