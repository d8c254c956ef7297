"""渠道健康: what recent outcomes say about each channel x product, kept in lines. Standalone, no clock.

Two stages are estimated apart: *creation* (the server-side call, seen at once) and *completion* (the customer pays,
seen later). Both are counts that decay in time with a prior (the study's `lite`): "2,310 calls, 97.1 %, forgotten over
30 min". Beside them an overlay says whether there is trouble just now (`overlay.py`). `learning.py` feeds the lines,
`belief.py` reads them for a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from payswitch.domain.channel import Product
from payswitch.routing.arrivals import Arrivals
from payswitch.routing.breaker import Breaker
from payswitch.routing.horizon import Horizons
from payswitch.routing.latency import LatencyModel
from payswitch.routing.overlay import LINE_STATES, Overlay
from payswitch.routing.policy import Policy, Scoring
from payswitch.routing.rates import DecayedRate, SegmentRates
from payswitch.routing.segments import Key

_SCOPES_MOST: Final = 64
"""Sick segments followed per channel x product, and sick banks over all channels."""


@dataclass(slots=True, frozen=True)
class Suspense:
    """A failure that may yet turn out to be part of an outage: not learned before the next good call."""

    at_ms: int
    keys: tuple[Key, ...]
    share: float
    silent: bool
    """There was no answer at all."""


def _line_overlay() -> Overlay:
    return Overlay(LINE_STATES)


@dataclass(slots=True)
class Line:
    """What is known about one channel x product."""

    channel_id: str
    product: Product
    breaker: Breaker
    creation: DecayedRate = field(default_factory=DecayedRate)
    completion: DecayedRate = field(default_factory=DecayedRate)
    conversion: DecayedRate = field(default_factory=DecayedRate)
    """As `completion`, with the customers' own reasons counted too: what a shop sees, and what arrivals are expected
    by."""
    silence: DecayedRate = field(default_factory=DecayedRate)
    """Calls without an answer among the calls of ordinary days: what makes two of them in three no surprise."""
    latency: LatencyModel = field(default_factory=LatencyModel)
    segments: SegmentRates = field(default_factory=SegmentRates)
    overlay: Overlay = field(default_factory=_line_overlay)
    scopes: dict[Key, Overlay] = field(default_factory=dict)
    """Segments that may be in trouble of their own: made by a failure, dropped when they are well."""
    arrivals: Arrivals = field(default_factory=Arrivals)
    suspense: list[Suspense] = field(default_factory=list)
    dark_minutes: dict[int, float] = field(default_factory=dict)
    """Minutes in which exposures were likely swallowed, with the probability that they were not: an exposure of then
    that ends unpaid hours later is no news about the channel's nature."""
    payer_side: int = 0
    """Ends that were the customer's own: shown, never held against the channel."""


@dataclass(slots=True, frozen=True)
class Priors:
    """Where a line starts that has little data of its own: what all lines together show just now."""

    creation: float
    completion: float


class Health:
    """All lines, made when first asked for. Lives in the process; a restart restores it
    (`services/decisions/recalling.py`)."""

    def __init__(self, policy: Policy) -> None:
        self._last_calls = policy.triggers.last_calls
        self._lines: dict[tuple[str, Product], Line] = {}
        self.all_creation = DecayedRate()
        self.all_completion = DecayedRate()
        self.horizons = Horizons()
        self.issuers: dict[str, Overlay] = {}
        """Banks that may be down whatever channel asks them: no channel is blamed for those."""

    def priors(self, at_ms: int, scoring: Scoring) -> Priors:
        """A new or idle channel is taken to be as good as the others, not better or worse for want of data."""
        return Priors(
            self.all_creation.mean(scoring.creation_prior, at_ms, scoring),
            self.all_completion.mean(scoring.completion_prior, at_ms, scoring),
        )

    def line(self, channel_id: str, product: Product) -> Line:
        """The line of this channel x product: always the same object."""
        key = (channel_id, product)
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(channel_id, product, Breaker(channel_id, product, self._last_calls))
        return line

    def heard_of(self, channel_id: str, product: Product, at_ms: int) -> Line:
        """The line of an observation."""
        self.horizons.newest_ms = max(self.horizons.newest_ms, at_ms)
        return self.line(channel_id, product)

    def lines(self) -> list[Line]:
        """Every line there is, in order of channel and product."""
        return [self._lines[key] for key in sorted(self._lines)]

    def adopt(self, policy: Policy) -> None:
        """A new policy was activated: keep what was learned, follow its window from now on."""
        if policy.triggers.last_calls != self._last_calls:
            self._last_calls = policy.triggers.last_calls
            for line in self._lines.values():
                line.breaker.window.resize(self._last_calls)


def keep_few(overlays: dict[Key, Overlay] | dict[str, Overlay]) -> None:
    """Make room for one more: the one followed for longest gives way."""
    if len(overlays) >= _SCOPES_MOST:
        del overlays[next(iter(overlays))]
