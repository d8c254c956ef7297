from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.reconciliation.morning import Morning, morning


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Morning]:
    async with morning(tmp_path) as opened:
        yield opened
