"""One call of an operator, and who may make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from payswitch.domain.errors import UNAUTHENTICATED, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.entry.api.call import Incoming, key_fingerprint
from payswitch.services.context import Context


@dataclass(slots=True, frozen=True, kw_only=True)
class AdminCall(Incoming):
    """What an operation of the admin API is given."""

    operator: Operator


async def admit_operator(ctx: Context, scope: Mapping[str, Any]) -> Callable[..., AdminCall]:
    """The door of the admin API: operators' keys, never a shop's. Raises `unauthenticated`."""
    key = key_fingerprint(scope)
    operator = None if key is None else ctx.operators.get(key)
    if operator is None:
        raise PaySwitchError(
            UNAUTHENTICATED,
            detail="send an operator's API key ([[operators]] in payswitch.toml) as `Authorization: Bearer <key>`",
            detail_zh="请在 Authorization 请求头中携带运营密钥（payswitch.toml 的 [[operators]]，Bearer）",
        )
    return partial(AdminCall, operator=operator)
