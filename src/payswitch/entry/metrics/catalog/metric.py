"""What a metric is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Sort = Literal["counter", "gauge", "histogram"]

LANE: Final = ("channel", "product")
"""The labels of what is counted for each product of each channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One family of time series."""

    name: str
    """Without the `_total` of a counter: the library adds it."""
    sort: Sort
    meaning: str
    meaning_zh: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Of a histogram: upper ends, in the unit of the name."""

    @property
    def exposed_name(self) -> str:
        """As it stands on the page of a scrape, and in a query."""
        return f"{self.name}_total" if self.sort == "counter" else self.name

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names of its time series."""
        if self.sort != "histogram":
            return (self.exposed_name,)
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))
