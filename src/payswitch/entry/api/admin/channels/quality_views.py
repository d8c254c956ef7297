"""What the admin API shows of a channel's quality."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from payswitch.domain.channel import Method, Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.kit.durations import DAY_MS
from payswitch.routing.reasons import explain
from payswitch.services.channels.checkup import Severity
from payswitch.services.channels.quality import ChannelQuality, LineQuality, Rate
from payswitch.services.channels.watch_memory import Probed


class RateView(msgspec.Struct, frozen=True, kw_only=True):
    """A share and what it rests on. The true rate lies between `low` and `high` with 95 %."""

    good: float
    of: float
    share: float | None
    low: float
    high: float


class ErrorView(msgspec.Struct, frozen=True, kw_only=True):
    """The last create call that failed."""

    outcome: str
    code: str
    at: str


class ProbeView(msgspec.Struct, frozen=True, kw_only=True):
    """The last question about a number that never existed. No payment traffic."""

    at: str
    product: Product
    severity: Severity
    outcome: OutcomeKind
    code: str
    latency_ms: float
    what: str
    fix: str


class LineView(msgspec.Struct, frozen=True, kw_only=True):
    """One product of the channel."""

    product: Product
    method: Method
    server_created: bool
    """False: signed here, no create call can fail; only `completions` tells."""
    state: str
    """The breaker: `healthy`, `degraded`, `open`, `probing`."""
    since: str | None
    reason: str
    reason_zh: str
    next_probe_at: str | None
    calls: int
    """Create calls of the last ten minutes."""
    creates: RateView
    """Of the last ten minutes. A payer's own trouble, a limit or a mistake of ours counts neither way."""
    completions: RateView
    """Of the exposures that ended: paid ones. Older ones count less, so that the numbers are not whole."""
    p50_ms: float | None
    p95_ms: float | None
    last_error: ErrorView | None
    min_fen: int
    max_fen: int | None
    probe: ProbeView | None
    """null: not asked yet."""


class LimitsView(msgspec.Struct, frozen=True, kw_only=True):
    """The day in Beijing."""

    daily_cap_fen: int | None
    used_today_fen: int
    remaining_today_fen: int | None


class CertificateView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the account that holds certificates; nothing of them but the end of the last one."""

    key: str
    ends_at: str
    days_left: int


class ChannelQualityView(msgspec.Struct, frozen=True, kw_only=True):
    """How well one channel does."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    enabled: bool
    limits: LimitsView
    certificates: Sequence[CertificateView]
    probe: ProbeView | None
    """The newest that failed, else the newest of all products; null: none was needed yet."""
    lines: Sequence[LineView]


class QualityList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[ChannelQualityView]


def quality_list(found: Iterable[ChannelQuality], now_ms: int) -> QualityList:
    return QualityList(data=[quality_view(one, now_ms) for one in found])


def quality_view(quality: ChannelQuality, now_ms: int) -> ChannelQualityView:
    channel = quality.channel
    return ChannelQualityView(
        channel_id=channel.channel_id,
        merchant_id=channel.merchant_id,
        connector=channel.connector,
        name=channel.name,
        enabled=channel.enabled,
        limits=LimitsView(
            daily_cap_fen=channel.daily_cap_fen,
            used_today_fen=quality.used_today_fen,
            remaining_today_fen=quality.remaining_today_fen,
        ),
        certificates=[_certificate(end, now_ms) for end in quality.certificates],
        probe=None if quality.probe is None else _probe(quality.probe),
        lines=[_line(line) for line in quality.lines],
    )


def _certificate(end: CertificateEnd, now_ms: int) -> CertificateView:
    days_left = (end.ends_at_ms - now_ms) // DAY_MS
    return CertificateView(key=end.key, ends_at=iso_utc(end.ends_at_ms), days_left=days_left)


def _probe(probed: Probed) -> ProbeView:
    return ProbeView(
        at=iso_utc(probed.at_ms),
        product=probed.product,
        severity=probed.finding.severity,
        outcome=probed.outcome.kind,
        code=probed.outcome.code,
        latency_ms=round(probed.latency_ms, 1),
        what=probed.finding.what,
        fix=probed.finding.fix,
    )


def _line(line: LineQuality) -> LineView:
    reason_zh, reason = explain(line.reason) if line.reason else ("", "")
    return LineView(
        product=line.product,
        method=line.method,
        server_created=line.server_created,
        state=line.state,
        since=iso_utc(line.since_ms) if line.since_ms else None,
        reason=reason,
        reason_zh=reason_zh,
        next_probe_at=iso_or_none(line.next_probe_at_ms),
        calls=line.calls,
        creates=rate_view(line.creates),
        completions=rate_view(line.completions),
        p50_ms=tenths(line.p50_ms),
        p95_ms=tenths(line.p95_ms),
        last_error=_error(line),
        min_fen=line.min_fen,
        max_fen=line.max_fen,
        probe=None if line.probe is None else _probe(line.probe),
    )


def _error(line: LineQuality) -> ErrorView | None:
    if line.last_error is None:
        return None
    return ErrorView(outcome=line.last_error.outcome, code=line.last_error.code, at=iso_utc(line.last_error.at_ms))


def rate_view(rate: Rate) -> RateView:
    share = None if rate.share is None else round(rate.share, 4)
    return RateView(
        good=round(rate.good, 2), of=round(rate.of, 2), share=share, low=round(rate.low, 4), high=round(rate.high, 4)
    )


def tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
