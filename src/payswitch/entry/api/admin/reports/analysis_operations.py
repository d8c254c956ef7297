"""失败分析与报告: why payments fail, weekly and daily reports, and drafts made from their proposals."""

from __future__ import annotations

import asyncio
import base64
from enum import StrEnum

from payswitch.domain import errors as kinds
from payswitch.domain.analysis import By
from payswitch.domain.errors import NO_BROWSER, NOT_FOUND, PaySwitchError
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.policies.policy_views import PolicyView, policy_view
from payswitch.entry.api.admin.reports import analysis_views as views
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, Parameter
from payswitch.entry.reports.page import report_html
from payswitch.entry.reports.pdf import NoBrowser, PrintFailed, browser, report_pdf
from payswitch.services.reports import failures, reports
from payswitch.services.reports.failures import Failures
from payswitch.services.reports.report_summary import summary_text
from payswitch.services.reports.reports import MakeReport


class Days(StrEnum):
    """So many Beijing days up to now, today included."""

    TODAY = "1"
    WEEK = "7"
    MONTH = "28"
    QUARTER = "90"


OF_MERCHANT = Parameter("merchant_id", "Only this merchant; default: all of the operator's", pattern=IDENTIFIER)
OF_SHOP = Parameter("shop_id", "Only this shop", pattern=IDENTIFIER)
DAYS = Parameter("days", "So many Beijing days, today included; default 7", choices=Days)
SPLIT_BY = Parameter("by", "What to split by; default: channel", choices=By)


async def list_failures(call: AdminCall) -> Answer:
    found = failures.failures_of(
        call.ctx,
        call.operator,
        merchant_id=call.query.get("merchant_id"),
        shop_id=call.query.get("shop_id"),
        days=int(call.query.get("days") or Days.WEEK),
        by=call.query.get("by") or By.CHANNEL,
    )
    return Answer(await found)


async def list_reports(call: AdminCall) -> Answer:
    found = await reports.list_reports(call.ctx, call.operator)
    return Answer(views.ReportList(data=[views.report_line(one) for one in found], can_print=browser() is not None))


async def make_report(call: AdminCall) -> Answer:
    report = await reports.make_one(call.ctx, call.operator, call.command)
    return Answer(views.ReportView(report=report, summary=summary_text(report)), status=201)


async def get_report(call: AdminCall) -> Answer:
    report = await reports.get_report(call.ctx, call.operator, call.path["report_id"])
    return Answer(views.ReportView(report=report, summary=summary_text(report)))


async def get_report_page(call: AdminCall) -> Answer:
    report = await reports.get_report(call.ctx, call.operator, call.path["report_id"])
    html = await asyncio.to_thread(report_html, report)
    return Answer(views.ReportPage(file_name=views.file_name(report, "html"), html=html))


async def get_report_pdf(call: AdminCall) -> Answer:
    report = await reports.get_report(call.ctx, call.operator, call.path["report_id"])
    html = await asyncio.to_thread(report_html, report)
    try:
        pdf = await report_pdf(html)
    except (NoBrowser, PrintFailed) as problem:
        raise PaySwitchError(NO_BROWSER, str(problem), str(problem)) from problem
    encoded = base64.b64encode(pdf).decode()
    return Answer(views.ReportPdf(file_name=views.file_name(report, "pdf"), pdf_base64=encoded))


async def draft_proposal(call: AdminCall) -> Answer:
    record = await reports.draft_of_proposal(call.ctx, call.operator, call.path["report_id"], call.path["proposal_id"])
    return Answer(policy_view(record), status=201)


REPORTS = "/v1/admin/reports"
REPORT = REPORTS + "/{report_id}"

ANALYSIS_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listFailures",
        method="GET",
        path="/v1/admin/failures",
        run=list_failures,
        title="Why payments fail, who can do something about it, where, and what switching saved",
        title_zh="失败分析：原因、由谁处理、集中在哪里，以及自动切换挽回了多少",
        answer=Failures,
        needs=Permission.VIEW,
        parameters=(OF_MERCHANT, OF_SHOP, DAYS, SPLIT_BY),
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="listReports",
        method="GET",
        path=REPORTS,
        run=list_reports,
        title="Weekly and daily reports, newest first",
        title_zh="周报与日报，最新在前",
        answer=views.ReportList,
        needs=Permission.VIEW,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="makeReport",
        method="POST",
        path=REPORTS,
        run=make_report,
        title="A report now; the same one again is the one that was made before",
        title_zh="立即生成报告；重复请求返回已生成的那一份",
        body=MakeReport,
        answer=views.ReportView,
        status=201,
        needs=Permission.VIEW,
        problems=(NOT_FOUND, kinds.WRONG_STATE),
    ),
    Operation(
        name="getReport",
        method="GET",
        path=REPORT,
        run=get_report,
        title="One report as data, with its summary for a chat",
        title_zh="查询报告数据与聊天摘要",
        answer=views.ReportView,
        needs=Permission.VIEW,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getReportPage",
        method="GET",
        path=REPORT + "/page",
        run=get_report_page,
        title="The report as one HTML file",
        title_zh="报告的 HTML 文件",
        answer=views.ReportPage,
        needs=Permission.VIEW,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="getReportPdf",
        method="GET",
        path=REPORT + "/pdf",
        run=get_report_pdf,
        title="The report as PDF, printed by the machine's own Chromium",
        title_zh="报告的 PDF（由本机 Chromium 打印）",
        answer=views.ReportPdf,
        needs=Permission.VIEW,
        problems=(NOT_FOUND, kinds.NO_BROWSER),
    ),
    Operation(
        name="draftProposal",
        method="POST",
        path=REPORT + "/proposals/{proposal_id}/draft",
        run=draft_proposal,
        title="The policy in force with the proposed rule in front, as a draft that no payment sees",
        title_zh="一键成稿：在现行策略前加入建议的规则，生成草稿，激活前不影响支付",
        answer=PolicyView,
        status=201,
        needs=Permission.CONFIGURE,
        problems=(NOT_FOUND, kinds.POLICY_INVALID, kinds.REVISION_CONFLICT),
    ),
)
