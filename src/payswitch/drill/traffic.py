"""The evening itself: shoppers arrive on time, faults run, the service is killed where the scenario says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from payswitch.drill.journey import Journey, Visit
from payswitch.drill.scenario import Scenario
from payswitch.drill.shopper import Shopper
from payswitch.drill.stage import Stage
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

Incident = tuple[float, Callable[[], Awaitable[None]]]
"""Seconds from the start of the traffic, and what happens then."""


class Evening:
    """Runs one evening of traffic on a stage."""

    def __init__(self, scenario: Scenario, stage: Stage, clock: Clock, watcher: Watcher) -> None:
        self._scenario = scenario
        self._stage = stage
        self._clock = clock
        self._watcher = watcher
        self._begun_ms = 0.0

    async def run(self, shoppers: Sequence[Shopper]) -> list[Visit]:
        """Everybody comes, does what they do, and leaves. Returns the protocols in order of arrival."""
        traffic_s = self._scenario.traffic.time_s(len(shoppers))
        await self._stage.sandbox.set_faults([fault.for_sandbox(traffic_s) for fault in self._scenario.faults])
        self._begun_ms = self._clock.monotonic_ms()
        visits = [Visit(shopper, f"N{shopper.number:06d}") for shopper in shoppers]
        async with asyncio.TaskGroup() as group:
            for at_s, happen in self._incidents(traffic_s):
                if at_s <= traffic_s:
                    group.create_task(self._later(at_s, happen))
            for visit in visits:
                await self._until(visit.shopper.arrives_s)
                self._stage.require_alive()
                group.create_task(self._visit(visit))
        return visits

    async def _visit(self, visit: Visit) -> None:
        journey = Journey(
            visit,
            self._stage.switch,
            self._stage.sandbox,
            self._clock,
            expires_in_s=self._scenario.traffic.expires_in_s,
            offered=self._stage.methods,
        )
        await journey.run()
        self._watcher.left(visit)

    async def _until(self, at_s: float) -> None:
        wait_s = at_s - (self._clock.monotonic_ms() - self._begun_ms) / 1_000
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    async def _later(self, at_s: float, happen: Callable[[], Awaitable[None]]) -> None:
        await self._until(at_s)
        await happen()

    def _incidents(self, traffic_s: float) -> Iterator[Incident]:
        for fault in self._scenario.faults:
            if fault.note is not None:
                yield fault.span_s(traffic_s)[0], self._saying(f"{fault.account}: {fault.note}")
        for outage in self._scenario.shop_outages:
            yield outage.start * traffic_s, self._shop(down=True)
            yield outage.end * traffic_s, self._shop(down=False)
        for kill in self._scenario.service_kills:
            yield kill.moment_s(traffic_s), self._killing(kill.down_s)

    def _saying(self, text: str) -> Callable[[], Awaitable[None]]:
        async def happen() -> None:
            self._watcher.say(text)

        return happen

    def _shop(self, *, down: bool) -> Callable[[], Awaitable[None]]:
        async def happen() -> None:
            self._stage.shop.down = down
            word = "店铺接收端故障 / the shop's receiver is down" if down else "店铺恢复 / the shop is back"
            self._watcher.say(word)

        return happen

    def _killing(self, down_s: float) -> Callable[[], Awaitable[None]]:
        async def happen() -> None:
            self._watcher.say("kill -9: 服务进程被杀死 / the service is killed")
            await self._stage.kill_service(down_s)
            self._watcher.say("服务已在同一数据库上重启 / the service runs again on the same file")

        return happen
