"""Plays many worlds with many routers, in parallel processes. One world is one piece of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import active_children, get_context
from signal import SIG_DFL, SIGINT, signal

import msgspec

from payswitch.lab.contenders import make
from payswitch.lab.playing import Playing
from payswitch.lab.scenario import SCENARIOS
from payswitch.lab.tally import Tally
from payswitch.lab.tuned import Parameters
from payswitch.lab.world import World


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A router under a label: the same one with other parameters has another label."""

    label: str
    name: str
    parameters: Parameters | None = None


class WorldOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One world to play, with all routers."""

    scenario: str
    seed: int
    minutes: float
    entries: tuple[Entry, ...]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One router in one world. Rates are percentages."""

    scenario: str
    seed: int
    policy: str
    payments: int
    payable: int
    success: float
    success_of_payable: float
    first_attempt: float
    regret: float
    attempts: float
    """Per payment."""
    lost_until_left: list[int]
    back_after_s: list[float]
    decision_us: float


def play(order: WorldOrder) -> list[Run]:
    """Build the world once; let every router meet it."""
    world = World(SCENARIOS[order.scenario], order.seed, order.minutes)
    return [
        _run(order, entry.label, Playing(world, make(entry.name, world, entry.parameters)).run())
        for entry in order.entries
    ]


def _run(order: WorldOrder, label: str, tally: Tally) -> Run:
    payments = max(1, tally.payments)
    return Run(
        scenario=order.scenario,
        seed=order.seed,
        policy=label,
        payments=tally.payments,
        payable=tally.payable,
        success=100 * tally.successes / payments,
        success_of_payable=100 * tally.successes / max(1, tally.payable),
        first_attempt=100 * tally.first_attempt_successes / payments,
        regret=100 * tally.regret / max(1, tally.chosen),
        attempts=tally.attempts / payments,
        lost_until_left=tally.lost_until_left(),
        back_after_s=tally.back_after_s(),
        decision_us=tally.decision_us,
    )


def play_all(orders: Sequence[WorldOrder], jobs: int, tell: Callable[[WorldOrder], None]) -> list[Run]:
    """All runs, in the order of `orders`, whichever process ended first. `tell` is called after each world."""
    found: dict[int, list[Run]] = {}
    for number, runs in _played(orders, jobs):
        found[number] = runs
        tell(orders[number])
    return [run for number in range(len(orders)) for run in found[number]]


def _played(orders: Sequence[WorldOrder], jobs: int) -> Iterator[tuple[int, list[Run]]]:
    if jobs <= 1 or len(orders) <= 1:
        for number, order in enumerate(orders):
            yield number, play(order)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=signal, initargs=(SIGINT, SIG_DFL)) as pool:
        waiting = {pool.submit(play, order): number for number, order in enumerate(orders)}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:
            for child in active_children():  # a world takes long: an interrupted run does not wait for it
                child.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
