"""停摆判断: is a channel (or one bank, amount band or device of it) up just now, or in one of few kinds of trouble?

A small hidden Markov filter, kept beside the long-term estimates so that an outage does not poison them: what the
trouble explains is not learned as the channel's nature, and when the trouble is over the old estimate is back at once.

Time moves every overlay towards its ordinary odds (trouble begins about once in four hours and lasts about six minutes:
the study's figures); every outcome multiplies the odds of each state by how well that state foretold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from payswitch.kit.durations import HOUR_MS

ONSET_PER_MS: Final = 1 / (4 * HOUR_MS)
_SCOPED_ONSET_PER_MS: Final = ONSET_PER_MS / 10
"""A channel has a dozen banks, bands and devices: each of them falls ill alone far less often than the whole."""
REPAIR_PER_MS: Final = 1 / 360_000
REPAIR_PER_S: Final = REPAIR_PER_MS * 1_000
SUSPECT: Final = 0.5
"""Less probably up than this: everybody else comes first, and single payments find out."""
_LEAST: Final = 1e-9
"""No state is ever ruled out for good."""


@dataclass(slots=True, frozen=True, kw_only=True)
class States:
    """What kinds of trouble an overlay tells apart. The first state is "up"."""

    names: tuple[str, ...]
    onset_per_ms: float
    onset: tuple[float, ...]
    """Of the troubles that begin, which part is of this kind."""
    usually_up: float
    """The probability of the first state when nothing was seen for long."""
    created: tuple[float, ...]
    """In this state creates succeed so many times as often as on an ordinary day."""
    paid: tuple[float, ...]
    """The same for completions."""


LINE_STATES: Final = States(
    names=("up", "degraded", "technical"),
    onset_per_ms=ONSET_PER_MS,
    usually_up=REPAIR_PER_MS / (ONSET_PER_MS + REPAIR_PER_MS),
    onset=(0.0, 0.5, 0.5),
    created=(1.0, 0.7, 0.07),
    paid=(1.0, 0.8, 1.0),
)
SCOPED_STATES: Final = States(
    names=("up", "technical", "soft_dead"),
    onset_per_ms=_SCOPED_ONSET_PER_MS,
    usually_up=REPAIR_PER_MS / (_SCOPED_ONSET_PER_MS + REPAIR_PER_MS),
    onset=(0.0, 0.7, 0.3),
    created=(1.0, 0.07, 1.0),
    paid=(1.0, 1.0, 0.06),
)


class Overlay:
    """The odds of the states of one thing that can be in trouble. O(1) per event."""

    __slots__ = ("at_ms", "both", "calm", "created", "next_probe_ms", "odds", "paid", "states", "up")

    def __init__(self, states: States, at_ms: int = 0) -> None:
        self.states = states
        self.at_ms = at_ms
        self.next_probe_ms = 0
        """A segment in trouble: when a payment of its kind may try again."""
        self.odds = self._usual()
        self.up = self.odds[0]
        """Probability that there is no trouble, as of the last event. Kept beside the odds, as is the next: every
        decision asks both of every candidate."""
        self.calm = True
        """No likelier in trouble than usual."""
        self.created = self.paid = self.both = 1.0
        """What is left of the chance of creation, of completion and of both, as things stand: 1 is an ordinary day."""
        self._sum_up()

    @property
    def unpaid(self) -> float:
        """Probability that what is shown to customers is never paid."""
        return sum([odds for odds, paid in zip(self.odds, self.states.paid, strict=True) if paid < 0.5], 0.0)

    def advance(self, at_ms: int) -> None:
        """Let the time until `at_ms` pass: troubles begin and end unseen."""
        if at_ms <= self.at_ms:
            return
        if self.at_ms:
            self.odds = self._odds_at(at_ms)
            self._sum_up()
        self.at_ms = at_ms

    def up_at(self, now_ms: int) -> float:
        """`up`, with the time since the last event passed; changes nothing."""
        stands = self.calm or now_ms <= self.at_ms
        return self.up if stands else self._odds_at(now_ms)[0]

    def left_at(self, now_ms: int) -> tuple[float, float]:
        """(up, what is left of creation and completion together) at this moment; changes nothing. A calm overlay takes
        nothing away: idle time alone is no reason to think less of a channel."""
        if self.calm:
            return self.up, 1.0
        if now_ms <= self.at_ms:
            return self.up, self.both
        states, odds = self.states, self._odds_at(now_ms)
        both = 0.0
        for value, made, finished in zip(odds, states.created, states.paid, strict=True):
            both += value * made * finished
        return odds[0], both

    def weigh(self, likelihoods: Sequence[float]) -> None:
        """Take in one piece of evidence: how well each state foretold what was seen."""
        weighed = [max(odds * likelihood, _LEAST) for odds, likelihood in zip(self.odds, likelihoods, strict=True)]
        total = sum(weighed, 0.0)
        self.odds = [value / total for value in weighed]
        self._sum_up()

    def reset(self, at_ms: int) -> None:
        """It is proven to be back: ordinary odds again."""
        self.odds = self._usual()
        self.at_ms = max(self.at_ms, at_ms)
        self._sum_up()

    def was_well(self, seen_ms: int) -> None:
        """It was seen to work then: trouble can have begun since that moment only."""
        if seen_ms and seen_ms < self.at_ms:
            begun = 1 - exp(-self.states.onset_per_ms * (self.at_ms - seen_ms))
            self.odds = [1 - begun, *(max(begun * part, _LEAST) for part in self.states.onset[1:])]
            self._sum_up()

    def restore(self, odds: Sequence[float], at_ms: int) -> None:
        """Take over what was exported; nothing when it speaks of other states."""
        if len(odds) == len(self.odds):
            self.odds, self.at_ms = list(odds), at_ms
            self._sum_up()

    def _usual(self) -> list[float]:
        up = self.states.usually_up
        return [up, *((1 - up) * part for part in self.states.onset[1:])]

    def _odds_at(self, at_ms: int) -> list[float]:
        passed_ms = at_ms - self.at_ms
        stays = exp(-REPAIR_PER_MS * passed_ms)
        usual = self.states.usually_up
        up = usual + (self.odds[0] - usual) * exp(-(REPAIR_PER_MS + self.states.onset_per_ms) * passed_ms)
        old_trouble = (1 - self.odds[0]) * stays
        new_trouble = max(0.0, 1 - up - old_trouble)
        odds = [value * stays + new_trouble * part for value, part in zip(self.odds, self.states.onset, strict=True)]
        odds[0] = 1.0 - sum(odds[1:], 0.0)
        return odds

    def _sum_up(self) -> None:
        self.up = self.odds[0]
        self.calm = self.up >= self.states.usually_up
        self.created, self.paid, self.both = _left(self.odds, self.states)


def _left(odds: Sequence[float], states: States) -> tuple[float, float, float]:
    created = paid = both = 0.0
    for value, made, finished in zip(odds, states.created, states.paid, strict=True):
        created += value * made
        paid += value * finished
        both += value * made * finished
    return created, paid, both
