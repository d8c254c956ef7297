"""周报与日报: what a report says, as data. The page, the PDF, the chat summary and the API are made of this alone.

Windows are given with every part: `from_ms` up to, not including, `to_ms`. Rates are parts of 1 with 95 % intervals.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from payswitch.domain.analysis import RefundTimes, SwitchCell, Totals


class ReportKind(StrEnum):
    WEEKLY = "weekly"
    DAILY = "daily"


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share with Wilson's interval."""

    good: int
    of: int
    rate: float | None
    low: float
    high: float


class LineSuccess(msgspec.Struct, frozen=True, kw_only=True):
    """One channel x product: first attempts of payments that ended and were not cancelled."""

    channel_id: str
    product: str
    whole: Rate
    before: Rate
    """The same in the days that are compared with."""
    hours: tuple[Rate, ...]
    """24, Beijing."""
    answer_p50_ms: float | None
    answer_p95_ms: float | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A rate that is not what it was before; one of several tests, of which at most 5 % of findings may be false."""

    channel_id: str
    product: str
    from_hour: int
    to_hour: int
    """0 and 24: all day."""
    before: Rate
    now: Rate
    p_value: float


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Lost payments by cause, and who can do something about it."""

    cause: str
    fixer: str
    title: str
    title_zh: str
    advice: str
    advice_zh: str
    payments: int
    amount_fen: int
    code: str
    where: str
    """The channel with most of them."""


class FeeLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel took, by its contract."""

    channel_id: str
    received_fen: int
    fee_fen: int
    fee_bp: int


class CheaperRouting(msgspec.Struct, frozen=True, kw_only=True):
    """If the cheapest of the candidates had always been asked first."""

    fees_saved_fen: float
    fees_saved_low_fen: float
    fees_saved_high_fen: float
    payments: float
    """More payments paid (negative: lost), of all first choices in the window."""
    payments_low: float
    payments_high: float
    orders_fen: float
    """The same in the amount of orders."""
    support: float
    reliable: bool


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What an expected gain rests on: success of the affected payments, by three estimators."""

    decisions: int
    effective: float
    support: float
    recorded: float
    ips: float
    snips: float
    dr: float
    tests: int
    """So many changes were looked at; the interval is widened for it."""
    level: float
    """Of the interval after widening; without it, it would be 0.95."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the policy that would have earned more in the days it was judged on."""

    proposal_id: str
    """Within the report."""
    title: str
    title_zh: str
    rule: dict[str, Any]
    """The rule to add in front of the policy's, as it stands in a policy document."""
    days: int
    """So many days of records it was judged on."""
    affected: int
    """First choices a week that it applies to."""
    moved: int
    """Of those, how many would have gone elsewhere."""
    gain: float
    """More paid payments a week (expected)."""
    gain_low: float
    gain_high: float
    points: float
    """The same as a change of the success rate of all payments, parts of 1."""
    points_low: float
    points_high: float
    orders_fen: float
    """The same in the amount of orders; amounts differ much, so its interval is wide."""
    orders_low_fen: float
    orders_high_fen: float
    evidence: Evidence


class Expiring(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate or contract that ends soon."""

    channel_id: str
    what: str
    ends_at_ms: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant's report over one window."""

    report_id: str
    kind: ReportKind
    merchant_id: str
    date: str
    """The Beijing date of the window's last day."""
    made_at_ms: int
    from_ms: int
    to_ms: int
    before_from_ms: int
    """Begin of the days that are compared with; they end where the window begins."""
    fresh_ms: int
    """When the figures were last written."""
    totals: Totals
    before: Totals
    success: Rate
    """Of all payments that ended."""
    payable: Rate
    """Of those that were not lost for a reason of the customer's own."""
    success_before: Rate
    lines: tuple[LineSuccess, ...]
    changes: tuple[Change, ...]
    tests: int
    """How many comparisons were made to find the changes."""
    losses: tuple[Loss, ...]
    switches: tuple[SwitchCell, ...]
    refunds: tuple[RefundTimes, ...]
    fees: tuple[FeeLine, ...]
    cheaper: CheaperRouting | None
    proposals: tuple[Proposal, ...]
    looked_at: int
    """How many changes of the policy were judged."""
    why_no_proposal: str
    why_no_proposal_zh: str
    expiring: tuple[Expiring, ...]
    names: dict[str, str]
    """Channels' names as they are now."""


class StoredReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is kept: written once, read by its id."""

    report_id: str
    merchant_id: str
    kind: ReportKind
    date: str
    made_at_ms: int
    document: msgspec.Raw
