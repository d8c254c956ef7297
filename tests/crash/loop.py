"""Kill, start again, compare; kill again. Load goes on all the while."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from payswitch.drill.client import DrillError, one_reason
from payswitch.drill.ports import free_port
from payswitch.drill.station import DATABASE_FILE, Station, prepare
from payswitch.kit.clock import Clock
from tests.blackbox.history import History
from tests.crash.audit import audit
from tests.crash.books import Reader
from tests.crash.load import Load
from tests.crash.preload import fill
from tests.crash.stage import SANDBOX, SERVICE, CrashStage

Tell = Callable[[str], None]

EXPIRES_IN_S = 30
ENDED_AFTER_S = 30.0
"""A payment that expired so long ago must have ended, its events told and its surplus gone back: kills included."""
SETTLE_S = 120.0
"""How long a difference may stand before it is a violation."""
LOOK_S = 1.0
RESTART_S = 3.0
"""Design: from the start of a killed service to its first answer."""


@dataclass
class Figures:
    """What a loop of crashes came to."""

    loops: int = 0
    payments: int = 0
    shoppers_paid: int = 0
    requests_cut_off: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    service_restart_s: list[float] = field(default_factory=list)
    service_restart_cpu_s: list[float] = field(default_factory=list)
    sandbox_restart_s: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def lost(self) -> int:
        """Money or events that are not where they belong."""
        return self._count("no_money_unknown", "no_event_lost", "everything_ends", "no_success_without_money")

    def unrefunded(self) -> int:
        return self._count("no_money_kept_twice")

    def _count(self, *rules: str) -> int:
        return sum(line.split()[0] in rules for line in self.violations)

    def text(self) -> str:
        return "\n".join(
            (
                f"{self.loops} loops: {self.kills.get(SERVICE, 0)} kills of the service, "
                f"{self.kills.get(SANDBOX, 0)} of the sandbox",
                f"{self.payments} payments, {self.shoppers_paid} shoppers paid, "
                f"{self.requests_cut_off} were without an answer at least once",
                f"from start to serving: {_spread(self.service_restart_s)} (limit {RESTART_S:g} s on an idle machine); "
                f"processor time of it: {_spread(self.service_restart_cpu_s)}",
                f"{self.lost()} lost, {self.unrefunded()} unrefunded duplicates, "
                f"{len(self.violations)} violations in all",
            )
        )


def _spread(seconds: list[float]) -> str:
    """Of the middle one and the worst."""
    ordered = sorted(seconds)
    return f"median {ordered[len(ordered) // 2]:.2f} s, worst {ordered[-1]:.2f} s" if ordered else "never"


async def crash_loop(
    loops: int,
    folder: Path,
    clock: Clock,
    tell: Tell,
    *,
    seed: int = 1,
    per_second: float = 6.0,
    expires_in_s: int = EXPIRES_IN_S,
    database: str | None = None,
    preload: int = 0,
) -> Figures:
    """`preload`: so many old payments stand in the file before anything runs. Only for SQLite."""
    tell("making keys")
    keys: Station = prepare(folder / "keys", f"http://127.0.0.1:{free_port()}")
    dice = random.Random(seed)
    history = History()
    stage = CrashStage(keys, folder / "run", clock, history, database=database, dice=dice)
    if preload:
        tell(f"writing {preload} old payments")
        await fill(stage.station.folder / DATABASE_FILE, preload, clock)
    figures = Figures()
    with one_reason():
        async with stage:
            load = Load(stage, clock, history, per_second=per_second, seed=seed, expires_in_s=expires_in_s)
            running = asyncio.create_task(load.run())
            reader = Reader(stage, clock, history)
            try:
                for number in range(1, loops + 1):
                    await _one_loop(stage, clock, dice)
                    figures.loops = number
                    found = await _settled(stage, clock, lambda: _compare(stage, reader, expires_in_s + ENDED_AFTER_S))
                    figures.violations += found
                    for line in found:
                        tell(f"VIOLATION in loop {number} (seed {seed}): {line}")
                    if number % max(1, loops // 20) == 0 or found:
                        tell(f"{number}/{loops} loops, {load.came} payments, {len(figures.violations)} violations")
            finally:
                load.close()
                await running
            tell("waiting for every payment to end")
            await stage.sandbox.set_faults([])
            figures.violations += await _settled(stage, clock, lambda: _compare(stage, reader, None))
    figures.payments, figures.shoppers_paid = load.came, load.paid
    figures.requests_cut_off = load.without_answer
    figures.kills = stage.kills
    figures.service_restart_s = stage.restarts.service_s
    figures.service_restart_cpu_s = stage.restarts.service_cpu_s
    figures.sandbox_restart_s = stage.restarts.sandbox_s
    return figures


async def _one_loop(stage: CrashStage, clock: Clock, dice: random.Random) -> None:
    """Some traffic, a kill at a random moment, a while of nothing, a start on what is left."""
    await clock.sleep(dice.uniform(0.2, 2.5))
    stage.require_alive()
    dying = dice.choice(((SERVICE,), (SERVICE,), (SERVICE,), (SERVICE, SANDBOX), (SANDBOX, SERVICE), (SANDBOX,)))
    for name in dying:
        await stage.kill(name)
        await clock.sleep(dice.choice((0.0, 0.0, 0.2)))
    await clock.sleep(dice.choice((0.0, 0.3)))
    for name in dice.sample(dying, len(dying)):
        await stage.begin_again(name)


async def _compare(stage: CrashStage, reader: Reader, ended_s: float | None) -> list[str]:
    """Everything that must have ended by now (None: everything), and the whole database's own rules."""
    try:
        violations = await reader.check(expiry_s=ended_s or 0.0, everything=ended_s is None)
    except DrillError as error:  # no answer in time on a crowded machine: looked at again, and a finding if it stays
        return [str(error)]
    return [*map(str, violations), *await audit(stage)]


async def _settled(stage: CrashStage, clock: Clock, look: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """What is still wrong when it has had time to settle: a refund, an event or a last query may be on its way. An
    order at a channel that is ill all the time can never end: after half of the time the channels are well."""
    begun_ms = clock.monotonic_ms()
    end_ms, healed = begun_ms + SETTLE_S * 1_000, False
    found = await look()
    while found and clock.monotonic_ms() < end_ms:
        if not healed and clock.monotonic_ms() > (begun_ms + end_ms) / 2:
            await stage.sandbox.set_faults([])
            healed = True
        await clock.sleep(LOOK_S)
        stage.require_alive()
        found = await look()
    return found
