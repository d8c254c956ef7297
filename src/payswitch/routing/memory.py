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
from payswitch.routing.rates import Cell, DecayedRate, Key

Rate = tuple[float, float, int]
"""(good, trials, at_ms) as `DecayedRate` keeps them."""


class CellMemory(msgspec.Struct, frozen=True):
    kind: str
    value: str
    good: float
    trials: float
    shift: float
    at_ms: int
    well_ms: int


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
    creation_cells: tuple[CellMemory, ...]
    completion_cells: tuple[CellMemory, ...]


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
        creation_cells=_cells(line.segments.creation),
        completion_cells=_cells(line.segments.completion),
    )  # fmt: skip


def _restore_line(line: Line, one: LineMemory) -> None:
    line.creation, line.completion = DecayedRate(*one.creation), DecayedRate(*one.completion)
    line.conversion, line.silence = DecayedRate(*one.conversion), DecayedRate(*one.silence)
    line.payer_side = one.payer_side
    line.latency.restore(one.latency)
    line.arrivals.delay_ms, line.arrivals.weight = one.delay
    line.overlay.restore(one.overlay.odds, one.overlay.at_ms)
    line.scopes = {(scope.kind, scope.value): _scope(scope) for scope in one.scopes}
    line.segments.creation = _cells_back(one.creation_cells)
    line.segments.completion = _cells_back(one.completion_cells)


def _rate(rate: DecayedRate) -> Rate:
    return rate.good, rate.trials, rate.at_ms


def _overlay(key: Key, overlay: Overlay) -> OverlayMemory:
    return OverlayMemory(key[0], key[1], tuple(overlay.odds), overlay.at_ms)


def _scope(one: OverlayMemory) -> Overlay:
    scope = Overlay(SCOPED_STATES, one.at_ms)
    scope.restore(one.odds, one.at_ms)
    return scope


def _cells(cells: dict[Key, Cell]) -> tuple[CellMemory, ...]:
    return tuple(CellMemory(*key, c.good, c.trials, c.shift, c.at_ms, c.well_ms) for key, c in cells.items())


def _cells_back(cells: tuple[CellMemory, ...]) -> dict[Key, Cell]:
    return {(c.kind, c.value): Cell(c.good, c.trials, c.shift, c.at_ms, c.well_ms) for c in cells}
