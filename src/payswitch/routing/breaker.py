"""熔断: the state machine per channel x product, as data. No clock: times come with the observations.

    healthy <-> degraded -> open -> probing -> healthy
                             ^---------'

- *healthy -> degraded*: the error rate looks too high, not proven. Still used, by its estimate, which has heard of the
  failures as well; no experiments are made with it. Or *slow*: it answers much more slowly than usual; others of its
  tier come first. Or *suspected*: a counting trigger went off, but by this line's own record that may be chance, or its
  calls are silent just now; all others come first until its next good answer.
- *-> open*: 2 of the last 3 calls without an answer; 3 failures in a row (both beyond chance); error rate over 5 % in
  60 s, with a minimum count and a confidence bound; a listed code at once; refused twice for our own mistake; exposed
  but never paid.
- *open -> probing*: the open time is over and a payment was lent as a probe.
- *probing -> healthy*: two good probes in a row; after "never paid" one paid payment. *-> open*: a bad one, for twice
  as long.

A call counts only if it began after the last opening or closing: answers that were on their way then are old news.
Outcomes that are the payer's, risk control's or a limit's are no evidence at all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from payswitch.domain.channel import Product
from payswitch.domain.outcome import HURTS_HEALTH, SHOWS_HEALTH, Outcome, OutcomeKind
from payswitch.routing.call_window import CallKind, CallWindow
from payswitch.routing.policy import Triggers
from payswitch.routing.probe_law import law_gap_s
from payswitch.routing.request import BreakerMove, CallObservation
from payswitch.routing.triggering import Chances, Evidence, counting_trigger, rate_evidence

Slowness = tuple[int, int]
"""(latency just now, usual latency) in ms."""


class BreakerState(StrEnum):
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    OPEN = "open"
    PROBING = "probing"


class Admission(StrEnum):
    """What the planner may do with a channel x product just now."""

    USABLE = "usable"
    PROBE_DUE = "probe_due"
    """Not usable in the ordinary way, but one payment may try it."""
    OUT = "out"


_UNPAID_GAP_S: Final = 5.0
"""Between probes of a line that is only suspected to swallow payments: some more must be seen to tell."""
_OUR_SIDE: Final = frozenset({OutcomeKind.REFUSED_CONFIG, OutcomeKind.UNTRUSTED})
_NO_ANSWER: Final = frozenset({OutcomeKind.UNKNOWN, OutcomeKind.NOT_SENT})


def call_kind(outcome: Outcome, triggers: Triggers) -> CallKind | None:
    """None: the outcome says nothing about the channel's health."""
    if outcome.kind in SHOWS_HEALTH:
        return CallKind.GOOD
    if outcome.kind in _NO_ANSWER:
        return CallKind.NO_ANSWER
    if outcome.kind in HURTS_HEALTH or outcome.code in triggers.codes:
        return CallKind.BAD_ANSWER
    return None


