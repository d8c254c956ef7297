"""Errors as `application/problem+json` (RFC 9457), in two languages, with what to do next.

Every error of the API leaves through here, also those of the framework (no such address, wrong HTTP method), so
that a shop's program needs one way of reading errors. Nothing of an unexpected exception is shown outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import (
    BODY_TOO_LARGE,
    INTERNAL,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    ErrorKind,
    PaySwitchError,
)
from payswitch.entry.http import asgi
from payswitch.kit.logs import get_logger

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:payswitch:problem:"

_FRAMEWORK_KINDS: Mapping[int, ErrorKind] = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: BODY_TOO_LARGE}
_RETRY_AFTER_S = 1
"""A channel that was busy is asked again after about a second: the breaker has moved the traffic by then."""

_log = get_logger("payswitch.entry.http")
_encode = msgspec.json.Encoder().encode


def document(error: PaySwitchError, request_id: str) -> dict[str, object]:
    """The problem document of an error. Members of `extra` never replace the standard ones."""
    kind = error.kind
    problem: dict[str, object] = dict(error.extra)
    problem |= {
        "type": TYPE_PREFIX + kind.code,
        "title": kind.title_en,
        "title_zh": kind.title_zh,
        "status": kind.status,
        "code": kind.code,
        "detail": error.detail or kind.title_en,
        "next_action": kind.next_action,
        "request_id": request_id,
    }
    if error.detail_zh:
        problem["detail_zh"] = error.detail_zh
    if error.errors:
        problem["errors"] = error.errors
    return problem


def headers_of(error: PaySwitchError) -> dict[str, str]:
    """503 (and whoever knows it) says when to come back, 401 how to authenticate; nobody may keep an error."""
    headers = {"Cache-Control": "no-store"}
    if error.kind.status == 503 or "retry_after_s" in error.extra:
        headers["Retry-After"] = str(error.extra.get("retry_after_s", _RETRY_AFTER_S))
    elif error.kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="payswitch"'
    return headers


def problem(error: PaySwitchError, scope: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> asgi.Complete:
    """The HTTP answer of an error."""
    body = _encode(document(error, asgi.request_id(scope)))
    more = {**headers_of(error), **(headers or {})}
    return asgi.answer(body, status=error.kind.status, content_type=MEDIA_TYPE, headers=more)


def as_error(exception: Exception, scope: Mapping[str, Any]) -> PaySwitchError:
    """Any exception as an error for people; an unexpected one is logged here and told as `internal`."""
    if isinstance(exception, PaySwitchError):
        return exception
    if isinstance(exception, HTTPException) and exception.status_code < 500:
        return PaySwitchError(_FRAMEWORK_KINDS.get(exception.status_code, INVALID_REQUEST))
    log_failure(exception, scope)
    return PaySwitchError(INTERNAL)


def log_failure(exception: Exception, scope: Mapping[str, Any]) -> None:
    """One log line with the request id; the stack only when it is a bug and not a database that is away."""
    away = isinstance(exception, StorageUnavailable)
    _log.error(
        "request_failed",
        request_id=asgi.request_id(scope),
        method=scope.get("method"),
        route=scope.get("path_template"),
        error=type(exception).__name__,
        # "disk is full" is what the operator must read; these messages never carry a row's data.
        detail=str(exception) if away else None,
        exc_info=None if away else exception,
    )


def exception_handler(request: Request[Any, Any, Any], exception: Exception) -> Response[bytes]:
    """For Litestar: whatever leaves a handler, or the framework's own 404 and 405, becomes a problem document."""
    error = as_error(exception, request.scope)
    headers = headers_of(error)
    if isinstance(exception, HTTPException):
        headers |= exception.headers or {}
    body = _encode(document(error, asgi.request_id(request.scope)))
    return Response(body, status_code=error.kind.status, media_type=MEDIA_TYPE, headers=headers)
