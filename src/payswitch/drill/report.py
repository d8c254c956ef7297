"""The report of a drill for people: one table, what it cannot show, and a plain sentence in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from payswitch.drill.journey import Ending
from payswitch.drill.measure import RunResult, run_is_sound

if TYPE_CHECKING:
    from rich.table import Table

    from payswitch.drill.run import Drill, Run

_MOST_DIFFERENCES = 20

ENDINGS: Mapping[Ending, str] = {
    Ending.PAID: "付款成功 / paid",
    Ending.NO_MONEY: "确无余额 / no money",
    Ending.LEFT: "自行离开 / left by themselves",
    Ending.GAVE_UP: "失去耐心 / gave up",
    Ending.NO_WAY: "无可用方式 / no way to pay here",
}


def table(drill: Drill) -> Table:
    """Both runs side by side."""
    from rich.table import Table

    title = f"{drill.result.scenario}, seed {drill.result.seed}"
    grid = Table(
        title=title,
        title_justify="left",
        caption="¹ p50 · p95 · p99   ² p50 · p99   ³ p50 · max",
        caption_justify="left",
    )
    grid.add_column("")
    grid.add_column("单渠道 / one channel", justify="right")
    grid.add_column("自动切换 / switching", justify="right")
    single, switching = _cells(drill.result.single), _cells(drill.result.switching)
    for name, value in single.items():
        grid.add_row(name, value, switching[name])
    return grid


def _cells(run: RunResult) -> dict[str, str]:
    return {
        "支付单 / payments": str(run.payments),
        "可付 / payable": str(run.payable),
        "成功 / paid": str(run.paid),
        "成功率 / success": f"{run.success_rate:.2%}",
        "可付成功率 / of payable": f"{run.payable_success_rate:.2%}",
        "每单尝试 / attempts each": f"{run.attempts_per_payment:.2f}",
        "切换 / switches": str(run.switches),
        "切换 / switch ms ¹": _spread(run.switch_ms),
        "出码 / credential ms ¹": _spread(run.credential_ms),
        "决策 / decision µs ²": _spread(run.decision_us),
        "对冲 / hedges": f"{run.hedges} ({run.hedge_share:.1%})",
        "重复支付 / surplus": str(run.surplus),
        "未退 / surplus unrefunded": str(run.surplus_unrefunded),
        "退回 / back after s ³": _spread(run.surplus_refund_s),
        "通知丢失 / events lost": str(run.events_lost),
        "未终结 / not ended": str(run.nonterminal),
        "三账一致 / books equal": "是 yes" if run.books_equal else "否 NO",
    }


def _spread(percentiles: Mapping[str, float | None]) -> str:
    return " · ".join("-" if value is None else f"{value:g}" for value in percentiles.values())


def details(drill: Drill) -> Iterator[str]:
    """How the shoppers' evenings ended, the channels' parts, and every difference between the books by name."""
    for run in drill.runs:
        endings = Counter(visit.ending for visit in run.visits)
        said = ", ".join(f"{words} {endings[ending]}" for ending, words in ENDINGS.items() if endings[ending])
        codes = Counter(name for visit in run.visits for name in visit.channels)
        total = max(codes.total(), 1)
        parts = ", ".join(f"{name} {count / total:.0%}" for name, count in codes.most_common())
        yield f"{run.name}: {said}"
        yield f"{run.name}: 出码渠道 / codes by channel: {parts or '-'}"
        yield from _notes(run)
    for promise in drill.result.promises_broken:
        yield f"未兑现 / promise broken: {promise}"


def _notes(run: Run) -> Iterator[str]:
    if run.kills:
        yield f"{run.name}: 服务被 kill -9 {run.kills} 次 / service killed {run.kills} times"
    if run.repeats:
        yield f"{run.name}: 重复投递的通知（同一 id）/ events delivered again under the same id: {run.repeats}"
    if not run.in_time:
        yield f"{run.name}: 等待 {run.settle_s:.0f} 秒后仍未一致 / not settled after {run.settle_s:.0f} s"
    problems = [problem for visit in run.visits for problem in visit.problems]
    for text, count in Counter(problems).most_common(5):
        yield f"{run.name}: 异常应答 / unexpected answer x{count}: {text}"
    for difference in run.differences[:_MOST_DIFFERENCES]:
        yield f"{run.name}: 差异 / difference: {difference}"
    if len(run.differences) > _MOST_DIFFERENCES:
        yield f"{run.name}: ... {len(run.differences) - _MOST_DIFFERENCES} more / 其余从略"


def verdict(drill: Drill) -> str:
    """What the night came to, in one sentence per language."""
    single, switching = drill.result.single, drill.result.switching
    zh = (
        f"可付的支付单：单渠道成功 {single.payable_success_rate:.2%}，"
        f"自动切换成功 {switching.payable_success_rate:.2%}。"
    )
    en = (
        f"Of the payments that could be paid, {single.payable_success_rate:.2%} succeeded with one channel and "
        f"{switching.payable_success_rate:.2%} with switching."
    )
    if drill.result.sound:
        return f"{zh}没有丢失任何一笔，三本账一致。\n{en} Nothing was lost and the three books agree."
    broken = " 和 ".join(run.name for run in drill.runs if not run_is_sound(run.result))
    if not broken:
        return f"{zh}三本账一致，但有承诺未兑现，见上。\n{en} The books agree, but a promise was broken: see above."
    return f"{zh}{broken}：有丢失或账目不符，见上。\n{en} Something was lost or the books differ ({broken}): see above."
