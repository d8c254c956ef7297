"""The metrics that are read when somebody scrapes: from storage, from the router, from the board's totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.core import Metric as Exposed
from prometheus_client.registry import Collector

from payswitch import __version__
from payswitch.domain.audit import AuditRecord
from payswitch.domain.backlog import Backlog, Unfinished
from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.entry.metrics.catalog import channels, events, machinery, money, payments
from payswitch.entry.metrics.catalog.metric import Metric
from payswitch.kit.logs import get_logger
from payswitch.routing.breaker import BreakerState
from payswitch.services.context import Context
from payswitch.services.live.live_board import LiveBoard

Values = Mapping[tuple[str, ...], float]
"""By the values of the labels; under `()` where there are none."""

log = get_logger(__name__)

_LIVE: Final = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.CLOSING)
_DUE_KINDS: Final = ("payment", "attempt", "refund")


class ReadMetrics(Collector):
    """`look()` before each scrape, on the event loop; then `collect()` only writes down what was seen."""

    def __init__(self, ctx: Context, board: LiveBoard) -> None:
        self._ctx = ctx
        self._board = board
        self._backlog: Backlog | None = None
        self._audit: AuditRecord | None = None

    async def look(self) -> None:
        """Ask storage what is unfinished. While it does not answer, what it would say is missing from the scrape: a
        gap in a graph is the truth, an old number would not be."""
        try:
            self._backlog = await self._ctx.store.backlog(self._ctx.clock.now_ms())
            self._audit = None if self._ctx.books is None else await self._ctx.books.last_audit()
        except StorageUnavailable as error:
            log.warning("metrics_without_storage", reason=str(error))
            self._backlog = self._audit = None

    def describe(self) -> Iterable[Exposed]:
        """Nothing: the registry would collect, before there is anything to see."""
        return ()

    def collect(self) -> Iterator[Exposed]:
        yield from self._totals()
        yield from self._lanes()
        yield from self._channels()
        yield _exposed(machinery.STORAGE_UP, {(): float(self._backlog is not None)})
        if self._backlog is not None:
            yield from _unfinished(self._backlog)
        if self._audit is not None:
            yield _exposed(money.AUDIT_LAST, {(): self._audit.at_ms / 1_000})
            yield _exposed(money.AUDIT_VIOLATIONS, {(): len(self._audit.violations)})
        database = "postgresql" if self._ctx.store.shared else "sqlite"
        yield _exposed(machinery.BUILD_INFO, {(__version__, database): 1})

    def _totals(self) -> Iterator[Exposed]:
        """What the live board has counted since the process began."""
        totals = self._board.totals
        for metric, total in (
            (payments.PAYMENTS_CREATED_FEN, totals.amount_fen),
            (payments.PAYMENTS_SUCCEEDED, totals.paid),
            (payments.PAYMENTS_SUCCEEDED_FEN, totals.paid_fen),
            (payments.PAYMENTS_CLOSED, totals.closed),
            (payments.PAYMENTS_SAVED, totals.saved),
            (payments.PAYMENTS_SAVED_FEN, totals.saved_fen),
            (channels.HEDGES, totals.hedges),
            (channels.HEDGES_WON, totals.hedges_won),
            (channels.HEDGES_DENIED, totals.hedges_denied),
            (money.SURPLUS, totals.surplus),
            (money.SURPLUS_FEN, totals.surplus_fen),
        ):
            yield _exposed(metric, {(): total})

    def _lanes(self) -> Iterator[Exposed]:
        """What the router thinks of every channel x product just now."""
        lanes = {
            (lane.channel_id, lane.product.value): lane
            for lane in self._ctx.router.health_snapshot(self._ctx.clock.now_ms())
        }
        yield _exposed(
            channels.BREAKER_STATE,
            {(*key, state): lane.state == state for key, lane in lanes.items() for state in BreakerState},
        )
        yield _exposed(channels.SUCCESS_ESTIMATE, {key: lane.estimate for key, lane in lanes.items()})
        yield _exposed(channels.UP_PROBABILITY, {key: lane.up for key, lane in lanes.items()})
        yield _exposed(channels.TRAFFIC_SHARE, {key: lane.traffic_share for key, lane in lanes.items()})
        yield _exposed(channels.SOFT_LIMIT, {key: lane.soft_limit_ms / 1_000 for key, lane in lanes.items()})

    def _channels(self) -> Iterator[Exposed]:
        directory = self._ctx.directory
        known = {(channel.channel_id,): channel for channel in directory.all_channels()}
        received_fen = self._ctx.usage.today(self._ctx.clock.now_ms())
        ends = {key: [end.ends_at_ms for end in directory.certificates(*key)] for key in known}
        caps = {key: channel.daily_cap_fen for key, channel in known.items()}
        yield _exposed(channels.CHANNEL_ENABLED, {key: channel.enabled for key, channel in known.items()})
        yield _exposed(channels.RECEIVED_TODAY, {key: received_fen.get(key[0], 0) for key in known})
        yield _exposed(channels.DAILY_CAP, {key: cap for key, cap in caps.items() if cap is not None})
        yield _exposed(channels.CERTIFICATE_EXPIRY, {key: min(found) / 1_000 for key, found in ends.items() if found})


def _unfinished(found: Backlog) -> Iterator[Exposed]:
    """What storage says is not done."""
    refunds = {(pile.kind, pile.state): pile for pile in found.of(Unfinished.REFUNDS)}
    unknown = AttemptState.UNKNOWN.value
    yield _exposed(
        payments.PAYMENTS_UNFINISHED,
        {(state.value,): found.count(Unfinished.PAYMENTS, state=state.value) for state in _LIVE},
    )
    yield _exposed(payments.PAYMENTS_OLDEST_AGE, {(): _age_s(found, Unfinished.PAYMENTS)})
    yield _exposed(money.ATTEMPTS_UNFINISHED, {(pile.state,): pile.count for pile in found.of(Unfinished.ATTEMPTS)})
    yield _exposed(money.IN_DOUBT, {(): found.count(Unfinished.ATTEMPTS, state=unknown)})
    yield _exposed(money.IN_DOUBT_FEN, {(): found.amount_fen(Unfinished.ATTEMPTS, state=unknown)})
    yield _exposed(money.IN_DOUBT_AGE, {(): found.oldest_age_ms(Unfinished.ATTEMPTS, state=unknown) / 1_000})
    yield _exposed(money.REFUNDS_UNFINISHED, {key: pile.count for key, pile in refunds.items()})
    yield _exposed(money.REFUNDS_UNFINISHED_FEN, {key: pile.amount_fen for key, pile in refunds.items()})
    yield _exposed(
        money.REFUNDS_OLDEST_AGE,
        {(kind,): found.oldest_age_ms(Unfinished.REFUNDS, kind=kind) / 1_000 for kind in {kind for kind, _ in refunds}},
    )
    yield _exposed(money.BREAKS_OPEN, {(pile.kind,): pile.count for pile in found.of(Unfinished.BREAKS)})
    yield _exposed(events.EVENTS_UNDELIVERED, {(): found.count(Unfinished.EVENTS)})
    yield _exposed(events.EVENTS_OLDEST_AGE, {(): _age_s(found, Unfinished.EVENTS)})
    yield _exposed(machinery.SWEEPER_DUE, {(kind,): found.count(Unfinished.DUE, kind=kind) for kind in _DUE_KINDS})
    yield _exposed(machinery.SWEEPER_OLDEST_AGE, {(): _age_s(found, Unfinished.DUE)})


def _age_s(found: Backlog, what: Unfinished) -> float:
    return found.oldest_age_ms(what) / 1_000


def _exposed(metric: Metric, values: Values) -> Exposed:
    """One family as the library wants it."""
    make = CounterMetricFamily if metric.sort == "counter" else GaugeMetricFamily
    family = make(metric.name, metric.meaning, labels=metric.labels)
    for labels, value in values.items():
        family.add_metric(labels, float(value))
    return family
