"""What is counted in one run. Payments of the warm-up are played, but not counted."""

from __future__ import annotations

from payswitch.lab.departures import Departures
from payswitch.lab.world import WARM_UP_S, World


class Tally:
    """The books of one router in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._departures = Departures(world)
        self.payments = 0
        self.payable = 0
        self.successes = 0
        self.first_attempt_successes = 0
        self.attempts = 0
        """Create calls, those of shadow probes included."""
        self.regret = 0.0
        """Sum over the first choices, as probabilities."""
        self.chosen = 0
        self._decisions = 0
        self._decision_s = 0.0
        for payer in world.payers:
            if payer.at_s >= WARM_UP_S:
                self.payments += 1
                self.payable += payer.payable

    def decided(self, took_s: float) -> None:
        """One call of the router's `order()`."""
        self._decisions += 1
        self._decision_s += took_s

    @property
    def decision_us(self) -> float:
        """Mean cost of a decision: the one figure that depends on the machine."""
        return 1e6 * self._decision_s / self._decisions if self._decisions else 0.0

    def first_choice(self, now_s: float, payment: int, channel: int) -> None:
        """Where the router sent a payment at first."""
        self._departures.first_choice(now_s, channel)
        if self._counts(payment):
            self.chosen += 1
            self.regret += self._world.regret(payment, channel)

    def paid(self, payment: int, attempts: int) -> None:
        if self._counts(payment):
            self.attempts += attempts
            self.successes += 1
            self.first_attempt_successes += attempts == 1

    def lost(self, payment: int, attempts: int) -> None:
        if self._counts(payment):
            self.attempts += attempts

    def beside(self, payment: int) -> None:
        """An order beside a payment's own: a call as any other."""
        if self._counts(payment):
            self.attempts += 1

    def lost_until_left(self) -> list[int]:
        """For each dead channel that had been in use: first choices it was still given."""
        return self._departures.lost

    def back_after_s(self) -> list[float]:
        """For each of them that recovered: seconds until it carried half of the traffic again, or until the end."""
        return self._departures.back_s()

    def _counts(self, payment: int) -> bool:
        return self._world.payers[payment].at_s >= WARM_UP_S
