"""How a healthy channel may behave where sources disagree: one address per family to look at it and to change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

import msgspec
from aiohttp import web

from payswitch.sandbox.admin import local

O = TypeVar("O", bound=msgspec.Struct)  # noqa: E741 - read only in this file's signatures


class Odd(Protocol[O]):
    """One account with oddities of its own."""

    oddities: O


class _Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account: str = "*"
    oddities: msgspec.Raw


class BehaviourDesk(Generic[O]):
    """`PUT {"account": "*" or a channel id, "oddities": {...}}`; what is not named goes back to its default."""

    def __init__(self, family: str, kind: type[O], accounts: Mapping[str, Odd[O]]) -> None:
        self._path = f"/_sandbox/{family}/oddities"
        self._kind = kind
        self._accounts = accounts

    def routes(self) -> list[web.RouteDef]:
        return [web.get(self._path, local(self._show)), web.put(self._path, local(self._set))]

    def behave(self, oddities: O, channel_id: str | None = None) -> None:
        """From now on one account, or all, behave like this. KeyError for an account that is not of this family."""
        for account in self._accounts.values() if channel_id is None else [self._accounts[channel_id]]:
            account.oddities = oddities

    async def _show(self, _request: web.Request) -> web.Response:
        return _json({name: account.oddities for name, account in self._accounts.items()})

    async def _set(self, request: web.Request) -> web.Response:
        try:
            wish = msgspec.json.decode(await request.read(), type=_Wish)
            oddities = msgspec.json.decode(wish.oddities, type=self._kind)
        except msgspec.MsgspecError as error:
            return _json({"error": str(error)}, 400)
        if wish.account not in ("*", *self._accounts):
            return _json({"error": f"accounts are {sorted(self._accounts)}"}, 400)
        self.behave(oddities, None if wish.account == "*" else wish.account)
        return await self._show(request)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type="application/json")
