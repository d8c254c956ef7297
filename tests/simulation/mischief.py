"""What goes wrong by itself in a night: channels fall ill, clocks jump, balances run short, operators change things,
and a channel takes money that it should not have taken."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from payswitch.domain.payment import Attempt, AttemptState
from tests.simulation.accounts import Order
from tests.simulation.faults import Fault
from tests.simulation.lines import AILMENTS
from tests.simulation.process import POLICIES, SHOP
from tests.simulation.street import PULLING

if TYPE_CHECKING:
    from tests.simulation.night import Night


class Mischief:
    """Around one night."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self.fate = night.fate
        self.street = night.street

    def begin(self) -> None:
        spawn = self.fate.spawn
        for channel_id in self.street.accounts:
            spawn(self._weather(channel_id))
        for work in (self._clock_jumps(), self._operator(), self._impossible_money(), self._poor()):
            spawn(work)

    async def _weather(self, channel_id: str) -> None:
        """Well for a while, then ill with one of the night's ailments."""
        account, dice = self.street.accounts[channel_id], self.fate.dice
        ailments = [fault for fault in AILMENTS if fault in self.fate.swarm]
        while self.fate.trouble:
            account.ails = dice.choice(ailments) if ailments and self.fate.chance(0.6) else None
            self.fate.note(channel_id, f"is {account.ails or 'well'}")
            await asyncio.sleep(dice.uniform(2, 25))

    async def _clock_jumps(self) -> None:
        while self.fate.strikes(Fault.CLOCK_JUMPS, 0.5):
            await asyncio.sleep(self.fate.dice.uniform(0, 40))
            if self.fate.trouble:
                wrong_ms = self.fate.dice.choice((0, -1_500, 1_500, 1_500, -20_000, 20_000, 100_000))
                self.fate.clock.jump(wrong_ms)
                self.fate.note("clock", f"is {wrong_ms} ms off")

    async def _poor(self) -> None:
        """The merchant's balance at a channel is short for a while."""
        if Fault.BALANCE_SHORT not in self.fate.swarm:
            return
        account = self.street.accounts[self.fate.dice.choice(list(self.street.accounts))]
        account.balance_short = True
        await asyncio.sleep(self.fate.dice.uniform(20, 300))
        account.balance_short = False

    async def _operator(self) -> None:
        """Changes of policy, keys and channels while payments are under way."""
        fate, dice = self.fate, self.fate.dice
        for _ in range(3):
            await asyncio.sleep(dice.uniform(0, 30))
            channel_id = dice.choice(list(self.street.accounts))
            if fate.strikes(Fault.KEYS_CHANGED, 0.6):
                fate.note("operator", f"changes the keys of {channel_id}")
                self.street.rotate_keys(channel_id)
            if fate.strikes(Fault.CHANNEL_DISABLED, 0.4):
                fate.note("operator", f"switches {channel_id}")
                self.street.change(channel_id, enabled=not self.street._channels[channel_id].enabled)
            if fate.strikes(Fault.POLICY_CHANGED, 0.6):
                fate.note("operator", "activates another policy")
                policy = dice.choice((*POLICIES, None))
                for node in self.night.nodes.values():
                    desk = node.ctx.policy_desk
                    assert desk is not None
                    desk.book.install(SHOP.merchant_id, "", policy)

    async def _impossible_money(self) -> None:
        """A channel takes money for a number that it had refused, or that nobody was ever shown."""
        for _ in range(6):
            await asyncio.sleep(self.fate.dice.uniform(3, 40))
            for fault, state in (
                (Fault.PAID_AFTER_FAILURE, AttemptState.FAILED),
                (Fault.PAID_WHEN_DISCARDED, AttemptState.DISCARDED),
                (Fault.PAID_AFTER_CLOSE, AttemptState.CLOSED),
            ):
                found = self._pushed_attempts(state)
                if found and self.fate.strikes(fault, 0.3):
                    await self._pays_the_impossible(self.fate.dice.choice(found))

    def _pushed_attempts(self, state: AttemptState) -> list[Attempt]:
        """Which nobody has paid."""
        found = []
        for file in self.night.books.seen.values():
            for attempt in file.attempts:
                order = self.street.accounts[attempt.channel_id].orders.get(attempt.channel_order_no)
                unpaid = order is None or order.state in ("open", "closed", "unborn")
                pushed = attempt.channel_id not in PULLING
                if attempt.state is state and unpaid and pushed:
                    found.append(attempt)
        return found

    async def _pays_the_impossible(self, attempt: Attempt) -> None:
        orders = self.street.accounts[attempt.channel_id].orders
        order = orders.setdefault(attempt.channel_order_no, Order(attempt.amount_fen, "open", attempt.deadline_ms))
        order.impossible = True
        order.becomes("paid", self.fate.clock.true_ms())
        self.fate.note(attempt.channel_id, f"is paid for {attempt.channel_order_no}, which is {attempt.state} here")
        await self.night.told_for_certain(attempt.channel_id, attempt.channel_order_no)
