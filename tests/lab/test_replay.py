"""Off-policy estimates against cases whose truth is known, and refusals where nothing can be known."""

from __future__ import annotations

from pathlib import Path
from random import Random

import duckdb
import pytest
from msgspec.structs import replace

from payswitch.lab.replay.recorded import Record, ReplayProblem, read
from payswitch.lab.replay.replaying import replay

SUCCESS = {("icbc", "a"): 0.95, ("icbc", "b"): 0.70, ("ccb", "a"): 0.60, ("ccb", "b"): 0.90}
LOGGED = {"icbc": 0.8, "ccb": 0.7}
"""How often the recorded policy chose channel a: confounded with the segment on purpose."""


def recorded(n: int = 6_000, seed: int = 1, honest: bool = True) -> list[Record]:
    random = Random(seed)
    found = []
    for number in range(n):
        segment = "icbc" if random.random() < 0.6 else "ccb"
        channel = "a" if random.random() < LOGGED[segment] else "b"
        share = LOGGED[segment] if channel == "a" else 1 - LOGGED[segment]
        found.append(
            Record(
                time_ms=number,
                segment=segment,
                channel=channel,
                success=random.random() < SUCCESS[segment, channel],
                propensity=share if honest else 0.5,
                amount_fen=10_000,
                fee_fen=60 if channel == "a" else 30,
            )
        )
    return found


def truth(policy: dict[str, dict[str, float]]) -> float:
    return sum(
        (0.6 if segment == "icbc" else 0.4) * share * SUCCESS[segment, channel]
        for segment, shares in policy.items()
        for channel, share in shares.items()
    )


ALWAYS_B = {"icbc": {"b": 1.0}, "ccb": {"b": 1.0}}
HALF = {"icbc": {"a": 0.5, "b": 0.5}, "ccb": {"a": 0.5, "b": 0.5}}
BEST = {"icbc": {"a": 1.0}, "ccb": {"b": 1.0}}


@pytest.mark.parametrize(("policy", "shares"), [("always:b", ALWAYS_B), ("split:a=50,b=50", HALF), ("best", BEST)])
def test_all_three_estimators_find_the_truth_that_the_plain_mean_misses(
    policy: str, shares: dict[str, dict[str, float]]
) -> None:
    found = replay(recorded(), policy, seed=1)
    for name in ("ips", "snips", "dr"):
        estimate = found.success[name]
        assert estimate.low < truth(shares) < estimate.high, name
        assert estimate.value == pytest.approx(truth(shares), abs=0.03), name
    assert found.overlap.support == 1.0
    assert found.overlap.mean_weight == pytest.approx(1.0, abs=0.05)


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(40):
        estimate = replay(recorded(800, seed=seed), "always:b", seed=1).success["dr"]
        held += estimate.low < truth(ALWAYS_B) < estimate.high
    assert (
        held >= 34
    )  # 95 % of 40 is 38; honest intervals give fewer than 34 about once in a hundred seeds of this test


def test_the_doubly_robust_one_is_the_calmer() -> None:
    found = replay(recorded(), "always:b", seed=1).success
    assert found["dr"].high - found["dr"].low < found["ips"].high - found["ips"].low


def test_the_recorded_policy_is_itself_estimated_as_it_was() -> None:
    same = [record for record in recorded() if record.segment == "icbc"]
    found = replay(same, "split:a=80,b=20", seed=1)
    assert found.success["ips"].value == pytest.approx(found.success["recorded"].value, abs=1e-9)
    assert found.overlap.effective == pytest.approx(len(same))


def test_money_is_amount_less_fee_of_what_succeeds() -> None:
    found = replay(recorded(), "always:b", seed=1)
    assert found.net_fen is not None
    assert found.net_fen["snips"].value == pytest.approx(truth(ALWAYS_B) * 9_970, rel=0.03)


def test_wrong_probabilities_are_noticed() -> None:
    found = replay(recorded(honest=False), "always:b", seed=1)
    assert "mean weight" in found.overlap.warnings[0]


def test_a_channel_that_was_never_chosen_is_refused() -> None:
    with pytest.raises(ReplayProblem) as refused:
        replay(recorded(), "always:c", seed=1)
    assert "never chosen" in refused.value.problems[0]
    assert "从未选过" in refused.value.problems[0]


def test_a_channel_never_chosen_for_one_bank_is_refused_with_its_name() -> None:
    records = [r for r in recorded() if (r.segment, r.channel) != ("ccb", "b")]
    with pytest.raises(ReplayProblem) as refused:
        replay(records, "always:b", seed=1)
    assert "ccb: b" in refused.value.problems[0]


