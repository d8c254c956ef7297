"""Refunds that take a while: accepted now, settled after the sandbox's delay, then notified."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from payswitch.kit.clock import Clock
from payswitch.sandbox.ledger import Ledger, Order, Refund, RefundState
from payswitch.sandbox.notifier import Notifier


class RefundDesk:
    """For families whose refunds are asynchronous. One that answers at once uses the ledger directly."""

    def __init__(
        self,
        *,
        clock: Clock,
        ledger: Ledger,
        notifier: Notifier,
        spawn: Callable[[Coroutine[None, None, None]], None],
        delay_s: float,
    ) -> None:
        self._clock = clock
        self._ledger = ledger
        self._notifier = notifier
        self._spawn = spawn
        self._delay_s = delay_s
        self.void_payers: set[str] = set()
        """Shoppers whose card or account takes nothing any more: their refunds become abnormal."""

    def accept(self, order: Order, refund: Refund) -> None:
        """Enter the refund as in progress and start its way to success."""
        self._ledger.add_refund(order, refund)
        self._spawn(self._settle_later(order, refund))

    def resume(self) -> None:
        """After a restart: finish what was in progress."""
        for order in self._ledger:
            for refund in order.refunds:
                if refund.state is RefundState.PROCESSING:
                    self._spawn(self._settle_later(order, refund))

    def redirect(self, order: Order, refund: Refund) -> None:
        """An abnormal refund is on its way again, to another card."""
        self._ledger.reopen_refund(order, refund)
        self._spawn(self._settle_later(order, refund, redirected=True))

    async def _settle_later(self, order: Order, refund: Refund, *, redirected: bool = False) -> None:
        await self._clock.sleep(self._delay_s)
        void = order.payer in self.void_payers and not redirected
        self._ledger.settle_refund(order, refund, RefundState.ABNORMAL if void else RefundState.SUCCEEDED)
        self._notifier.start(order, "refunded", refund)
