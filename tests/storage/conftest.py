from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.storage.builders import NOW_MS
from tests.storage.conformance import FACTORIES

from payswitch.kit.clock import ManualClock
from payswitch.storage.store import DatabaseStore


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_MS)


@pytest.fixture(params=sorted(FACTORIES))
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[DatabaseStore]:
    """An open, empty store of each kind."""
    async with FACTORIES[request.param](tmp_path, clock) as opened:
        yield opened
