"""What the demo counts while it runs, seen from the shop: payments, switches, and through which channels codes came."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping

from payswitch.domain.channel import Method
from payswitch.drill.journey import Ending, Step, Visit
from payswitch.drill.views import CodeView
from payswitch.kit.clock import Clock

_REMEMBERED = 5_000
_ALL_METHODS = frozenset(Method)


class DemoBoard:
    """Counts only what shop and shoppers can see themselves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: deque[tuple[float, str]] = deque(maxlen=_REMEMBERED)
        self.visits: list[Visit] = []
        self.arrived = 0
        self.paid = 0
        self.lost = 0
        """Shoppers with money who gave up: what must not happen."""

    @property
    def moves(self) -> int:
        """Switches that no customer noticed."""
        return sum(visit.moves for visit in self.visits)

    @property
    def wishes(self) -> int:
        """Switches that customers asked for and got."""
        return sum(r.step is Step.SWITCH and r.got_code for visit in self.visits for r in visit.requests)

    def came(self, visit: Visit) -> None:
        self.arrived += 1
        self.visits.append(visit)

    def code(self, _visit: Visit, code: CodeView) -> None:
        self._codes.append((self._clock.monotonic_ms(), code.channel_id))

    def left(self, visit: Visit) -> None:
        self.paid += visit.ending is Ending.PAID
        self.lost += visit.ending is Ending.GAVE_UP and visit.shopper.can_pay(_ALL_METHODS)

    def shares(self, from_ms: float, to_ms: float | None = None) -> Mapping[str, float]:
        """Channel -> part of the codes given in this stretch of monotonic time, biggest first."""
        counted = Counter(name for at_ms, name in self._codes if at_ms >= from_ms and (to_ms is None or at_ms < to_ms))
        total = counted.total()
        return {name: count / total for name, count in counted.most_common()}


def moved(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """`wechat-main 48% → 2%, wechat-backup 9% → 52%`: only what changed by at least five points."""
    names = sorted({*before, *after}, key=lambda name: after.get(name, 0.0) - before.get(name, 0.0))
    changed = [name for name in names if abs(after.get(name, 0.0) - before.get(name, 0.0)) >= 0.05]
    return ", ".join(f"{name} {before.get(name, 0.0):.0%} → {after.get(name, 0.0):.0%}" for name in changed)
