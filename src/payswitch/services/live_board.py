"""The live page's memory: what happened in the last minutes, per lane, and the totals since the start.

It hears everything through `tell` and must never block or fail a payment: every ring is bounded, nothing is
written anywhere, unknown news is ignored.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

from payswitch.domain.payment import RefundKind, RefundState
from payswitch.kit.clock import Clock
from payswitch.services.live_lane import Lane, Series, percentile

MOST_MOMENTS = 60
"""Kept for the page's list: of switches, and again of everything rarer, so that a stormy minute full of switches
does not push out the breaker move that explains it."""
MOST_REMEMBERED = 20_000
"""Payments remembered in order to count each once; at 100 a second that is more than three minutes of switches."""
MOST_LANES = 500
MOST_DURATIONS = 2_000
SNAPSHOT_MS = 500

Facts = Mapping[str, object]


class RecentIds:
    """A set that forgets its oldest members, so that it cannot grow for ever."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def add(self, member: str) -> bool:
        """True if it was not in the set."""
        if member in self._ids:
            return False
        self._ids[member] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True

    def discard(self, member: str) -> None:
        self._ids.pop(member, None)

    def __contains__(self, member: object) -> bool:
        return member in self._ids

    def __len__(self) -> int:
        return len(self._ids)


@dataclass(slots=True)
class Totals:
    """Counts since the process began."""

    payments: int = 0
    amount_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    closed: int = 0
    saved: int = 0
    """Paid although a channel had failed before: the traffic was moved in time."""
    saved_fen: int = 0
    switches: int = 0
    hedges: int = 0
    """Orders begun beside a silent one."""
    hedges_won: int = 0
    hedges_denied: int = 0
    """Calls that were silent past their soft limit when the budget was used up."""
    surplus: int = 0
    surplus_fen: int = 0
    surplus_refunded: int = 0
    refunds: int = 0
    """Asked for by shops and done; refunds of surplus money are counted above."""
    refunds_fen: int = 0
    untrusted: int = 0
    """Messages that were not believed: forged, or from a channel with a wrong key."""
    events_delivered: int = 0
    event_failures: int = 0
    """Failed deliveries, each try counted."""


