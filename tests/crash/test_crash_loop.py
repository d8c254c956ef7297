"""Three crashes of real processes under load; two hundred: `make crash LOOPS=200`."""

from __future__ import annotations

from pathlib import Path

import pytest

from payswitch.kit.clock import SystemClock
from tests.crash.loop import crash_loop
from tests.crash.stage import SERVICE


@pytest.mark.slow
async def test_processes_killed_under_load_lose_no_money_and_keep_none_twice(tmp_path: Path) -> None:
    told: list[str] = []

    figures = await crash_loop(3, tmp_path, SystemClock(), told.append, seed=5, per_second=5, expires_in_s=10)

    assert figures.violations == [], "\n".join(told)
    assert figures.kills[SERVICE] >= 1
    assert figures.shoppers_paid > 0
    assert figures.requests_cut_off > 0, "nobody was paying when a process was killed: the test proved nothing"
