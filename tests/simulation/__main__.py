"""`python -m tests.simulation --seeds 2000`, or `--seed 123` to replay one night with its trace."""

from __future__ import annotations

import argparse
import sys

from tests.simulation.runner import ENOUGH, coverage, replay, simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="so many nights, from --first on")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="replay this one night, with its trace")
    parser.add_argument("--jobs", type=int, help="processes; default: one a core")
    options = parser.parse_args()
    if options.seed is not None:
        return 0 if replay(options.seed, print) else 1
    seeds = range(options.first, options.first + options.seeds)
    results = simulate(seeds, _tell, jobs=options.jobs)
    print(coverage(results))
    print(f"\n{results.nights} nights, {len(results.failed)} violations")
    for failed in results.failed:
        print(f"  {failed.replay}: {failed.reason.splitlines()[0]}")
    blind = results.nights >= ENOUGH and bool(results.missing())
    return 1 if results.failed or blind else 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