class LiveBoard:
    """Implements `ports.LiveFeed` and can show itself as plain data."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_ms = clock.now_ms()
        self.totals = Totals()
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._switches: deque[dict[str, object]] = deque(maxlen=MOST_MOMENTS)
        self._incidents: deque[dict[str, object]] = deque(maxlen=MOST_MOMENTS)
        self._moments_told = 0
        self._created, self._paid = Series(), Series()
        self._ended, self._switched, self._retried_events = RecentIds(), RecentIds(), RecentIds()
        self._credential_ms: deque[float] = deque(maxlen=MOST_DURATIONS)
        self._switch_ms: deque[float] = deque(maxlen=MOST_DURATIONS)
        self._shown: tuple[int, dict[str, object]] | None = None
        self._ears: Mapping[str, Callable[[Facts, int], None]] = {
            "payment_created": self._payment_created,
            "create_answered": self._create_answered,
            "exposed": self._exposed,
            "switched": self._switched_over,
            "hedged": self._hedged,
            "hedge_denied": self._hedge_denied,
            "breaker": self._breaker_moved,
            "succeeded": self._succeeded,
            "surplus": self._surplus,
            "closed": self._closed,
            "refunded": self._refunded,
            "untrusted": self._untrusted,
            "event_delivered": self._event_delivered,
            "event_failed": self._event_failed,
        }

    def tell(self, kind: str, facts: Facts) -> None:
        """News of a kind that is not known here is not for this page."""
        hear = self._ears.get(kind)
        if hear is not None:
            hear(facts, self._clock.now_ms())

    def lane(self, channel_id: str, product: str) -> Lane | None:
        """What was heard of one product of one channel; None when nothing was."""
        return self._lanes.get((channel_id, product))

    def snapshot(self, now_ms: int) -> dict[str, object]:
        """The page's data. Made at most twice a second, however many people look."""
        if self._shown is None or not 0 <= now_ms - self._shown[0] < SNAPSHOT_MS:
            self._shown = (now_ms, self._show(now_ms))
        return self._shown[1]

    def _show(self, now_ms: int) -> dict[str, object]:
        totals = self.totals
        lanes = sorted(self._lanes.values(), key=lambda lane: (lane.channel_id, lane.product))
        exposed = sum(lane.exposed_count(now_ms) for lane in lanes)
        ended = totals.paid + totals.closed
        return {
            "now_ms": now_ms,
            "started_ms": self._started_ms,
            "totals": {
                **asdict(totals),
                "open": max(0, totals.payments - ended),
                "success_rate": totals.paid / ended if ended else None,
                "surplus_open": max(0, totals.surplus - totals.surplus_refunded),
                "events_retried": len(self._retried_events),
            },
            "minute": {"created": self._created.total(now_ms), "paid": self._paid.total(now_ms), "exposed": exposed},
            "credential_ms": _spread(self._credential_ms),
            "switch_ms": _spread(self._switch_ms),
            "trend": {"created": self._created.trend(now_ms), "paid": self._paid.trend(now_ms)},
            "lanes": [lane.show(now_ms, exposed) for lane in lanes],
            "moments": sorted((*self._switches, *self._incidents), key=lambda moment: -int(str(moment["n"]))),
        }

    def _lane(self, facts: Facts) -> Lane:
        key = (str(facts["channel_id"]), str(facts["product"]))
        lane = self._lanes.get(key)
        if lane is None:
            lane = Lane(*key)
            if len(self._lanes) < MOST_LANES:
                self._lanes[key] = lane
        return lane

    def _moment(self, kind: str, now_ms: int, facts: Facts) -> None:
        self._moments_told += 1
        kept = self._switches if kind in ("switched", "hedged") else self._incidents
        kept.append({"n": self._moments_told, "kind": kind, "at_ms": now_ms, **facts})

    def _payment_created(self, facts: Facts, now_ms: int) -> None:
        self._created.add(now_ms)
        self.totals.payments += 1
        self.totals.amount_fen += _whole(facts, "amount_fen")

    def _create_answered(self, facts: Facts, now_ms: int) -> None:
        latency_ms = _number(facts, "latency_ms")
        self._lane(facts).answered(now_ms, str(facts["outcome"]), str(facts.get("code", "")), latency_ms)

    def _exposed(self, facts: Facts, now_ms: int) -> None:
        self._lane(facts).exposed(now_ms)
        self._credential_ms.append(_number(facts, "credential_ms"))
        self.totals.hedges_won += facts.get("hedge") is True

    def _switched_over(self, facts: Facts, now_ms: int) -> None:
        self.totals.switches += 1
        self._switched.add(str(facts["payment_id"]))
        self._switch_ms.append(_number(facts, "switch_ms"))
        self._moment("switched", now_ms, facts)

    def _hedged(self, facts: Facts, now_ms: int) -> None:
        self.totals.hedges += 1
        self._moment("hedged", now_ms, facts)

    def _hedge_denied(self, facts: Facts, now_ms: int) -> None:
        self.totals.hedges_denied += 1

    def _breaker_moved(self, facts: Facts, now_ms: int) -> None:
        self._lane(facts).state = str(facts["after"])
        self._moment("breaker", now_ms, facts)

    def _succeeded(self, facts: Facts, now_ms: int) -> None:
        payment_id, amount_fen = str(facts["payment_id"]), _whole(facts, "amount_fen")
        if not self._ended.add(payment_id):
            return
        self._paid.add(now_ms)
        self._lane(facts).paid(now_ms)
        self.totals.paid += 1
        self.totals.paid_fen += amount_fen
        if payment_id in self._switched:
            self.totals.saved += 1
            self.totals.saved_fen += amount_fen

    def _surplus(self, facts: Facts, now_ms: int) -> None:
        self.totals.surplus += 1
        self.totals.surplus_fen += _whole(facts, "amount_fen")
        self._moment("surplus", now_ms, facts)

    def _closed(self, facts: Facts, now_ms: int) -> None:
        # Told again whenever something is learnt about a closed payment: counted once.
        if self._ended.add(str(facts["payment_id"])):
            self.totals.closed += 1

    def _refunded(self, facts: Facts, now_ms: int) -> None:
        if facts.get("state") != RefundState.SUCCEEDED.value:
            return
        if facts.get("kind") == RefundKind.SURPLUS.value:
            self.totals.surplus_refunded += 1
        else:
            self.totals.refunds += 1
            self.totals.refunds_fen += _whole(facts, "amount_fen")

    def _untrusted(self, facts: Facts, now_ms: int) -> None:
        self.totals.untrusted += 1
        self._moment("untrusted", now_ms, facts)

    def _event_delivered(self, facts: Facts, now_ms: int) -> None:
        self.totals.events_delivered += 1
        self._retried_events.discard(str(facts.get("event_id")))

    def _event_failed(self, facts: Facts, now_ms: int) -> None:
        self.totals.event_failures += 1
        self._retried_events.add(str(facts.get("event_id")))


def _spread(values: Iterable[float]) -> dict[str, float | None]:
    ordered = sorted(values)
    return {f"p{share}": percentile(ordered, share / 100) for share in (50, 95, 99)}


def _number(facts: Facts, name: str) -> float:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(facts: Facts, name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0
