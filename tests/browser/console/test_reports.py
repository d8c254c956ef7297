"""The failures page and the reports, on a night on which a channel was ill."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]
