from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.support import Evening, evening


@pytest.fixture
async def tonight(tmp_path: Path) -> AsyncIterator[Evening]:
    """The service as the world sees it: two shops, three channels, all well."""
    async with evening(tmp_path) as opened:
        yield opened
