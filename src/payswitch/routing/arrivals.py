"""到账判断: do the payments arrive that were shown to customers? A hidden Markov filter over cohorts of exposures.

An exposed attempt is neither a success nor a failure until it ends, which may take hours. But if customers of this
channel usually pay within a minute, a minute of silence behind twenty exposures says a lot. And what arrives now was
shown a while ago: a payment that is a minute old says nothing against an outage that is half a minute old. So the
exposures are kept in cohorts of five seconds, each with what became of it, and the filter runs over the cohorts: what
each state would have foretold of a cohort is weighed against what happened to it so far.

States: *up*; *slump* (fewer can pay: a brown-out); *soft_dead* (payments are refused); *black_hole* (nothing is ever
heard of them). The filter is run again at most once a second per line, over at most three minutes of cohorts.
"""

from __future__ import annotations

from collections import deque
from math import exp, log, sqrt
from typing import Final

from payswitch.routing.delay import Delay
from payswitch.routing.overlay import ONSET_PER_MS, REPAIR_PER_MS
from payswitch.routing.policy import Scoring
from payswitch.routing.rates import DecayedRate
from payswitch.routing.segments import Key

COHORT_MS: Final = 5_000
COHORTS_MOST: Final = 36
"""Three minutes: what is older keeps its last word."""
_FATE_MS: Final = 180_000
"""What is not paid after this time hardly ever will be: its share of late payers is reckoned with."""
_ANEW_MS: Final = 1_000
"""The filter is not run more often than this."""
STATES: Final = ("up", "slump", "soft_dead", "black_hole")
_PAID: Final[tuple[float, ...]] = (1.0, 0.65, 0.06, 0.02)
"""Chance of being paid, times the ordinary one. A slump is taken in the middle of 0.45 to 0.85."""
_ONSET: Final[tuple[float, ...]] = (0.0, 0.3, 0.15, 0.05)
"""Of the troubles of a channel, which part is of this kind; the rest fail at the create call (`overlay.py`)."""
_ONSETS: Final = sum(_ONSET, 0.0)
_ONSET_PER_MS: Final = ONSET_PER_MS * _ONSETS
_USUALLY_UP: Final = REPAIR_PER_MS / (_ONSET_PER_MS + REPAIR_PER_MS)
_HEARD_IN_HOLE: Final = 0.3
"""Refusals that are still heard of in a black hole, times the ordinary."""
_NEVER_HEARD_LEAST: Final = 0.05
"""At least so many exposures are never heard of on an ordinary day: a channel's silence is never more than a hint."""
_REFUSED_LEAST: Final = 0.02
_REFUSALS: Final = 0.05
"""Of the exposures, so many end with a refusal that is told, before anything is known."""
_STEEPEST: Final = 30.0
_LEAST: Final = 1e-9
_DARK: Final = 0.9
_SURELY_UP: Final = 0.9


Learned = tuple[tuple[Key, ...], float]
"""(segments, share) of a refusal that was counted in the estimates."""


class Cohort:
    """The exposures of five seconds, and what became of them so far."""

    __slots__ = ("at_ms", "counted", "ended", "learned", "paid", "refused", "shown", "up", "waits_ms")

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms
        """Its middle."""
        self.shown = 0.0
        self.ended = 0.0
        self.paid = 0.0
        self.refused = 0.0
        """Not paid, and neither the customer nor a known trouble of its bank or kind explains it."""
        self.learned: list[Learned] = []
        """Refusals that the estimates have learned: taken back when they turn out to be an outage."""
        self.waits_ms: list[int] = []
        """How long those took who have paid."""
        self.up = 1.0
        """Probability that these were ordinary seconds."""
        self.counted = False
        """Old enough that its fate is known and counted."""


