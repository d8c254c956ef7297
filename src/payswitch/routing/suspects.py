"""Who is asked whether it is back: a suspect that takes this payment first, or an order beside it that nobody sees."""

from __future__ import annotations

from payswitch.routing.ordering import Asked, Ranked, measure
from payswitch.routing.policy import Policy
from payswitch.routing.pool import Pool
from payswitch.routing.probe_law import shadow_gap_s
from payswitch.routing.probing import ProbeBudget, a_shadow_tells, gain_if_back, is_worth_asking, may_try


class Suspects:
    """Those that may be asked at this payment, the one that waits longest first. Made for every first attempt."""

    __slots__ = ("_asked", "_best", "_budget", "_due", "_policy")

    def __init__(self, asked: Asked, pool: Pool, ordered: list[Ranked], policy: Policy, budget: ProbeBudget) -> None:
        self._asked, self._best, self._policy, self._budget = asked, ordered[0], policy, budget
        budget.accrue(asked.request.merchant_id, policy.triggers, asked.now_ms)
        due = measure(pool.probes, asked) if pool.probes else []
        if not self._best.suspect:  # those that only seem to be ill are tried as well, and stay in the order
            due += [c for c in ordered if c.suspect and may_try(c.entry.line, asked.keys, asked.now_ms)]
        self._due = sorted(due, key=lambda c: (c.entry.line.breaker.next_probe_ms, c.entry.position)) if due else due

    def to_shadow(self) -> Ranked | None:
        """The one at which an order is made beside this payment's, and shown to nobody."""
        return next((suspect for suspect in self._due if self._is_for_a_shadow(suspect)), None)

    def shadow_gap_s(self, suspect: Ranked) -> float:
        """How long it is left alone then."""
        per_s, longest_s = self._payments_per_s(), self._policy.triggers.open_max_s
        if self._leaves_it_to_estimates():
            return min(shadow_gap_s(per_s, gain_if_back(suspect.belief, self._best.belief)), longest_s)
        return min(shadow_gap_s(per_s), longest_s)

    def to_lend(self) -> Ranked | None:
        """The one that this payment tries first, if the budget allows one and no rule speaks against it."""
        if not self._due or not self._budget.can_pay(self._asked.request.merchant_id):
            return None
        best = self._best
        for suspect in self._due:
            no_rule_against = (suspect.behind, suspect.debt) <= (best.behind, best.debt)
            if no_rule_against and not self._is_for_a_shadow(suspect) and self._is_worth_asking(suspect):
                self._budget.spend(self._asked.request.merchant_id)
                return suspect
        return None

    def _is_for_a_shadow(self, suspect: Ranked) -> bool:
        """Where hedging is forbidden, so are these: both are orders beside one."""
        entry, hedging = suspect.entry, self._policy.hedging
        may_be_unseen = entry.push and entry.server_created and entry.closable
        return may_be_unseen and (hedging.share > 0 or hedging.least_per_minute > 0) and a_shadow_tells(entry.line)

    def _is_worth_asking(self, suspect: Ranked) -> bool:
        """A channel with a share by the split has that to come back to; any other one only what payments gain by it."""
        if not self._leaves_it_to_estimates():
            return True
        return is_worth_asking(
            suspect.entry.line.breaker,
            gain_if_back(suspect.belief, self._best.belief),
            self._payments_per_s(),
            self._asked.now_ms,
            self._policy.triggers,
        )

    def _leaves_it_to_estimates(self) -> bool:
        return (self._asked.fired.split or self._policy.split).leaves_it_to_estimates

    def _payments_per_s(self) -> float:
        return self._budget.payments_per_s(self._asked.request.merchant_id)
