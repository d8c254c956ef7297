"""收银台 over HTTP: the page, the two buttons that launch, and the status the page asks for.

Opening a link changes nothing: only a pressed button launches an attempt. The browser's word is never evidence:
"I have paid" only makes us ask the channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import WRONG_STATE, PaySwitchError
from payswitch.domain.payment import PaymentFile
from payswitch.entry.checkout import words
from payswitch.entry.checkout.page import build_page, form_targets, phase_of
from payswitch.entry.checkout.shop_names import ShopNames
from payswitch.entry.checkout.status import status_of
from payswitch.entry.checkout.words import Words
from payswitch.entry.http import asgi, pages, problems
from payswitch.entry.http.assets import Assets
from payswitch.entry.http.environment import chosen
from payswitch.services import checkouts, switching
from payswitch.services.commands import SwitchPayment
from payswitch.services.context import Context

_PACKAGE = "payswitch.entry.checkout"
_encode = msgspec.json.Encoder().encode

_Serve = Callable[[Request[Any, Any, Any]], Awaitable[ASGIResponse]]


def routes(ctx: Context) -> list[HTTPRouteHandler]:
    """The checkout's part of the application."""
    checkout = Checkout(ctx)

    @get("/checkout/{token:str}", name="checkout")
    async def show(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await checkout.guarded(checkout.show, request)

    @post("/checkout/{token:str}", name="checkout-back")
    async def back(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await checkout.back(request)

    @post("/checkout/{token:str}/start", name="checkout-start")
    async def start(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await checkout.guarded(checkout.start, request)

    @post("/checkout/{token:str}/switch", name="checkout-switch")
    async def switch(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await checkout.guarded(checkout.switch, request)

    @get("/checkout/{token:str}/status", name="checkout-status")
    async def status(request: Request[Any, Any, Any]) -> ASGIResponse:
        return await checkout.status(request)

    return [show, back, start, switch, status, checkout.assets.route()]


class Checkout:
    """The page's handlers with what they share."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._names = ShopNames(ctx)
        self._templates = pages.Templates(_PACKAGE)
        self.assets = Assets(_PACKAGE, "/checkout-assets")

    async def guarded(self, serve: _Serve, request: Request[Any, Any, Any]) -> ASGIResponse:
        """Run a page handler; the customer sees a page for any error, never JSON and never details."""
        try:
            return await serve(request)
        except PaySwitchError as error:
            return self._message(words.NOT_HERE if error.kind.status == 404 else words.TROUBLE, error.kind.status)
        except Exception as failure:  # whatever fails, a customer in the middle of paying is told the money is safe
            problems.log_failure(failure, request.scope)
            return self._message(words.TROUBLE, 500)

    async def show(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """`?check=1` (the button without script, the refresh of a page without script) asks the channel first."""
        token = request.scope["path_params"]["token"]
        query = _query(request)
        if "check" in query:
            file = await checkouts.check(self._ctx, token)
        else:
            file = await checkouts.open_checkout(self._ctx, token)
        return await self._page(request, file)

    async def back(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """The customer comes back from a cashier that returns by POST (UnionPay's frontUrl). What it says is no fact:
        the page is opened, and asks the channel."""
        token = quote(request.scope["path_params"]["token"], safe="")
        return asgi.answer(status=303, content_type="text/plain", headers={"Location": f"/checkout/{token}?check=1"})

    async def start(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """The customer pressed a method's button."""
        token = request.scope["path_params"]["token"]
        methods = await _chosen_methods(request)
        try:
            await checkouts.start(
                self._ctx,
                token,
                environment=_environment(request),
                user_agent=asgi.user_agent(request.scope),
                client_ip=asgi.client_ip(request.scope),
                methods=methods,
            )
        except PaySwitchError as error:
            return await self._refused(request, token, error)
        return self._back(request, token)

    async def switch(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """换一种方式: the old attempt is queried and closed before a new one is shown."""
        token = request.scope["path_params"]["token"]
        command = SwitchPayment(methods=await _chosen_methods(request), environment=_environment(request))
        file = await checkouts.open_checkout(self._ctx, token)
        try:
            await switching.switch_payment(self._ctx, file.payment.payment_id, command, shop=None)
        except PaySwitchError as error:
            return await self._refused(request, token, error)
        return self._back(request, token)

    async def status(self, request: Request[Any, Any, Any]) -> ASGIResponse:
        """What the page polls: asks the channel (at most once a second) and tells how it stands."""
        try:
            file = await checkouts.check(self._ctx, request.scope["path_params"]["token"])
        except PaySwitchError as error:
            return problems.problem(error, request.scope)
        body = _encode(status_of(file, self._ctx.clock.now_ms()))
        return asgi.answer(body, content_type="application/json", headers=pages.security_headers())

    async def _page(
        self, request: Request[Any, Any, Any], file: PaymentFile, *, notice: Words | None = None, status: int = 200
    ) -> ASGIResponse:
        now_ms = self._ctx.clock.now_ms()
        environment = _environment(request)
        offered: tuple[Method, ...] = ()
        if phase_of(file, now_ms) in ("choose", "waiting"):
            offered = checkouts.offered_methods(self._ctx, file, environment)
        page = build_page(
            file,
            shop_name=await self._names.name(file.payment.shop_id),
            environment=environment,
            offered=offered,
            now_ms=now_ms,
        )
        token = file.payment.checkout_token
        html = self._templates.render(
            "checkout.html",
            page=page,
            notice=notice,
            base=f"/checkout/{token}",
            suffix=_override(request),
            link=self._ctx.checkout_url(token),
            css=self.assets.url("checkout.css"),
            js=self.assets.url("checkout.js"),
        )
        return pages.page(html, status=status, form_targets=form_targets(page.shown))

    async def _refused(self, request: Request[Any, Any, Any], token: str, error: PaySwitchError) -> ASGIResponse:
        """It could not be launched: the same page with a notice, all other ways still offered."""
        file = await checkouts.open_checkout(self._ctx, token)
        if error.kind is WRONG_STATE:
            return self._back(request, token)
        notice = words.NOTICES.get(error.kind.code, words.TROUBLE)
        return await self._page(request, file, notice=notice, status=error.kind.status)

    def _back(self, request: Request[Any, Any, Any], token: str) -> ASGIResponse:
        """`go=1` lets the page open the wallet once by itself; the script takes it out of the address at once."""
        query = urlencode({"go": "1", **dict(parse_qsl(_override(request).lstrip("?")))})
        return pages.see_other(f"/checkout/{token}?{query}")

    def _message(self, text: Words, status: int) -> ASGIResponse:
        html = self._templates.render("message.html", text=text, css=self.assets.url("checkout.css"))
        return pages.page(html, status=status)


def _query(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    return parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _environment(request: Request[Any, Any, Any]) -> Environment:
    return chosen(asgi.user_agent(request.scope), _query(request).get("env", [None])[0])


def _override(request: Request[Any, Any, Any]) -> str:
    """`?env=...` again for the page's own addresses, if the request had a valid one."""
    name = _query(request).get("env", [""])[0]
    return f"?env={name}" if name in set(Environment) else ""


async def _chosen_methods(request: Request[Any, Any, Any]) -> tuple[Method, ...]:
    """The form's `method`; none or an unknown one means any."""
    fields = parse_qs((await asgi.read_body(request.receive)).decode("utf-8", "replace"))
    return tuple(Method(name) for name in fields.get("method", []) if name in set(Method))
