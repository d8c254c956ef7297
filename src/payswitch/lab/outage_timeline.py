"""Draws the outages of one world from its scenario and its random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from payswitch.lab.outage import Kind, Outage
from payswitch.lab.scenario import Scenario

_SHORTEST_S: Final = 20.0
BANKS: Final = 10
BANDS: Final = 4
DEVICES: Final = 3
_FAILS: Final = (0.90, 1.0)
"""A technical outage lets a few calls through."""


def draw_outages(scenario: Scenario, length_s: float, random: Random) -> list[Outage]:
    """Every outage of the world, in order of its start."""
    found = [
        *_per_channel(scenario, length_s, random),
        *_issuers(scenario, length_s, random),
        *_acquirers(scenario, length_s, random),
    ]
    return sorted(found, key=lambda outage: (outage.start_s, outage.channel))


def _per_channel(scenario: Scenario, length_s: float, random: Random) -> Iterator[Outage]:
    rates = scenario.outages
    for channel in range(scenario.channels):
        for start_s, end_s in _spans(rates.total_per_h, scenario, length_s, random):
            yield _total(channel, start_s, end_s, rates.silent_share, random)
        for start_s, end_s in _spans(rates.partial_per_h, scenario, length_s, random):
            yield _partial(channel, start_s, end_s, random)
        for start_s, end_s in _spans(rates.brownout_per_h, scenario, length_s, random):
            factor = random.uniform(0.45, 0.85)
            yield Outage(kind=Kind.BROWNOUT, channel=channel, start_s=start_s, end_s=end_s, completion=factor)
        for start_s, end_s in _spans(rates.latency_per_h, scenario, length_s, random):
            factor = random.uniform(3.0, 9.0)
            yield Outage(kind=Kind.LATENCY, channel=channel, start_s=start_s, end_s=end_s, latency=factor)
        for start_s, end_s in _spans(rates.flapping_per_h, scenario, length_s, random):
            yield from _flapping(channel, start_s, end_s, random)
        for start_s, end_s in _spans(rates.maintenance_per_h, scenario, length_s, random):
            yield _maintenance(channel, start_s, end_s)


def _spans(per_h: float, scenario: Scenario, length_s: float, random: Random) -> Iterator[tuple[float, float]]:
    """Poisson beginnings, exponential lengths."""
    at_s = 0.0
    while per_h > 0:
        at_s += random.expovariate(per_h / 3_600)
        if at_s >= length_s:
            return
        yield at_s, at_s + max(_SHORTEST_S, random.expovariate(1 / (scenario.outages.mean_minutes * 60)))


def _total(channel: int, start_s: float, end_s: float, silent_share: float, random: Random) -> Outage:
    point, style = random.random(), random.random()
    fails = random.uniform(*_FAILS)
    if point < silent_share:
        kind = Kind.BLACK_HOLE if style < 0.5 else Kind.SOFT_DEAD
        return Outage(
            kind=kind,
            channel=channel,
            start_s=start_s,
            end_s=end_s,
            completion=0.02 if kind is Kind.BLACK_HOLE else 0.06,
            swallows=kind is Kind.BLACK_HOLE,
        )
    kind = Kind.TIMEOUTS if style < 0.5 else Kind.CODES
    return Outage(
        kind=kind,
        channel=channel,
        start_s=start_s,
        end_s=end_s,
        creation_fails=fails,
        by_timeout=kind is Kind.TIMEOUTS,
    )


def _partial(channel: int, start_s: float, end_s: float, random: Random) -> Outage:
    """Of one to three banks, one amount band, or one kind of device; at the call or at the payment."""
    banks: frozenset[int] = frozenset()
    band: int | None = None
    device: int | None = None
    which = random.random()
    if which < 0.6:
        banks = frozenset(random.sample(range(BANKS), random.randint(1, 3)))
    elif which < 0.8:
        band = random.randrange(BANDS)
    else:
        device = random.randrange(DEVICES)
    at_call = random.random() < 0.5
    return Outage(
        kind=Kind.PARTIAL,
        channel=channel,
        start_s=start_s,
        end_s=end_s,
        creation_fails=random.uniform(*_FAILS) if at_call else 0.0,
        completion=1.0 if at_call else 0.06,
        by_timeout=random.random() < 0.5,
        banks=banks,
        band=band,
        device=device,
    )


def _flapping(channel: int, start_s: float, end_s: float, random: Random) -> Iterator[Outage]:
    at_s = start_s
    while at_s < end_s:
        down_s = random.uniform(10.0, 40.0)
        yield Outage(
            kind=Kind.FLAPPING, channel=channel, start_s=at_s, end_s=at_s + down_s, creation_fails=0.95, by_timeout=True
        )
        at_s += down_s + random.uniform(10.0, 40.0)


def _maintenance(channel: int, start_s: float, end_s: float) -> Outage:
    """Announced by whole minutes, as channels do."""
    first = int(start_s // 60) * 60.0
    last = max(first + 60.0, int(end_s // 60) * 60.0)
    return Outage(kind=Kind.MAINTENANCE, channel=channel, start_s=first, end_s=last, creation_fails=1.0)


def _issuers(scenario: Scenario, length_s: float, random: Random) -> Iterator[Outage]:
    for start_s, end_s in _spans(scenario.outages.issuer_per_h, scenario, length_s, random):
        bank = frozenset({random.randrange(BANKS)})
        for channel in range(scenario.channels):
            yield Outage(kind=Kind.ISSUER, channel=channel, start_s=start_s, end_s=end_s, completion=0.06, banks=bank)


def _acquirers(scenario: Scenario, length_s: float, random: Random) -> Iterator[Outage]:
    for acquirer in range(scenario.acquirers):
        for start_s, end_s in _spans(scenario.outages.acquirer_per_h, scenario, length_s, random):
            by_timeout = random.random() < 0.5
            for channel in range(acquirer, scenario.channels, scenario.acquirers):
                yield Outage(
                    kind=Kind.ACQUIRER,
                    channel=channel,
                    start_s=start_s,
                    end_s=end_s,
                    creation_fails=0.95,
                    by_timeout=by_timeout,
                )
