"""Real processes on real files: `payswitch serve` and `payswitch sandbox`, killed with `kill -9` and started again on
what they left. The shop's server lives here, in the observer: nobody kills it."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from payswitch.drill.client import Http, SandboxApi, SwitchApi
from payswitch.drill.ports import free_port
from payswitch.drill.processes import Child, start
from payswitch.drill.scenario import USUAL_CHANNELS
from payswitch.drill.shop import ShopServer
from payswitch.drill.station import Station, station_for_run, write_config
from payswitch.kit.clock import Clock
from tests.blackbox.history import Hearing, History

SERVICE, SANDBOX = "service", "sandbox"
READY_S = 120.0
"""A start that is slower is told as a figure; one that takes so long has failed."""
NOTIFY_TIME_SCALE = "0.05"
"""The channels' retries of notifications, compressed like the orders' lives."""


class RecordingShop(ShopServer):
    """The shop's server, which writes down every delivery that it believed."""

    def __init__(self, secret: str, clock: Clock, history: History) -> None:
        super().__init__(secret, clock)
        self._observer = clock
        self._history = history

    def take(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        status, reason = super().take(headers, body)
        if status == 200:
            at_ms = self._observer.monotonic_ms()
            self._history.hearings.append(Hearing(at_ms=at_ms, event_id=headers["webhook-id"], body=body))
        return status, reason


@dataclass
class Restarts:
    """How long it took from starting a killed process to its first answer, in seconds."""

    service_s: list[float] = field(default_factory=list)
    service_cpu_s: list[float] = field(default_factory=list)
    """Processor time of the same: what the start costs, however crowded the machine is."""
    sandbox_s: list[float] = field(default_factory=list)


class CrashStage:
    """An async context: inside it both processes run."""

    def __init__(
        self, keys: Station, folder: Path, clock: Clock, history: History, *, database: str | None, dice: random.Random
    ) -> None:
        self.station = station_for_run(keys, folder)
        self.database = database
        """Instead of the SQLite file in the folder."""
        self.dice = dice
        self.shop = RecordingShop(keys.webhook_secret, clock, history)
        self.methods = keys.methods(USUAL_CHANNELS)
        self.restarts = Restarts()
        self.kills = {SERVICE: 0, SANDBOX: 0}
        self._clock = clock
        self._exits = AsyncExitStack()
        self._service_url = f"http://127.0.0.1:{free_port()}"
        self._sandbox_url = keys.world.base_url
        self.http = Http(self._service_url, clock, headers={"Authorization": f"Bearer {keys.api_key}"})
        self._sandbox_http = Http(self._sandbox_url, clock)
        self.switch = SwitchApi(self.http)
        self.sandbox = SandboxApi(self._sandbox_http)
        self._children: dict[str, Child] = {}

    async def __aenter__(self) -> Self:
        try:
            await self._exits.enter_async_context(self.http)
            await self._exits.enter_async_context(self._sandbox_http)
            self._exits.push_async_callback(self.shop.stop)
            await self.shop.start()
            self._exits.push_async_callback(self._stop_children)
            self.write_config()
            for name in (SANDBOX, SERVICE):
                await self.begin(name)
        except BaseException:
            await self._exits.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exits.aclose()

    def write_config(self) -> None:
        write_config(
            self.station,
            service_url=self._service_url,
            notify_url=self.shop.url,
            channels=USUAL_CHANNELS,
            log_level="warning",
        )

    async def begin(self, name: str) -> float:
        """Start one process and wait for its first answer. Seconds that it took."""
        begun_ms = self._clock.monotonic_ms()
        child = await start(name, self._arguments(name), self.station.folder / f"{name}.log", self._clock)
        self._children[name] = child
        await child.wait_ready(self.switch.healthy if name == SERVICE else self.sandbox.healthy, READY_S)
        took_s = (self._clock.monotonic_ms() - begun_ms) / 1_000
        if name == SANDBOX:
            await self.sandbox.set_faults(self._ailments())
        return took_s

    def _arguments(self, name: str) -> Sequence[str]:
        if name == SERVICE:
            database = ("--database", self.database) if self.database else ()
            return ("serve", "--config", str(self.station.config), *database)
        port = self._sandbox_url.rpartition(":")[2]
        seed = str(self.dice.randrange(1_000_000))
        return (
            *("sandbox", "--data", str(self.station.folder), "--port", port, "--seed", seed),
            *("--notify-time-scale", NOTIFY_TIME_SCALE, "--no-config"),
        )

    def _ailments(self) -> list[dict[str, object]]:
        """Besides the kills: some of the channels' own troubles, another choice after each start of the sandbox."""
        every: list[dict[str, object]] = [
            {"kind": "notify_lost", "share": 0.2},
            {"kind": "notify_duplicate", "share": 0.2},
            {"kind": "notify_late", "share": 0.2, "delay_s": 5},
            {"kind": "notify_forged", "share": 0.1},
            {"kind": "notify_wrong_amount", "share": 0.1},
            {"kind": "http_5xx", "share": 0.1, "when": "after"},
            {"kind": "http_5xx", "share": 0.1, "when": "before"},
            {"kind": "hang", "share": 0.05, "when": "after"},
            {"kind": "malformed", "share": 0.05},
            {"kind": "latency", "share": 0.2, "ms": 150, "jitter_ms": 300},
            {"kind": "error_code", "share": 0.3, "code": "SYSTEM_ERROR", "status": 500, "account": "wechat-main"},
        ]
        return [fault for fault in every if self.dice.random() < 0.5]

    def require_alive(self) -> None:
        for child in self._children.values():
            child.require_alive()

    async def kill(self, name: str) -> None:
        """`kill -9`: no farewell, nothing flushed."""
        child = self._children.pop(name)
        await child.kill()
        await child.stop()
        self.kills[name] += 1

    async def begin_again(self, name: str) -> None:
        took_s = await self.begin(name)
        if name == SANDBOX:
            self.restarts.sandbox_s.append(took_s)
            return
        self.restarts.service_s.append(took_s)
        self.restarts.service_cpu_s.append(_cpu_s(self._children[name].pid))

    async def _stop_children(self) -> None:
        for child in self._children.values():
            await child.stop()


def _cpu_s(pid: int) -> float:
    """User and system time of a process so far. Linux only: elsewhere 0."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return 0.0
    fields = path.read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
