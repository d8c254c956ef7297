"""The live board's memory: what happened in the last minutes, per merchant and per lane.

It hears everything through `tell` and must never block or fail a payment: every ring is bounded, nothing is
written anywhere, unknown news is ignored.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from payswitch.domain.losses import Fixer
from payswitch.domain.payment import RefundKind, RefundState
from payswitch.kit.clock import Clock
from payswitch.services.live.live_figures import MerchantFigures
from payswitch.services.live.live_lane import Lane

MOST_MOMENTS: Final = 60
"""Kept for the board's list: of switches, and again of everything rarer, so that a stormy minute full of switches
does not push out the breaker move that explains it."""
MOST_REMEMBERED: Final = 20_000
"""Payments remembered in order to count each once; at 100 a second that is more than three minutes of switches."""
MOST_LANES: Final = 500
MOST_MERCHANTS: Final = 2_000

Facts = Mapping[str, object]
Moment = Mapping[str, object]


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
    """Counts of all merchants since the process began: what a scraper subtracts from what it read before."""

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


class LiveBoard:
    """Implements `ports.LiveFeed`; `services/live/live_now.py` shows it to an operator."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.started_ms: Final = clock.now_ms()
        self.totals: Final = Totals()
        self.recalled = False
        """Whether the day before the start was read out of storage."""
        self.heard = 0
        """Counts the news: whoever watches sees whether there is any."""
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._merchants: dict[str, MerchantFigures] = {}
        self._switches: deque[Moment] = deque(maxlen=MOST_MOMENTS)
        self._incidents: deque[Moment] = deque(maxlen=MOST_MOMENTS)
        self._ended, self._switched = RecentIds(), RecentIds()
        self._ears: Final[Mapping[str, Callable[[Facts, int], None]]] = {
            "payment_created": self._payment_created,
            "decided": self._decided,
            "create_answered": self._create_answered,
            "exposed": self._exposed,
            "switched": self._switched_over,
            "hedged": self._hedged,
            "breaker": self._breaker_moved,
            "succeeded": self._succeeded,
            "surplus": self._surplus,
            "closed": self._closed,
            "hedge_denied": self._hedge_denied,
            "refunded": self._refunded,
            "untrusted": self._untrusted,
        }

    def tell(self, kind: str, facts: Facts) -> None:
        """News of a kind that is not known here is not for this board."""
        hear = self._ears.get(kind)
        if hear is not None:
            self.heard += 1
            hear(facts, self._clock.now_ms())

    def lane(self, channel_id: str, product: str) -> Lane | None:
        """What was heard of one product of one channel; None when nothing was."""
        return self._lanes.get((channel_id, product))

    def merchant(self, merchant_id: str) -> MerchantFigures:
        """One merchant's figures; empty ones for a merchant of whom nothing was heard."""
        found = self._merchants.get(merchant_id)
        if found is None:
            found = MerchantFigures()
            if len(self._merchants) < MOST_MERCHANTS:
                self._merchants[merchant_id] = found
        return found

    def moments(self, channels: Collection[str]) -> list[Moment]:
        """What happened on these channels, newest first."""
        all_of_them = sorted((*self._switches, *self._incidents), key=lambda one: -int(str(one["n"])))
        return [one for one in all_of_them if str(one.get("channel_id") or one.get("from_channel")) in channels]

    def _lane(self, facts: Facts) -> Lane:
        return self._lane_of(str(facts["channel_id"]), str(facts["product"]))

    def _lane_of(self, channel_id: str, product: str) -> Lane:
        key = (channel_id, product)
        lane = self._lanes.get(key)
        if lane is None:
            lane = Lane(*key)
            if len(self._lanes) < MOST_LANES:
                self._lanes[key] = lane
        return lane

    def _figures(self, facts: Facts) -> MerchantFigures:
        return self.merchant(str(facts.get("merchant_id", "")))

    def _moment(self, kind: str, now_ms: int, facts: Facts) -> None:
        kept = self._switches if kind in ("switched", "hedged") else self._incidents
        kept.append({"n": self.heard, "kind": kind, "at_ms": now_ms, **facts})

    def _payment_created(self, facts: Facts, now_ms: int) -> None:
        self.totals.payments += 1
        self.totals.amount_fen += _whole(facts, "amount_fen")
        for stretch in self._figures(facts).hear(now_ms):
            stretch.counts.created += 1
            stretch.counts.created_fen += _whole(facts, "amount_fen")

    def _decided(self, facts: Facts, now_ms: int) -> None:
        """The policy gave each candidate a chance to be first: what it wants, beside what became of it."""
        chances = facts.get("chances")
        if isinstance(chances, list):
            for channel_id, product, chance in chances:
                if chance:
                    self._lane_of(channel_id, product).wanted(now_ms, chance)

    def _create_answered(self, facts: Facts, now_ms: int) -> None:
        latency_ms = _number(facts, "latency_ms")
        self._lane(facts).answered(now_ms, str(facts["outcome"]), str(facts.get("code", "")), latency_ms)

    def _exposed(self, facts: Facts, now_ms: int) -> None:
        self._lane(facts).exposed(now_ms)
        self.totals.hedges_won += facts.get("hedge") is True
        for stretch in self._figures(facts).hear(now_ms):
            stretch.credential.add(_number(facts, "credential_ms"))

    def _switched_over(self, facts: Facts, now_ms: int) -> None:
        self._switched.add(str(facts["payment_id"]))
        self.totals.switches += 1
        for stretch in self._figures(facts).hear(now_ms):
            stretch.counts.switches += 1
            stretch.switch.add(_number(facts, "switch_ms"))
        self._moment("switched", now_ms, facts)

    def _hedge_denied(self, _: Facts, __: int) -> None:
        self.totals.hedges_denied += 1

    def _hedged(self, facts: Facts, now_ms: int) -> None:
        self.totals.hedges += 1
        for stretch in self._figures(facts).hear(now_ms):
            stretch.counts.hedges += 1
        self._moment("hedged", now_ms, facts)

    def _breaker_moved(self, facts: Facts, now_ms: int) -> None:
        before, after = str(facts["before"]), str(facts["after"])
        self._lane(facts).state = after
        if {before, after} != {"open", "probing"}:
            # A probe that goes out or fails is a breaker's daily work: the list would hold nothing else.
            self._moment("breaker", now_ms, facts)

    def _succeeded(self, facts: Facts, now_ms: int) -> None:
        payment_id, amount_fen = str(facts["payment_id"]), _whole(facts, "amount_fen")
        if not self._ended.add(payment_id):
            return
        self._lane(facts).paid(now_ms)
        saved = payment_id in self._switched
        self.totals.paid += 1
        self.totals.paid_fen += amount_fen
        self.totals.saved += saved
        self.totals.saved_fen += amount_fen if saved else 0
        for stretch in self._figures(facts).hear(now_ms):
            counts = stretch.counts
            counts.paid += 1
            counts.paid_fen += amount_fen
            counts.saved += saved
            counts.saved_fen += amount_fen if saved else 0

    def _surplus(self, facts: Facts, now_ms: int) -> None:
        self.totals.surplus += 1
        self.totals.surplus_fen += _whole(facts, "amount_fen")
        for stretch in self._figures(facts).hear(now_ms):
            stretch.counts.surplus += 1
            stretch.counts.surplus_fen += _whole(facts, "amount_fen")
        self._moment("surplus", now_ms, facts)

    def _closed(self, facts: Facts, now_ms: int) -> None:
        # Told again whenever something is learnt about a closed payment: counted once.
        if not self._ended.add(str(facts["payment_id"])):
            return
        self.totals.closed += 1
        for stretch in self._figures(facts).hear(now_ms):
            stretch.counts.lost += 1
            stretch.counts.lost_fen += _whole(facts, "amount_fen")
            stretch.counts.lost_by_customer += facts.get("fixer") == Fixer.CUSTOMER.value

    def _refunded(self, facts: Facts, _: int) -> None:
        if facts.get("state") != RefundState.SUCCEEDED.value:
            return
        if facts.get("kind") == RefundKind.SURPLUS.value:
            self.totals.surplus_refunded += 1
        else:
            self.totals.refunds += 1
            self.totals.refunds_fen += _whole(facts, "amount_fen")

    def _untrusted(self, facts: Facts, now_ms: int) -> None:
        self._moment("untrusted", now_ms, facts)


def _number(facts: Facts, name: str) -> float:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(facts: Facts, name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0
