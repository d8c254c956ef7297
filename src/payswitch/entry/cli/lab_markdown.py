"""The laboratory's tables as Markdown: what `docs/reference/lab-figures.md` is made of."""

from __future__ import annotations

from typing import Final

from payswitch.entry.cli.lab_words import against_the_closest, figures_of, share, signed
from payswitch.lab.comparison import Comparison
from payswitch.lab.summary import Chapter, Duel

_HEAD: Final = (
    "| router | success % | able % | first % | regret | tries | lost | back s (≤ 60 s) |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
_DUELS: Final = (
    "| scenario | ours | best published | success, points | tries | gap share | regret, of the smallest | beaten by |\n"
    "|---|---|---|---|---|---|---|---|\n"
)


def markdown(found: Comparison) -> str:
    """What the paired differences say first, then a table per scenario, and how to run it again."""
    parts = [_DUELS, *(_duel_row(chapter.scenario, duel) for chapter in found.chapters for duel in chapter.duels), "\n"]
    parts += [f"- {against_the_closest(ours, pairs)}\n" for ours, pairs in found.overall.items() if pairs]
    parts += [f"\nPaySwitch {found.version}; `{found.command}`\n"]
    parts += [_table(chapter) for chapter in found.chapters]
    return "".join(parts)


def _table(chapter: Chapter) -> str:
    size = f"{chapter.worlds} worlds, {chapter.channels} channels, {chapter.payments:,} payments for each router"
    held_out = ", held out" if chapter.held_out else ""
    rows = []
    for line in chapter.lines:
        name = f"**{line.policy}**" if line.role == "ours" else line.policy
        rows.append(f"| {' | '.join((name, *figures_of(line)))} |\n")
    return f"\n**{chapter.scenario}** ({chapter.title}; {size}{held_out})\n\n{_HEAD}{''.join(rows)}"


def _duel_row(scenario: str, duel: Duel) -> str:
    regret = "–" if duel.regret_share is None else f"{share(duel.regret_share)} ({duel.lowest_regret_baseline})"
    cells = (
        scenario,
        duel.ours,
        duel.best_baseline,
        signed(duel.success),
        signed(duel.attempts, 3),
        "–" if duel.gap_share is None else share(duel.gap_share),
        regret,
        ", ".join(duel.below) or "nobody",
    )
    return f"| {' | '.join(cells)} |\n"
