"""HTML pages: templates that escape everything, and headers that let nothing foreign in."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from litestar.response.base import ASGIResponse

from payswitch.entry.http import asgi

HTML = "text/html"


class Templates:
    """The Jinja2 templates of one package. Everything is escaped; an undefined name is an error, not a blank."""

    def __init__(self, package: str) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader(package, "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values)


def security_headers(form_targets: Sequence[str] = ()) -> dict[str, str]:
    """For every page: nothing inline, nothing from elsewhere, no frame around it, no copy of it kept.

    `form_targets` are the origins a payment form is posted to (a wallet's), beside ourselves. The referrer must
    keep its origin: WeChat's H5 page only opens when it comes from the shop's registered domain.
    """
    targets = " ".join(("'self'", *form_targets))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def page(
    html: str, *, status: int = 200, form_targets: Sequence[str] = (), scope: Mapping[str, Any] | None = None
) -> ASGIResponse:
    """A complete page; packed for a browser (told by its request's scope) that reads gzip."""
    headers = security_headers(form_targets)
    body = html.encode()
    if scope is not None and asgi.takes_gzip(scope):
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return asgi.answer(body, status=status, content_type=f"{HTML}; charset=utf-8", headers=headers)


def see_other(location: str) -> ASGIResponse:
    """303: after a form was posted, so that going back or reloading posts nothing again."""
    return asgi.answer(
        status=303, content_type=f"{HTML}; charset=utf-8", headers={**security_headers(), "Location": location}
    )
