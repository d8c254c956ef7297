"""Plays one world with one router: an event loop over customers, calls and completions.

Journey of a customer: the router orders the channels; calls are made one after the other within 500 ms until an order
exists; the customer pays, or is refused, or nothing is heard. After a failure three in ten go away; the others are back
after 4 to 15 s and the router is asked again. At most three calls are made for one payment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import cos, exp, log, pi, sqrt
from time import perf_counter
from typing import Final

from payswitch.lab.contender import Answer, Ask, Contender, Pick
from payswitch.lab.dice import NOBODY, Purpose
from payswitch.lab.payers import Payer
from payswitch.lab.tally import Tally
from payswitch.lab.world import CREATION_FAILS, LATENCY_SIGMA, Weather, World

CREATION_BUDGET_MS: Final = 500.0
MAX_ATTEMPTS: Final = 3
_SHORTEST_TRY_MS: Final = 60.0
"""With less of the budget left, no further channel is asked."""
_ABANDON: Final = 0.3
_COMEBACK_S: Final = (4.0, 15.0)
_CODE_TAKES: Final = 0.6
"""An error code comes sooner than an order: so many times the latency."""

Event = tuple[float, int, Callable[[float], None]]


class _Journey:
    """One payment on its way."""

    __slots__ = ("attempts", "number", "payer", "rounds", "tried")

    def __init__(self, number: int, payer: Payer) -> None:
        self.number = number
        self.payer = payer
        self.attempts = 0
        self.rounds = 0
        self.tried: list[int] = []


class Playing:
    """One run: a world, a router, and what came of it."""

    def __init__(self, world: World, contender: Contender) -> None:
        self._world = world
        self._contender = contender
        self._events: list[Event] = []
        self._order = count()
        self.tally = Tally(world)

    def run(self) -> Tally:
        """Play until the last payment has ended."""
        arrivals = iter(enumerate(self._world.payers))
        self._next_arrival(arrivals)
        while self._events:
            at_s, _, action = heappop(self._events)
            action(at_s)
        return self.tally

    def _later(self, at_s: float, action: Callable[[float], None]) -> None:
        heappush(self._events, (at_s, next(self._order), action))

    def _next_arrival(self, arrivals: Iterator[tuple[int, Payer]]) -> None:
        found = next(arrivals, None)
        if found is None:
            return
        journey = _Journey(*found)

        def arrive(now_s: float) -> None:
            self._next_arrival(arrivals)
            self._round(now_s, journey)

        self._later(journey.payer.at_s, arrive)

    def _round(self, now_s: float, journey: _Journey) -> None:
        """The customer presses "pay", for the first time or again."""
        payer = journey.payer
        closed = self._world.in_maintenance(now_s)
        ask = Ask(
            now_s, journey.number, payer.bank, payer.band, payer.device, payer.amount_fen, tuple(journey.tried), closed
        )
        begun = perf_counter()
        found = self._contender.order(ask)
        self.tally.decided(perf_counter() - begun)
        picks = [pick for pick in found if not pick.beside]
        for pick in found:
            if pick.beside:
                self._shadow(now_s, journey, ask, pick)
        journey.rounds += 1
        if journey.rounds == 1 and picks:
            self.tally.first_choice(now_s, journey.number, picks[0].channel)
        self._try_next(now_s, journey, ask, iter(picks), CREATION_BUDGET_MS)

    def _try_next(self, now_s: float, journey: _Journey, ask: Ask, picks: Iterator[Pick], left_ms: float) -> None:
        """Ask the next channel, if the budget and the number of attempts allow one."""
        pick = next(picks, None)
        if pick is None or journey.attempts >= MAX_ATTEMPTS or left_ms < _SHORTEST_TRY_MS:
            self._failed(now_s, journey)
            return
        journey.attempts += 1
        limit_ms = min(pick.limit_ms, left_ms) if left_ms >= CREATION_BUDGET_MS else left_ms
        weather = self._world.weather(pick.channel, now_s, journey.payer)
        answer, latency_ms = self._call(journey, pick.channel, weather, limit_ms)

        def answered(then_s: float) -> None:
            self._contender.saw_call(then_s, ask, pick.channel, answer, latency_ms)
            if answer is Answer.MADE:
                self._expose(then_s, journey, ask, pick.channel)
            else:
                journey.tried.append(pick.channel)
                self._try_next(then_s, journey, ask, picks, left_ms - latency_ms)

        self._later(now_s + latency_ms / 1_000, answered)

    def _shadow(self, now_s: float, journey: _Journey, ask: Ask, pick: Pick) -> None:
        """A create call that costs the customer nothing and the shop a call."""
        self.tally.beside(journey.number)
        weather = self._world.weather(pick.channel, now_s, journey.payer)
        answer, latency_ms = self._call(journey, pick.channel, weather, CREATION_BUDGET_MS)
        self._later(
            now_s + latency_ms / 1_000,
            lambda then_s: self._contender.saw_call(then_s, ask, pick.channel, answer, latency_ms),
        )

    def _call(self, journey: _Journey, channel: int, weather: Weather, limit_ms: float) -> tuple[Answer, float]:
        """What the channel answers to the create call, and when: the world's dice, not the router's."""
        roll, number, nth = self._world.dice.roll, journey.number, journey.tried.count(channel)
        angle = roll(number, channel, nth, Purpose.LATENCY_ANGLE)
        normal = _normal(roll(number, channel, nth, Purpose.LATENCY), angle)
        latency_ms = self._world.traits[channel].latency_median_ms * weather.latency * exp(LATENCY_SIGMA * normal)
        if roll(number, channel, nth, Purpose.CREATION) >= weather.creation_fails:
            return (Answer.MADE, latency_ms) if latency_ms <= limit_ms else (Answer.TIMEOUT, limit_ms)
        ill = weather.creation_fails > CREATION_FAILS
        silent = weather.by_timeout if ill else roll(number, channel, nth, Purpose.HOW_IT_FAILS) < 0.5
        latency_ms *= _CODE_TAKES
        return (Answer.TIMEOUT, limit_ms) if silent or latency_ms > limit_ms else (Answer.ERROR, latency_ms)

    def _expose(self, now_s: float, journey: _Journey, ask: Ask, channel: int) -> None:
        """The customer sees the credential, and pays or does not."""
        world, payer = self._world, journey.payer
        self._contender.saw_exposed(now_s, ask, channel)
        roll, number, nth = world.dice.roll, journey.number, journey.tried.count(channel)
        weather = world.weather(channel, now_s, payer)
        pays = roll(number, channel, nth, Purpose.COMPLETION) < world.completion(channel, now_s, payer, weather)
        angle = roll(number, channel, nth, Purpose.DELAY_ANGLE)
        normal = _normal(roll(number, channel, nth, Purpose.DELAY), angle)
        scenario = world.scenario
        delay_s = scenario.completion_median_s * exp(scenario.completion_sigma * normal)
        unheard = payer.silent or (weather.swallows and not pays and not payer.hard_fault)
        wait_s = scenario.expiry_s if unheard else min(delay_s, scenario.expiry_s)
        paid = pays and payer.payable

        def ended(then_s: float) -> None:
            payer_side = payer.hard_fault and not unheard
            self._contender.saw_final(then_s, ask, channel, paid=paid, payer_side=payer_side, waited_s=wait_s)
            if paid:
                self.tally.paid(journey.number, journey.attempts)
            elif unheard or payer_side:
                self.tally.lost(journey.number, journey.attempts)
            else:
                journey.tried.append(channel)
                self._failed(then_s, journey)

        self._later(now_s + wait_s, ended)

    def _failed(self, now_s: float, journey: _Journey) -> None:
        """The customer sees that it did not work, and goes away or comes back."""
        roll, number, nth = self._world.dice.roll, journey.number, journey.rounds
        if journey.attempts >= MAX_ATTEMPTS or roll(number, NOBODY, nth, Purpose.ABANDON) < _ABANDON:
            self.tally.lost(number, journey.attempts)
            return
        shortest_s, longest_s = _COMEBACK_S
        wait_s = shortest_s + (longest_s - shortest_s) * roll(number, NOBODY, nth, Purpose.COMEBACK)
        self._later(now_s + wait_s, lambda then_s: self._round(then_s, journey))


def _normal(point: float, angle: float) -> float:
    """Box and Muller's way from two even numbers to a normal one."""
    return sqrt(-2.0 * log(1.0 - point)) * cos(2.0 * pi * angle)
