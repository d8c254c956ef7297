"""周报摘要: a report in a few lines of Chinese, for a chat robot or a mail's head. Facts first, then what to do."""

from __future__ import annotations

from collections.abc import Iterator

from payswitch.domain.losses import Fixer
from payswitch.domain.report import Rate, Report, ReportKind
from payswitch.kit.clock import beijing

FIXERS_ZH = {Fixer.CUSTOMER: "客户", Fixer.US: "我方系统", Fixer.CHANNEL: "渠道", Fixer.CONFIGURATION: "配置"}
"""Who can do something about it, in one word."""
TITLES_ZH = {ReportKind.WEEKLY: "支付周报", ReportKind.DAILY: "支付日报"}


def percent(rate: float | None, digits: int = 2) -> str:
    return "—" if rate is None else f"{rate * 100:.{digits}f}%"


def points(change: float, digits: int = 2) -> str:
    """A change of a rate in percentage points, with its sign."""
    return f"{change * 100:+.{digits}f} 个百分点"


def yuan(fen: float) -> str:
    """Whole yuan with thousands, as people read sums; cents matter in books, not in a summary."""
    return f"{fen / 100:,.0f} 元" if abs(fen) >= 10_000 else f"{fen / 100:.2f} 元"


def window_zh(report: Report) -> str:
    first, last = beijing(report.from_ms), beijing(report.to_ms - 1)
    if first.date() == last.date():
        return f"{first:%Y年%m月%d日}"
    return f"{first:%Y年%m月%d日}–{last:%m月%d日}"


def headline(report: Report) -> str:
    """The window in one sentence."""
    if not report.totals.ended:
        return "本期没有已结束的支付。"
    was = report.success_before.rate
    now = report.success.rate or 0.0
    moved = "" if was is None else f"，较前期 {points(now - was)}"
    return f"成功率 {percent(now)}（{report.totals.paid:,}/{report.totals.ended:,} 笔）{moved}"


def summary_text(report: Report, url: str = "") -> str:
    """Plain text; every robot's markdown shows it as it is."""
    return "\n".join(
        [f"【{TITLES_ZH[report.kind]}】{window_zh(report)}", *summary_lines(report), *([url] if url else [])]
    )


def summary_lines(report: Report) -> Iterator[str]:
    """What is worth knowing, one sentence a line."""
    totals = report.totals
    yield f"· {headline(report)}"
    yield f"· 成交 {yuan(totals.paid_fen)}，手续费 {yuan(totals.fees_fen)}"
    if totals.saved:
        yield f"· 自动切换挽回 {totals.saved:,} 笔，{yuan(totals.saved_fen)}"
    worst = next((loss for loss in report.losses if loss.fixer != Fixer.CUSTOMER.value), None)
    if worst is not None:
        who = FIXERS_ZH[Fixer(worst.fixer)]
        yield f"· 可改进的首要失败原因：{worst.title_zh}，{worst.payments:,} 笔（由{who}处理）"
    for change in report.changes[:2]:
        name = report.names.get(change.channel_id, change.channel_id)
        yield f"· 变化：{name} {hours_zh(change.from_hour, change.to_hour)} {_from_to(change.before, change.now)}"
    for proposal in report.proposals[:2]:
        low, high = round(proposal.gain_low), round(proposal.gain_high)
        yield f"· 建议：{proposal.title_zh}，预计每周多成功 {proposal.gain:.0f} 笔（{low}–{high}）"
    if totals.surplus:
        yield f"· 重复支付 {totals.surplus} 笔，已退 {totals.surplus_refunded} 笔"
    for one in report.expiring[:2]:
        name = report.names.get(one.channel_id, one.channel_id)
        yield f"· 到期：{name} 的 {one.what} 于 {beijing(one.ends_at_ms):%Y-%m-%d} 到期"


def hours_zh(from_hour: int, to_hour: int) -> str:
    return "全天" if (from_hour, to_hour) == (0, 24) else f"{from_hour}:00–{to_hour}:00"


def _from_to(before: Rate, now: Rate) -> str:
    return f"{percent(before.rate)} → {percent(now.rate)}"
