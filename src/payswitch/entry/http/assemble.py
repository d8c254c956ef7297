"""Puts the entries' routes together into one guarded ASGI application. Called by `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar
from litestar.types import ControllerRouterHandler

from payswitch.entry.http import asgi, problems
from payswitch.entry.http.guard import Guard
from payswitch.entry.http.hot_path import HotPath, HotRoutes
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource


def make_asgi(
    handlers: Sequence[ControllerRouterHandler],
    *,
    clock: Clock,
    ids: IdSource,
    lifespan: Sequence[Callable[[Litestar], Any]] = (),
    hot: HotRoutes | None = None,
) -> asgi.AsgiApp:
    """The application a server runs. The OpenAPI document is the API's own route: Litestar's is switched off."""
    app = Litestar(
        route_handlers=list(handlers),
        exception_handlers={Exception: problems.exception_handler},
        lifespan=list(lifespan),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return Guard(HotPath(app, hot or {}), clock=clock, ids=ids)
