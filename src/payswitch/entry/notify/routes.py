"""渠道异步通知 inbound: raw bytes in, exactly the channel's own acknowledgement out.

Nothing is read here: only the exact bytes can be verified. Nothing is explained either: a forger learns nothing
from the answer. When something fails on our side the answer is an error, so that the channel notifies again.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import NotifyRequest
from payswitch.entry.http import asgi, problems
from payswitch.services.attempts import results
from payswitch.services.context import Context

_PLAIN = "text/plain"


def routes(ctx: Context) -> list[HTTPRouteHandler]:
    """`/notify/{channel_id}`: where each channel account is told to send its notifications."""

    @route("/notify/{channel_id:str}", http_method=["POST", "GET"], name="notify")
    async def notify(request: Request[Any, Any, Any]) -> ASGIResponse:
        scope = request.scope
        try:
            reply = await results.receive_notify(ctx, scope["path_params"]["channel_id"], await _read(request))
        except PaySwitchError as error:
            return asgi.answer(status=error.kind.status, content_type=_PLAIN)
        except StorageUnavailable as trouble:
            problems.log_failure(trouble, scope)
            return asgi.answer(status=503, content_type=_PLAIN)
        return asgi.answer(reply.body, status=reply.status, content_type=reply.content_type)

    return [notify]


async def _read(request: Request[Any, Any, Any]) -> NotifyRequest:
    """The notification as it arrived. A header sent twice counts once, with its first value."""
    scope = request.scope
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return NotifyRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await asgi.read_body(request.receive),
    )
