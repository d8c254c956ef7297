"""The two sites of WeChat Pay: one ledger behind two addresses.

Going to the other site is no switch of channels and no second order. It happens by itself only when the first heard
nothing at all; a site that could not be reached, or whose edge answers for it, is left alone for a while.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from payswitch.connectors.transport import HttpAnswer, SendFailure
from payswitch.kit.clock import Clock

LEFT_ALONE_MS: Final = 30_000
"""How long the other site is asked first. Short: the near site is the faster one."""
_UNREACHABLE: Final = frozenset({"dns_failed", "connect_failed", "connect_timeout", "tls_failed"})
"""Not `pool_timeout`: that is our own queue."""
_EDGE_TROUBLE: Final = frozenset({502, 503, 504})
"""A proxy in front of the site. The call may have been done: it is not repeated here; the next one goes elsewhere."""

Send = Callable[[str, int], Awaitable[HttpAnswer | SendFailure]]
"""One try at this origin within so many milliseconds; signs afresh."""


class Hosts:
    """Which site is asked, in which order."""

    def __init__(self, main: str, backup: str | None, clock: Clock) -> None:
        self._sites = (main,) if backup is None else (main, backup)
        self._clock = clock
        self._well_again_ms: dict[str, float] = {}

    async def send(self, send: Send, deadline_ms: float) -> HttpAnswer | SendFailure:
        """At the first site that can be reached. What was sent is never sent again."""
        first, *others = self._order()
        answer = await self._ask(first, send, deadline_ms)
        for site in others:
            if _heard_it(answer) or self._clock.monotonic_ms() >= deadline_ms:
                break
            answer = await self._ask(site, send, deadline_ms)
        return answer

    async def _ask(self, site: str, send: Send, deadline_ms: float) -> HttpAnswer | SendFailure:
        answer = await send(site, int(deadline_ms - self._clock.monotonic_ms()))
        ill = answer.status in _EDGE_TROUBLE if isinstance(answer, HttpAnswer) else not _heard_it(answer)
        if ill:
            self._well_again_ms[site] = self._clock.monotonic_ms() + LEFT_ALONE_MS
        else:
            self._well_again_ms.pop(site, None)
        return answer

    def _order(self) -> list[str]:
        """The near site first, unless it was ill a moment ago."""
        now_ms = self._clock.monotonic_ms()
        return sorted(self._sites, key=lambda site: self._well_again_ms.get(site, 0.0) > now_ms)


def _heard_it(answer: HttpAnswer | SendFailure) -> bool:
    """Whether the site may have got the call, or could have, had we not been too busy ourselves."""
    return isinstance(answer, HttpAnswer) or answer.sent or answer.code not in _UNREACHABLE
