"""`python -m bench.small_shop_alerts`: how soon a small shop's fall is told, and how often for nothing.

One order a minute, day and night. Each payable payment is paid, hindered by a channel (`ours`), or stays unpaid for no
reason that anybody can see (`silent`). The charts know the shop's ordinary weeks. For comparison, a percentage over a
window of half an hour, and what no test can beat.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from payswitch.alerting.small_shop import Charted, Past, chart, charts_of
from payswitch.domain.alert import ShopTally

MONTH: Final = 43_200
"""Minutes, and orders."""
PAST: Final = 4 * 7 * 1_440
LONGEST: Final = 2_000
JUDGED_AFTER_MIN: Final = 3
WARM_UP: Final = 600


class World(NamedTuple):
    """Shares of the payable payments."""

    ours: float
    silent: float


NORMAL: Final = World(ours=0.0005, silent=0.0195)
CASES: Final = (
    ("channels fail", NORMAL, World(ours=0.1805, silent=0.0195)),
    ("channels fail, and one in a thousand always does", World(0.001, 0.019), World(0.181, 0.019)),
    ("half by channels, half unseen", NORMAL, World(ours=0.0905, silent=0.1095)),
    ("codes that nobody can pay (all unseen)", NORMAL, World(ours=0.0005, silent=0.1995)),
)
"""Success falls from 98 % to 80 % in each of them."""


def payment(world: World, source: random.Random, at: int) -> ShopTally:
    draw = source.random()
    ours = draw < world.ours
    silent = not ours and draw < world.ours + world.silent
    return ShopTally(
        shop_id="s", at_ms=at * 60_000, created=1, paid=int(not ours and not silent), ours=int(ours), silent=int(silent)
    )


def past_of(world: World) -> Past:
    """Four ordinary weeks."""
    return Past(
        judged=PAST, ours=round(PAST * world.ours), unpaid=round(PAST * (world.ours + world.silent)), per_month=MONTH
    )


def minutes_until_alarm(usual: World, fallen: World, seed: int) -> int:
    """From the fall, at some moment of an ordinary day."""
    source = random.Random(seed)
    charts, state = charts_of(past_of(usual)), Charted()
    for at in range(WARM_UP):
        state = chart(charts, state, [payment(usual, source, at)])
    if state.alarm:
        state = Charted()  # a false alarm is counted elsewhere
    for at in range(LONGEST):
        state = chart(charts, state, [payment(fallen, source, at)])
        if state.alarm:
            return at + 1
    return LONGEST


def false_alarms(usual: World, months: int, seed: int) -> int:
    """In so many ordinary months. Successes between two failures are taken in one step: the chart is the same."""
    source = random.Random(seed)
    charts, state, raised = charts_of(past_of(usual)), Charted(), 0
    for failure in _failures(usual, months * MONTH, source):
        was = state.alarm
        state = chart(charts, state, [failure])
        was_over = was and not state.alarm
        raised += state.alarm and (not was or was_over)
    return raised


def _failures(world: World, payments: int, source: random.Random) -> Iterator[ShopTally]:
    """First the successes up to a failure, then the failure."""
    unpaid = world.ours + world.silent
    at = 0
    while True:
        gap = int(math.log(1 - source.random()) / math.log(1 - unpaid))
        at += gap + 1
        if at > payments:
            return
        if gap:
            yield ShopTally(shop_id="s", at_ms=at, created=gap, paid=gap)
        ours = int(source.random() < world.ours / unpaid)
        yield ShopTally(shop_id="s", at_ms=at, created=1, ours=ours, silent=1 - ours)


def window_rule(usual: World, fallen: World, seed: int) -> tuple[bool, float]:
    """The usual percentage: fewer than 95 % of the last 30. Whether it speaks within 30 minutes, and how often a month
    it does for nothing."""
    source = random.Random(seed)
    unpaid = sum(usual)
    wrong, last = 0, [0] * 30
    was = False
    for at in range(MONTH):
        last[at % 30] = int(source.random() < unpaid)
        now = sum(last) >= 2
        wrong += now and not was
        was = now
    return sum(source.random() < sum(fallen) for _ in range(30 - JUDGED_AFTER_MIN)) >= 2, wrong


def bound(usual: float, fallen: float, within: int) -> tuple[int, float]:
    """What no test can beat that sees only paid or not (Neyman and Pearson): to speak in 95 of 100 falls within so many
    payments it must speak at this many failures among them, and then does so for nothing this often a month."""

    def at_least(k: int, rate: float) -> float:
        return 1 - sum(math.comb(within, i) * rate**i * (1 - rate) ** (within - i) for i in range(k))

    k = max(k for k in range(within) if at_least(k, fallen) >= 0.95)
    return k, at_least(k, usual) * MONTH / within


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--months", type=int, default=400)
    given = parser.parse_args()
    print(f"success 98 % -> 80 % at one order a minute; {given.seeds} seeds, {given.months} ordinary months\n")
    print(f"{'what fails':52} within 30 min   median   p95   false alarms a month")
    for name, usual, fallen in CASES:
        waits = sorted(JUDGED_AFTER_MIN + minutes_until_alarm(usual, fallen, seed) for seed in range(given.seeds))
        share = sum(wait <= 30 for wait in waits) / given.seeds
        wrong = false_alarms(usual, given.months, seed=1) / given.months
        middle, late = waits[given.seeds // 2], waits[int(0.95 * given.seeds)]
        print(f"{name:52} {share:12.1%} {middle:5} min {late:3} min {wrong:12.2f}")
    told, wrong_window = zip(*(window_rule(NORMAL, CASES[0][2], seed) for seed in range(20)), strict=True)
    share, wrong = sum(told) / 20, sum(wrong_window) / 20
    print(f"{'for comparison: under 95 % of the last 30':52} {share:12.1%} {'':17} {wrong:12.2f}")
    failures, least = bound(0.02, 0.2, 30)
    print(
        f"\nwhere only the missing payment is seen, any test that speaks within 30 payments in 95 % of falls speaks at "
        f"{failures} failures of 30,\nand so at least {least:.0f} times a month for nothing"
    )


if __name__ == "__main__":
    main()
