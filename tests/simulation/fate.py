"""What decides a night: one seed, one clock, which faults there are, and the first thing that must never be."""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from tests.simulation.faults import Fault, Rare
from tests.simulation.virtual_time import VirtualClock

T = TypeVar("T")

SHARE_OF_FAULTS = 0.5
"""Each fault is in half of the nights."""
TRACED_LINES = 4_000


class Fate:
    """Dice, time, faults, and the trace of the night. Made inside the night's event loop."""

    def __init__(self, seed: int, *, traced: bool = False) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.clock = VirtualClock()
        self.trouble = self.dice.choice((0.2, 0.6, 1.0))
        """How bad a night it is, 0..1; 0 in the morning after."""
        self.swarm = frozenset(fault for fault in Fault if self.dice.random() < SHARE_OF_FAULTS)
        self.struck: Counter[Fault] = Counter()
        self.met: Counter[Rare] = Counter()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.trace: list[str] | None = [] if traced else None
        self.world = contextvars.copy_context()
        """Where everything runs that is no part of the switch's process: customers, channels, shops."""
        asyncio.get_running_loop().set_exception_handler(self._unheard)

    # --- dice -----------------------------------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def strikes(self, fault: Fault, share: float = 1.0) -> bool:
        """Whether this fault happens here and now; never in the morning, nor in a night that does not have it."""
        if fault not in self.swarm or not self.trouble or not self.chance(share * self.trouble):
            return False
        self.struck[fault] += 1
        return True

    def one_of(self, faults: Sequence[Fault], share: float) -> Fault | None:
        """At most one of these: it is told by `strikes` as if it had been asked for alone."""
        present = [fault for fault in faults if fault in self.swarm]
        if not present or not self.chance(share * self.trouble):
            return None
        fault = self.dice.choice(present)
        self.struck[fault] += 1
        return fault

    async def pause(self) -> None:
        """Somebody else may come first."""
        for _ in range(self.dice.choice((0, 0, 1, 3))):
            await asyncio.sleep(0)

    # --- what is seen ----------------------------------------------------------------------------------------------

    def meet(self, path: Rare) -> None:
        self.met[path] += 1

    def note(self, who: str, what: str) -> None:
        """One line of the trace, if somebody reads it."""
        if self.trace is not None and len(self.trace) < TRACED_LINES:
            self.trace.append(f"{self.clock.monotonic_ms() / 1_000:10.3f} {who:<14} {what}")

    @property
    def failure(self) -> BaseException | None:
        return self.failed.exception() if self.failed.done() else None

    def must(self, holds: bool, broken: str) -> None:
        if not holds:
            self.fail(AssertionError(broken))

    def fail(self, error: BaseException) -> None:
        """The first one counts: what follows is mostly its consequence."""
        if not self.failed.done():
            self.note("VIOLATION", f"{type(error).__name__}: {error}")
            self.failed.set_exception(error)

    # --- who lives ---------------------------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Something outside the process: it lives on when that is killed."""
        task = asyncio.get_running_loop().create_task(work, context=self.world)
        task.add_done_callback(self.note_end)
        return task

    def note_end(self, task: asyncio.Task[Any]) -> None:
        """Anything that ends with an error which no caller could act upon is a bug."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, PaySwitchError | StorageUnavailable):
            self.fail(error)

    def _unheard(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error that nobody looked at: the switch began something and did not care how it ends."""
        error = context.get("exception")
        if error is not None and not isinstance(error, PaySwitchError | StorageUnavailable):
            self.fail(error)

    async def pass_time(self, seconds: float) -> None:
        """Let everything happen that happens within this time. Raises the first failure."""
        await asyncio.wait([self.failed], timeout=seconds)
        if self.failed.done():
            self.failed.result()
