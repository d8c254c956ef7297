"""What a request to the checkout says: where the screen is, which language, what the form holds."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

from litestar import Request

from payswitch.domain.channel import Environment, Method
from payswitch.entry.checkout.words import Language, Words, language_of
from payswitch.entry.http import asgi
from payswitch.entry.http.environment import chosen

AnyRequest = Request[Any, Any, Any]

SIZES = ("large", "usual")
LAST_COOKIE = "ps_last"
"""The method that this browser paid with last; a preference, nothing else."""


def token_of(request: AnyRequest) -> str:
    return str(request.scope["path_params"]["token"])


def query_of(request: AnyRequest) -> dict[str, str]:
    """The query's fields, the first of each name."""
    found = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def environment_of(request: AnyRequest) -> Environment:
    return chosen(asgi.user_agent(request.scope), query_of(request).get("env"))


def words_of(request: AnyRequest) -> Words:
    return Words(language_of(query_of(request).get("lang"), asgi.header(request.scope, b"accept-language") or ""))


def size_of(request: AnyRequest) -> str:
    size = query_of(request).get("size", "")
    return size if size in SIZES else ""


def kept_query(request: AnyRequest, **more: str) -> str:
    """`?env=..&lang=..&size=..` again for the page's own addresses, where they are valid; and what is added."""
    query = query_of(request)
    kept = {
        name: query[name]
        for name, known in (("env", set(Environment)), ("lang", set(Language)), ("size", set(SIZES)))
        if query.get(name) in known
    } | more
    return f"?{urlencode(kept)}" if kept else ""


async def fields_of(request: AnyRequest) -> dict[str, str]:
    """The posted form, the first of each name."""
    body = (await asgi.read_body(request.receive)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body).items()}


def method_in(fields: dict[str, str]) -> tuple[Method, ...]:
    """The form's `method`; none or an unknown one means any."""
    name = fields.get("method")
    return (Method(name),) if name in set(Method) else ()


def wants_json(request: AnyRequest) -> bool:
    """Whether the page's script asks, which goes on with the answer by itself."""
    return "application/json" in (asgi.header(request.scope, b"accept") or "")


def last_method(request: AnyRequest) -> str:
    for part in (asgi.header(request.scope, b"cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == LAST_COOKIE:
            return value
    return ""


def last_cookie(method: Method) -> str:
    return f"{LAST_COOKIE}={method.value}; Path=/checkout; Max-Age=31536000; SameSite=Lax; HttpOnly"
