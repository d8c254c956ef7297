"""收银台 over HTTP. Opening a link changes nothing: only a pressed button launches an attempt. The browser's word is
never evidence: "I have paid" only makes us ask the channel."""

from __future__ import annotations

from typing import Final

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.entry.checkout import embed
from payswitch.entry.checkout.actions import Actions
from payswitch.entry.checkout.collect import Collect
from payswitch.entry.checkout.desk import Desk
from payswitch.entry.checkout.guarding import Guarded, Serve
from payswitch.entry.checkout.opening import Opening
from payswitch.entry.checkout.reading import AnyRequest
from payswitch.entry.checkout.watching import Watching
from payswitch.services.context import Context

_PAGE: Final = "/checkout/{token:str}"


def routes(ctx: Context) -> list[HTTPRouteHandler]:
    """The checkout's part of the application."""
    desk = Desk(ctx)
    guarded = Guarded(desk)
    opening, actions, watching = Opening(desk), Actions(desk), Watching(desk)
    return [
        _get(guarded, "", opening.show),
        _get(guarded, "/wechat/{channel_id:str}", opening.back_from_wechat),
        _post(guarded, "", opening.back_by_post),
        _post(guarded, "/start", actions.start),
        _post(guarded, "/switch", actions.switch),
        _post(guarded, "/confirm", actions.confirm),
        _post(guarded, "/resend-sms", actions.resend_sms),
        _post(guarded, "/apple-pay-session", actions.apple_session),
        _post(guarded, "/cards", actions.apply_card),
        _post(guarded, "/cards/confirm", actions.confirm_card),
        _post(guarded, "/cards/resend", actions.resend_card),
        _get(guarded, "/status", watching.status),
        _get(guarded, "/phase", watching.phase),
        _get(guarded, "/events", watching.events),
        *Collect(desk).routes(),
        embed.route(),
        desk.assets.route(),
    ]


def _get(guarded: Guarded, path: str, serve: Serve) -> HTTPRouteHandler:
    @get(_PAGE + path, name=f"checkout:get:{path}")
    async def handler(request: AnyRequest) -> ASGIResponse:
        return await guarded(serve, request)

    return handler


def _post(guarded: Guarded, path: str, serve: Serve) -> HTTPRouteHandler:
    @post(_PAGE + path, name=f"checkout:post:{path}")
    async def handler(request: AnyRequest) -> ASGIResponse:
        return await guarded(serve, request)

    return handler