def test_too_few_effective_records_are_refused() -> None:
    with pytest.raises(ReplayProblem) as refused:
        replay(recorded(60), "always:b", seed=1)
    assert "effective" in refused.value.problems[-1]


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("sometimes:a", "There are: always:CHANNEL"),
        ("split:a=70,b=20", "add up to 90, not 100"),
        ("split:a", "is not CHANNEL=PER CENT"),
        ("split:a=150,b=-50", "not 100"),
        ("always:", "There are"),
    ],
)
def test_a_policy_with_a_mistake_is_refused_with_the_fix(policy: str, says: str) -> None:
    with pytest.raises(ReplayProblem) as refused:
        replay(recorded(100), policy, seed=1)
    assert says in " ".join(refused.value.problems)


def test_a_file_is_read_in_order_of_time(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    file.write_text(
        "time_ms,segment,channel,success,propensity,amount_fen,fee_fen\n2,icbc,a,true,0.8,100,1\n1,ccb,b,0,0.2,,\n",
        encoding="utf-8",
    )
    first, second = read(file)
    assert (first.time_ms, first.segment, first.success, first.amount_fen) == (1, "ccb", False, 0)
    assert (second.channel, second.success, second.propensity, second.fee_fen) == ("a", True, 0.8, 1)


def test_every_bad_cell_is_named_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    file.write_text(
        "time_ms,segment,channel,success,propensity\nsoon,icbc,,maybe,0\n1,icbc,a,1,1.5\n2,icbc,a,1,nan\n",
        encoding="utf-8",
    )
    with pytest.raises(ReplayProblem) as refused:
        read(file)
    places = [problem.split(":")[0] for problem in refused.value.problems]
    assert places == [
        "row 2, time_ms", "row 2, channel", "row 2, success", "row 2, propensity", "row 3, propensity",
        "row 4, propensity",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"time_ms,channel\n1,a\n", "'propensity'"), (b"", "no column"), (b"\xff\xfe\x00", "UTF-8")],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "decisions.csv"
    file.write_bytes(content)
    with pytest.raises(ReplayProblem) as refused:
        read(file)
    assert says in refused.value.title + " ".join(refused.value.problems)


def test_a_file_without_rows_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("time_ms,segment,channel,success,propensity\n", encoding="utf-8")
    with pytest.raises(ReplayProblem, match="cannot be replayed"):
        read(empty)
    with pytest.raises(ReplayProblem, match="cannot be read"):
        read(tmp_path / "nowhere.csv")


def as_parquet(csv: Path, name: str) -> Path:
    """What an analyst's own tool writes: numbers as numbers, truth as truth, nothing where nothing is known."""
    file = csv.with_name(name)
    columns = (
        "time_ms::BIGINT AS time_ms, segment, channel, success = '1' AS success, propensity::DOUBLE AS propensity, "
        "nullif(amount_fen, '')::INTEGER AS amount_fen, latency_ms::DOUBLE AS latency_ms, fee_fen::INTEGER AS fee_fen"
    )
    with duckdb.connect() as db:
        rows = db.read_csv(str(csv), header=True, all_varchar=True)
        rows.project(columns).write_parquet(str(file))
    return file


def as_csv(records: list[Record], file: Path) -> Path:
    lines = ["time_ms,segment,channel,success,propensity,amount_fen,latency_ms,fee_fen"]
    for r in records:
        amount = r.amount_fen or ""
        cells = (r.time_ms, r.segment, r.channel, int(r.success), r.propensity, amount, r.latency_ms, r.fee_fen)
        lines.append(",".join(map(str, cells)))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_same_records_as_csv_and_as_parquet_are_worth_the_same(tmp_path: Path) -> None:
    mine = [replace(r, amount_fen=r.amount_fen * (r.time_ms % 3), latency_ms=80.5) for r in recorded(10_500)]
    csv = as_csv(mine, tmp_path / "decisions.csv")
    parquet = as_parquet(csv, "十一月 [1]*.parquet")
    assert read(parquet) == read(csv) == mine
    assert replay(read(parquet)[:500], "always:a", seed=1) == replay(read(csv)[:500], "always:a", seed=1)


def test_mistakes_in_a_parquet_file_have_their_row(tmp_path: Path) -> None:
    good = recorded(3)
    csv = as_csv([good[0], replace(good[1], propensity=0.0), replace(good[2], channel="")], tmp_path / "decisions.csv")
    with pytest.raises(ReplayProblem) as refused:
        read(as_parquet(csv, "decisions.parquet"))
    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["row 2, propensity", "row 3, channel"]


def test_a_parquet_file_that_is_none_or_lacks_a_column_or_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "decisions.parquet"
    with pytest.raises(ReplayProblem, match="cannot be read"):
        read(file)
    file.write_bytes(b"time_ms,segment,channel")
    with pytest.raises(ReplayProblem, match="no Parquet file"):
        read(file)
    duckdb.execute(
        f"COPY (SELECT 1 AS time_ms, '' AS segment, 'a' AS channel, 1 AS success) TO '{file}' (FORMAT parquet)"
    )
    with pytest.raises(ReplayProblem) as refused:
        read(file)
    assert "no column 'propensity'" in refused.value.problems[0]
