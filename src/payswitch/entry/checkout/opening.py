"""The page itself: opening the link, and coming back to it from a wallet, a cashier, or WeChat's login."""

from __future__ import annotations

from urllib.parse import quote

from litestar.response.base import ASGIResponse

from payswitch.entry.checkout.desk import Desk, json_headers
from payswitch.entry.checkout.reading import AnyRequest, environment_of, kept_query, query_of, token_of
from payswitch.entry.http import asgi
from payswitch.services.checkout import checkouts, wechat_login


class Opening:
    """The handlers that answer with the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ctx = desk.ctx

    async def show(self, request: AnyRequest) -> ASGIResponse:
        """`?check` (the way back from a wallet, the button and the refresh of a page without script) asks the channel
        first. Inside WeChat the browser is sent for its openid, once."""
        query = query_of(request)
        if "check" in query:
            file = await checkouts.check(self._ctx, token_of(request))
        else:
            file = await checkouts.open_checkout(self._ctx, token_of(request))
        if "noid" not in query and "go" not in query:
            login = wechat_login.next_login(self._ctx, file, environment_of(request))
            if login is not None:
                return _to(login)
        return await self._desk.page(file, request)

    async def back_from_wechat(self, request: AnyRequest) -> ASGIResponse:
        """WeChat sends the browser back with a code. Whatever became of it, the page is shown; it asks only once."""
        query, token = query_of(request), token_of(request)
        file = await checkouts.open_checkout(self._ctx, token)
        channel_id = str(request.scope["path_params"]["channel_id"])
        known = await wechat_login.finish_login(
            self._ctx, file, channel_id, query.get("code", ""), query.get("state", "")
        )
        return self._page(request, token, **({} if known else {"noid": "1"}))

    async def back_by_post(self, request: AnyRequest) -> ASGIResponse:
        """A cashier that returns by POST (UnionPay's frontUrl). What it says is no fact: the page asks the channel."""
        return self._page(request, token_of(request), check="1")

    def _page(self, request: AnyRequest, token: str, **query: str) -> ASGIResponse:
        return _to(f"/checkout/{quote(token, safe='')}{kept_query(request, **query)}")


def _to(location: str) -> ASGIResponse:
    headers = {**json_headers(), "Location": location}
    return asgi.answer(status=303, content_type="text/plain", headers=headers)
