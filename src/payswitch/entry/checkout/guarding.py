"""Around every handler of the checkout: the customer sees a page for any error, never JSON and never details."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar.response.base import ASGIResponse

from payswitch.domain.errors import PaySwitchError
from payswitch.entry.checkout.desk import Desk
from payswitch.entry.checkout.reading import AnyRequest
from payswitch.entry.http import problems

Serve = Callable[[AnyRequest], Awaitable[ASGIResponse]]


class Guarded:
    """Runs handlers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, serve: Serve, request: AnyRequest) -> ASGIResponse:
        try:
            return await serve(request)
        except PaySwitchError as error:
            key = {404: "not.valid", 429: "notice.too_soon.wait"}.get(error.kind.status, "trouble")
            return self._desk.message(request, key, error.kind.status)
        except Exception as failure:  # whatever fails, a customer in the middle of paying is told the money is safe
            problems.log_failure(failure, request.scope)
            return self._desk.message(request, "trouble", 500)
