"""试一笔: the plan for a payment that an operator makes up, under the policy in force or one that is being written.

Nothing is created, lent or drawn, and no channel hears of it: it says where such a payment would go just now, and why.
"""

from __future__ import annotations

import msgspec

from payswitch.domain.customer import Customer, age_band_of
from payswitch.domain.operator import Operator
from payswitch.kit.clock import beijing_day, beijing_hour
from payswitch.routing.policy import Policy
from payswitch.routing.rehearsal import rehearse
from payswitch.routing.request import RoutePlan, RouteRequest
from payswitch.services.context import Context
from payswitch.services.decisions.explaining import Line, plan_lines
from payswitch.services.decisions.routes import book_of
from payswitch.services.policies.policy_commands import TryPayment
from payswitch.services.policies.policy_desk import policy_desk_of
from payswitch.services.policies.policy_editing import policy_as_if

_ANYBODY = "somebody"
"""Stands for the ids under which wallets know the customer: inside their own apps a payment brings them along."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """Where it would go."""

    plan: RoutePlan
    lines: tuple[Line, ...]


async def try_payment(ctx: Context, operator: Operator, command: TryPayment) -> Tried:
    """Raises `policy_invalid` for a document with mistakes, `not_found` for a merchant or shop that is not theirs."""
    desk = policy_desk_of(ctx.policy_desk)
    policy: Policy = await policy_as_if(ctx, operator, command.merchant_id, command.shop_id, command.document)
    now_ms = ctx.clock.now_ms()
    book = book_of(ctx, ctx.directory.channels(command.merchant_id))
    plan = rehearse(desk.book, policy, _request(command, now_ms), book, now_ms=now_ms)
    return Tried(plan=plan, lines=plan_lines(plan))


def _request(command: TryPayment, now_ms: int) -> RouteRequest:
    at_ms = now_ms if command.at_ms is None else command.at_ms
    customer = Customer(
        is_new=command.customer_new,
        age=command.age,
        age_band=None if command.age is None else age_band_of(command.age),
        device=command.device or None,
        risk=command.risk or None,
        openid=_ANYBODY,
        buyer_id=_ANYBODY,
    )
    return RouteRequest(
        payment_id="rehearsal",
        merchant_id=command.merchant_id,
        shop_id=command.shop_id or "",
        amount_fen=command.amount_fen,
        environment=command.environment,
        methods=frozenset(command.methods),
        customer=customer,
        bank=command.bank,
        goods_tag=command.goods_tag or None,
        metadata=command.metadata,
        local_hour=beijing_hour(at_ms),
        local_day=beijing_day(at_ms),
    )
