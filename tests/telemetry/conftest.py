from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.support import evening
from tests.telemetry.scrape import Watched, watched


@pytest.fixture
async def tonight(tmp_path: Path) -> AsyncIterator[Watched]:
    """The service with its metrics, as `telemetry.py` wires them."""
    async with evening(tmp_path) as opened:
        yield watched(opened)
