"""分流: which share of the split a first attempt belongs to. Exact, smooth, unpredictable in detail, replayable.

Every merchant has a ledger: before each draw every share is credited its part of one payment, after it the drawn share
is debited one. A share is drawn with a probability in proportion to its positive credit, by a hash of the payment's
salt. So no share can ever be more than three payments away from its exact part, over any number of payments; there are
no bursts; and nobody can predict (or be systematically hit by) a fixed pattern.

Why both a ledger and a hash: a hash alone misses by several points in 1,000 payments; a ledger alone is a fixed pattern
that can beat in time with the traffic, and then the recorded propensities would be wrong. The drawn share is recorded
in the plan's salt (`pay_01H...#warm`); planning again with that salt takes the recorded share and leaves the ledger
alone, so that a replay needs recorded facts only.

The recorded propensity is the share itself, not the chance given the ledger: the ledger depends on earlier payments
only, never on this one's facts, so averaged over the traffic the share is the probability of having been chosen.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b
from typing import Final

from payswitch.routing.policy import Split

SEPARATOR: Final = "#"


class Share(StrEnum):
    BEST = "best"
    WARM = "warm"
    EXPLORE = "explore"


_SHARES: Final = {share.value: share for share in Share}


def unit(salt: str, purpose: str) -> float:
    """A number in [0, 1) that depends on nothing but the two texts."""
    digest = blake2b(f"{purpose}{SEPARATOR}{salt}".encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2.0**56


def recorded_share(salt: str) -> tuple[str, Share | None]:
    """Takes a recorded salt apart: (the payment's own salt, the share drawn then); None when none was drawn yet."""
    own, separator, word = salt.rpartition(SEPARATOR)
    if separator and word in _SHARES:
        return own, _SHARES[word]
    return salt, None


def effective_shares(split: Split, *, warm: bool, explore: bool) -> dict[Share, float]:
    """The shares as parts of 1, given which kinds of candidate exist: what nobody can take goes to the best."""
    warm_percent = split.warm if warm else 0
    explore_percent = split.explore if explore else 0
    percents = {
        Share.BEST: 100 - warm_percent - explore_percent,
        Share.WARM: warm_percent,
        Share.EXPLORE: explore_percent,
    }
    return {share: percent / 100 for share, percent in percents.items() if percent}


class SplitLedger:
    """The running credits, per merchant, per rule with its own split, and per set of shares that were available."""

    def __init__(self) -> None:
        self._credits: dict[tuple[str, str, tuple[Share, ...]], dict[Share, float]] = {}

    def draw(self, merchant_id: str, salt: str, shares: dict[Share, float], rule: str = "") -> Share:
        """The share of this payment. Changes the ledger: call once per first attempt."""
        key = (merchant_id, rule, tuple(shares))
        credit = self._credits.setdefault(key, dict.fromkeys(shares, 0.0))
        for share, part in shares.items():
            credit[share] += part
        owed = [(share, value) for share, value in credit.items() if value > 0]
        point = unit(salt, "split") * sum([value for _, value in owed], 0.0)
        for share, value in owed:  # somebody always is: together all credits are 1 just now
            drawn = share
            point -= value
            if point < 0:
                break
        credit[drawn] -= 1.0
        return drawn

    def clear(self) -> None:
        """New shares were activated: the old debts are void."""
        self._credits.clear()
