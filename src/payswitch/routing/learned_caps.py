"""限额学习: what "over the limit" answers teach about each channel x product.

A contract's limits are often known to the channel alone. A refusal at an amount sets a *bar*: payments of that amount
and above go elsewhere for a while; then the bar doubles step by step until it is forgotten; a payment at or above it
that passes takes it away at once. Several refusals at amounts that passed before say that the day's allowance is used
up: then the channel rests until midnight in Beijing.

All of this is a conclusion, never a certainty: when nothing else is left, the channel is asked all the same. It lives
in memory; after a restart the last attempts in storage teach it again (`services/decisions/recalling.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from payswitch.domain.channel import Product
from payswitch.domain.outcome import LimitScope, Outcome, OutcomeKind
from payswitch.kit.durations import DAY_MS
from payswitch.routing.beijing import next_midnight_ms
from payswitch.routing.policy import LearnedCaps

_STEPS: Final = 3
"""After its time a bar doubles this often, each time for as long again; then it is forgotten."""
_PASSED: Final = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.PAID})
_UNTIL_MIDNIGHT: Final = frozenset({LimitScope.DAY, LimitScope.MONTH})

Key = tuple[str, Product]


@dataclass(slots=True)
class _Cap:
    bar_fen: int | None = None
    hold_ms: int = 0
    hold_until_ms: int = 0
    largest_passed_fen: int = 0
    ordinary_refusals: int = 0
    """In a row, at amounts that passed before."""
    out_until_ms: int = 0

    def bar_at(self, now_ms: int) -> int | None:
        """From which amount on it is not asked now."""
        if now_ms < self.out_until_ms:
            return 1
        if self.bar_fen is None or now_ms < self.hold_until_ms:
            return self.bar_fen
        steps = (now_ms - self.hold_until_ms) // self.hold_ms + 1
        return None if steps > _STEPS else self.bar_fen << steps

    def refused(self, amount_fen: int, scope: LimitScope | None, at_ms: int, terms: LearnedCaps) -> None:
        known_fen = None if self.bar_fen is None else self.bar_at(at_ms)
        if known_fen is None:
            self.hold_ms = int(terms.hold_s * 1_000)
        elif at_ms >= self.hold_until_ms:  # it was tried again too early
            self.hold_ms = min(self.hold_ms * 2, DAY_MS)
        self.bar_fen = amount_fen if known_fen is None else min(amount_fen, known_fen)
        self.hold_until_ms = at_ms + self.hold_ms
        midnight_ms = next_midnight_ms(at_ms)
        if scope in _UNTIL_MIDNIGHT:
            self.hold_until_ms = max(self.hold_until_ms, midnight_ms)
        elif scope is None and amount_fen <= self.largest_passed_fen:
            self.ordinary_refusals += 1
            if self.ordinary_refusals >= terms.ordinary_refusals:
                self.out_until_ms = midnight_ms

    def passed(self, amount_fen: int) -> None:
        self.largest_passed_fen = max(self.largest_passed_fen, amount_fen)
        self.ordinary_refusals = self.out_until_ms = 0
        if self.bar_fen is not None and amount_fen >= self.bar_fen:
            self.bar_fen = None


class CapMemory:
    """The learned caps of every channel x product. Bounded by the channels there are."""

    def __init__(self) -> None:
        self._caps: dict[Key, _Cap] = {}
        self._barred: set[Key] = set()
        """Those with anything to say, so that an ordinary decision looks up nothing."""

    @property
    def has_bars(self) -> bool:
        """Whether anything is known at all."""
        return bool(self._barred)

    def observe(self, key: Key, outcome: Outcome, amount_fen: int, at_ms: int, terms: LearnedCaps) -> None:
        """One answer of the channel about an amount."""
        if amount_fen <= 0:
            return
        if outcome.kind in _PASSED:
            self.passed(key, amount_fen)
        elif outcome.kind is OutcomeKind.REFUSED_LIMIT and outcome.limit is not LimitScope.LEAST:
            self._cap(key).refused(amount_fen, outcome.limit, at_ms, terms)
            self._barred.add(key)

    def passed(self, key: Key, amount_fen: int) -> None:
        """This amount went through."""
        cap = self._cap(key)
        cap.passed(amount_fen)
        if cap.bar_fen is None:
            self._barred.discard(key)

    def bar_fen(self, key: Key, now_ms: int) -> int | None:
        """From which amount on this channel x product is better not asked now; None: nothing is known."""
        if key not in self._barred:
            return None
        bar_fen = self._caps[key].bar_at(now_ms)
        if bar_fen is None:
            self._barred.discard(key)
        return bar_fen

    def _cap(self, key: Key) -> _Cap:
        cap = self._caps.get(key)
        if cap is None:
            cap = self._caps[key] = _Cap()
        return cap
