"""Off-policy estimates: what another policy would have earned, from recorded outcomes and propensities.

Each recorded outcome is weighted by (chance under the draft) / (chance under the recorded policy): inverse propensity
scoring (IPS); divided by the sum of the weights it is self-normalised (SNIPS), steadier and a little biased. Both know
nothing of what the recorded policy never did: that part is measured as `support`, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.routing.call_window import wilson_lower

_Z95: Final = 1.96
LEAST_ESS: Final = 100.0
"""Below so many effective outcomes the normal interval is no guide."""
LEAST_SUPPORT: Final = 0.95
"""Below this part of the draft's choices the rest, of which nothing is known, could turn the result."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """One figure with what it rests on."""

    ips: float | None
    """None: there is nothing to estimate from."""
    snips: float | None
    low: float | None
    """95 % interval of `snips`."""
    high: float | None
    outcomes: int
    effective: float
    """Effective sample size: so many equally weighted outcomes would be worth as much."""
    support: float
    """The part of the draft's choices that the recorded policy could have made, too. Nothing is known of the rest."""

    @property
    def is_reliable(self) -> bool:
        return self.effective >= LEAST_ESS and self.support >= LEAST_SUPPORT


@dataclass(slots=True)
class Weighing:
    """Collects outcomes; a ratio of two weighted sums in constant memory (a rate: `of` is 1 for each outcome)."""

    count: int = 0
    supported: float = 0.0
    choices: int = 0
    _sums: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("w", "ww", "wy", "wx", "yy", "xy", "xx"), 0.0)
    )

    def saw_choice(self, supported: float) -> None:
        """One decision of the draft, with the part of its choice that the recorded policy could have made."""
        self.choices += 1
        self.supported += supported

    def add(self, weight: float, value: float, of: float = 1.0) -> None:
        """One recorded outcome."""
        self.count += 1
        sums = self._sums
        y, x = weight * value, weight * of
        for name, part in (
            ("w", weight), ("ww", weight * weight), ("wy", y), ("wx", x), ("yy", y * y), ("xy", x * y), ("xx", x * x),
        ):  # fmt: skip
            sums[name] += part

    def rate(self) -> Estimate:
        """For shares of yes and no: Wilson's interval over the effective sample. Unlike the normal one it never claims
        to be certain because everybody in a small sample paid."""
        found = self.estimate()
        if found.snips is None:
            return found
        good, size = found.snips * found.effective, found.effective
        return replace(found, low=wilson_lower(good, size, _Z95), high=1.0 - wilson_lower(size - good, size, _Z95))

    def estimate(self, *, unweighted_of: float | None = None) -> Estimate:
        """A ratio with the normal interval. `unweighted_of`: the plain sum of `of`, for IPS; default the count."""
        sums = self._sums
        of = float(self.count) if unweighted_of is None else unweighted_of
        support = self.supported / self.choices if self.choices else 0.0
        effective = sums["w"] ** 2 / sums["ww"] if sums["ww"] else 0.0
        if not sums["wx"] or not of:
            return Estimate(
                ips=None, snips=None, low=None, high=None, outcomes=self.count, effective=effective, support=support
            )
        ratio = sums["wy"] / sums["wx"]
        spread = max(0.0, sums["yy"] - 2 * ratio * sums["xy"] + ratio * ratio * sums["xx"])
        error = _Z95 * sqrt(spread) / sums["wx"]
        return Estimate(
            ips=sums["wy"] / of,
            snips=ratio,
            low=ratio - error,
            high=ratio + error,
            outcomes=self.count,
            effective=effective,
            support=support,
        )
