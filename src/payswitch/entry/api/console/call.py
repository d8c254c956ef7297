"""One call of the console about itself: signing in, the session, the profile. Who may make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from payswitch.domain.errors import UNAUTHENTICATED, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.roles import Permission
from payswitch.domain.user import Session
from payswitch.entry.api.call import Incoming
from payswitch.entry.api.console.cookies import require_own_page, token_of
from payswitch.entry.http import asgi
from payswitch.services.context import Context
from payswitch.services.people.signing_in import Browser, who_is


@dataclass(slots=True, frozen=True, kw_only=True)
class StrangerCall(Incoming):
    """Of somebody who wants to sign in."""

    browser: Browser


@dataclass(slots=True, frozen=True, kw_only=True)
class OwnCall(Incoming):
    """Of a user, about their own session and profile."""

    operator: Operator
    session: Session


async def admit_anyone(
    ctx: Context, scope: Mapping[str, Any], _: Permission | None = None
) -> Callable[..., StrangerCall]:
    """The door for signing in. Raises `forbidden` for another website's page: nobody is signed in as somebody else
    behind their back."""
    require_own_page(ctx, scope)
    browser = Browser(address=asgi.client_ip(scope), user_agent=asgi.user_agent(scope), token=token_of(ctx, scope))
    return partial(StrangerCall, browser=browser)


async def admit_user(ctx: Context, scope: Mapping[str, Any], _: Permission | None = None) -> Callable[..., OwnCall]:
    """The door for whoever is signed in. Raises `unauthenticated`, `forbidden`."""
    found = await signed_in(ctx, scope)
    if found is None:
        raise PaySwitchError(UNAUTHENTICATED, "nobody is signed in", "未登录或登录已过期")
    operator, session = found
    return partial(OwnCall, operator=operator, session=session)


async def signed_in(ctx: Context, scope: Mapping[str, Any]) -> tuple[Operator, Session] | None:
    """The user of the session that came as a cookie; None without a live one. Raises `forbidden` for a change that the
    console's own page did not send."""
    token = token_of(ctx, scope)
    if token is None:
        return None
    require_own_page(ctx, scope)
    return await who_is(ctx, token, asgi.client_ip(scope))
