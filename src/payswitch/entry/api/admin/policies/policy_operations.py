"""策略管理: the operations on policies, and the explanation of a payment's decisions."""

from __future__ import annotations

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.policies import policy_editing_views as editing
from payswitch.entry.api.admin.policies import policy_views as views
from payswitch.entry.api.call import Answer
from payswitch.entry.api.explanation_views import ExplanationView, explanation_view
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, Parameter
from payswitch.routing.policy_schema import policy_schemas
from payswitch.services.decisions import explaining
from payswitch.services.policies import policies, policy_editing, policy_simulation, trying
from payswitch.services.policies.policy_commands import (
    ActivatePolicy,
    CheckPolicy,
    DraftPolicy,
    RollBackPolicy,
    SimulatePolicy,
    TryPayment,
)


async def list_policies(call: AdminCall) -> Answer:
    found = await policies.list_policies(call.ctx, call.operator)
    return Answer(views.PolicyList(data=[views.policy_view(record) for record in found]))


async def policy_in_force(call: AdminCall) -> Answer:
    merchant_id, shop_id = call.query["merchant_id"], call.query.get("shop_id")
    return Answer(editing.in_force_view(await policy_editing.in_force(call.ctx, call.operator, merchant_id, shop_id)))


async def policy_schema(_call: AdminCall) -> Answer:
    return Answer(editing.PolicySchemaView(parts=policy_schemas("{name}")))


async def try_payment(call: AdminCall) -> Answer:
    return Answer(editing.tried_view(await trying.try_payment(call.ctx, call.operator, call.command)))


async def draft_policy(call: AdminCall) -> Answer:
    record = await policies.draft_policy(call.ctx, call.operator, call.command)
    return Answer(views.policy_view(record), status=201)


async def check_policy(call: AdminCall) -> Answer:
    command: CheckPolicy = call.command
    try:
        await policies.check_policy(call.ctx, call.operator, command)
    except PaySwitchError as refused:
        if command.refuse or refused.kind is not kinds.POLICY_INVALID:
            raise
        found = [views.MistakeView(field=one["field"], message=one["message"]) for one in refused.errors]
        return Answer(views.PolicyCheckView(valid=False, errors=found))
    return Answer(views.PolicyCheckView(valid=True))


async def get_policy(call: AdminCall) -> Answer:
    record, whole = await policies.get_policy(call.ctx, call.operator, call.path["policy_id"])
    return Answer(views.policy_detail(record, whole))


async def diff_policy(call: AdminCall) -> Answer:
    against = call.query.get("against")
    return Answer(
        views.diff_view(*await policies.diff_policy(call.ctx, call.operator, call.path["policy_id"], against))
    )


async def simulate_policy(call: AdminCall) -> Answer:
    command: SimulatePolicy = call.command
    found = policy_simulation.simulate_policy(call.ctx, call.operator, call.path["policy_id"], command.days)
    return Answer(views.simulation_view(await found))


async def activate_policy(call: AdminCall) -> Answer:
    record = await policies.activate_policy(call.ctx, call.operator, call.path["policy_id"], call.command)
    return Answer(views.policy_view(record))


async def roll_back(call: AdminCall) -> Answer:
    return Answer(views.rollback_view(await policies.roll_back(call.ctx, call.operator, call.command)))


async def explain_payment(call: AdminCall) -> Answer:
    found = await explaining.explain_for_operator(call.ctx, call.operator, call.path["payment_id"])
    return Answer(explanation_view(found))


POLICIES = "/v1/admin/policies"
POLICY = POLICIES + "/{policy_id}"

