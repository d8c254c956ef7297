"""Worlds are reproducible and fair: the same seed is the same fate, whichever router is asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from payswitch.lab.contender import Answer, Ask, Pick
from payswitch.lab.contenders import entrants, make
from payswitch.lab.dice import Dice, Purpose
from payswitch.lab.outage import Kind
from payswitch.lab.playing import Playing
from payswitch.lab.scenario import MAIN_NAMES, SCENARIOS, Outages
from payswitch.lab.world import FAIR, World

MINUTES = 4


class Diary:
    """A router that always asks the same channels, and writes down what it is told."""

    def __init__(self, *channels: int, every_other: int | None = None) -> None:
        self._channels = channels
        self._every_other = every_other
        self.calls: dict[tuple[int, int], tuple[Answer, float]] = {}
        self.ends: dict[tuple[int, int], tuple[bool, float]] = {}

    def order(self, ask: Ask) -> Sequence[Pick]:
        channels = self._channels
        if self._every_other is not None and ask.payment % 2:
            channels = (self._every_other, *channels)
        return [Pick(channel, 250.0) for channel in channels if channel not in ask.tried]

    def saw_call(self, now_s: float, ask: Ask, channel: int, answer: Answer, latency_ms: float) -> None:
        if not ask.tried:
            self.calls.setdefault((ask.payment, channel), (answer, latency_ms))

    def saw_exposed(self, now_s: float, ask: Ask, channel: int) -> None:
        pass

    def saw_final(self, now_s: float, ask: Ask, channel: int, *, paid: bool, payer_side: bool, waited_s: float) -> None:
        self.ends.setdefault((ask.payment, channel), (paid, waited_s))


def test_the_same_seed_is_the_same_world_and_another_seed_another() -> None:
    first, again, other = (World(SCENARIOS["severe"], seed, MINUTES) for seed in (7, 7, 8))

    assert first.payers == again.payers
    assert first.outages == again.outages
    assert first.traits == again.traits
    assert first.payers != other.payers
    assert first.outages != other.outages


def test_operators_list_their_best_channel_first_unless_the_scenario_says_otherwise() -> None:
    calm = SCENARIOS["calm"]
    steady = replace(calm, drift_sd=0.0, shifts_per_h=0.0)
    levels = [traits.levels[0] for traits in World(steady, 7, MINUTES).traits]
    assert levels == sorted(levels, reverse=True)
    shuffled = [traits.levels[0] for traits in World(replace(steady, best_first=False), 7, MINUTES).traits]
    assert shuffled != levels
    assert sorted(shuffled, reverse=True) == levels
    assert not SCENARIOS["any-order"].best_first


def test_a_run_is_repeated_to_the_last_figure_by_every_router() -> None:
    quiet = replace(SCENARIOS["severe"], arrivals_per_s=1.0)
    for name in entrants():
        tallies = []
        for _ in range(2):
            world = World(quiet, 3, 2)
            tally = Playing(world, make(name, world)).run()
            tallies.append((tally.successes, tally.attempts, tally.regret, tally.first_attempt_successes))
        assert tallies[0] == tallies[1], name


def test_choosing_otherwise_for_some_payments_changes_nothing_for_the_others() -> None:
    world = World(SCENARIOS["severe"], 5, MINUTES)
    steady, restless = Diary(0, 1, 2), Diary(0, 1, 2, every_other=4)
    Playing(world, steady).run()
    Playing(world, restless).run()

    untouched = [number for number in range(len(world.payers)) if number % 2 == 0]
    shared = [(number, 0) for number in untouched if (number, 0) in steady.calls]
    assert len(shared) > 500
    assert all(restless.calls[key] == steady.calls[key] for key in shared)
    ended = [key for key in shared if key in steady.ends]
    assert all(restless.ends[key] == steady.ends[key] for key in ended)
    assert any((number, 4) in restless.calls for number in range(1, len(world.payers), 2))


def test_dice_answer_a_question_the_same_whenever_it_is_asked_and_are_even() -> None:
    dice = Dice(1)
    asked_late = [dice.roll(n, 3, 0, Purpose.COMPLETION) for n in reversed(range(20_000))][::-1]
    asked_early = [Dice(1).roll(n, 3, 0, Purpose.COMPLETION) for n in range(20_000)]

    assert asked_late == asked_early
    assert abs(sum(asked_early) / 20_000 - 0.5) < 0.01
    other = [dice.roll(n, 4, 0, Purpose.COMPLETION) for n in range(20_000)]
    both_low = sum(a < 0.5 and b < 0.5 for a, b in zip(asked_early, other, strict=True))
    assert abs(both_low / 20_000 - 0.25) < 0.01


def test_a_calm_world_has_no_outage_and_a_severe_one_has_every_kind_in_the_long_run() -> None:
    assert not World(SCENARIOS["calm"], 1, 60).outages
    severe = replace(SCENARIOS["severe"], arrivals_per_s=0.01)
    seen = {outage.kind for seed in range(4) for outage in World(severe, seed, 60).outages}
    assert seen == set(Kind)


def test_outages_come_at_the_rate_that_the_scenario_says() -> None:
    scenario = replace(SCENARIOS["moderate"], arrivals_per_s=0.01)
    worlds = [World(scenario, seed, 120) for seed in range(40)]
    hours = sum(world.length_s for world in worlds) / 3_600
    partial = sum(outage.kind is Kind.PARTIAL for world in worlds for outage in world.outages)
    assert partial / hours / scenario.channels == pytest.approx(scenario.outages.partial_per_h, rel=0.15)


def test_a_partial_outage_strikes_its_own_customers_only() -> None:
    scenario = replace(SCENARIOS["calm"], outages=Outages(partial_per_h=10.0))
    world = World(scenario, 1, 10)
    outage = next(o for o in world.outages if o.kind is Kind.PARTIAL and o.banks)
    bank = min(outage.banks)
    others = [payer for payer in world.payers if payer.bank not in outage.banks]
    struck = next(payer for payer in world.payers if payer.bank == bank)

    assert outage.strikes(struck.bank, struck.band, struck.device)
    assert not any(outage.strikes(p.bank, p.band, p.device) for p in others)
    weather = world.weather(outage.channel, outage.start_s, struck)
    assert weather.creation_fails > 0.5 or weather.completion < 0.5


def test_the_issuer_is_down_behind_every_channel() -> None:
    scenario = replace(SCENARIOS["calm"], outages=Outages(issuer_per_h=10.0))
    world = World(scenario, 2, 15)
    outage = next(o for o in world.outages if o.kind is Kind.ISSUER)
    struck = next(payer for payer in world.payers if payer.bank in outage.banks)
    assert all(world.weather(k, outage.start_s, struck).completion < 0.1 for k in range(world.channels))


def test_in_a_calm_world_the_weather_is_always_fair() -> None:
    world = World(SCENARIOS["calm"], 1, 5)
    assert all(world.weather(0, payer.at_s, payer) is FAIR for payer in world.payers)


def test_some_kinds_of_world_are_kept_out_of_tuning() -> None:
    assert not any(SCENARIOS[name].held_out for name in MAIN_NAMES)
    assert {"black-holes", "flapping", "low-base"} <= {s.name for s in SCENARIOS.values() if s.held_out}
