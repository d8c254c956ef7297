"""周报推送: the weekly report's summary to the people who hear alerts, over the same receivers and the same outbox."""

from __future__ import annotations

from payswitch.domain.alert import AlertChange, Message, Notice, NoticeKind, NoticeState, Severity
from payswitch.domain.report import Report
from payswitch.services.alerts.alert_receivers import receivers_of
from payswitch.services.context import Context
from payswitch.services.reports.report_summary import TITLES_ZH, summary_lines, window_zh


async def send_summary(ctx: Context, report: Report) -> int:
    """To every receiver of the merchant that is told at once; how many. One that is there for escalations only is left
    in peace."""
    desk = ctx.alerts
    if desk is None:
        return 0
    now_ms = ctx.clock.now_ms()
    message = Message(
        title=f"{TITLES_ZH[report.kind]} {window_zh(report)}",
        lines=tuple(summary_lines(report)),
        link=f"{ctx.public_url}/console/reports/{report.report_id}",
        link_text="打开报告",
        kind=NoticeKind.REPORT,
        severity=Severity.INFO,
    )
    notices = tuple(
        Notice(
            notice_id=ctx.ids.new("ntc_", now_ms),
            group_id=report.report_id,
            receiver_id=one.receiver.receiver_id,
            kind=NoticeKind.REPORT,
            message=message,
            state=NoticeState.PENDING,
            created_at_ms=now_ms,
            due_at_ms=now_ms,
        )
        for one in await receivers_of(desk)
        if one.receiver.after_minutes == 0 and one.receiver.hears(report.merchant_id, Severity.CRITICAL)
    )
    if notices:
        await desk.store.change_alerts(AlertChange(notices=notices))
    return len(notices)
