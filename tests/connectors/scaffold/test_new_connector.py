"""An author's afternoon: a skeleton that is clean from the first minute, tests that say what to write, and then green.

The blanks are filled from `filled/`: the least that a channel could be, JSON over HTTP under an HMAC.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import payswitch
from payswitch.connectors import wechatpay
from payswitch.connectors.conformance import CHECKS
from payswitch.entry.cli.app import app
from payswitch.entry.cli.scaffold.naming import Naming
from payswitch.entry.cli.scaffold.rendering import rendered

SOURCES = Path(str(payswitch.__file__)).parent.parent
REPOSITORY = Path(__file__).parents[3]
FILLED = Path(__file__).parent / "filled"
PROGRAMS = Path(sys.executable).parent

WRITTEN_FIRST = {"signing.py", "wire.py", "requests.py", "facts.py"}
GREEN_FROM_THE_START = {
    "test_an_unknown_code_proves_nothing",
    "test_a_good_account_is_read",
    "test_all_problems_are_told_at_once_and_no_secret_is",
    "test_what_stands_behind_it_is_said",
    "test_the_table_makes_sense",
}
RED_AT_FIRST = {
    "test_the_channels_own_example_is_signed_as_it_says",
    "test_what_was_signed_verifies_and_what_was_changed_does_not",
    "test_what_is_written_can_be_read",
    "test_what_is_no_answer_is_none",
    "test_every_documented_code_is_in_its_class",
    "test_conformance",
}


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["new-connector", *arguments])
    return result.exit_code, result.output


def program(folder: Path, name: str, *arguments: str, sources: Path = SOURCES) -> tuple[int, str]:
    """Run one of the tools in that folder, as its author would."""
    environment = {**os.environ, "PYTHONPATH": str(sources), "MYPYPATH": str(sources), "COLUMNS": "400"}
    done = subprocess.run(
        [PROGRAMS / name, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def run_tests(folder: Path, where: str, *, sources: Path = SOURCES) -> tuple[set[str], set[str], str]:
    """Names of the tests that passed, of those that failed, and all that was said."""
    _, text = program(
        folder, "pytest", "-p", "no:cacheprovider", "-rA", "--tb=line", "--no-header", where, sources=sources
    )
    named = re.findall(r"^(PASSED|FAILED|ERROR) \S+?::(\w+)", text, re.MULTILINE)
    return (
        {name for state, name in named if state == "PASSED"},
        {name for state, name in named if state != "PASSED"},
        text,
    )


def fill(naming: Naming, connector: Path, sandbox: Path, tests: Path) -> None:
    """What the author writes in the afternoon."""

    def text_of(name: str) -> str:
        text = (FILLED / f"{name}.txt").read_text(encoding="utf-8")
        for token, value in naming.tokens().items():
            text = text.replace(token, value)
        return text

    for name in WRITTEN_FIRST:
        (connector / name).write_text(text_of(name), encoding="utf-8")
    for name, blank, written in (
        ("products.py", "def read_credential", "products_tail.py"),
        ("notify.py", "def acknowledgement", "acknowledgement.py"),
    ):
        head = (connector / name).read_text(encoding="utf-8").partition(blank)[0]
        (connector / name).write_text(head + text_of(written), encoding="utf-8")
    codes = (connector / "codes.py").read_text(encoding="utf-8")
    table = '{"BUSY": CodeClass.RETRY1, "NO_PERMISSION": CodeClass.CONFIG, "EXCEEDS": CodeClass.QUERY}'
    (connector / "codes.py").write_text(
        codes.replace("Mapping[str, CodeClass]] = {}", f"Mapping[str, CodeClass]] = {table}"), encoding="utf-8"
    )
    (sandbox / "wire.py").write_text(text_of("stand_in_wire.py"), encoding="utf-8")
    (sandbox / "handlers.py").write_text(text_of("handlers.py"), encoding="utf-8")
    (tests / "documented.json").write_text(text_of("documented.json"), encoding="utf-8")


@pytest.mark.slow
def test_a_package_of_its_own_starts_red_and_becomes_green(tmp_path: Path) -> None:
    folder = tmp_path / "payswitch-xpay"
    status, said = call("xpay", "--title-zh", "某某支付", "--external", "--dir", str(folder))
    assert status == 0
    assert "pip install --editable" in said

    assert program(folder, "ruff", "check", ".") == (0, "All checks passed!\n")
    assert program(folder, "ruff", "format", "--check", ".")[0] == 0
    status, said = program(folder, "mypy", "--cache-dir", str(tmp_path / "mypy"))
    assert status == 0, said

    green, red, said = run_tests(folder, "tests")
    assert (green, red) == (GREEN_FROM_THE_START, RED_AT_FIRST), said
    for error in re.findall(r"^(?:FAILED|ERROR) .*$", said, re.MULTILINE):
        assert "NEXT: " in error, f"this red test does not say what to write: {error}"

    naming = Naming(name="xpay", title_zh="某某支付", title_en="xpay", external=True)
    package = folder / "src" / "payswitch_xpay"
    fill(naming, package, package / "sandbox", folder / "tests")
    green, red, said = run_tests(folder, "tests")
    assert red == set(), said
    assert green == GREEN_FROM_THE_START | RED_AT_FIRST
    assert said.count("::test_conformance[") == len(CHECKS)


@pytest.mark.slow
def test_inside_a_checkout_it_starts_red_and_becomes_green(tmp_path: Path) -> None:
    shutil.copytree(SOURCES / "payswitch", tmp_path / "src" / "payswitch", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    status, said = call("some_bank", "--title-zh", "某银行", "--title-en", "Some Bank", "--dir", str(tmp_path))
    assert status == 0
    for line in ("some_bank.CONNECTOR,", '"payswitch.connectors.some_bank",', "tests/connectors/some_bank"):
        assert line in said

    mine = [f"src/payswitch/{place}/some_bank" for place in ("connectors", "sandbox")] + ["tests"]
    assert program(tmp_path, "ruff", "check", *mine) == (0, "All checks passed!\n")
    assert program(tmp_path, "ruff", "format", "--check", *mine)[0] == 0
    sources = tmp_path / "src"
    green, red, said = run_tests(tmp_path, "tests", sources=sources)
    assert (green, red) == (GREEN_FROM_THE_START, RED_AT_FIRST), said

    naming = Naming(name="some_bank", title_zh="某银行", title_en="Some Bank", external=False)
    fill(naming, tmp_path / mine[0], tmp_path / mine[1], tmp_path / "tests/connectors/some_bank")
    green, red, said = run_tests(tmp_path, "tests", sources=sources)
    assert red == set(), said


@pytest.mark.parametrize("external", [False, True], ids=["inside", "external"])
@pytest.mark.parametrize("name", ["ab", "abcdefghijklmnop", "zz_bank", "p2p"])
def test_whatever_it_is_called_the_files_are_clean(tmp_path: Path, name: str, external: bool) -> None:
    title = "很" * 24
    for path, text in rendered(Naming(name=name, title_zh=title, title_en="E" * 24, external=external)).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
        assert "@" not in re.sub(r"@(pytest|dataclass)\b", "", text), f"a token is left in {path}"
    if not external:
        shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    # The rest of the package is not here, so that the linter has to be told whose it is.
    ours = f'lint.isort.known-first-party=["payswitch", "payswitch_{name}"]'
    assert program(tmp_path, "ruff", "check", "--config", ours, ".") == (0, "All checks passed!\n")
    assert program(tmp_path, "ruff", "format", "--check", ".")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["XPay"], "small letters"),
        (["x" * 17], "at most 16"),
        (["class"], "small letters"),
        (["../evil"], "small letters"),
        (["wechatpay"], "there is a connector wechatpay already"),
        (["xpay", "--title-zh", '坏"标题'], "no quotes"),
        (["xpay", "--title-en", "a\nb"], "--title-en"),
        (["xpay", "--external"], "name a new or empty folder"),
    ],
)
def test_a_bad_wish_is_told_with_its_cure_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, said = call(*arguments)
    assert status == 2
    assert words in said
    assert list(tmp_path.iterdir()) == []


def test_all_problems_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, said = call("X", "--title-zh", "{}")
    assert status == 2
    assert said.count("\n  - ") == 3, "the name, the title, and that this is no checkout"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert call("xpay", "--external", "--dir", str(folder))[0] == 0
    (folder / "README.md").write_text("mine", encoding="utf-8")
    assert call("xpay", "--external", "--dir", str(folder))[0] == 2
    assert (folder / "README.md").read_text(encoding="utf-8") == "mine"


def test_no_shipped_connector_has_a_blank() -> None:
    connectors = Path(str(wechatpay.__file__)).parent.parent
    for path in connectors.rglob("*.py"):
        assert "kit.unwritten" not in path.read_text(encoding="utf-8"), f"{path} is not finished"
