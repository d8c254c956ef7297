"""Every metric there is: name, sort, labels and meaning. What is exposed, `docs/reference/metrics.md` and the checks of
`deploy/` are all made from this list.

Names follow Prometheus' conventions: base units last (`_seconds`; money in `_fen`, the unit of everything here),
`_total` for what only grows since the process began. Labels are ids of channels and products and words of closed
lists: their number is bounded by the configuration. Ids of payments, shops' numbers and customers never are labels.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

from payswitch.entry.metrics.catalog import channels, events, machinery, money, payments
from payswitch.entry.metrics.catalog.metric import Metric


def _of(module: ModuleType) -> list[Metric]:
    return [value for value in vars(module).values() if isinstance(value, Metric)]


METRICS: Final = tuple(metric for module in (payments, channels, money, events, machinery) for metric in _of(module))
"""All of them, in the order of their definition."""
