"""退款 over the API: ask for one, list them, look at one."""

from __future__ import annotations

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.entry.api import refund_views
from payswitch.entry.api.call import Answer, Call
from payswitch.entry.api.operation import Operation
from payswitch.services.commands import CreateRefund
from payswitch.services.refunds import refunds


async def create_refund(call: Call) -> Answer:
    refund = await refunds.create_refund(
        call.ctx, call.shop, call.path["payment_id"], call.command, call.idempotency_key
    )
    return Answer(refund_views.refund_view(refund), status=201)


async def list_refunds(call: Call) -> Answer:
    found = await refunds.list_refunds(call.ctx, call.shop, call.path["payment_id"])
    return Answer(refund_views.RefundList(data=[refund_views.refund_view(refund) for refund in found]))


async def get_refund(call: Call) -> Answer:
    return Answer(refund_views.refund_view(await refunds.get_refund(call.ctx, call.shop, call.path["refund_id"])))


REFUNDS: tuple[Operation[Call], ...] = (
    Operation(
        name="createRefund",
        method="POST",
        path="/v1/payments/{payment_id}/refunds",
        run=create_refund,
        title="Pay back all or a part; the same refund_no twice is one refund",
        title_zh="申请退款；同一 refund_no 只退一次",
        body=CreateRefund,
        answer=refund_views.RefundView,
        status=201,
        problems=(
            NOT_FOUND,
            kinds.WRONG_STATE,
            kinds.IDEMPOTENCY_CONFLICT,
            kinds.REFUND_EXCEEDS_PAID,
            kinds.REFUND_TERMS,
        ),
    ),
    Operation(
        name="listRefunds",
        method="GET",
        path="/v1/payments/{payment_id}/refunds",
        run=list_refunds,
        title="Refunds of one payment, surplus refunds included",
        title_zh="某支付单的退款，含重复支付的自动退款",
        answer=refund_views.RefundList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getRefund",
        method="GET",
        path="/v1/refunds/{refund_id}",
        run=get_refund,
        title="One refund",
        title_zh="查询退款",
        answer=refund_views.RefundView,
        problems=(NOT_FOUND,),
    ),
)
