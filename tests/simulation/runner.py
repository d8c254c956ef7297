"""Many nights on all cores, with progress, every violation with the way to replay it, and what was covered."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.faults import Fault, Rare
from tests.simulation.night import Night
from tests.simulation.step_store import empty_database

AT_ONCE = 10
"""Seeds per piece of work."""
ENOUGH = 2_000
"""Over this many nights every fault strikes and every rare path is walked; fewer prove nothing about that."""


@dataclass
class Failed:
    """One seed that broke an invariant."""

    seed: int
    reason: str

    @property
    def replay(self) -> str:
        return f"make simulate SEED={self.seed}"


@dataclass
class Results:
    """Of some nights."""

    nights: int = 0
    failed: list[Failed] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)

    def add(self, other: Results) -> None:
        self.nights += other.nights
        self.failed += other.failed
        self.struck += other.struck
        self.met += other.met

    def missing(self) -> list[str]:
        """Faults that never struck and paths that nobody walked."""
        return [f.value for f in Fault if not self.struck[f.value]] + [r.value for r in Rare if not self.met[r.value]]


def run_seeds(seeds: Sequence[int], template: Path, *, stop_at_first: bool = False) -> Results:
    """One after another, in this process."""
    results = Results()
    for seed in seeds:
        night = Night(seed, template)
        try:
            night.run()
        except (Exception, BaseExceptionGroup) as error:
            results.failed.append(Failed(seed, f"{type(error).__name__}: {error}"))
        results.nights += 1
        results.struck += Counter({fault.value: count for fault, count in night.fate.struck.items()})
        results.met += Counter({path.value: count for path, count in night.fate.met.items()})
        if stop_at_first and results.failed:
            break
    return results


def simulate(seeds: Sequence[int], tell: Callable[[str], None], *, jobs: int | None = None) -> Results:
    """All of them, side by side."""
    total = Results()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="payswitch-nights-") as folder:
        template = empty_database(Path(folder))
        with ProcessPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            pieces = [pool.submit(run_seeds, piece, template) for piece in _pieces(seeds)]
            for number, done in enumerate(as_completed(pieces), start=1):
                piece = done.result()
                total.add(piece)
                for failed in piece.failed:
                    tell(f"VIOLATION in night {failed.seed}: {failed.reason}\n  replay it with: {failed.replay}")
                if number % max(1, len(pieces) // 10) == 0:
                    took_s = time.monotonic() - begun
                    tell(f"{total.nights}/{len(seeds)} nights, {len(total.failed)} violations, {took_s:.0f} s")
    return total


def _pieces(seeds: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(seeds), AT_ONCE):
        yield seeds[start : start + AT_ONCE]


def coverage(results: Results) -> str:
    """How often each fault struck and each rare path was walked."""
    lines = [f"over {results.nights} nights", "", "faults that struck"]
    lines += [f"  {fault.value:<28} {results.struck[fault.value]:>8}" for fault in Fault]
    lines += ["", "rare paths that were walked"]
    lines += [f"  {path.value:<28} {results.met[path.value]:>8}" for path in Rare]
    missing = results.missing()
    if missing:
        lines += ["", f"never: {', '.join(missing)}"]
    return "\n".join(lines)


def replay(seed: int, tell: Callable[[str], None]) -> bool:
    """One night with a readable trace. Whether it was without a violation."""
    with tempfile.TemporaryDirectory(prefix="payswitch-night-") as folder:
        night = Night(seed, empty_database(Path(folder)), traced=True)
        error: BaseException | None = None
        try:
            night.run()
        except (Exception, BaseExceptionGroup) as caught:
            error = caught
    for line in night.fate.trace or []:
        tell(line)
    swarm = ", ".join(sorted(night.fate.swarm))
    tell(f"\nnight {seed}: trouble {night.fate.trouble}, {night.kills} kills, faults: {swarm}")
    if error is None:
        tell("no violation")
        return True
    tell(f"VIOLATION {type(error).__name__}: {error}")
    return False
