"""周报与日报: made on time or on demand, read, and turned into drafts. Another merchant's do not exist."""

from __future__ import annotations

from datetime import date as calendar_date
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.errors import INVALID_REQUEST, NOT_FOUND, WRONG_STATE, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.report import Proposal, Report, ReportKind, StoredReport
from payswitch.domain.trail import TrailKind
from payswitch.kit.clock import beijing, beijing_date
from payswitch.kit.durations import DAY_MS
from payswitch.kit.logs import get_logger
from payswitch.services.context import Context
from payswitch.services.people.trail import deed, record
from payswitch.services.policies.policies import PolicyRecord, draft_policy
from payswitch.services.policies.policy_commands import DraftPolicy
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.services.reports.report_making import make_report, policy_in_force
from payswitch.services.reports.report_sending import send_summary

WEEKLY_WEEKDAY: Final = 1
WEEKLY_HOUR: Final = 9
"""Monday 09:00 Beijing: the weekly report is there when the week begins."""
MOST_LISTED: Final = 60
_FIRST_DATE: Final = "2000-01-01"
"""No payment is older: what is compared with must be a date, too."""

log = get_logger(__name__)


class MakeReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/reports`: one now."""

    merchant_id: str | None = None
    """None: the operator's only one."""
    kind: ReportKind = ReportKind.DAILY
    date: str | None = None
    """The Beijing date of its last day; None: yesterday, or for a weekly one last Sunday."""


def analytics_of(ctx: Context) -> Analytics:
    """Raises `not_found` where there is no analytics store."""
    if ctx.analytics is None:
        raise PaySwitchError(
            NOT_FOUND,
            "this service keeps no analytics store ([service] analytics is off)",
            "本服务未启用分析库（[service] analytics 为 off）",
        )
    return ctx.analytics


def last_day(kind: ReportKind, now_ms: int) -> str:
    """The last day of the newest window that is over: yesterday, or last Sunday."""
    today = beijing(now_ms)
    back = 1 if kind is ReportKind.DAILY else today.isoweekday()
    return beijing_date(now_ms - back * DAY_MS)


async def make_for(ctx: Context, merchant_id: str, kind: ReportKind, date: str) -> Report:
    """The report of this date: the one that was made already, or a new one, which is kept."""
    analytics = analytics_of(ctx)
    kept = await analytics.reports.report_of(merchant_id, kind, date)
    if kept is not None:
        return opened(kept)
    report = await make_report(ctx, analytics.lake, merchant_id, kind, date)
    stored = StoredReport(
        report_id=report.report_id,
        merchant_id=merchant_id,
        kind=kind,
        date=date,
        made_at_ms=report.made_at_ms,
        document=msgspec.Raw(msgspec.json.encode(report)),
    )
    if not await analytics.reports.add_report(stored):
        return await make_for(ctx, merchant_id, kind, date)
    ctx.feed.tell("report_made", {"report_id": report.report_id, "merchant_id": merchant_id, "kind": kind.value})
    return report


async def reports_due(ctx: Context) -> int:
    """The weekly report of every merchant, from Monday 09:00 on; how many were made. A service that was stopped makes
    it when it is back, until the next one is due."""
    if ctx.analytics is None:
        return 0
    now_ms = ctx.clock.now_ms()
    moment = beijing(now_ms)
    if moment.isoweekday() == WEEKLY_WEEKDAY and moment.hour < WEEKLY_HOUR:
        return 0
    date, made = last_day(ReportKind.WEEKLY, now_ms), 0
    for merchant_id in sorted({shop.merchant_id for shop in await ctx.store.shops()}):
        if await ctx.analytics.reports.report_of(merchant_id, ReportKind.WEEKLY, date) is not None:
            continue
        if date in await ctx.analytics.lake.days(merchant_id):
            report = await make_for(ctx, merchant_id, ReportKind.WEEKLY, date)
            await send_summary(ctx, report)
            made += 1
    return made


async def make_one(ctx: Context, operator: Operator, command: MakeReport) -> Report:
    """On demand. Raises `not_found` for a merchant that is not the operator's, `wrong_state` for a day that is not over
    yet."""
    merchant_id = _merchant(operator, command.merchant_id)
    date = command.date or last_day(command.kind, ctx.clock.now_ms())
    _check_date(ctx, date)
    name = f"{command.kind.value} {date}"
    await record(ctx, deed(ctx, operator, "create", TrailKind.REPORT, name, merchant_id))
    return await make_for(ctx, merchant_id, command.kind, date)


def merchants_of(operator: Operator, named: str | None) -> frozenset[str]:
    """The named merchant, or all of the operator's. Raises `not_found` for another's."""
    return operator.merchant_ids if named is None else frozenset({_merchant(operator, named)})


def _merchant(operator: Operator, named: str | None) -> str:
    mine = sorted(operator.merchant_ids)
    merchant_id = mine[0] if named is None and len(mine) == 1 else named
    if merchant_id is None:
        raise _wrong("merchant_id", f"name one of {', '.join(mine)}", f"请指定商户：{'、'.join(mine)}")
    if not operator.manages(merchant_id):
        raise PaySwitchError(
            NOT_FOUND, f"there is no merchant {merchant_id} that you manage", f"没有由您管理的商户 {merchant_id}"
        )
    return merchant_id


def _check_date(ctx: Context, date: str) -> None:
    try:
        calendar_date.fromisoformat(date)
    except ValueError:
        raise _wrong("date", "must be a Beijing date, 2026-11-11", "须为北京日期，如 2026-11-11") from None
    if not _FIRST_DATE <= date < beijing_date(ctx.clock.now_ms()):
        raise PaySwitchError(WRONG_STATE, f"{date} is not a day that is over", f"{date} 尚未结束")


def _wrong(field: str, english: str, chinese: str) -> PaySwitchError:
    error = {"field": field, "message": f"{english} / {chinese}"}
    return PaySwitchError(INVALID_REQUEST, f"{field} {english}", f"{field} {chinese}", errors=[error])


async def list_reports(ctx: Context, operator: Operator) -> list[StoredReport]:
    """Of all merchants of the operator, newest first."""
    analytics = analytics_of(ctx)
    found: list[StoredReport] = []
    for merchant_id in operator.merchant_ids:
        found += await analytics.reports.newest_reports(merchant_id, MOST_LISTED)
    return sorted(found, key=lambda one: (-one.made_at_ms, one.report_id))[:MOST_LISTED]


async def get_report(ctx: Context, operator: Operator, report_id: str) -> Report:
    """Raises `not_found`."""
    found = await analytics_of(ctx).reports.report(report_id)
    if found is None or not operator.manages(found.merchant_id):
        raise PaySwitchError(NOT_FOUND, f"there is no report {report_id}", f"没有报告 {report_id}")
    return opened(found)


def opened(stored: StoredReport) -> Report:
    return msgspec.json.decode(stored.document, type=Report)


async def draft_of_proposal(ctx: Context, operator: Operator, report_id: str, proposal_id: str) -> PolicyRecord:
    """一键成稿: the policy in force with the proposed rule in front, as a draft that no payment sees. Raises
    `not_found`, and whatever drafting a policy may."""
    report = await get_report(ctx, operator, report_id)
    proposal = next((one for one in report.proposals if one.proposal_id == proposal_id), None)
    if proposal is None:
        raise PaySwitchError(NOT_FOUND, f"the report has no proposal {proposal_id}", f"报告没有建议 {proposal_id}")
    document = with_rule(ctx, report.merchant_id, proposal)
    command = DraftPolicy(merchant_id=report.merchant_id, document=document, note=_note(report, proposal))
    return await draft_policy(ctx, operator, command)


def with_rule(ctx: Context, merchant_id: str, proposal: Proposal) -> dict[str, Any]:
    """The document of the merchant's policy in force with the proposal's rule before all others; a rule of that name
    (the proposal was drafted before) is replaced."""
    policy = policy_in_force(ctx, merchant_id)
    kept = tuple(rule for rule in policy.rules if rule.name != proposal.rule["name"])
    document: dict[str, Any] = msgspec.to_builtins(replace(policy, rules=kept))
    document["rules"] = [proposal.rule, *document["rules"]]
    del document["version"]
    return document


def _note(report: Report, proposal: Proposal) -> str:
    return f"{report.kind.value} {report.date}: {proposal.title_zh} ({proposal.gain:+.0f}/week)"
