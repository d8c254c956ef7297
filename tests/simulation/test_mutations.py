"""The simulation is trusted because it finds what is broken on purpose. All of it: `make mutations`."""

from __future__ import annotations

import pytest

from tests.simulation.broken import MUTATIONS
from tests.simulation.mutations import check_anchors, hunt

IN_CI = ("winner_constraint_removed", "switch_from_unknown_allowed", "notify_amount_unchecked")
"""Found within a few nights each."""
MOST_NIGHTS = 60


def test_every_way_of_breaking_the_switch_still_fits_the_source() -> None:
    check_anchors()


@pytest.mark.slow
@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if m.name in IN_CI], ids=lambda m: m.name)
def test_a_switch_broken_on_purpose_is_found(mutation) -> None:  # type: ignore[no-untyped-def]
    found = hunt(mutation, MOST_NIGHTS)
    assert found.nights is not None, f"{mutation.name} was not found: {mutation.loses}"
