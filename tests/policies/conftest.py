from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.policies.support import BOOKS
from tests.services.harness import Night, night


@pytest.fixture
async def tonight(tmp_path: Path) -> AsyncIterator[Night]:
    """A switch with two WeChat accounts and one Alipay account, and an operator who may change its policies."""
    async with night(tmp_path) as wired:
        await wired.store.save_shop(BOOKS, [])
        yield wired
