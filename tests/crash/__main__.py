"""`python -m tests.crash --loops 200`: real processes, `kill -9` at random moments, the books compared after each."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from payswitch.kit.clock import SystemClock
from tests.crash.loop import RESTART_S, crash_loop


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--loops", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-second", type=float, default=6.0, help="payments a second")
    parser.add_argument("--database", help="postgresql://..., instead of a SQLite file; must be empty")
    parser.add_argument("--preload", type=int, default=0, help="old payments in the file at the start (SQLite)")
    parser.add_argument("--keep", type=Path, help="keep databases, ledgers and logs in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="payswitch-crash-") as folder:
        figures = asyncio.run(
            crash_loop(
                options.loops,
                options.keep or Path(folder),
                SystemClock(),
                lambda line: print(line, file=sys.stderr, flush=True),
                seed=options.seed,
                per_second=options.per_second,
                database=options.database,
                preload=options.preload,
            )
        )
    print(figures.text())
    for line in figures.violations:
        print(f"  {line}")
    slow = [took_s for took_s in figures.service_restart_s if took_s > RESTART_S]
    if slow:
        print(f"{len(slow)} restarts took longer than {RESTART_S:g} s")
    return 1 if figures.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
