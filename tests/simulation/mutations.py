"""`python -m tests.simulation.mutations`: breaks the switch in a scratch copy, one way at a time, and counts how many
nights the simulation needs to find it. Exit status 1 if one is not found."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.broken import MUTATIONS, Edit, Mutation

ROOT = Path(__file__).resolve().parents[2]
MOST_SEEDS = 2_000
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".venv", ".uv")
_HUNT = """
import sys, tempfile
from pathlib import Path
from tests.simulation.runner import run_seeds
from tests.simulation.step_store import empty_database
with tempfile.TemporaryDirectory() as folder:
    results = run_seeds(range(1, int(sys.argv[1]) + 1), empty_database(Path(folder)), stop_at_first=True)
for failed in results.failed:
    print("found", failed.seed, failed.reason.splitlines()[0][:200])
"""


class AnchorLost(Exception):
    """The source has changed: the edit's old text does not stand there exactly once."""


@dataclass(frozen=True)
class Found:
    """How one mutation fared. `nights` None: not found."""

    mutation: Mutation
    nights: int | None
    reason: str


def check_anchors(mutations: Sequence[Mutation] = MUTATIONS, src: Path = ROOT / "src") -> None:
    """Raises AnchorLost for the first edit that would not do what it says."""
    for mutation in mutations:
        for edit in mutation.edits:
            _edited((src / edit.file).read_text("utf-8"), edit, mutation.name)


def _edited(text: str, edit: Edit, name: str) -> str:
    if text.count(edit.old) != 1:
        raise AnchorLost(f"{name}: the text to replace stands {text.count(edit.old)} times in {edit.file}")
    return text.replace(edit.old, edit.new)


def hunt(mutation: Mutation, most: int) -> Found:
    """Break a copy and run nights in it, from seed 1 on, until one fails."""
    with tempfile.TemporaryDirectory(prefix=f"payswitch-{mutation.name}-") as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=_IGNORED)
        shutil.copytree(ROOT / "tests", copy / "tests", ignore=_IGNORED)
        for edit in mutation.edits:
            path = copy / "src" / edit.file
            path.write_text(_edited(path.read_text("utf-8"), edit, mutation.name), "utf-8")
        ran = subprocess.run(
            [sys.executable, "-c", _HUNT, str(most)],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(copy / "src"), str(copy)))},
            capture_output=True,
            text=True,
        )
    if ran.returncode:
        raise RuntimeError(f"{mutation.name}: the nights could not be run:\n{ran.stderr}")
    for line in ran.stdout.splitlines():  # between lines of the broken switch's own log
        if line.startswith("found "):
            _, seed, reason = line.split(" ", 2)
            return Found(mutation, int(seed), reason)
    return Found(mutation, None, "")


def table(found: Sequence[Found]) -> str:
    """As Markdown, for the docs."""
    lines = ["| broken on purpose | nights until found | first seen as |", "|---|---:|---|"]
    for one in found:
        nights = "not found" if one.nights is None else str(one.nights)
        reason = one.reason.replace("AssertionError: ", "").replace("|", "/")
        lines.append(f"| {one.mutation.name}: {one.mutation.loses} | {nights} | {reason} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutations", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these; default: all")
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="give up after so many nights")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    wanted = [mutation for mutation in MUTATIONS if not options.names or mutation.name in options.names]
    check_anchors(wanted)
    with ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(lambda mutation: _told(hunt(mutation, options.seeds)), wanted))
    print(table(found))
    return 0 if all(one.nights is not None for one in found) else 1


def _told(one: Found) -> Found:
    print(f"{one.mutation.name}: {one.nights or 'not found'} {one.reason}", file=sys.stderr, flush=True)
    return one


if __name__ == "__main__":
    raise SystemExit(main())
