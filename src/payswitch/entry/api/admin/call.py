"""One call of an operator, and who may make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec.structs import replace

from payswitch.domain.errors import FORBIDDEN, UNAUTHENTICATED, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.roles import PERMISSION_TEXTS, Permission, roles_with
from payswitch.entry.api.call import Incoming, key_fingerprint
from payswitch.entry.api.console.call import signed_in
from payswitch.entry.http import asgi
from payswitch.services.context import Context


@dataclass(slots=True, frozen=True, kw_only=True)
class AdminCall(Incoming):
    """What an operation of the admin API is given."""

    operator: Operator


async def admit_operator(ctx: Context, scope: Mapping[str, Any], needs: Permission | None) -> Callable[..., AdminCall]:
    """The door of the admin API: an operator's key, never a shop's, or the session of a user who is signed in to the
    console. Raises `unauthenticated` and `forbidden`."""
    operator = await _caller(ctx, scope)
    if operator is None:
        raise PaySwitchError(
            UNAUTHENTICATED,
            detail="sign in to the console, or send an operator's API key ([[operators]] in payswitch.toml) as "
            "`Authorization: Bearer <key>`",
            detail_zh="请登录控制台，或以 Authorization: Bearer 携带运营密钥（payswitch.toml 的 [[operators]]）",
        )
    require(operator, needs)
    return partial(AdminCall, operator=operator)


async def _caller(ctx: Context, scope: Mapping[str, Any]) -> Operator | None:
    """A key that is there decides alone: a wrong one is not mended by a cookie."""
    if asgi.header(scope, b"authorization") is not None:
        return _holder_of_key(ctx, scope)
    found = await signed_in(ctx, scope)
    return None if found is None else found[0]


def _holder_of_key(ctx: Context, scope: Mapping[str, Any]) -> Operator | None:
    key = key_fingerprint(scope)
    operator = None if key is None else ctx.operators.get(key)
    return None if operator is None else replace(operator, address=asgi.client_ip(scope))


def require(operator: Operator, needs: Permission | None) -> None:
    """Raises `forbidden` unless this operator may. An operation that does not say what it needs is done by nobody."""
    if needs is not None and operator.may(needs):
        return
    if needs is None:
        raise PaySwitchError(FORBIDDEN)
    english, chinese = PERMISSION_TEXTS[needs]
    allowed = ", ".join(roles_with(needs))
    raise PaySwitchError(
        FORBIDDEN,
        f"this needs the permission to {english} ({needs.value}), which the roles {allowed} have",
        f"此操作需要“{chinese}”权限（{needs.value}），以下角色具备：{allowed}",
        extra={"needs": needs.value, "roles": [role.value for role in roles_with(needs)]},
    )
