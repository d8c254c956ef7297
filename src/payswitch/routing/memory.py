"""What the router has learned, as plain data: for an experiment that begins where another ended, or another process.

Breakers are not part of it: they are about this minute. The overlays are, so that a channel that was in trouble is a
suspect at once.
"""

from __future__ import annotations

import msgspec

from payswitch.domain.channel import Product
from payswitch.routing.health import Health, Line
from payswitch.routing.latency import LatencyMemory
from payswitch.routing.overlay import SCOPED_STATES, Overlay
from payswitch.routing.rates import Cell, DecayedRate, Key, SegmentRates

Rate = tuple[float, float, int]
"""(good, trials, at_ms) as `DecayedRate` keeps them."""


CellMemory = tuple[float, float, float, int, int]
"""(good, trials, shift, at_ms, well_ms) as `Cell` keeps them."""


class SegmentMemory(msgspec.Struct, frozen=True):
    kind: str
    value: str
    creation: CellMemory
    completion: CellMemory


class OverlayMemory(msgspec.Struct, frozen=True):
    kind: str
    value: str
    odds: tuple[float, ...]
    at_ms: int


class LineMemory(msgspec.Struct, frozen=True, kw_only=True):
    """One channel x product."""

    channel_id: str
    product: Product
    creation: Rate
    completion: Rate
    conversion: Rate
    silence: Rate
    payer_side: int
    latency: LatencyMemory
    delay: tuple[float, float]
    overlay: OverlayMemory
    scopes: tuple[OverlayMemory, ...]
    segments: tuple[SegmentMemory, ...]


class RouterMemory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything. Encodes to JSON and back without loss."""

    all_creation: Rate
    all_completion: Rate
    issuers: tuple[OverlayMemory, ...]
    lines: tuple[LineMemory, ...]


def export_memory(health: Health) -> RouterMemory:
    """As it stands; the health goes on by itself."""
    return RouterMemory(
        all_creation=_rate(health.all_creation),
        all_completion=_rate(health.all_completion),
        issuers=tuple(_overlay(("bank", bank), overlay) for bank, overlay in health.issuers.items()),
        lines=tuple(_line(line) for line in health.lines()),
    )


def restore_memory(health: Health, memory: RouterMemory) -> None:
    """Take it over; what was learned before of the same lines is replaced."""
    health.all_creation = DecayedRate(*memory.all_creation)
    health.all_completion = DecayedRate(*memory.all_completion)
    health.issuers = {one.value: _scope(one) for one in memory.issuers}
    for one in memory.lines:
        _restore_line(health.line(one.channel_id, one.product), one)


def _line(line: Line) -> LineMemory:
    arrivals = line.arrivals
    return LineMemory(
        channel_id=line.channel_id,
        product=line.product,
        creation=_rate(line.creation),
        completion=_rate(line.completion),
        conversion=_rate(line.conversion),
        silence=_rate(line.silence),
        payer_side=line.payer_side,
        latency=line.latency.remembered(),
        delay=(arrivals.delay_ms, arrivals.weight),
        overlay=_overlay(("", ""), line.overlay),
        scopes=tuple(_overlay(key, scope) for key, scope in line.scopes.items()),
        segments=tuple(
            SegmentMemory(*key, _cell(segment.creation), _cell(segment.completion))
            for key, segment in line.segments.met.items()
        ),
    )  # fmt: skip


def _restore_line(line: Line, one: LineMemory) -> None:
    line.creation, line.completion = DecayedRate(*one.creation), DecayedRate(*one.completion)
    line.conversion, line.silence = DecayedRate(*one.conversion), DecayedRate(*one.silence)
    line.payer_side = one.payer_side
    line.latency.restore(one.latency)
    line.arrivals.delay_ms, line.arrivals.weight = one.delay
    line.overlay.restore(one.overlay.odds, one.overlay.at_ms)
    line.scopes = {(scope.kind, scope.value): _scope(scope) for scope in one.scopes}
    line.segments = SegmentRates()
    for known in one.segments:
        segment = line.segments.meet((known.kind, known.value))
        segment.creation, segment.completion = Cell(*known.creation), Cell(*known.completion)


def _rate(rate: DecayedRate) -> Rate:
    return rate.good, rate.trials, rate.at_ms


def _overlay(key: Key, overlay: Overlay) -> OverlayMemory:
    return OverlayMemory(key[0], key[1], tuple(overlay.odds), overlay.at_ms)


def _scope(one: OverlayMemory) -> Overlay:
    scope = Overlay(SCOPED_STATES, one.at_ms)
    scope.restore(one.odds, one.at_ms)
    return scope


def _cell(cell: Cell) -> CellMemory:
    return cell.good, cell.trials, cell.shift, cell.at_ms, cell.well_ms
