"""Where the writing of a policy begins, and what would decide if it were in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from payswitch.domain.channel import Channel
from payswitch.domain.operator import Operator
from payswitch.domain.policy_record import PolicyScope, PolicyVersion
from payswitch.domain.shop import Shop
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT
from payswitch.services.context import Context
from payswitch.services.policies.policies import check_version, new_version, scope_of, with_version
from payswitch.services.policies.policy_log import read_log, whole_policies


async def policy_as_if(
    ctx: Context, operator: Operator, merchant_id: str, shop_id: str | None, document: dict[str, Any] | None
) -> Policy:
    """The whole policy that would decide if this document were in force; None: the one that decides now. Raises
    `policy_invalid` with everything that is wrong."""
    desk, scope = await scope_of(ctx, operator, merchant_id, shop_id)
    if document is None:
        return desk.book.policy_for(scope.merchant_id, scope.shop_id)
    log = await read_log(desk.store, scope.merchant_id)
    version = new_version(ctx, operator, scope, log, document, "")
    await check_version(ctx, log, version)
    return with_version(desk, log, version)


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """What decides for a merchant (or shop) just now, and what a new version of it may name."""

    scope: PolicyScope
    policy: Policy
    own: PolicyVersion | None
    """The scope's own version; None: what is inherited decides."""
    inherited: Policy
    """What would decide without a version of its own."""
    revision: int
    channels: Sequence[Channel]
    shops: Sequence[Shop]


async def in_force(ctx: Context, operator: Operator, merchant_id: str, shop_id: str | None) -> InForce:
    """Where the editing of a policy begins."""
    desk, scope = await scope_of(ctx, operator, merchant_id, shop_id)
    log = await read_log(desk.store, merchant_id)
    follows = whole_policies(desk.base, {**log.chosen(), scope.shop_id: None})
    return InForce(
        scope=scope,
        policy=desk.book.policy_for(scope.merchant_id, scope.shop_id),
        own=log.version(scope, log.number_in_force(scope)),
        inherited=follows.get(WHOLE_MERCHANT) or desk.base,
        revision=log.revision(scope),
        channels=ctx.directory.channels(merchant_id),
        shops=[shop for shop in await ctx.store.shops() if shop.merchant_id == merchant_id],
    )
