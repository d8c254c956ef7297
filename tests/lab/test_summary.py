"""What is said about the runs: means, paired differences, the share of the gap."""

from __future__ import annotations

import pytest

from payswitch.lab.comparing import Run
from payswitch.lab.comparison import Wish
from payswitch.lab.contenders import entrants
from payswitch.lab.statistics import interval, paired, t_quantile
from payswitch.lab.summary import duels_of, lines_of, overall

CHOSEN = [entrants()[name] for name in ("payswitch", "static", "d-ts", "oracle")]


def run(policy: str, seed: int, success: float, regret: float = 1.0, scenario: str = "mild") -> Run:
    return Run(
        scenario=scenario,
        seed=seed,
        policy=policy,
        payments=1_000,
        payable=940,
        success=success,
        success_of_payable=success / 0.94,
        first_attempt=success - 5,
        regret=regret,
        attempts=1.1,
        lost_until_left=[seed],
        back_after_s=[30.0, 90.0],
        decision_us=50.0,
    )


LUCK = (0.0, 3.0, -2.0, 1.0, 4.0)
"""Of the worlds: large beside the routers' differences, and the same for all of them."""
RUNS = [
    run(policy, seed, base + luck, regret)
    for policy, base, regret in (("payswitch", 91, 2), ("static", 88, 9), ("d-ts", 90, 4), ("oracle", 92, 0))
    for seed, luck in enumerate(LUCK)
]


def test_pairing_takes_the_luck_of_the_worlds_out() -> None:
    (duel,) = duels_of(RUNS, CHOSEN)
    assert (duel.best_baseline, duel.lowest_regret_baseline) == ("d-ts", "d-ts")
    assert (duel.success.mean, duel.success.low, duel.success.high) == pytest.approx((1, 1, 1))
    assert duel.gap_share is not None
    assert duel.gap_share.mean == pytest.approx(0.5)
    assert duel.regret_share is not None
    assert duel.regret_share.mean == pytest.approx(0.5)
    assert duel.below == []
    plain = lines_of(RUNS, CHOSEN)[0].success
    assert plain.high - plain.low > 3


def test_who_is_below_is_said() -> None:
    worse = [run("payswitch", seed, 89 + luck) for seed, luck in enumerate(LUCK)]
    (duel,) = duels_of([*worse, *RUNS[5:]], CHOSEN)
    assert duel.below == ["d-ts"]


def test_leaving_and_coming_back_are_counted_over_all_worlds() -> None:
    line = lines_of(RUNS, CHOSEN)[0]
    assert line.lost_until_left is not None
    assert line.lost_until_left.mean == pytest.approx(2)
    assert line.back_within_60s == pytest.approx(0.5)


def test_over_all_scenarios_each_weighs_the_same() -> None:
    more = [run(one.policy, one.seed, one.success - (one.policy == "d-ts"), scenario="severe") for one in RUNS]
    found = overall([*RUNS, *more], CHOSEN)["payswitch"]
    assert found["d-ts"].mean == pytest.approx(1.5)
    assert found["static"].mean == pytest.approx(3)


def test_students_quantile() -> None:
    assert t_quantile(29) == pytest.approx(2.045, abs=0.001)
    assert t_quantile(9) == pytest.approx(2.262, abs=0.003)
    assert t_quantile(4) == pytest.approx(2.776, abs=0.03)


def test_an_interval_of_nothing_is_none_and_of_one_has_no_width() -> None:
    assert interval([]) is None
    one = interval([3.0])
    assert one is not None
    assert (one.low, one.high) == (3.0, 3.0)
    known = paired([1.0, 2.0, 3.0, 4.0, 5.0], [0.0] * 5)
    assert known is not None
    assert known.high - known.mean == pytest.approx(1.963, abs=0.02)


def test_the_command_that_repeats_it_is_written_down() -> None:
    wish = Wish(scenarios=("mild",), policies=("static", "oracle"), seeds=(100, 101, 102), minutes=20)
    assert wish.command.endswith("--scenarios mild --policies static,oracle --seeds 100-102 --minutes 20")
    gaps = Wish(scenarios=("mild",), policies=("static",), seeds=(100, 102), minutes=1.5)
    assert gaps.command.endswith("--seeds 100,102 --minutes 1.5")
