"""A comparison as one SVG file, written by hand: a dot and its 95 % interval per router, a panel per scenario."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from payswitch.lab.comparison import Comparison
from payswitch.lab.summary import Chapter

_ROW: Final = 18
_HEAD: Final = 46
_LABELS: Final = 170
_WIDTH: Final = 760
_RIGHT: Final = 90
_COLOURS: Final = {"ours": "#c0392b", "baseline": "#34495e", "oracle": "#95a5a6"}
_TICKS: Final = 5


def svg(comparison: Comparison) -> str:
    """The whole picture. Pixels throughout."""
    heights = [_HEAD + _ROW * len(chapter.lines) + 24 for chapter in comparison.chapters]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{sum(heights) + 30}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{sum(heights) + 30}" fill="white"/>',
    ]
    top = 0
    for chapter, height in zip(comparison.chapters, heights, strict=True):
        parts += _panel(chapter, top)
        top += height
    note = f"PaySwitch {comparison.version}; {len(comparison.seeds)} paired worlds per scenario; bars: 95 %"
    parts += [f'<text x="8" y="{top + 18}" fill="#7f8c8d">{escape(note)}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(chapter: Chapter, top: int) -> Iterator[str]:
    low = min(line.success.low for line in chapter.lines)
    high = max(line.success.high for line in chapter.lines)
    span = (high - low) or 1.0
    plot = _WIDTH - _LABELS - _RIGHT

    def x(value: float) -> float:
        return _LABELS + plot * (value - low) / span

    title = f"{chapter.title_zh} {chapter.scenario}: final success, % of all payments"
    yield f'<text x="8" y="{top + 20}" font-weight="bold">{escape(title)}</text>'
    bottom = top + _HEAD + _ROW * len(chapter.lines)
    for tick in range(_TICKS):
        value = low + span * tick / (_TICKS - 1)
        yield f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{top + 30}" y2="{bottom}" stroke="#ecf0f1"/>'
        yield f'<text x="{x(value):.1f}" y="{bottom + 12}" text-anchor="middle" fill="#7f8c8d">{value:.1f}</text>'
    for row, line in enumerate(chapter.lines):
        y, colour, found = top + _HEAD + _ROW * row, _COLOURS[line.role], line.success
        yield f'<text x="8" y="{y + 4}" fill="{colour}">{escape(line.policy)}</text>'
        yield f'<line x1="{x(found.low):.1f}" x2="{x(found.high):.1f}" y1="{y}" y2="{y}" stroke="{colour}"/>'
        yield f'<circle cx="{x(found.mean):.1f}" cy="{y}" r="4" fill="{colour}"/>'
        yield f'<text x="{_WIDTH - _RIGHT + 12}" y="{y + 4}" fill="{colour}">{found.mean:.2f}</text>'
