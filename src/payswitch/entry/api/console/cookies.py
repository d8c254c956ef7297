"""The session's cookie, and what a request that brings one must show besides.

A cookie is sent by the browser whoever wrote the page that asks. So everything that changes something must also bring a
header that no foreign page can send without being asked first (and we answer no such question), and must not say that
it comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from payswitch.domain.errors import FORBIDDEN, PaySwitchError
from payswitch.entry.http import asgi
from payswitch.kit.secrets import Secret
from payswitch.services.context import Context

PLAIN: Final = "payswitch_session"
SECURE: Final = "__Host-payswitch_session"
"""Over https: the prefix makes the browser refuse one that was set over http, by a neighbour domain or for a path."""

HEADER: Final = b"x-payswitch-console"
_SAME: Final = frozenset({"same-origin", "none"})


def cookie_name(ctx: Context) -> str:
    return SECURE if _is_https(ctx) else PLAIN


def _is_https(ctx: Context) -> bool:
    """What the browser sees: before us may stand a proxy that ends TLS."""
    return ctx.public_url.startswith("https:")


def token_of(ctx: Context, scope: Mapping[str, Any]) -> str | None:
    """The session's token that came with the request, if any."""
    text = asgi.header(scope, b"cookie")
    if text is None:
        return None
    try:
        found = SimpleCookie(text).get(cookie_name(ctx))
    except CookieError:
        return None
    return found.value if found is not None and found.value else None


def set_cookie(ctx: Context, token: Secret) -> str:
    """`Set-Cookie`. Without an age: it goes with the browser, and the session ends here anyway."""
    return f"{cookie_name(ctx)}={token.reveal()}; {_attributes(ctx)}"


def clear_cookie(ctx: Context) -> str:
    return f"{cookie_name(ctx)}=; Max-Age=0; {_attributes(ctx)}"


def _attributes(ctx: Context) -> str:
    return "Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if _is_https(ctx) else "")


def require_own_page(ctx: Context, scope: Mapping[str, Any]) -> None:
    """Raises `forbidden` for a change that the console's own page did not send."""
    if scope["method"] in ("GET", "HEAD"):
        return
    if asgi.header(scope, HEADER) != "1":
        raise _foreign(
            "requests with a cookie must bring the header X-PaySwitch-Console: 1",
            "使用 Cookie 的请求须携带 X-PaySwitch-Console: 1 请求头",
        )
    site = asgi.header(scope, b"sec-fetch-site")
    origin = asgi.header(scope, b"origin")
    own = {_authority(ctx.public_url), asgi.header(scope, b"host") or ""}
    if (site is not None and site not in _SAME) or (origin is not None and _authority(origin) not in own):
        raise _foreign("another website's page sent this", "该请求来自其他网站的页面")


def _authority(address: str) -> str:
    return urlsplit(address).netloc


def _foreign(english: str, chinese: str) -> PaySwitchError:
    return PaySwitchError(FORBIDDEN, english, chinese)
