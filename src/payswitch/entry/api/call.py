"""One authenticated API call, as the operations see it, and who may make it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from payswitch.domain.errors import INVALID_REQUEST, UNAUTHENTICATED, UNSUPPORTED_MEDIA_TYPE, PaySwitchError
from payswitch.domain.roles import Permission
from payswitch.domain.shop import Shop
from payswitch.entry.http import asgi
from payswitch.kit.secrets import fingerprint
from payswitch.services.context import Context

IDEMPOTENCY_KEY = "[!-~]{1,255}"
"""Printable ASCII without blanks; a UUID is a good choice."""
_KEY = re.compile(IDEMPOTENCY_KEY)


@dataclass(slots=True, frozen=True, kw_only=True)
class Incoming:
    """What every operation is given: the command and the query parameters are checked. Who calls is known, too: the
    two kinds of callers, shops and operators, have a class of their own each."""

    ctx: Context
    path: Mapping[str, str]
    query: Mapping[str, Any]
    command: Any
    """The decoded body for operations that take one, else None."""
    idempotency_key: str | None


@dataclass(slots=True, frozen=True, kw_only=True)
class Call(Incoming):
    """A call of a shop."""

    shop: Shop


@dataclass(slots=True, frozen=True)
class Answer:
    """What an operation returns: a view, encoded by the caller."""

    view: msgspec.Struct | msgspec.Raw
    """`Raw`: JSON of somebody else's making, handed on byte for byte."""
    status: int = 200
    headers: Mapping[str, str] | None = None
    """Beyond the usual ones."""


@dataclass(slots=True, frozen=True)
class Download:
    """What an operation returns that gives a file instead of a view. Nothing may fail once the first bytes are sent:
    whoever makes one checks everything before."""

    chunks: AsyncIterator[bytes]
    filename: str
    """ASCII, without quotes."""
    content_type: str


def key_fingerprint(scope: Mapping[str, Any]) -> str | None:
    """The fingerprint of the API key that came with the request; None when there is none.

    Every key, good or bad, costs one hash and one look-up by its fingerprint: nothing compares secrets character
    by character, so the time of an answer tells nothing.
    """
    scheme, _, key = (asgi.header(scope, b"authorization") or "").partition(" ")
    return fingerprint(key.strip()) if scheme.lower() == "bearer" and key else None


async def admit_shop(ctx: Context, scope: Mapping[str, Any], _: Permission | None = None) -> Callable[..., Call]:
    """The door of the shops' part of the API."""
    return partial(Call, shop=await authenticate(ctx, scope))


async def authenticate(ctx: Context, scope: Mapping[str, Any]) -> Shop:
    """The shop of the API key. Raises `unauthenticated`."""
    key = key_fingerprint(scope)
    shop = None if key is None else await ctx.store.shop_of_key(key)
    if shop is None:
        raise PaySwitchError(
            UNAUTHENTICATED,
            detail="send the shop's API key as `Authorization: Bearer <key>`",
            detail_zh="请在 Authorization 请求头中携带店铺 API 密钥（Bearer）",
        )
    return shop


def idempotency_key(scope: Mapping[str, Any]) -> str | None:
    """The `Idempotency-Key` header, or None. Raises `invalid_request` for one that is not usable."""
    key = asgi.header(scope, b"idempotency-key")
    if key is None or _KEY.fullmatch(key):
        return key
    message = "must be 1 to 255 printable ASCII characters without blanks"
    message_zh = "须为 1 到 255 个可见 ASCII 字符，不含空格"
    raise PaySwitchError(
        INVALID_REQUEST,
        detail=f"Idempotency-Key {message}",
        detail_zh=f"Idempotency-Key {message_zh}",
        errors=[{"field": "Idempotency-Key", "message": f"{message} / {message_zh}"}],
    )


def require_json(scope: Mapping[str, Any]) -> None:
    """Raises `unsupported_media_type` unless the body says it is JSON."""
    media_type = (asgi.header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise PaySwitchError(
            UNSUPPORTED_MEDIA_TYPE,
            detail="send the body as JSON with `Content-Type: application/json`",
            detail_zh="请以 Content-Type: application/json 发送 JSON 请求体",
        )