POLICY_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listPolicies",
        method="GET",
        path=POLICIES,
        needs=Permission.VIEW,
        run=list_policies,
        title="Every version of the policies of the operator's merchants and their shops",
        title_zh="本运营人员所管商户及其店铺的全部策略版本",
        answer=views.PolicyList,
    ),
    Operation(
        name="draftPolicy",
        method="POST",
        path=POLICIES,
        needs=Permission.CONFIGURE,
        run=draft_policy,
        title="A new version, checked in full; no payment sees it before it is activated",
        title_zh="新建策略草稿：先全面校验，激活前不影响任何支付",
        body=DraftPolicy,
        answer=views.PolicyView,
        status=201,
        problems=(kinds.POLICY_INVALID, kinds.REVISION_CONFLICT, NOT_FOUND),
    ),
    Operation(
        name="checkPolicy",
        method="POST",
        path=POLICIES + "/check",
        needs=Permission.VIEW,
        run=check_policy,
        title="Every mistake of a document, with its place and its fix; nothing is written",
        title_zh="校验策略文档：一次列出全部错误及修改方法，不保存",
        body=CheckPolicy,
        answer=views.PolicyCheckView,
        problems=(kinds.POLICY_INVALID, NOT_FOUND),
    ),
    Operation(
        name="policyInForce",
        method="GET",
        path=POLICIES + "/in-force",
        needs=Permission.VIEW,
        run=policy_in_force,
        title="What decides for a merchant or shop just now, and what a new version of it may name",
        title_zh="当前生效的策略，以及新版本可引用的渠道与店铺",
        parameters=(
            Parameter("merchant_id", "Whose", pattern=IDENTIFIER, required=True),
            Parameter("shop_id", "A shop of it; none: the merchant's own", pattern=IDENTIFIER),
        ),
        answer=editing.InForceView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getPolicySchema",
        method="GET",
        path=POLICIES + "/schema",
        needs=Permission.VIEW,
        run=policy_schema,
        title="Every field of a policy document: what it means, its unit, default and range",
        title_zh="策略文档的全部字段：含义、单位、默认值与取值范围",
        answer=editing.PolicySchemaView,
    ),
    Operation(
        name="tryPayment",
        method="POST",
        path=POLICIES + "/try",
        needs=Permission.VIEW,
        run=try_payment,
        title="Where a payment that nobody makes would go just now, and why; nothing is created, lent or drawn",
        title_zh="试一笔：假想支付此刻会走哪个渠道及原因，不产生任何实际影响",
        body=TryPayment,
        answer=editing.TriedView,
        problems=(kinds.POLICY_INVALID, NOT_FOUND),
    ),
    Operation(
        name="rollBackPolicy",
        method="POST",
        path=POLICIES + "/rollback",
        needs=Permission.CONFIGURE,
        run=roll_back,
        title="An earlier version again, at once",
        title_zh="回滚到较早的策略版本，立即生效",
        body=RollBackPolicy,
        answer=views.RollbackView,
        problems=(kinds.REVISION_CONFLICT, kinds.POLICY_STATE, kinds.POLICY_INVALID, NOT_FOUND),
    ),
    Operation(
        name="getPolicy",
        method="GET",
        path=POLICY,
        needs=Permission.VIEW,
        run=get_policy,
        title="One version with its document, and the whole policy that follows from it",
        title_zh="查询策略版本：原文，以及合并继承后的完整策略",
        answer=views.PolicyDetail,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="diffPolicy",
        method="GET",
        path=POLICY + "/diff",
        needs=Permission.VIEW,
        run=diff_policy,
        title="What a version changes, per field and per rule",
        title_zh="对比策略：逐字段、逐规则列出差异",
        parameters=(Parameter("against", "Another version; none: what is in force", pattern=IDENTIFIER),),
        answer=views.PolicyDiffView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="simulatePolicy",
        method="POST",
        path=POLICY + "/simulate",
        needs=Permission.VIEW,
        run=simulate_policy,
        title="What it would have done with the recorded payments of the last days, and what that would have earned",
        title_zh="模拟策略：以最近数日已记录的支付重放，并估计成功率与手续费",
        body=SimulatePolicy,
        answer=views.SimulationView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="activatePolicy",
        method="POST",
        path=POLICY + "/activate",
        needs=Permission.CONFIGURE,
        run=activate_policy,
        title="It decides from now on",
        title_zh="激活策略，立即生效",
        body=ActivatePolicy,
        answer=views.PolicyView,
        problems=(NOT_FOUND, kinds.REVISION_CONFLICT, kinds.POLICY_STATE, kinds.POLICY_INVALID),
    ),
    Operation(
        name="explainPayment",
        method="GET",
        path="/v1/admin/payments/{payment_id}/explanation",
        needs=Permission.VIEW,
        run=explain_payment,
        title="Why a payment went where it went, one sentence a line",
        title_zh="决策说明：逐条说明支付为何走该渠道",
        answer=ExplanationView,
        problems=(NOT_FOUND,),
    ),
)