class Arrivals:
    """Of one channel x product."""

    __slots__ = (
        "_at_ms", "_cohorts", "_odds", "_run_at_ms", "_since_ms", "calm", "delay", "fate", "last_paid_ms",
        "odds", "silent_due", "told",
    )  # fmt: skip

    def __init__(self) -> None:
        self.delay = Delay()
        self.fate = DecayedRate()
        """Of what was shown three minutes ago and longer, on ordinary days: paid or not. An attempt that nobody pays
        may end only after hours; a young channel's share of paid ones must not wait for that."""
        self.told = DecayedRate()
        """Of the same: refused by then, and told."""
        self._cohorts: deque[Cohort] = deque()
        self._odds = _usual()
        """Before the oldest cohort."""
        self._since_ms = 0
        self.odds = _usual()
        """As the filter said last."""
        self.calm = True
        """No likelier in trouble than usual. Kept beside the odds: every decision asks it of every candidate."""
        self._at_ms = 0
        self._run_at_ms = 0
        self.silent_due = 0.0
        """Payments that ought to have arrived since the last one that did: the evidence an operator reads."""
        self.last_paid_ms = 0

    @property
    def dark(self) -> float:
        """Probability that next to nothing of what is shown now will be paid."""
        return self.odds[2] + self.odds[3]

    @property
    def trouble(self) -> str:
        """The likeliest trouble."""
        return STATES[max(range(1, len(STATES)), key=lambda n: self.odds[n])]

    def left_at(self, now_ms: int) -> tuple[float, float]:
        """(probability that payments arrive, what is left of the chance of being paid) now; changes nothing."""
        odds = self.odds
        if self.calm:
            return 1.0, 1.0
        if now_ms - self._at_ms > _ANEW_MS:
            odds = _passed(odds, now_ms - self._at_ms)
        return 1.0 - odds[2] - odds[3], sum(map(_times, odds, _PAID), 0.0)

    def expose(self, at_ms: int) -> None:
        """One credential was shown."""
        cohorts = self._cohorts
        start = _middle(at_ms)
        if not cohorts:
            self._since_ms = start
        if not cohorts or start > cohorts[-1].at_ms:
            cohorts.append(Cohort(start))
        cohorts[-1].shown += 1.0

    def paid(self, at_ms: int, waited_ms: int) -> None:
        """One payment arrived."""
        self.last_paid_ms = max(self.last_paid_ms, at_ms)
        cohort = self._of(at_ms - waited_ms)
        if cohort is not None:
            cohort.ended += 1.0
            cohort.paid += 1.0
        if cohort is not None and not cohort.counted:
            cohort.waits_ms.append(waited_ms)  # the quick ones come first: learned when the slow ones are there, too
        elif waited_ms > 0:
            self.delay.add(waited_ms)

    def refused(self, at_ms: int, waited_ms: int, share: float, keys: tuple[Key, ...], learned: float) -> None:
        """One ended unpaid; `share` of it nothing else explains, `learned` of it went into the estimates."""
        cohort = self._of(at_ms - waited_ms)
        if cohort is not None:
            cohort.ended += 1.0
            cohort.refused += share
            cohort.learned.append((keys, learned))

    def gone(self, at_ms: int, waited_ms: int) -> None:
        """One ended for the customer's own reason: nothing of it is expected any more."""
        cohort = self._of(at_ms - waited_ms)
        if cohort is not None:
            cohort.ended += 1.0

    def _least_chance(self, prior: float, now_ms: int, scoring: Scoring) -> float:
        """That one exposure is paid on an ordinary day, less a standard deviation: what is not known well must not
        raise an alarm."""
        mean, weight = self.fate.mean_and_weight(prior, now_ms, scoring)
        return mean - sqrt(mean * (1.0 - mean) / (weight + 1.0))

    def law(self, prior: float, now_ms: int, scoring: Scoring) -> Law:
        """What becomes of one exposure. `prior`: chance of being paid where this channel has shown little yet."""
        return Law(self._least_chance(prior, now_ms, scoring), self.told.mean(_REFUSALS, now_ms, scoring))

    def run(self, now_ms: int, prior: float, scoring: Scoring) -> list[Learned]:
        """Bring the odds up to date.

        Gives the refusals that have turned out to be part of an outage, each once.
        """
        if now_ms - self._run_at_ms < _ANEW_MS:
            return []
        self._run_at_ms = now_ms
        self._count_fates(now_ms, scoring)
        law = self.law(prior, now_ms, scoring)
        odds, at_ms, due = self._odds, self._since_ms, 0.0
        for number, cohort in enumerate(self._cohorts):
            odds, at_ms = _passed(odds, cohort.at_ms - at_ms), cohort.at_ms
            arrived = self.delay.share_by(now_ms - at_ms)
            odds = law.weighed(odds, cohort, arrived)
            cohort.up = odds[0]
            if number < len(self._cohorts) - COHORTS_MOST:
                self._odds, self._since_ms = odds, at_ms
            if now_ms > self.last_paid_ms:
                due += law.chance * cohort.shown * (arrived - self.delay.share_by(self.last_paid_ms - at_ms))
        while len(self._cohorts) > COHORTS_MOST:
            self._cohorts.popleft()
        self.silent_due = max(0.0, due)
        self.odds = _passed(odds, now_ms - at_ms) if self._cohorts else self.odds
        self.calm = self.odds[0] >= _USUALLY_UP
        self._at_ms = now_ms
        return self._taken_back() if self.dark > _DARK else []

    def dark_since_ms(self) -> int:
        """When the outage that is going on began, at the latest: the first exposure after the last that was paid."""
        since = 0
        for cohort in reversed(self._cohorts):
            if cohort.paid:
                break
            since = cohort.at_ms
        return since

    def clear(self, at_ms: int) -> None:
        """An outage is over: what it swallowed is not awaited any more."""
        self._cohorts.clear()
        self._odds = self.odds = _usual()
        self.calm = True
        self._since_ms = self._at_ms = at_ms
        self.silent_due = 0.0

    def _of(self, shown_ms: int) -> Cohort | None:
        start = _middle(shown_ms)
        for cohort in reversed(self._cohorts):
            if cohort.at_ms <= start:
                return cohort if cohort.at_ms == start and cohort.ended < cohort.shown else None
        return None

    def _count_fates(self, now_ms: int, scoring: Scoring) -> None:
        """What was shown three minutes ago has been paid by now, or hardly ever will be."""
        for cohort in self._cohorts:
            age_ms = now_ms - cohort.at_ms
            if age_ms < _FATE_MS:
                return
            if not cohort.counted:
                cohort.counted = True
                for waited_ms in cohort.waits_ms:
                    self.delay.add(waited_ms)
                cohort.waits_ms = []
                due = max(cohort.paid, cohort.shown * self.delay.share_by(age_ms))
                self.fate.add_many(cohort.paid * cohort.up, due * cohort.up, cohort.at_ms, scoring)
                self.told.add_many(cohort.refused * cohort.up, due * cohort.up, cohort.at_ms, scoring)

    def _taken_back(self) -> list[Learned]:
        found: list[Learned] = []
        for cohort in reversed(self._cohorts):
            if cohort.paid:
                break
            found += cohort.learned
            cohort.learned = []
        return found


