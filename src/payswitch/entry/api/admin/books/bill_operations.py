"""对账: the operations on bills, breaks and the ledger's balances."""

from __future__ import annotations

from enum import StrEnum

from payswitch.domain import errors as kinds
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.books import bill_views as views
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, LIMIT, PER_PAGE, Parameter
from payswitch.kit.durations import DAY_MS
from payswitch.services.books import balances, bills
from payswitch.services.books.bills import ReconcileDay, ResolveBreak

DAYS_SHOWN_MS = 31 * DAY_MS


class BreakChoice(StrEnum):
    OPEN = "open"
    ALL = "all"


FROM_DATE = Parameter(
    "from",
    "A Beijing date: runs of this day and later; default: the last 31 days",
    pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}",
    wanted=("a date, 2026-11-11", "日期，如 2026-11-11"),
)
BEFORE_BREAK = Parameter("before", "A break id: only older ones", pattern=IDENTIFIER)
BREAK_STATE = Parameter("state", "Only open ones (the default), or all", choices=BreakChoice)


async def list_reconciliations(call: AdminCall) -> Answer:
    from_day = call.query.get("from") or views.day_of(call.ctx.clock.now_ms() - DAYS_SHOWN_MS)
    found = await bills.list_runs(call.ctx, call.operator, from_day)
    return Answer(views.RunList(data=[views.run_view(run) for run in found]))


async def reconcile(call: AdminCall) -> Answer:
    command: ReconcileDay = call.command
    days = await bills.reconcile_day(call.ctx, call.operator, command)
    return Answer(views.reconciled_view(command.date, days, call.ctx.clock.now_ms()))


async def list_breaks(call: AdminCall) -> Answer:
    found = await bills.list_breaks(
        call.ctx,
        call.operator,
        only_open=call.query.get("state") is not BreakChoice.ALL,
        before=call.query.get("before"),
        limit=call.query.get("limit") or PER_PAGE,
    )
    now_ms = call.ctx.clock.now_ms()
    return Answer(views.BreakList(data=[views.break_view(one, now_ms) for one in found]))


async def get_break(call: AdminCall) -> Answer:
    found = await bills.get_break(call.ctx, call.operator, call.path["break_id"])
    return Answer(views.break_view(found, call.ctx.clock.now_ms()))


async def resolve_break(call: AdminCall) -> Answer:
    found = await bills.resolve_break(call.ctx, call.operator, call.path["break_id"], call.command)
    return Answer(views.break_view(found, call.ctx.clock.now_ms()))


async def list_balances(call: AdminCall) -> Answer:
    return Answer(views.balance_list(await balances.balances(call.ctx, call.operator)))


RUNS = "/v1/admin/reconciliations"
BREAKS = "/v1/admin/breaks"
BREAK = BREAKS + "/{break_id}"

BILL_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listReconciliations",
        method="GET",
        path=RUNS,
        needs=Permission.VIEW,
        run=list_reconciliations,
        title="How the daily reconciliations went, newest day first",
        title_zh="每日对账结果，最近日期在前",
        answer=views.RunList,
        parameters=(FROM_DATE,),
    ),
    Operation(
        name="reconcile",
        method="POST",
        path=RUNS,
        needs=Permission.MONEY,
        run=reconcile,
        title="Fetch one day's bills now and hold them against the books; repeating it is harmless",
        title_zh="立即下载某日对账单并核对；可重复执行",
        body=ReconcileDay,
        answer=views.ReconciledView,
        problems=(kinds.NOT_FOUND, kinds.NO_BILLS),
    ),
    Operation(
        name="listBreaks",
        method="GET",
        path=BREAKS,
        needs=Permission.VIEW,
        run=list_breaks,
        title="Breaks: payments and refunds of which bill and books do not say the same, newest first",
        title_zh="对账差异，最新在前",
        answer=views.BreakList,
        parameters=(BREAK_STATE, BEFORE_BREAK, LIMIT),
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="getBreak",
        method="GET",
        path=BREAK,
        needs=Permission.VIEW,
        run=get_break,
        title="One break, with its cause and what to do",
        title_zh="单笔差异：原因与处理建议",
        answer=views.BreakView,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="resolveBreak",
        method="POST",
        path=BREAK + "/resolve",
        needs=Permission.MONEY,
        run=resolve_break,
        title="A person looked into it and settled it; the note says how",
        title_zh="人工处理完成，并注明处理方式",
        body=ResolveBreak,
        answer=views.BreakView,
        problems=(kinds.NOT_FOUND, kinds.WRONG_STATE),
    ),
    Operation(
        name="listBalances",
        method="GET",
        path="/v1/admin/ledger/balances",
        needs=Permission.VIEW,
        run=list_balances,
        title="The ledger's balances by account: what each channel holds and kept, what shops and customers are owed",
        title_zh="账本各科目余额：各渠道待清算与手续费，应付店铺与应退客户",
        answer=views.BalanceList,
    ),
)
