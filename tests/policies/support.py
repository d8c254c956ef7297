"""An operator who changes policies, and short ways to say what they do."""

from __future__ import annotations

from typing import Any

import msgspec

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.shop import Shop
from payswitch.services.payments import payments
from payswitch.services.policies import policies
from payswitch.services.policies.policies import PolicyRecord, RolledBack
from payswitch.services.policies.policy_commands import ActivatePolicy, DraftPolicy, RollBackPolicy
from tests.services.harness import SHOP, Night, command

LIN = Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}))
WU = Operator(operator_id="op-wu", name="吴", merchant_ids=frozenset({"m-2"}))
BOOKS = Shop(shop_id="shop-2", merchant_id="m-1", name="书店")

ALIPAY_FIRST: dict[str, Any] = {
    "split": {"best": 100, "warm": 0, "explore": 0},
    "rules": [{"name": "alipay-first", "when": {}, "then": {"prefer": {"methods": ["alipay"]}}}],
}
BEST_ONLY: dict[str, Any] = {"split": {"best": 100, "warm": 0, "explore": 0}}


async def draft(night: Night, document: dict[str, Any], shop_id: str | None = None) -> PolicyRecord:
    wanted = DraftPolicy(merchant_id="m-1", shop_id=shop_id, document=document, note="试")
    return await policies.draft_policy(night.ctx, LIN, wanted)


async def activate(night: Night, record: PolicyRecord, revision: int | None = None) -> PolicyRecord:
    wanted = ActivatePolicy(revision=record.revision if revision is None else revision, note="上线")
    return await policies.activate_policy(night.ctx, LIN, record.version.policy_id, wanted)


async def in_force(night: Night, document: dict[str, Any], shop_id: str | None = None) -> PolicyRecord:
    return await activate(night, await draft(night, document, shop_id))


async def back(night: Night, revision: int, shop_id: str | None = None, to: int | None = None) -> RolledBack:
    wanted = RollBackPolicy(merchant_id="m-1", shop_id=shop_id, revision=revision, to=to, note="回滚")
    return await policies.roll_back(night.ctx, LIN, wanted)


async def goes_to(night: Night, number: str, shop: Shop = SHOP, **changes: object) -> tuple[str, str]:
    """(the channel of a new payment, the version that decided)."""
    made = await payments.create_payment(night.ctx, shop, command(number, **changes), None)
    payment_id = made.file.payment.payment_id
    decision = (await night.store.decisions(payment_id))[0]
    return made.file.attempts[0].channel_id, decision.policy_version


def problems(error: PaySwitchError) -> dict[str, str]:
    return {one["field"]: one["message"] for one in error.errors}


def plain(value: Any) -> Any:
    return msgspec.to_builtins(value)
