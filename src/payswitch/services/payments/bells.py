"""A bell per payment: whoever watches one is woken by the commit that changes it."""

from __future__ import annotations

import asyncio

from payswitch.kit.clock import Clock


class Bells:
    """Woken are the watchers in this process; what another process commits is found at their next look."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def ring(self, payment_id: str) -> None:
        """Called after a commit. Costs one look-up when nobody watches."""
        for event in self._waiting.get(payment_id, ()):
            event.set()

    async def wait(self, payment_id: str, clock: Clock, most_s: float) -> None:
        """Until the payment changes, or so long has passed."""
        event = asyncio.Event()
        self._waiting.setdefault(payment_id, set()).add(event)
        rung = asyncio.ensure_future(event.wait())
        slept = asyncio.ensure_future(clock.sleep(most_s))
        try:
            await asyncio.wait({rung, slept}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
            slept.cancel()
            watchers = self._waiting[payment_id]
            watchers.discard(event)
            if not watchers:
                del self._waiting[payment_id]
