"""The stage of a drill or demo: sandbox process, service process, the shop's server, and the lines between them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

import msgspec

from payswitch.drill.client import Http, SandboxApi, SwitchApi
from payswitch.drill.ports import free_port
from payswitch.drill.processes import Child, start
from payswitch.drill.shop import ShopServer
from payswitch.drill.station import Station, prepare, station_for_run, write_config
from payswitch.kit.clock import Clock


class StagePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to put on the stage."""

    station: Station
    service_url: str
    sandbox_url: str
    channels: tuple[str, ...] = ()
    """Of the service; empty: all."""
    shop_port: int = 0
    """Where the shop listens for events; 0: anywhere."""
    seed: int = 1
    notify_time_scale: float = 1.0
    policy: str = ""
    """A routing policy document; empty: the default one."""


def plan_of_night(folder: Path, name: str, seed: int, database: str | None) -> StagePlan:
    """A stage with new keys, free ports and empty books for one night called `name`; notifications come ten times as
    fast as the channels' schedules say."""
    sandbox_url = f"http://127.0.0.1:{free_port()}"
    return StagePlan(
        station=station_for_run(prepare(folder / "keys", sandbox_url), folder / name, database),
        service_url=f"http://127.0.0.1:{free_port()}",
        sandbox_url=sandbox_url,
        seed=seed,
        notify_time_scale=0.1,
    )


class Stage:
    """An async context: inside it everything runs and answers; after it nothing of it is left."""

    def __init__(self, plan: StagePlan, clock: Clock) -> None:
        self.plan = plan
        self.folder: Path = plan.station.folder
        self.shop = ShopServer(plan.station.webhook_secret, clock)
        self.methods = plan.station.methods(plan.channels or plan.station.channel_ids)
        """What the shop's page offers."""
        self.kills = 0
        self._clock = clock
        self._exits = AsyncExitStack()
        self._one_kill = asyncio.Lock()
        self._service: Child | None = None
        self._sandbox: Child | None = None
        key = plan.station.api_key
        self._service_http = Http(plan.service_url, clock, headers={"Authorization": f"Bearer {key}"})
        self._sandbox_http = Http(plan.sandbox_url, clock)
        self.switch = SwitchApi(self._service_http)
        self.sandbox = SandboxApi(self._sandbox_http)

    async def __aenter__(self) -> Stage:
        try:
            await self._open()
        except BaseException:
            await self._exits.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exits.aclose()

    async def _open(self) -> None:
        await self._exits.enter_async_context(self._service_http)
        await self._exits.enter_async_context(self._sandbox_http)
        self._exits.push_async_callback(self.shop.stop)
        await self.shop.start(self.plan.shop_port)
        self._sandbox = await self._start("sandbox", self._sandbox_arguments())
        self._exits.push_async_callback(self._stop_children)
        write_config(
            self.plan.station,
            service_url=self.plan.service_url,
            notify_url=self.shop.url,
            channels=self.plan.channels,
            log_level="warning",
            policy=self.plan.policy,
        )
        self._service = await self._start("service", self._service_arguments())
        await self._sandbox.wait_ready(self.sandbox.healthy)
        await self._service.wait_ready(self.switch.healthy)

    def _sandbox_arguments(self) -> Sequence[str]:
        port = self.plan.sandbox_url.rpartition(":")[2]
        scale = str(self.plan.notify_time_scale)
        data = str(self.folder)
        return (
            *("sandbox", "--data", data, "--port", port, "--seed", str(self.plan.seed)),
            *("--notify-time-scale", scale, "--no-config"),
        )

    def _service_arguments(self) -> Sequence[str]:
        return ("serve", "--config", str(self.plan.station.config))

    async def _start(self, name: str, arguments: Sequence[str]) -> Child:
        return await start(name, arguments, self.folder / f"{name}.log", self._clock)

    async def _stop_children(self) -> None:
        for child in (self._service, self._sandbox):
            if child is not None:
                await child.stop()

    def require_alive(self) -> None:
        """DrillError when the service or the sandbox died without being killed by us."""
        for child in (self._service, self._sandbox):
            if child is not None:
                child.require_alive()

    async def kill_service(self, down_s: float) -> None:
        """`kill -9` in the middle of everything, a while of nothing, then a start on the same file. One at a time:
        a second kill waits until the service runs again."""
        async with self._one_kill:
            if self._service is None:
                return
            service, self._service = self._service, None
            await service.kill()
            await service.stop()
            self.kills += 1
            await self._clock.sleep(down_s)
            self._service = await self._start("service", self._service_arguments())
            await self._service.wait_ready(self.switch.healthy)
