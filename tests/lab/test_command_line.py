"""`payswitch lab` as it is typed: tables, files, and what is said to a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import msgspec
import pytest
from typer.testing import CliRunner, Result

from payswitch.entry.cli.app import app
from payswitch.lab.comparison import Comparison


def typed(*words: object) -> Result:
    return CliRunner().invoke(app, ["lab", *(str(word) for word in words)])


def test_a_small_comparison_shows_tables_and_writes_both_files(tmp_path: Path) -> None:
    result, plot = tmp_path / "result.json", tmp_path / "result.svg"
    done = typed(
        "compare", "--scenarios", "mild,severe", "--policies", "payswitch,static,oracle", "--seeds", "300-301",
        "--minutes", 1, "--jobs", 1, "--json", result, "--plot", plot,
    )  # fmt: skip

    assert done.exit_code == 0, done.output
    assert "severe: always something down · 2 worlds, 8 channels" in done.output
    assert "payswitch - static: success" in done.output
    assert "over all scenarios" in done.output
    found = msgspec.json.decode(result.read_bytes(), type=Comparison)
    assert found.seeds == [300, 301]
    assert found.command.startswith("payswitch lab compare --scenarios mild,severe")
    assert len(found.runs) == 2 * 2 * 3
    drawing = ElementTree.fromstring(plot.read_text(encoding="utf-8"))  # noqa: S314 (our own file)
    assert drawing.tag.endswith("svg")
    assert len(drawing.findall(".//{*}circle")) == 2 * 3


def test_a_stored_result_is_shown_again_and_as_markdown(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    played = typed(
        "compare", "--scenarios", "calm,any-order", "--policies", "payswitch-best,static,oracle", "--seeds", "300-301",
        "--minutes", 1, "--jobs", 1, "--json", result,
    )  # fmt: skip
    again = typed("show", result)
    assert again.exit_code == 0, again.output
    assert again.output.strip() in played.output.replace("\r", ""), "the same tables"

    written = typed("show", result, "--markdown").output
    rows = [line.split(" | ")[0].strip("| ") for line in written.splitlines() if line.startswith("| ")]
    assert rows == [
        "scenario", "calm", "any-order",
        *["router", "**payswitch-best**", "static", "oracle"] * 2,
    ]  # fmt: skip
    found = msgspec.json.decode(result.read_bytes(), type=Comparison)
    assert found.command in written
    assert f"{found.chapters[0].lines[0].regret.mean:.2f}" in written
    widths = {line.count("|") for line in written.splitlines() if line.startswith("|")}
    assert widths == {9}, "every row has as many cells as its head"


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [(None, 3, "cannot be read"), (b"[1, 2]", 2, "no result of"), (b"{", 2, "不是对比结果文件")],
    ids=["no file", "another file", "half a file"],
)
def test_what_is_no_result_is_said_so(tmp_path: Path, content: bytes | None, code: int, word: str) -> None:
    result = tmp_path / "result.json"
    if content is not None:
        result.write_bytes(content)
    done = typed("show", result)
    assert done.exit_code == code
    assert word in done.output


@pytest.mark.slow
def test_the_result_is_the_same_however_many_processes_share_the_work(tmp_path: Path) -> None:
    found = []
    for jobs in (1, 2):
        file = tmp_path / f"{jobs}.json"
        typed(
            "compare", "--scenarios", "severe", "--policies", "payswitch,d-ts", "--seeds", "300-301", "--minutes", 1,
            "--jobs", jobs, "--json", file,
        )  # fmt: skip
        runs = json.loads(file.read_text(encoding="utf-8"))["runs"]
        found.append([{k: v for k, v in run.items() if k != "decision_us"} for run in runs])
    assert found[0] == found[1]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    done = typed(
        "compare", "--scenarios", "stormy", "--policies", "magic", "--seeds", "9-3,x", "--plot", tmp_path / "a.png",
        "--json", tmp_path / "no" / "r.json",
    )  # fmt: skip
    assert done.exit_code == 2
    for word in ("'stormy'", "'magic'", "'9-3'", "'x'", "must end in .svg", "there is no folder", "没有"):
        assert word in done.output, word


def test_what_can_be_compared_is_listed() -> None:
    done = typed("scenarios")
    assert done.exit_code == 0
    for word in ("black-holes", "glr-klucb", "oracle-20s", "gamma="):
        assert word in done.output, word


def test_tuning_ranks_a_grid(tmp_path: Path) -> None:
    file = tmp_path / "tuned.json"
    done = typed("tune", "--policies", "d-ts", "--seeds", "1", "--minutes", 1, "--jobs", 1, "--json", file)
    assert done.exit_code == 0, done.output
    (found,) = json.loads(file.read_text(encoding="utf-8"))
    figures = [success for _, success in found["ranking"]]
    assert len(figures) == 4
    assert figures == sorted(figures, reverse=True)


def test_recorded_decisions_are_replayed(tmp_path: Path) -> None:
    file, result, random = tmp_path / "decisions.csv", tmp_path / "replay.json", Random(1)
    rows = ["time_ms,segment,channel,success,propensity"]
    for number in range(400):
        channel = "a" if random.random() < 0.7 else "b"
        paid = random.random() < (0.9 if channel == "a" else 0.7)
        rows.append(f"{number},icbc,{channel},{int(paid)},{0.7 if channel == 'a' else 0.3}")
    file.write_text("\n".join(rows), encoding="utf-8")

    done = typed("replay", file, "--policy", "always:b", "--policy", "best", "--json", result)
    assert done.exit_code == 0, done.output
    assert "snips" in done.output
    assert "effective" in done.output
    assert [one["policy"] for one in json.loads(result.read_text(encoding="utf-8"))] == ["always:b", "best"]

    refused = typed("replay", file, "--policy", "always:c")
    assert refused.exit_code == 2
    assert "never chosen" in refused.output


def test_help_names_every_command() -> None:
    done = typed("--help")
    for word in ("compare", "replay", "scenarios", "tune"):
        assert word in done.output
