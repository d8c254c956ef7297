"""What the admin API, and the command line, show of reconciliations."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from payswitch.domain.break_texts import BREAK_TEXTS, Owner
from payswitch.domain.ledger import DEBIT_NORMAL, AccountCode
from payswitch.domain.reconciliation import BillRun, Break, BreakKind, BreakState, RunState
from payswitch.kit.clock import beijing_date, iso_or_none, iso_utc
from payswitch.kit.durations import HOUR_MS
from payswitch.services.books.bills import DayOfChannel


class BreakView(msgspec.Struct, frozen=True, kw_only=True):
    """差异: one payment or refund of which bill and books do not say the same."""

    break_id: str
    channel_id: str
    date: str
    kind: BreakKind
    title: str
    title_zh: str
    channel_order_no: str
    out_refund_no: str
    transaction_id: str
    payment_id: str | None
    here_fen: int | None
    """What the books say; null: nothing."""
    there_fen: int | None
    """What the bill says; null: nothing."""
    owner: Owner
    """Who has to act first: the shop, the operator, or the channel's service desk."""
    cause: str
    cause_zh: str
    action: str
    action_zh: str
    found_at: str
    age_hours: int
    state: BreakState
    resolved_at: str | None
    resolved_by: str
    """An operator's id, or `payswitch` when a later bill settled it."""
    note: str


class BreakList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[BreakView]


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel's reconciliation of one day."""

    channel_id: str
    date: str
    state: RunState
    code: str
    """Why there is no bill."""
    lines: int
    matched: int
    repaired: int
    """补单: lines that told us what we had not heard."""
    elsewhere: int
    """Lines of another channel on the same account."""
    carried: int
    """Ours of that day in no bill yet: they may stand in the next one."""
    breaks: int
    paid_fen: int
    refunded_fen: int
    fees_fen: int
    net_fen: int
    tries: int
    finished_at: str
    due_at: str | None
    """When the bill is asked for again."""


class RunList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[RunView]


class ReconciledView(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: how each channel's day went, and every break of that day."""

    date: str
    runs: list[RunView]
    breaks: list[BreakView]


class BalanceView(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    """`clearing/wechat-main`; the chart of accounts: docs/reference/ledger.md"""
    balance_fen: int
    """On the account's own side: what is there (clearing, fees, receivable) or owed (shop, refunds, surplus)."""


class BalanceList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[BalanceView]


def break_view(found: Break, now_ms: int) -> BreakView:
    text = BREAK_TEXTS[found.kind]
    return BreakView(
        break_id=found.break_id,
        channel_id=found.channel_id,
        date=found.day,
        kind=found.kind,
        title=text.title,
        title_zh=text.title_zh,
        channel_order_no=found.channel_order_no,
        out_refund_no=found.out_refund_no,
        transaction_id=found.transaction_id,
        payment_id=found.payment_id,
        here_fen=found.here_fen,
        there_fen=found.there_fen,
        owner=text.owner,
        cause=text.cause,
        cause_zh=text.cause_zh,
        action=text.action,
        action_zh=text.action_zh,
        found_at=iso_utc(found.found_at_ms),
        age_hours=max(0, (found.resolved_at_ms or now_ms) - found.found_at_ms) // HOUR_MS,
        state=found.state,
        resolved_at=iso_or_none(found.resolved_at_ms),
        resolved_by=found.resolved_by,
        note=found.note,
    )


def run_view(run: BillRun) -> RunView:
    return RunView(
        channel_id=run.channel_id,
        date=run.day,
        state=run.state,
        code=run.code,
        lines=run.lines,
        matched=run.matched,
        repaired=run.repaired,
        elsewhere=run.elsewhere,
        carried=run.carried,
        breaks=run.breaks,
        paid_fen=run.paid_fen,
        refunded_fen=run.refunded_fen,
        fees_fen=run.fees_fen,
        net_fen=run.paid_fen - run.refunded_fen - run.fees_fen,
        tries=run.tries,
        finished_at=iso_utc(run.finished_at_ms),
        due_at=iso_or_none(run.due_at_ms),
    )


def reconciled_view(date: str, days: list[DayOfChannel], now_ms: int) -> ReconciledView:
    return ReconciledView(
        date=date,
        runs=[run_view(day.run) for day in days],
        breaks=[break_view(found, now_ms) for day in days for found in day.breaks],
    )


def balance_list(balances: Mapping[str, int]) -> BalanceList:
    return BalanceList(
        data=[BalanceView(account=name, balance_fen=_own_side(name, fen)) for name, fen in balances.items()]
    )


def _own_side(account: str, fen: int) -> int:
    return fen if AccountCode(account.partition("/")[0]) in DEBIT_NORMAL else -fen


def day_of(at_ms: int) -> str:
    return beijing_date(at_ms)
