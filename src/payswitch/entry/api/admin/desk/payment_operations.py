"""支付单: the operations by which operators find payments and act on one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

from payswitch.domain import errors as kinds
from payswitch.domain.channel import Method
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.payment import PaymentState
from payswitch.domain.payment_search import PaymentFilter, PaymentPage
from payswitch.domain.roles import Permission
from payswitch.entry.api import refund_views
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.desk import payment_views as shown
from payswitch.entry.api.admin.desk.evidence_files import evidence_files
from payswitch.entry.api.admin.desk.payment_csv import ROWS_PER_READ, CsvLanguage, payment_csv
from payswitch.entry.api.call import Answer, Download
from payswitch.entry.api.limits import VISIBLE
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, LIMIT, PER_PAGE, Parameter
from payswitch.kit.clock import beijing
from payswitch.services.desk import evidence, payment_actions, payment_desk
from payswitch.services.desk.payment_actions import RefundByOperator
from payswitch.services.desk.timeline import records_of


class Yes(StrEnum):
    YES = "yes"


_MOMENT = "[0-9]{1,13}"
_MOMENT_WORDS = ("Unix milliseconds", "Unix 毫秒时间戳")
_FROM = "Created at this moment or later; with channel_id: begun there then"
_UNTIL = "Created before this moment; with channel_id: begun there before"
_FEN = "[0-9]{1,11}"
_FEN_WORDS = ("fen (分), a whole number", "以分为单位的整数")

FILTERS = (
    Parameter("shop_id", "Only of this shop", pattern=IDENTIFIER),
    Parameter("state", "Only payments in this state", choices=PaymentState),
    Parameter("method", "With an attempt by this method; with channel_id: at that channel", choices=Method),
    Parameter("channel_id", "With an attempt at this channel", pattern=IDENTIFIER),
    Parameter("min_fen", "Of this amount or more", pattern=_FEN, wanted=_FEN_WORDS),
    Parameter("max_fen", "Of this amount or less", pattern=_FEN, wanted=_FEN_WORDS),
    Parameter(
        "from_ms",
        _FROM,
        pattern=_MOMENT,
        wanted=_MOMENT_WORDS,
    ),
    Parameter("to_ms", _UNTIL, pattern=_MOMENT, wanted=_MOMENT_WORDS),
    Parameter("surplus", "Only with money beside the winner (重复支付)", choices=Yes),
    Parameter("switched", "Only with more than one attempt", choices=Yes),
    Parameter("in_doubt", "Only with a debit whose end is not known", choices=Yes),
)
AFTER = Parameter(
    "after",
    "The `next` of the page before, with the same filters",
    pattern="[0-9]{1,16}-[0-9A-Za-z_-]{1,64}",
    wanted=("the `next` of an earlier page", "上一页返回的 next"),
)
NUMBER = Parameter(
    "number",
    "Any number of a payment: its id, out_trade_no, channel_order_no, transaction_id, a refund's, a customer's id",
    pattern=f"(?=.{{1,64}}$){VISIBLE}",
    required=True,
    wanted=("1 to 64 characters, not only blanks", "1 到 64 个字符，不能只有空白"),
)
LANGUAGE = Parameter("language", "Of the column names; default: zh", choices=CsvLanguage)


def filter_of(given: Any) -> PaymentFilter:
    """The filter that these query parameters mean."""

    def number(name: str) -> int | None:
        return int(given[name]) if name in given else None

    return PaymentFilter(
        shop_id=given.get("shop_id"),
        state=given.get("state"),
        method=given.get("method"),
        channel_id=given.get("channel_id"),
        min_fen=number("min_fen"),
        max_fen=number("max_fen"),
        from_ms=number("from_ms"),
        to_ms=number("to_ms"),
        surplus="surplus" in given,
        switched="switched" in given,
        in_doubt="in_doubt" in given,
    )


async def list_payments(call: AdminCall) -> Answer:
    page = await payment_desk.list_payments(
        call.ctx,
        call.operator,
        filter_of(call.query),
        after=call.query.get("after"),
        limit=call.query.get("limit", PER_PAGE),
    )
    return Answer(shown.page_view(page))


async def find_payments(call: AdminCall) -> Answer:
    return Answer(shown.match_list(await payment_desk.find_payments(call.ctx, call.operator, call.query["number"])))


async def export_payments(call: AdminCall) -> Download:
    wanted = filter_of(call.query)

    async def read(after: str | None) -> PaymentPage:
        return await payment_desk.list_payments(call.ctx, call.operator, wanted, after=after, limit=ROWS_PER_READ)

    await payment_actions.note_export(call.ctx, call.operator, "payments.csv", call.query)
    # The first page before the first byte: what is wrong with the request is still told as a problem.
    rows = payment_csv(await read(None), read, call.query.get("language", CsvLanguage.ZH))
    stamp = beijing(call.ctx.clock.now_ms()).strftime("%Y%m%d-%H%M%S")
    return Download(rows, filename=f"payments-{stamp}.csv", content_type="text/csv; charset=utf-8")


async def get_payment(call: AdminCall) -> Answer:
    return Answer(shown.detail_view(await records_of(call.ctx, call.operator, call.path["payment_id"])))


async def query_payment(call: AdminCall) -> Answer:
    return Answer(shown.asked_view(await payment_actions.ask_now(call.ctx, call.operator, call.path["payment_id"])))


async def close_payment(call: AdminCall) -> Answer:
    await payment_actions.close_payment(call.ctx, call.operator, call.path["payment_id"])
    return await get_payment(call)


async def refund_payment(call: AdminCall) -> Answer:
    refund = await payment_actions.refund_payment(call.ctx, call.operator, call.path["payment_id"], call.command)
    return Answer(refund_views.refund_view(refund), status=201)


async def download_evidence(call: AdminCall) -> Download:
    records = await payment_actions.take_evidence(call.ctx, call.operator, call.path["payment_id"])
    payment_id = records.file.payment.payment_id
    packed = evidence.package(payment_id, call.operator.operator_id, call.ctx.clock.now_ms(), evidence_files(records))
    return Download(_whole(packed), filename=f"evidence-{payment_id}.zip", content_type="application/zip")


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


PAYMENTS = "/v1/admin/payments"
PAYMENT = PAYMENTS + "/{payment_id}"

PAYMENT_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="searchPayments",
        method="GET",
        path=PAYMENTS,
        run=list_payments,
        needs=Permission.VIEW,
        title="Payments that fit the filters, newest first; a page that looked at enough ends early and says so",
        title_zh="按条件筛选支付单，新的在前；匹配较少时分段返回，并注明已查至何时",
        parameters=(*FILTERS, AFTER, LIMIT),
        answer=shown.PaymentRowList,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="findPayments",
        method="GET",
        path="/v1/admin/payment-search",
        run=find_payments,
        needs=Permission.VIEW,
        title="Payments that have this number, whichever of their numbers it is",
        title_zh="按任意单号查找支付单：支付单号、商户订单号、渠道单号、流水号、退款单号、顾客编号",
        parameters=(NUMBER,),
        answer=shown.MatchList,
    ),
    Operation(
        name="exportPayments",
        method="POST",
        path="/v1/admin/payments.csv",
        run=export_payments,
        needs=Permission.VIEW,
        title="The same as CSV for spreadsheets, 50,000 payments at most; that it was taken is written down",
        title_zh="导出 CSV（可直接用 Excel 打开），最多 50,000 笔；导出行为计入操作审计",
        parameters=(*FILTERS, LANGUAGE),
        answer=None,
        media="text/csv; charset=utf-8",
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getPaymentStory",
        method="GET",
        path=PAYMENT,
        run=get_payment,
        needs=Permission.VIEW,
        title="One payment with everything that is recorded of it, in order, one sentence each",
        title_zh="支付单详情与完整时间线",
        answer=shown.PaymentDetailView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="queryPayment",
        method="POST",
        path=PAYMENT + "/query",
        run=query_payment,
        needs=Permission.OPERATE,
        title="Ask the channels of all its attempts now; what they say is applied as always",
        title_zh="立即向各渠道查单，结果照常入账",
        answer=shown.AskedView,
        problems=(NOT_FOUND, kinds.TOO_SOON),
    ),
    Operation(
        name="closePayment",
        method="POST",
        path=PAYMENT + "/close",
        run=close_payment,
        needs=Permission.OPERATE,
        title="No further attempts; ends closed, or succeeded if the customer was faster",
        title_zh="关单；若顾客已先付款则以支付成功结束",
        answer=shown.PaymentDetailView,
        problems=(NOT_FOUND, kinds.WRONG_STATE),
    ),
    Operation(
        name="refundPayment",
        method="POST",
        path=PAYMENT + "/refunds",
        run=refund_payment,
        needs=Permission.MONEY,
        title="Pay back all or a part; the same refund_no twice is one refund",
        title_zh="全额或部分退款；同一 refund_no 只退一次",
        body=RefundByOperator,
        answer=refund_views.RefundView,
        status=201,
        problems=(
            NOT_FOUND,
            kinds.WRONG_STATE,
            kinds.OUT_TRADE_NO_CONFLICT,
            kinds.REVISION_CONFLICT,
            kinds.REFUND_EXCEEDS_PAID,
            kinds.REFUND_TERMS,
        ),
    ),
    Operation(
        name="downloadEvidence",
        method="POST",
        path=PAYMENT + "/evidence",
        run=download_evidence,
        needs=Permission.VIEW,
        title="Everything about it in one ZIP, with a manifest of hashes; no secrets, no openids; written down",
        title_zh="下载证据包（ZIP，含哈希清单；不含密钥与 openid；计入操作审计）",
        answer=None,
        media="application/zip",
        problems=(NOT_FOUND,),
    ),
)
