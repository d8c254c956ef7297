"""Small pictures of a report as SVG, drawn on the server: they print, and need no script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from payswitch.domain.report import Rate

_WIDTH: Final = 480
_HEIGHT: Final = 92
_LEFT: Final = 40
_TOP: Final = 8
_PLOT_W: Final = _WIDTH - _LEFT - 8
_PLOT_H: Final = _HEIGHT - _TOP - 20


def hourly(hours: Sequence[Rate]) -> Markup:
    """Success by hour as a line in the band of its 95 % intervals; hours without payments are gaps."""
    known = [rate for rate in hours if rate.of]
    if not known:
        return Markup("")
    floor = max(0.0, min(rate.low for rate in known if rate.of >= 5) if any(r.of >= 5 for r in known) else 0.0)
    floor = min(0.95, int(floor * 20) / 20)
    band_up = " ".join(f"{_x(h):.1f},{_y(rate.high, floor):.1f}" for h, rate in enumerate(hours) if rate.of)
    band_down = " ".join(
        f"{_x(h):.1f},{_y(rate.low, floor):.1f}" for h, rate in reversed(list(enumerate(hours))) if rate.of
    )
    line = " ".join(f"{_x(h):.1f},{_y(rate.rate or 0, floor):.1f}" for h, rate in enumerate(hours) if rate.of)
    dots = "".join(
        f'<circle cx="{_x(h):.1f}" cy="{_y(rate.rate or 0, floor):.1f}" r="2.2"><title>{h}:00 '
        f"{(rate.rate or 0) * 100:.1f}% ({rate.low * 100:.1f}–{rate.high * 100:.1f}%), n={rate.of}</title></circle>"
        for h, rate in enumerate(hours)
        if rate.of
    )
    grid = "".join(_grid_line(floor + (1 - floor) * part, floor) for part in (0.0, 0.5, 1.0))
    ticks = "".join(
        f'<text x="{_x(h):.1f}" y="{_HEIGHT - 5}" class="tick mid">{h}</text>' for h in (0, 3, 6, 9, 12, 15, 18, 21, 23)
    )
    return Markup(  # noqa: S704 (numbers only)
        f'<svg class="hourly" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="各小时成功率">{grid}'
        f'<polygon class="band" points="{band_up} {band_down}"/><polyline class="line" points="{line}"/>'
        f'<g class="dots">{dots}</g>{ticks}</svg>'
    )


def _grid_line(rate: float, floor: float) -> str:
    y = _y(rate, floor)
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - 8}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 5}" y="{y + 3:.1f}" class="tick end">{rate * 100:.0f}%</text>'
    )


def _x(hour: int) -> float:
    return _LEFT + _PLOT_W * (hour + 0.5) / 24


def _y(rate: float, floor: float) -> float:
    part = (max(rate, floor) - floor) / (1 - floor)
    return _TOP + _PLOT_H * (1 - part)


def interval(low: float, value: float, high: float) -> Markup:
    """A gain with its interval around zero: a bar, and the zero it must clear."""
    reach = max(abs(low), abs(high), 1e-9) * 1.1
    left, right, middle = (50 + 50 * part / reach for part in (low, high, value))
    return Markup(  # noqa: S704 (numbers only)
        '<svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<line class="zero" x1="50" x2="50" y1="0" y2="12"/>'
        f'<rect class="range" x="{left:.1f}" y="4" width="{max(0.5, right - left):.1f}" height="4" rx="2"/>'
        f'<rect class="value" x="{middle - 0.8:.1f}" y="1.5" width="1.6" height="9"/></svg>'
    )