def _middle(at_ms: int) -> int:
    """Of the cohort that this moment belongs to."""
    return at_ms - at_ms % COHORT_MS + COHORT_MS // 2


def _times(a: float, b: float) -> float:
    return a * b


def _usual() -> list[float]:
    down = 1 - _USUALLY_UP
    return [_USUALLY_UP, *(down * part / _ONSETS for part in _ONSET[1:])]


def _passed(odds: list[float], passed_ms: int) -> list[float]:
    """Troubles begin and end unseen."""
    if passed_ms <= 0:
        return odds
    stays = exp(-REPAIR_PER_MS * passed_ms)
    up = _USUALLY_UP + (odds[0] - _USUALLY_UP) * exp(-(REPAIR_PER_MS + _ONSET_PER_MS) * passed_ms)
    new = max(0.0, 1 - up - (1 - odds[0]) * stays) / _ONSETS
    slump = odds[1] * stays + new * _ONSET[1]
    dead = odds[2] * stays + new * _ONSET[2]
    hole = odds[3] * stays + new * _ONSET[3]
    return [1 - (slump + dead + hole), slump, dead, hole]


def _likelihood(said: float) -> float:
    return exp(-_STEEPEST if said < -_STEEPEST else min(said, _STEEPEST))


def _at_least(odds: float) -> float:
    return odds if odds > _LEAST else _LEAST


class Law:
    """How likely each state makes what becomes of an exposure."""

    __slots__ = ("_log_paid", "_log_refused", "chance", "heard", "heard_in_hole", "paid", "refused")

    def __init__(self, chance: float, refusals: float) -> None:
        chance, refusals = min(chance, 1 - _NEVER_HEARD_LEAST), max(refusals, _REFUSED_LEAST)
        self.chance = chance
        self.paid = [chance * times for times in _PAID]
        self.refused = [refusals + chance * (1 - times) for times in _PAID]
        self.refused[3] = refusals * _HEARD_IN_HOLE
        self.heard = min(chance + refusals, 1 - _NEVER_HEARD_LEAST)
        self.heard_in_hole = self.paid[3] + self.refused[3]
        self._log_paid = [log(value / self.paid[0]) for value in self.paid]
        self._log_refused = [log(value / self.refused[0]) for value in self.refused]

    def weighed(self, odds: list[float], cohort: Cohort, arrived: float) -> list[float]:
        """The odds after what is known of a cohort; `arrived`: the part that should have been heard of by now.

        Written out state by state: at a start it is reckoned some hundred thousand times.
        """
        paid, refused = cohort.paid, cohort.refused
        _, slump_paid, dead_paid, hole_paid = self._log_paid
        _, slump_refused, dead_refused, hole_refused = self._log_refused
        hole = paid * hole_paid + refused * hole_refused
        pending = cohort.shown - cohort.ended
        if pending > 0:
            hole += pending * log((1 - self.heard_in_hole * arrived) / (1 - self.heard * arrived))
        up = _at_least(odds[0])
        slump = _at_least(odds[1] * _likelihood(paid * slump_paid + refused * slump_refused))
        dead = _at_least(odds[2] * _likelihood(paid * dead_paid + refused * dead_refused))
        in_hole = _at_least(odds[3] * _likelihood(hole))
        total = up + slump + dead + in_hole
        return [up / total, slump / total, dead / total, in_hole / total]

    def ordinary_share(self, odds: list[float], *, paid: bool) -> float:
        """How far one end says something about ordinary days, when these are the odds.

        In all likelihood up: fully. What turns out otherwise is taken back, and to doubt every refusal a little would
        flatter the channel.
        """
        if odds[0] > _SURELY_UP:
            return 1.0
        likely = self.paid if paid else self.refused
        return odds[0] * likely[0] / sum(map(_times, odds, likely), 0.0)