class Breaker:
    """One channel x product. Every change of state is returned as a BreakerMove with its evidence."""

    __slots__ = (
        "asked_at_ms",
        "awaits_paid",
        "calls_per_s",
        "channel_id",
        "closed_at_ms",
        "cut_off",
        "degraded",
        "epoch_ms",
        "ill_since_ms",
        "next_probe_ms",
        "openings",
        "our_side",
        "product",
        "reason",
        "relapsed",
        "reserved_until_ms",
        "shadowed",
        "silent",
        "since_ms",
        "state",
        "suspected",
        "window",
        "wins",
    )  # fmt: skip

    def __init__(self, channel_id: str, product: Product, last_calls: int) -> None:
        self.channel_id = channel_id
        self.product = product
        self.window = CallWindow(last_calls)
        self.state = BreakerState.HEALTHY
        self.cut_off = False
        """Open or probing: out of ordinary use. Kept beside the state, as is the next, for every decision asks both of
        every candidate."""
        self.degraded = False
        self.since_ms = 0
        self.epoch_ms = 0
        """Calls that began before this are not evidence."""
        self.ill_since_ms = 0
        """When it opened first, however many probes failed since."""
        self.openings = 0
        """Openings without a lasting recovery between them: the exponent of the back-off, plus one."""
        self.closed_at_ms: int | None = None
        self.next_probe_ms = 0
        self.asked_at_ms = 0
        """The last probe; 0 when none was lent since the opening, or when somebody wishes to know."""
        self.reserved_until_ms = 0
        """A probe is in flight until its result, or until this moment if nobody reports one."""
        self.shadowed = False
        """A shadow probe was asked for, and nothing was heard since. Still so when the next is due: nobody had room for
        it."""
        self.wins = 0
        self.our_side = 0
        self.reason = ""
        """Of the last move."""
        self.suspected = False
        """A counting trigger went off within what is ordinary here: behind the others until the next good answer."""
        self.silent = 0
        """Calls that outlived their soft limit since the last good answer, whether they are still out or not."""
        self.awaits_paid = False
        """Opened because nothing was paid: only a paid payment closes it."""
        self.relapsed = False
        """Opened again soon after closing: flapping is met with the long back-off."""
        self.calls_per_s = 0.0
        """What went through it before it fell ill: what probing it back is worth."""

    @property
    def slow(self) -> bool:
        """Degraded for its answers, which come, but late: that is no failure, so no estimate has heard of it."""
        return self.reason == "slow"

    def admission(self, now_ms: int) -> Admission:
        """Whether a payment may go here now."""
        if not self.cut_off:
            return Admission.USABLE
        if now_ms >= self.next_probe_ms and now_ms >= self.reserved_until_ms:
            return Admission.PROBE_DUE
        return Admission.OUT

    def reserve_probe(self, now_ms: int, triggers: Triggers, *, unpaid: bool = False) -> BreakerMove | None:
        """Lend one payment to a probe that is due. The place frees itself when no result is ever reported.

        `unpaid`: what it shows is probably not paid. The answer comes with the customer then, or never: the next one is
        not tried at once."""
        gap_s = triggers.probe_gap_s
        if self.awaits_paid:
            gap_s = min(max(gap_s, law_gap_s(self.calls_per_s, unpaid=True)), triggers.open_max_s)
        elif unpaid:
            gap_s = max(gap_s, _UNPAID_GAP_S)
        self.shadowed = False
        return self._reserve(now_ms, gap_s, triggers)

    def reserve_shadow(self, now_ms: int, gap_s: float, triggers: Triggers) -> BreakerMove | None:
        """The same for a probe that no customer has a part in; the next one `gap_s` later, or at once after a good
        answer."""
        self.shadowed = True
        return self._reserve(now_ms, gap_s, triggers)

    def leave_shadow(self, now_ms: int) -> None:
        """The shadow probe that was asked for is not made: the next payment may be lent at once."""
        if self.shadowed:
            self.next_probe_ms = min(self.next_probe_ms, now_ms)
            self.reserved_until_ms = 0

    def _reserve(self, now_ms: int, gap_s: float, triggers: Triggers) -> BreakerMove | None:
        self.asked_at_ms = now_ms
        self.next_probe_ms = now_ms + int(gap_s * 1_000)
        self.reserved_until_ms = now_ms + int(triggers.probe_expiry_s * 1_000)
        if self.state is BreakerState.OPEN:
            return self._move(now_ms, BreakerState.PROBING, "probe_due", {"openings": self.openings})
        return None

    def call_probe(self, now_ms: int) -> None:
        """Somebody wishes to know: the next payment that may go here is lent as a probe."""
        if self.cut_off:
            self.asked_at_ms = 0
            self.next_probe_ms = min(self.next_probe_ms, now_ms)
            self.reserved_until_ms = min(self.reserved_until_ms, now_ms)

    def may_try(self, now_ms: int) -> bool:
        """Whether a line that is only suspected may be lent a payment now: one at a time, as behind an open breaker."""
        return now_ms >= self.next_probe_ms and now_ms >= self.reserved_until_ms

    def lapse(self, now_ms: int, triggers: Triggers) -> BreakerMove | None:
        """A degraded line that nobody uses any more gets no calls to clear it: time clears it."""
        if (self.suspected or self.slow) and now_ms - self.since_ms < triggers.window_s * 1_000:
            return None
        self.suspected = False
        return self._settle(now_ms, triggers)

    def _settle(self, now_ms: int, triggers: Triggers) -> BreakerMove | None:
        if self.state is not BreakerState.DEGRADED:
            return None
        evidence = rate_evidence(self.window, now_ms, triggers, triggers.guard_z / 2)
        if evidence is not None:
            return None
        return self._move(now_ms, BreakerState.HEALTHY, "signs_gone", {})

    def counts(self, seen: CallObservation) -> bool:
        """Whether the call is news: it began after the last opening or closing."""
        return seen.at_ms - seen.latency_ms >= self.epoch_ms

    def observe(
        self, seen: CallObservation, triggers: Triggers, chances: Chances | None = None, slow: Slowness | None = None
    ) -> BreakerMove | None:
        """Take in one call. At most one move comes of it. Without `chances` the counting triggers are literal."""
        if not self.counts(seen):
            return None
        kind = call_kind(seen.outcome, triggers)
        if seen.outcome.kind in _OUR_SIDE:
            return self._our_side_refusal(seen, triggers)
        if kind is None:
            self.reserved_until_ms = 0
            return None
        self.window.add(seen.at_ms, kind, triggers.window_s * 1_000)
        if self.cut_off:
            return self._probe_result(seen.at_ms, kind, triggers)
        self.reserved_until_ms = 0
        self.shadowed = False
        if kind is CallKind.GOOD:
            self.our_side = 0
            self.suspected = False
            self.silent = 0
            return self._slow_down(seen.at_ms, slow) if slow else self._settle(seen.at_ms, triggers)
        found = self._trigger(seen, triggers, chances)
        if found is not None:
            return self._open(seen.at_ms, *found, triggers)
        return self._degrade(seen.at_ms, triggers)

    def hear_silence(self, at_ms: int, triggers: Triggers) -> BreakerMove | None:
        """A call is silent past its soft limit and still awaited. As many as would be a trigger if they had been given
        up make the line suspected, so that the next payments go elsewhere; whether it opens, the answers decide."""
        if self.cut_off:
            return None
        self.silent += 1
        if self.suspected or self.silent < triggers.timeouts:
            return None
        self.suspected = True
        return self._degrade(at_ms, triggers)

    def open_unpaid(self, at_ms: int, evidence: Evidence, triggers: Triggers) -> BreakerMove | None:
        """What it shows to customers is not paid, far beyond its own normal."""
        if self.cut_off:
            return None
        move = self._open(at_ms, "never_paid", evidence, triggers)
        self.awaits_paid = True
        return move

    def hear_paid(self, at_ms: int, waited_ms: int) -> BreakerMove | None:
        """A payment arrived that was shown after the opening: it can be paid there again."""
        if not (self.cut_off and self.awaits_paid) or at_ms - waited_ms < self.epoch_ms:
            return None
        self.wins += 1
        return self._close(at_ms)

    def _our_side_refusal(self, seen: CallObservation, triggers: Triggers) -> BreakerMove | None:
        self.our_side += 1
        self.reserved_until_ms = 0
        if self.state is BreakerState.OPEN or self.our_side < triggers.our_side_refusals:
            return None
        evidence: Evidence = {"code": seen.outcome.code or seen.outcome.kind.value, "refusals": self.our_side}
        move = self._open(seen.at_ms, "our_side", evidence, triggers)
        self.next_probe_ms = seen.at_ms + int(triggers.open_max_s * 1_000)
        return move

    def _probe_result(self, at_ms: int, kind: CallKind, triggers: Triggers) -> BreakerMove | None:
        """Any call that began after the opening is a test, also one that came here as a last resort."""
        self.reserved_until_ms = 0
        if kind is CallKind.GOOD:
            self.shadowed = False
        if kind is not CallKind.GOOD:
            self.wins = 0
            if self.state is BreakerState.OPEN:
                return None  # last resorts while it is known to be ill teach nothing new and must not grow the back-off
            return self._open(at_ms, "probe_failed", {"openings": self.openings + 1}, triggers)
        if self.awaits_paid:
            return None
        self.wins += 1
        if self.wins >= triggers.probe_successes:
            return self._close(at_ms)
        self.next_probe_ms = min(self.next_probe_ms, at_ms + int(triggers.probe_gap_s * 1_000))
        if self.state is BreakerState.OPEN:
            return self._move(at_ms, BreakerState.PROBING, "probe_due", {"openings": self.openings})
        return None

    def _trigger(
        self, seen: CallObservation, triggers: Triggers, chances: Chances | None
    ) -> tuple[str, Evidence] | None:
        """The first trigger that has gone off after a bad call."""
        if seen.outcome.listed or seen.outcome.code in triggers.codes:
            return "listed_code", {"code": seen.outcome.code}
        gone_off, found = counting_trigger(self.window, seen, triggers, chances)
        self.suspected = self.suspected or gone_off
        if found is not None:
            return found
        evidence = rate_evidence(self.window, seen.at_ms, triggers, triggers.guard_z)
        return None if evidence is None else ("error_rate", evidence)

    def _degrade(self, at_ms: int, triggers: Triggers) -> BreakerMove | None:
        if self.state is not BreakerState.HEALTHY:
            return None
        if self.suspected:
            self.next_probe_ms = at_ms + int(triggers.probe_gap_s * 1_000)
            return self._move(at_ms, BreakerState.DEGRADED, "suspected", {"of_calls": triggers.of_calls})
        evidence = rate_evidence(self.window, at_ms, triggers, triggers.guard_z / 2)
        return None if evidence is None else self._move(at_ms, BreakerState.DEGRADED, "weak_signs", evidence)

    def _slow_down(self, at_ms: int, slow: Slowness) -> BreakerMove | None:
        if self.state is not BreakerState.HEALTHY:
            return None
        return self._move(at_ms, BreakerState.DEGRADED, "slow", {"now_ms": slow[0], "usual_ms": slow[1]})

    def _open(self, at_ms: int, reason: str, evidence: Evidence, triggers: Triggers) -> BreakerMove:
        lasting = self.closed_at_ms is not None and at_ms - self.closed_at_ms >= triggers.flap_s * 1_000
        self.openings = 1 if lasting and not self.cut_off else self.openings + 1
        if not self.cut_off:
            self.ill_since_ms = at_ms
            self.asked_at_ms = 0
            self.relapsed = self.closed_at_ms is not None and not lasting
            self.calls_per_s = self.window.counts(at_ms, triggers.window_s * 1_000)[0] / triggers.window_s
            self.awaits_paid = False
        open_s = min(triggers.open_max_s, triggers.open_base_s * 2.0 ** min(self.openings - 1, 30))
        if not self.relapsed:
            open_s = min(open_s, max(law_gap_s(self.calls_per_s), triggers.open_base_s))
        due_ms = at_ms + int(open_s * 1_000)
        if self.shadowed and not self.relapsed:  # it may be asked as often as it was meant to be: nobody pays for it
            due_ms = max(at_ms, min(due_ms, self.next_probe_ms))
        self.shadowed = False
        self.epoch_ms = at_ms
        self.next_probe_ms = due_ms
        self.reserved_until_ms = 0
        self.wins = 0
        return self._move(at_ms, BreakerState.OPEN, reason, {**evidence, "open_s": (due_ms - at_ms) / 1_000})

    def _close(self, at_ms: int) -> BreakerMove:
        evidence = {"probes": self.wins, "out_for_s": (at_ms - self.ill_since_ms) / 1_000}
        self.epoch_ms = self.closed_at_ms = at_ms
        self.our_side = 0
        self.wins = 0
        self.awaits_paid = False
        self.window.clear()
        return self._move(at_ms, BreakerState.HEALTHY, "probes_succeeded", evidence)

    def _move(self, at_ms: int, after: BreakerState, reason: str, evidence: Evidence) -> BreakerMove:
        before, self.state = self.state, after
        self.cut_off = after is BreakerState.OPEN or after is BreakerState.PROBING
        self.degraded = after is BreakerState.DEGRADED
        self.silent = self.silent if after is BreakerState.DEGRADED else 0
        self.suspected = self.suspected and after is BreakerState.DEGRADED
        self.since_ms = at_ms
        self.reason = reason
        return BreakerMove(
            at_ms=at_ms,
            channel_id=self.channel_id,
            product=self.product,
            before=before.value,
            after=after.value,
            reason=reason,
            evidence=evidence,
        )
