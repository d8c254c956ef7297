"""One world: a scenario and a seed, and with them everything that will happen, whichever router is asked.

The router decides who is asked; the world decides what they answer. `chance()` is the truth that only the oracles see.
"""

from __future__ import annotations

from math import erf, exp, log, sqrt
from random import Random
from typing import Final

import msgspec

from payswitch.lab.dice import Dice
from payswitch.lab.outage import Kind, Outage
from payswitch.lab.outage_timeline import BANDS, BANKS, DEVICES, draw_outages
from payswitch.lab.payers import Payer, draw_payers
from payswitch.lab.scenario import Scenario

WARM_UP_S: Final = 240.0
"""Played, not counted: every router has seen some payments before it is measured."""
CREATION_FAILS: Final = 0.006
"""Create calls that fail at a healthy channel."""
LATENCY_SIGMA: Final = 0.35
_LATENCY_MEDIANS_MS: Final = (70.0, 150.0)
TRY_LIMIT_MS: Final = 250.0
"""How long a first try is waited for unless the router says something else."""
_STEP_S: Final = 5.0
"""The drift moves in steps of this."""
_SHIFT_SD: Final = 0.5


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """One channel's own nature."""

    acquirer: int
    latency_median_ms: float
    levels: tuple[float, ...]
    """Completion on the logit scale, one for each step of the drift."""
    banks: tuple[float, ...]
    bands: tuple[float, ...]
    devices: tuple[float, ...]


class Weather(msgspec.Struct, frozen=True):
    """What one customer meets at one channel at one moment."""

    creation_fails: float
    by_timeout: bool
    completion: float
    latency: float
    swallows: bool


FAIR: Final = Weather(CREATION_FAILS, False, 1.0, 1.0, False)


class World:
    """Channels are numbered from 0, as the operator lists them: best nominal completion first, unless the scenario says
    otherwise."""

    def __init__(self, scenario: Scenario, seed: int, minutes: float) -> None:
        self.scenario = scenario
        self.seed = seed
        self.length_s = WARM_UP_S + minutes * scenario.length * 60
        self.dice = Dice(seed)
        random = Random(f"{scenario.name}/{seed}")  # the parts are drawn in a fixed order
        self.traits = _draw_traits(scenario, self.length_s, random)
        self.common = tuple(_effects(scenario.common_sd, size, random) for size in (BANKS, BANDS, DEVICES))
        self.outages = draw_outages(scenario, self.length_s, random)
        self.payers = draw_payers(scenario.arrivals_per_s, self.length_s, random)
        self._chances: dict[int, list[float]] = {}
        """Reckoned once, for all routers that play here."""
        self._by_channel: list[list[Outage]] = [[] for _ in self.traits]
        for outage in self.outages:
            self._by_channel[outage.channel].append(outage)
        self.maintenance = [outage for outage in self.outages if outage.kind is Kind.MAINTENANCE]

    @property
    def channels(self) -> int:
        return len(self.traits)

    def regret(self, payment: int, channel: int) -> float:
        """How much worse this first choice was than the best one: never below zero."""
        chances = self._chances.get(payment)
        if chances is None:
            payer = self.payers[payment]
            closed = self.in_maintenance(payer.at_s)
            chances = [
                0.0 if number in closed else self.chance(number, payer.at_s, payer) for number in range(self.channels)
            ]
            self._chances[payment] = chances
        return max(chances) - chances[channel]

    def in_maintenance(self, at_s: float) -> frozenset[int]:
        """The channels that everybody knows to be out."""
        if not self.maintenance:
            return frozenset()
        return frozenset(outage.channel for outage in self.maintenance if outage.start_s <= at_s < outage.end_s)

    def weather(self, channel: int, at_s: float, payer: Payer) -> Weather:
        """All outages that this customer meets here now, taken together."""
        active = [
            outage
            for outage in self._by_channel[channel]
            if outage.start_s <= at_s < outage.end_s and outage.strikes(payer.bank, payer.band, payer.device)
        ]
        if not active:
            return FAIR
        passes, completion, latency = 1.0 - CREATION_FAILS, 1.0, 1.0
        for outage in active:
            passes *= 1.0 - outage.creation_fails
            completion *= outage.completion
            latency *= outage.latency
        return Weather(
            1.0 - passes,
            any(outage.by_timeout for outage in active),
            completion,
            latency,
            any(outage.swallows for outage in active),
        )

    def completion(self, channel: int, at_s: float, payer: Payer, weather: Weather) -> float:
        """Chance that a payable customer can pay, once the order is made."""
        traits, (banks, bands, devices) = self.traits[channel], self.common
        level = traits.levels[min(int(at_s / _STEP_S), len(traits.levels) - 1)]
        level += traits.banks[payer.bank] + traits.bands[payer.band] + traits.devices[payer.device]
        level += banks[payer.bank] + bands[payer.band] + devices[payer.device]
        return weather.completion / (1.0 + exp(-level))

    def chance(self, channel: int, at_s: float, payer: Payer) -> float:
        """The truth: chance that a payable customer's payment succeeds if this channel is asked first now."""
        weather = self.weather(channel, at_s, payer)
        median_ms = self.traits[channel].latency_median_ms * weather.latency
        in_time = 0.5 * (1.0 + erf((log(TRY_LIMIT_MS) - log(median_ms)) / (LATENCY_SIGMA * sqrt(2.0))))
        return (1.0 - weather.creation_fails) * in_time * self.completion(channel, at_s, payer, weather)


def _draw_traits(scenario: Scenario, length_s: float, random: Random) -> tuple[Traits, ...]:
    bases = [random.uniform(scenario.base_low, scenario.base_high) for _ in range(scenario.channels)]
    if scenario.best_first:
        bases.sort(reverse=True)
    return tuple(
        Traits(
            acquirer=number % scenario.acquirers,
            latency_median_ms=random.uniform(*_LATENCY_MEDIANS_MS),
            levels=_draw_levels(log(base / (1 - base)), scenario, length_s, random),
            banks=_effects(scenario.bank_sd, BANKS, random),
            bands=_effects(scenario.band_sd, BANDS, random),
            devices=_effects(scenario.device_sd, DEVICES, random),
        )
        for number, base in enumerate(bases)
    )


def _draw_levels(level: float, scenario: Scenario, length_s: float, random: Random) -> tuple[float, ...]:
    """A mean-reverting walk about a level that shifts now and then."""
    kept = exp(-_STEP_S / (scenario.drift_minutes * 60))
    kick = scenario.drift_sd * sqrt(1 - kept * kept)
    walk = random.gauss(0.0, scenario.drift_sd)
    levels = []
    for _ in range(int(length_s / _STEP_S) + 1):
        levels.append(level + walk)
        walk = kept * walk + random.gauss(0.0, kick)
        if random.random() < scenario.shifts_per_h * _STEP_S / 3_600:
            level += random.gauss(0.0, _SHIFT_SD)
    return tuple(levels)


def _effects(sd: float, size: int, random: Random) -> tuple[float, ...]:
    return tuple(random.gauss(0.0, sd) for _ in range(size))
