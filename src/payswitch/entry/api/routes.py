"""Serves the operations: authentication, reading, encoding and errors, the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Generic

import msgspec
from litestar import Request, get, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.errors import PaySwitchError
from payswitch.entry.api import openapi
from payswitch.entry.api.call import Download, idempotency_key, require_json
from payswitch.entry.api.decode import Reader
from payswitch.entry.api.operation import Admit, CallT, Operation
from payswitch.entry.api.operations import create_payment
from payswitch.entry.api.query import read_query
from payswitch.entry.api.sections import SECTIONS, SHOPS
from payswitch.entry.api.views import Health
from payswitch.entry.http import asgi, problems
from payswitch.entry.http.hot_path import HotRoutes
from payswitch.entry.http.streamed import Streamed
from payswitch.entry.http.streams import EVENT_STREAM, EventStream
from payswitch.services.context import Context

_JSON = "application/json"
_NO_STORE = {"Cache-Control": "no-store"}
"""Answers hold credentials: no cache between us and the shop may keep them."""

_encode = msgspec.json.Encoder().encode


def routes(ctx: Context) -> list[HTTPRouteHandler]:
    """The API's part of the application: `/v1/...`, the OpenAPI document, `/healthz`."""
    of_path: dict[str, dict[str, Endpoint[Any]]] = {}
    for section in SECTIONS:
        for operation in section.operations:
            of_path.setdefault(operation.path, {})[operation.method] = Endpoint(ctx, operation, section.admit)
    return [_handler(path, endpoints) for path, endpoints in of_path.items()] + [_document(ctx), _health()]


def hot_routes(ctx: Context) -> HotRoutes:
    """Creating a payment: what a shop does at its peak."""
    create = next(operation for operation in SHOPS.operations if operation.run is create_payment)
    return {(create.method, create.path): Endpoint(ctx, create, SHOPS.admit).serve}


class Endpoint(Generic[CallT]):
    """One operation, ready to be served."""

    def __init__(self, ctx: Context, operation: Operation[CallT], admit: Admit[CallT]) -> None:
        self.method = operation.method
        self._admit = admit
        self._ctx = ctx
        self._operation = operation
        self._stream = operation.stream
        self._reader = Reader(operation.body) if operation.body is not None else None

    async def serve(self, scope: Any, receive: Any) -> ASGIResponse:
        try:
            call = await self._read(scope, receive)
            if self._stream is not None and EVENT_STREAM in (asgi.header(scope, b"accept") or ""):
                return EventStream(partial(self._stream, call), packed=True)
            answer = await self._operation.run(call)
        except PaySwitchError as error:
            return problems.problem(error, scope)
        if isinstance(answer, Download):
            return Streamed(answer.chunks, answer.content_type, {**_NO_STORE, **_saved_as(answer.filename)})
        headers = _NO_STORE if answer.headers is None else {**_NO_STORE, **answer.headers}
        return asgi.answer(_encode(answer.view), status=answer.status, content_type=_JSON, headers=headers)

    async def _read(self, scope: Any, receive: Any) -> CallT:
        """Who asks comes first: a stranger is not told what is wrong with a body."""
        call_of = await self._admit(self._ctx, scope, self._operation.needs)
        command = None
        if self._reader is not None:
            require_json(scope)
            command = self._reader.read(await asgi.read_body(receive))
        return call_of(
            ctx=self._ctx,
            path=scope["path_params"],
            query=read_query(scope["query_string"], self._operation.parameters),
            command=command,
            idempotency_key=idempotency_key(scope),
        )


def _saved_as(filename: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{filename}"', "X-Content-Type-Options": "nosniff"}


def _handler(path: str, endpoints: Mapping[str, Endpoint[Any]]) -> HTTPRouteHandler:
    """One handler per address, so that the framework knows all its methods (405, `Allow`)."""

    async def serve(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await endpoints[request.scope["method"]].serve(request.scope, request.receive)

    methods = [endpoint.method for endpoint in endpoints.values()]
    # 200 is only the framework's default: each answer says its own status.
    return route(path.replace("_id}", "_id:str}"), http_method=methods, status_code=200)(serve)


def _document(ctx: Context) -> HTTPRouteHandler:
    body = _encode(openapi.document(ctx.public_url))

    @get("/v1/openapi.json")
    async def openapi_document() -> ASGIResponse:
        """The OpenAPI 3.1 document of what is served here."""
        return asgi.answer(body, content_type=_JSON)

    return openapi_document


def _health() -> HTTPRouteHandler:
    body = _encode(Health())

    @get("/healthz")
    async def healthz() -> ASGIResponse:
        """The process answers; nothing is said about channels or the database."""
        return asgi.answer(body, content_type=_JSON, headers=_NO_STORE)

    return healthz
