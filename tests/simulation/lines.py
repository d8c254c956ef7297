"""The lines to the channels: what a call suffers on its way there and back, and what its caller hears instead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from payswitch.domain.outcome import Outcome, OutcomeKind
from tests.services.fake_channel import BUSY, NOT_SENT, SILENT
from tests.simulation.accounts import Account, World
from tests.simulation.fate import Fate
from tests.simulation.faults import Fault

T = TypeVar("T")
K = OutcomeKind

BAD_GATEWAY = Outcome(kind=K.UNKNOWN, code="http_502", transient=True)
UNREADABLE = Outcome(kind=K.UNKNOWN, code="unreadable")
NOT_BELIEVED = Outcome(kind=K.UNTRUSTED, code="bad_signature")

SAYS_NOTHING = (
    NOT_SENT,
    SILENT,
    BUSY,
    BAD_GATEWAY,
    NOT_BELIEVED,
    Outcome(kind=K.REFUSED_CONFIG, code="SIGN_ERROR"),
    Outcome(kind=K.DUPLICATE, code="odd"),
    Outcome(kind=K.ACCEPTED, code="odd"),
)
"""Answers to a question that leave it open. A channel may give them to anything but a create call (ACCEPTED there)."""
REFUSALS = (
    *SAYS_NOTHING[:-1],
    *(Outcome(kind=k, code="odd") for k in K if k.value.startswith("refused")),
    *(Outcome(kind=k, code="odd") for k in (K.PENDING, K.PAID, K.CLOSED, K.NOT_FOUND)),
)
"""What a create call may hear although nothing was shown to anybody; and a close call, whose word is no proof."""

AILMENTS = (
    Fault.CONNECTION_REFUSED,
    Fault.BUSY,
    Fault.ERROR_CODE,
    Fault.HANG_BEFORE,
    Fault.HANG_AFTER,
    Fault.SLOW,
    Fault.HTTP_5XX_BEFORE,
    Fault.HTTP_5XX_AFTER,
    Fault.MALFORMED,
    Fault.BAD_SIGNATURE,
)
"""What a channel may suffer from for a while."""
_NEVER_ARRIVES = {Fault.CONNECTION_REFUSED: NOT_SENT, Fault.BUSY: BUSY, Fault.HTTP_5XX_BEFORE: BAD_GATEWAY}
_DONE_BUT = {Fault.HTTP_5XX_AFTER: BAD_GATEWAY, Fault.MALFORMED: UNREADABLE, Fault.BAD_SIGNATURE: NOT_BELIEVED}


class Line:
    """To one account."""

    def __init__(self, account: Account, fate: Fate, world: World) -> None:
        self.account = account
        self._fate = fate
        self._world = world

    async def _call(
        self, what: str, timeout_ms: int, work: Callable[[], T], said: Callable[[Outcome], T], words: Sequence[Outcome]
    ) -> T:
        """`work` happens at the channel, in its own time, whether or not anybody still waits for the answer. `said`
        makes an answer of an outcome without particulars, `words` are the error codes that this call may hear."""
        fate, dice = self._fate, self._fate.dice
        fault = self.account.ails
        if fault is None or not fate.strikes(fault, 0.8):
            answer = await self._travel(timeout_ms, self._way_ms(), self._way_ms(), work, said)
        elif fault in _NEVER_ARRIVES or fault is Fault.ERROR_CODE:
            await asyncio.sleep(dice.uniform(0, min(timeout_ms, 200)) / 1_000)
            answer = said(_NEVER_ARRIVES[fault] if fault in _NEVER_ARRIVES else dice.choice(words))
        elif fault is Fault.HANG_BEFORE:
            await asyncio.sleep(timeout_ms / 1_000)
            answer = said(SILENT)
        elif fault is Fault.HANG_AFTER:
            answer = await self._travel(timeout_ms, dice.choice((50, 1_000, 8_000)), 1_000_000, work, said)
        elif fault is Fault.SLOW:
            answer = await self._travel(timeout_ms, self._way_ms(), dice.choice((150, 300, 3_000)), work, said)
        else:
            answer = await self._travel(timeout_ms, self._way_ms(), self._way_ms(), work, said, _DONE_BUT[fault])
        number = what.split()[-1]
        if "refund" in what or self._world.is_stored(self.account.channel_id, number):
            # Health checks, about numbers that never existed, tell nothing.
            outcome = answer if isinstance(answer, Outcome) else answer.outcome
            fate.note(self.account.channel_id, f"{what} -> {outcome.kind} {outcome.code}".rstrip())
        return answer

    def _way_ms(self) -> int:
        return self._fate.dice.choice((2, 20, 90))

    async def _travel(
        self,
        timeout_ms: int,
        there_ms: int,
        back_ms: int,
        work: Callable[[], T],
        said: Callable[[Outcome], T],
        instead: Outcome | None = None,
    ) -> Any:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def at_the_channel() -> None:
            await asyncio.sleep(there_ms / 1_000)
            await self._fate.pause()
            result = work()
            await asyncio.sleep(back_ms / 1_000)
            if not answer.done():
                answer.set_result(result if instead is None else said(instead))

        self._fate.spawn(at_the_channel())
        if there_ms + back_ms <= timeout_ms:
            return await answer
        await asyncio.sleep(timeout_ms / 1_000)
        return said(SILENT)
