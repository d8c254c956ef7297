"""退款处理: the operations on refunds that are not through."""

from __future__ import annotations

from payswitch.domain.errors import NOT_FOUND, REDIRECT_REFUSED, REFUND_EXCEEDS_PAID, REFUND_STATE
from payswitch.domain.roles import Permission
from payswitch.entry.api import query
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.desk.refund_views import AdminRefundList, AdminRefundView, admin_refund_view, refund_list
from payswitch.entry.api.call import Answer
from payswitch.entry.api.inputs import RedirectRefundInput
from payswitch.entry.api.operation import Operation
from payswitch.kit.secrets import Secret
from payswitch.services.commands import RedirectRefund, SettleRefund
from payswitch.services.refunds import refund_desk


async def list_open_refunds(call: AdminCall) -> Answer:
    limit = call.query.get("limit", query.PER_PAGE)
    return Answer(refund_list(await refund_desk.list_open(call.ctx, call.operator, limit=limit)))


async def get_open_refund(call: AdminCall) -> Answer:
    return Answer(admin_refund_view(await refund_desk.get_one(call.ctx, call.operator, call.path["refund_id"])))


async def retry_refund(call: AdminCall) -> Answer:
    return Answer(admin_refund_view(await refund_desk.retry_refund(call.ctx, call.operator, call.path["refund_id"])))


async def settle_refund(call: AdminCall) -> Answer:
    settled = refund_desk.settle_refund(call.ctx, call.operator, call.path["refund_id"], call.command)
    return Answer(admin_refund_view(await settled))


async def redirect_refund(call: AdminCall) -> Answer:
    given: RedirectRefundInput = call.command
    command = RedirectRefund(bank=given.bank, card_no=Secret(given.card_no), name=Secret(given.name))
    sent = refund_desk.redirect_refund(call.ctx, call.operator, call.path["refund_id"], command)
    return Answer(admin_refund_view(await sent))


REFUNDS = "/v1/admin/refunds"
REFUND = REFUNDS + "/{refund_id}"

REFUND_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listOpenRefunds",
        method="GET",
        path=REFUNDS,
        needs=Permission.VIEW,
        run=list_open_refunds,
        title="Refunds that are not through yet: those that need a person first, then the oldest",
        title_zh="未完成的退款：需人工处理的在前，其余按时间先后",
        parameters=(query.Parameter("limit", "How many at most", most=query.MOST_PER_PAGE),),
        answer=AdminRefundList,
    ),
    Operation(
        name="getOpenRefund",
        method="GET",
        path=REFUND,
        needs=Permission.VIEW,
        run=get_open_refund,
        title="One refund: what stands in the way, and what to do",
        title_zh="查询退款的异常原因与处理建议",
        answer=AdminRefundView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="retryRefund",
        method="POST",
        path=REFUND + "/retry",
        needs=Permission.MONEY,
        run=retry_refund,
        title="Try it now, under the same number, the way the money came",
        title_zh="立即以同一退款单号原路重试",
        answer=AdminRefundView,
        problems=(NOT_FOUND, REFUND_STATE),
    ),
    Operation(
        name="redirectRefund",
        method="POST",
        path=REFUND + "/redirect",
        needs=Permission.MONEY,
        run=redirect_refund,
        title="The card that paid is void: send it to another debit card of the customer's, under the same number",
        title_zh="原收款卡失效：以同一退款单号改退至顾客的其他借记卡",
        body=RedirectRefundInput,
        answer=AdminRefundView,
        problems=(NOT_FOUND, REFUND_STATE, REDIRECT_REFUSED),
    ),
    Operation(
        name="settleRefund",
        method="POST",
        path=REFUND + "/settle",
        needs=Permission.MONEY,
        run=settle_refund,
        title="The customer has the money another way: no more tries, the shop hears refund.succeeded",
        title_zh="已线下退还顾客：停止重试并通知店铺退款成功",
        body=SettleRefund,
        answer=AdminRefundView,
        problems=(NOT_FOUND, REFUND_STATE, REFUND_EXCEEDS_PAID),
    ),
)
