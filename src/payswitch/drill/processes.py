"""Child processes: started with a line to their parent, waited for, stopped, and never left behind.

A child holds the read end of a pipe as its standard input; when the parent is gone for whatever reason (kill -9
included), the pipe closes and the child ends itself. Children live in a session of their own, so that Ctrl-C
reaches only the parent, which then ends them in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from payswitch.drill.client import DrillError
from payswitch.kit.clock import Clock

EXIT_WITH_PARENT = "PAYSWITCH_EXIT_WITH_PARENT"
"""Set in a child's environment: end when standard input closes."""
GRACE_S = 10.0
"""From SIGTERM to SIGKILL."""
READY_S = 30.0
_LAST_S = 15.0
"""A child whose parent is gone and that does not end on SIGTERM ends hard after this."""
_TAIL = 2_000


class Child:
    """One running `payswitch ...` process."""

    def __init__(self, name: str, process: Process, log: Path, clock: Clock) -> None:
        self.name = name
        self.log = log
        self._process = process
        self._clock = clock

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.returncode is not None

    def require_alive(self) -> None:
        """DrillError with the end of its log when it died."""
        if self.ended:
            tail = self.log.read_bytes()[-_TAIL:].decode("utf-8", "replace").strip()
            raise DrillError(f"the {self.name} ended by itself (status {self._process.returncode}):\n{tail}")

    async def wait_ready(self, probe: Callable[[], Awaitable[bool]], timeout_s: float = READY_S) -> None:
        """Until the probe says yes. DrillError when the child dies or the time is over."""
        end_ms = self._clock.monotonic_ms() + timeout_s * 1_000
        while not await probe():
            self.require_alive()
            if self._clock.monotonic_ms() > end_ms:
                raise DrillError(f"the {self.name} was not ready within {timeout_s:g} s; its log: {self.log}")
            await self._clock.sleep(0.05)

    async def kill(self) -> None:
        """`kill -9`: no farewell, nothing flushed."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL if it does not listen."""
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), GRACE_S)
            except TimeoutError:
                await self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()


async def start(name: str, arguments: Sequence[str], log: Path, clock: Clock) -> Child:
    """Start `python -m payswitch ARGUMENTS`; what it prints goes to `log` (appended)."""
    environment = dict(os.environ, **{EXIT_WITH_PARENT: "1"})
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "payswitch",
            *arguments,
            stdin=PIPE,
            stdout=output,
            stderr=STDOUT,
            env=environment,
            start_new_session=True,
        )
    return Child(name, process, log, clock)


def obey_parent() -> None:
    """Called by a child at its start: when the parent's pipe closes, end as if told by SIGTERM."""
    if os.environ.get(EXIT_WITH_PARENT) != "1":
        return
    threading.Thread(target=_wait_for_the_end, name="parent-watch", daemon=True).start()


def _wait_for_the_end() -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(0, 4_096):
            pass
    threading.Timer(_LAST_S, os._exit, (70,)).start()
    os.kill(os.getpid(), signal.SIGTERM)
