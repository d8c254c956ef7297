"""What a page that is open asks for: how it stands now (`/status`), and each change as it happens (`/events`)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from litestar.response.base import ASGIResponse

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import PaymentFile
from payswitch.entry.checkout.desk import Desk, as_json
from payswitch.entry.checkout.phases import ENDS, Phase, phase_of
from payswitch.entry.checkout.reading import AnyRequest, token_of
from payswitch.entry.checkout.stream import BEAT_S, MOST_LOOKS, gap_s
from payswitch.entry.http import asgi, pages, problems
from payswitch.entry.http.embedding import embedded_json
from payswitch.entry.http.streams import EventStream, event
from payswitch.services.checkout import checkouts

_encode = msgspec.json.Encoder().encode
_AFTER_END_S = 60.0
"""A second payment is said at once, a little after the end, too."""


class PhaseAnswer(msgspec.Struct, frozen=True):
    phase: Phase


class Watching:
    """The GET handlers besides the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ctx = desk.ctx

    async def status(self, request: AnyRequest) -> ASGIResponse:
        """Asks the channel (at most once a second) and tells how it stands."""
        try:
            file = await checkouts.check(self._ctx, token_of(request))
        except PaySwitchError as error:
            return problems.problem(error, request.scope)
        return as_json(await self._desk.view(file, request))

    async def phase(self, request: AnyRequest) -> ASGIResponse:
        """One word, readable from a shop's own page (`payswitch.js`), which knows the link anyway."""
        try:
            file = await checkouts.check(self._ctx, token_of(request))
        except PaySwitchError as error:
            return problems.problem(error, request.scope, {"Access-Control-Allow-Origin": "*"})
        body = _encode(PhaseAnswer(phase_of(file, self._ctx.clock.now_ms())))
        headers = {**pages.security_headers(), "Access-Control-Allow-Origin": "*"}
        return asgi.answer(body, content_type="application/json", headers=headers)

    async def events(self, request: AnyRequest) -> ASGIResponse:
        try:
            file = await checkouts.open_checkout(self._ctx, token_of(request))
        except PaySwitchError as error:
            return problems.problem(error, request.scope)
        return EventStream(lambda: self._changes(file, request))

    async def _changes(self, file: PaymentFile, request: AnyRequest) -> AsyncIterator[bytes]:
        """The view now, and again whenever its key changes; a beat where nothing does."""
        ctx, token, told, quiet_s, after_end_s = self._ctx, token_of(request), "", 0.0, 0.0
        for look in range(MOST_LOOKS):
            view = await self._desk.view(file, request)
            if view.key != told:
                told, quiet_s = view.key, 0.0
                yield event("view", embedded_json(view))
            elif quiet_s >= BEAT_S:
                quiet_s = 0.0
                yield event("beat", "")
            over = view.phase in ENDS and not view.awaits_late
            if over and after_end_s >= _AFTER_END_S:
                return
            wait_s = gap_s(look)
            await ctx.bells.wait(file.payment.payment_id, ctx.clock, wait_s)
            quiet_s += wait_s
            after_end_s += wait_s if over else 0.0
            file = await checkouts.check(ctx, token)
