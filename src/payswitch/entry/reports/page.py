"""A report as one HTML file: opened from a mail, on a phone, or printed."""

from __future__ import annotations

import msgspec

from payswitch.domain.losses import Fixer
from payswitch.domain.report import Report
from payswitch.entry.http.pages import Templates
from payswitch.entry.reports import charts
from payswitch.kit.clock import beijing
from payswitch.kit.durations import DAY_MS, HOUR_MS, MINUTE_MS
from payswitch.services.reports import report_summary as words
from payswitch.services.reports.report_summary import FIXERS_ZH, TITLES_ZH

_templates = Templates("payswitch.entry.reports")
_PRODUCTS_SHOWN = 24
"""Lines that get a picture of their hours: the busiest."""


def report_html(report: Report) -> str:
    """All of it, with its style, and nothing from elsewhere."""
    return _templates.render(
        "report.html",
        report=report,
        title=TITLES_ZH[report.kind],
        window=words.window_zh(report),
        headline=words.headline(report),
        lines=report.lines[:_PRODUCTS_SHOWN],
        losses_total=sum(loss.payments for loss in report.losses),
        name=lambda channel_id: report.names.get(channel_id, channel_id) or "（无渠道）",
        percent=words.percent,
        points=words.points,
        yuan=words.yuan,
        hours=words.hours_zh,
        fixer=lambda name: FIXERS_ZH[Fixer(name)],
        moment=lambda ms: f"{beijing(ms):%Y-%m-%d %H:%M}",
        day=lambda ms: f"{beijing(ms):%Y-%m-%d}",
        lasting=lasting,
        rule=lambda rule: msgspec.json.format(msgspec.json.encode(rule), indent=2).decode(),
        hourly=charts.hourly,
        interval=charts.interval,
    )


def lasting(ms: float | None) -> str:
    """A duration as people say it."""
    if ms is None:
        return "—"
    for size, unit in ((DAY_MS, "天"), (HOUR_MS, "小时"), (MINUTE_MS, "分钟"), (1_000, "秒")):
        if ms >= size:
            return f"{ms / size:.1f} {unit}"
    return f"{ms:.0f} 毫秒"
