"""Many short nights, each from one seed: whatever happens in which order, no money is lost, kept twice or denied.

Look for trouble with more seeds: `PAYSWITCH_NIGHTS=1000-3000 pytest tests/services/test_random_nights.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from payswitch.storage.sqlite.upgrading import upgrade
from tests.services.random_counter_night import CounterNight
from tests.services.random_night import RandomNight

NIGHTS = os.environ.get("PAYSWITCH_NIGHTS", "1-120")
FIRST, LAST = (int(seed) for seed in NIGHTS.split("-"))
AT_ONCE = 10
"""Seeds per test: a failing one names its seed."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest schema, to be copied: migrating takes longer than a night."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    upgrade(path)
    return path


@pytest.mark.parametrize("first", range(FIRST, LAST + 1, AT_ONCE))
async def test_in_the_morning_the_three_books_agree(first: int, tmp_path: Path, template: Path) -> None:
    for seed in range(first, min(first + AT_ONCE, LAST + 1)):
        try:
            await RandomNight(seed, tmp_path, template=template).run()
        except Exception as error:
            again = f"PAYSWITCH_NIGHTS={seed}-{seed} pytest tests/services/test_random_nights.py"
            raise AssertionError(f"night {seed} failed, replay it with {again}") from error


@pytest.mark.parametrize("first", range(FIRST, LAST + 1, AT_ONCE))
async def test_at_a_shop_that_debits_they_agree_too(first: int, tmp_path: Path, template: Path) -> None:
    """Payment codes and signed cards: unknown debits, reversals, passwords typed late, codes mistyped."""
    for seed in range(first, min(first + AT_ONCE, LAST + 1)):
        try:
            await CounterNight(seed, tmp_path, template=template).run()
        except Exception as error:
            again = f"PAYSWITCH_NIGHTS={seed}-{seed} pytest tests/services/test_random_nights.py -k debits"
            raise AssertionError(f"night {seed} failed, replay it with {again}") from error
