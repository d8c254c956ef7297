"""周报/日报生成: one merchant's window, asked of the analytics store and judged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from payswitch.domain.analysis import (
    By,
    ChoiceCell,
    LossCell,
    RateCell,
    Received,
    RefundTimes,
    Scope,
    SwitchCell,
    Totals,
)
from payswitch.domain.channel import Channel
from payswitch.domain.report import Report, ReportKind
from payswitch.kit.clock import beijing_midnight_ms
from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT
from payswitch.routing.redrawing import Placement
from payswitch.services.context import Context
from payswitch.services.reports.analytics_ports import Lake
from payswitch.services.reports.report_money import cheaper_routing, expiring_of, fee_lines, losses_of
from payswitch.services.reports.report_proposals import proposals, span_of
from payswitch.services.reports.report_rates import RateTable, answers_of, changes_of, lines_of, rate_of

BLOCK_MS: Final = 2 * HOUR_MS
LENGTH_DAYS: Final = {ReportKind.WEEKLY: 7, ReportKind.DAILY: 1}
BEFORE_DAYS: Final = {ReportKind.WEEKLY: 28, ReportKind.DAILY: 7}
"""What a window is compared with: four weeks, or one."""
_JUDGED: Final = (By.HOUR, By.BAND, By.BANK)
_SPANS_DAYS: Final = (7, 28)
"""What proposals are judged on, up to the end of the window."""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the analytics store was asked for one report."""

    totals: Totals
    before: Totals
    now_rates: Sequence[RateCell]
    before_rates: Sequence[RateCell]
    times: Sequence[RateCell]
    losses: Sequence[LossCell]
    switches: Sequence[SwitchCell]
    refunds: Sequence[RefundTimes]
    received: Sequence[Received]
    choices: dict[By, Sequence[ChoiceCell]]


async def make_report(ctx: Context, lake: Lake, merchant_id: str, kind: ReportKind, date: str) -> Report:
    """The report whose last day is this Beijing date. Reads only; the judging is done on a thread, beside payments."""
    to_ms = beijing_midnight_ms(date) + DAY_MS
    window = _scope(merchant_id, to_ms - LENGTH_DAYS[kind] * DAY_MS, to_ms)
    earlier = _scope(merchant_id, window.from_ms - BEFORE_DAYS[kind] * DAY_MS, window.from_ms)
    judged = _scope(merchant_id, to_ms - max(_SPANS_DAYS) * DAY_MS, to_ms)
    answers = await _ask(lake, window, earlier, judged)
    channels = tuple(ctx.directory.channels(merchant_id))
    policy = policy_in_force(ctx, merchant_id)
    now_ms = ctx.clock.now_ms()
    report = await asyncio.to_thread(_judged, answers, channels, policy, window, kind, date)
    return msgspec.structs.replace(
        report,
        report_id=ctx.ids.new("rep_", now_ms),
        made_at_ms=now_ms,
        fresh_ms=(await lake.state()).written_ms,
        before_from_ms=earlier.from_ms,
        expiring=expiring_of(ctx.directory, channels, now_ms),
    )


def policy_in_force(ctx: Context, merchant_id: str) -> Policy:
    """The merchant's own policy, or the service's."""
    if ctx.policy_desk is None:
        return ctx.router.policy
    return ctx.policy_desk.book.policy_for(merchant_id, WHOLE_MERCHANT)


def _scope(merchant_id: str, from_ms: int, to_ms: int) -> Scope:
    return Scope(merchant_ids=frozenset({merchant_id}), from_ms=from_ms, to_ms=to_ms)


async def _ask(lake: Lake, window: Scope, earlier: Scope, judged: Scope) -> Answers:
    by = (By.DAY, By.HOUR, By.CHANNEL, By.PRODUCT)
    return Answers(
        totals=await lake.totals(window),
        before=await lake.totals(earlier),
        now_rates=await lake.rates(window, by),
        before_rates=await lake.rates(earlier, by),
        times=await lake.rates(window, (By.CHANNEL, By.PRODUCT), times=True),
        losses=await lake.losses(window, By.CHANNEL),
        switches=await lake.switches(window),
        refunds=await lake.refund_times(window),
        received=await lake.received(window),
        choices={one: await lake.choices(judged, one) for one in _JUDGED},
    )


def _judged(
    answers: Answers, channels: Sequence[Channel], policy: Policy, window: Scope, kind: ReportKind, date: str
) -> Report:
    now, before = RateTable(answers.now_rates), RateTable(answers.before_rates)
    changes, tests = changes_of(now, before)
    totals = answers.totals
    names = {channel.channel_id: channel.name for channel in channels}
    placements = {c.channel_id: Placement(tier=c.tier, upstream=c.upstream) for c in channels}
    spans = [span_of(days, window.to_ms, answers.choices) for days in _SPANS_DAYS]
    found, looked_at = proposals(spans, policy.split, placements, names, f"{kind.value}-{date}")
    cheaper = [cell for cell in answers.choices[By.HOUR] if cell.block * BLOCK_MS >= window.from_ms]
    why, why_zh = ("", "") if found else _why_none(answers, looked_at)
    return Report(
        report_id="",
        kind=kind,
        merchant_id=next(iter(window.merchant_ids)),
        date=date,
        made_at_ms=0,
        from_ms=window.from_ms,
        to_ms=window.to_ms,
        before_from_ms=0,
        fresh_ms=0,
        totals=totals,
        before=answers.before,
        success=rate_of(totals.paid, totals.ended),
        payable=rate_of(totals.paid, totals.payable),
        success_before=rate_of(answers.before.paid, answers.before.ended),
        lines=lines_of(now, before, answers_of(answers.times)),
        changes=changes,
        tests=tests,
        losses=losses_of(answers.losses),
        switches=tuple(answers.switches),
        refunds=tuple(answers.refunds),
        fees=fee_lines(answers.received, channels),
        cheaper=cheaper_routing(cheaper, {c.channel_id: c.fee_bp for c in channels}),
        proposals=found,
        looked_at=looked_at,
        why_no_proposal=why,
        why_no_proposal_zh=why_zh,
        expiring=(),
        names=names,
    )


def _why_none(answers: Answers, looked_at: int) -> tuple[str, str]:
    cells = answers.choices[By.HOUR]
    if not cells:
        return "no first choice with a recorded chance in this window", "本期没有带概率记录的首选决策"
    if not looked_at:
        return (
            "the recorded choices cannot answer: too few of them, or the policy hardly ever tried another channel; a "
            "split with a warm and an exploring share would make it possible",
            "记录不足以评估：决策太少，或策略几乎从不尝试其他渠道；在分流中保留温备与探索份额后即可评估",
        )
    return (
        f"{looked_at} changes were judged; none is better than what is in force beyond chance",
        f"共评估 {looked_at} 项改动，没有一项显著优于现行策略",
    )
