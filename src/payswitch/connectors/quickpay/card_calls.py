"""Calls about bank cards (`qpay/*`). Of what a bank says about a card only known words are kept: its sentences like to
repeat the card's number, its owner's name, papers and phone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.calls import Calls
from payswitch.connectors.quickpay.codes import known_words
from payswitch.connectors.quickpay.wire import Fields, wire_time
from payswitch.domain.outcome import Outcome


class CardCalls:
    """The same as `Calls.ask`, for the quick-pay interface."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def ask(
        self, path: str, fields: Mapping[str, str], operation: Operation, timeout_ms: int
    ) -> Fields | Outcome:
        content = {"reqtime": wire_time(self._calls.clock.now_ms()), **fields}
        answer = await self._calls.ask(path, content, operation, timeout_ms)
        if isinstance(answer, Outcome):
            return replace(answer, message=known_words(answer.message))
        return {**answer, "errmsg": known_words(answer.get("errmsg", ""))}
