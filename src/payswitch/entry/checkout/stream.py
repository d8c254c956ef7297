"""`GET /checkout/{token}/events`: the view as server-sent events, each time it changes.

A page that is open makes us ask the channel (at most once a second, as polling does), and is woken at once by what we
hear by ourselves: a notification, a refund, another tab.
"""

from __future__ import annotations

from typing import Final

FIRST_GAP_S: Final = 1.0
LAST_GAP_S: Final = 4.0
EAGER_LOOKS: Final = 15
"""So many looks at the first gap: most customers pay within seconds, and wait for nothing else."""
BEAT_S: Final = 15.0
"""Silence ends connections in proxies, and tells the page nothing."""
MOST_LOOKS: Final = 400
"""About 25 minutes; the browser connects again by itself."""


def gap_s(look: int) -> float:
    """How long until the next look, if nothing wakes us."""
    if look < EAGER_LOOKS:
        return FIRST_GAP_S
    return min(LAST_GAP_S, FIRST_GAP_S + (look - EAGER_LOOKS) * 0.1)
