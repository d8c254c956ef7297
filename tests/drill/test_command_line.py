"""A newcomer at the terminal: help that teaches, mistakes that are told with their cure, statuses that scripts use."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payswitch import __version__
from payswitch.entry.cli.app import app

COMMANDS = ("demo", "serve", "sandbox", "drill", "new-connector", "version")


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_help_names_every_command_and_every_exit_status() -> None:
    status, text = call("--help")

    assert status == 0
    for word in (*COMMANDS, "outage-night", "Exit status", "退出码"):
        assert word in text


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "version"])
def test_the_help_of_every_command_shows_examples(command: str) -> None:
    status, text = call(command, "--help")

    assert status == 0
    assert "Examples" in text
    assert f"payswitch {command}" in text


def test_version() -> None:
    assert call("version") == (0, f"payswitch {__version__}\n")


def test_a_typing_error_is_bad_input() -> None:
    assert call("dril")[0] == 2
    assert call("drill", "outage-night", "--payments", "0")[0] == 2


def test_the_built_in_scenarios_are_listed() -> None:
    status, text = call("drill", "--list")

    assert status == 0
    assert "outage-night" in text
    assert "故障之夜" in text


def test_a_drill_without_a_scenario_says_which_there_are() -> None:
    status, text = call("drill")

    assert status == 2
    assert "outage-night" in text


def test_an_unknown_scenario_says_which_there_are() -> None:
    status, text = call("drill", "outage-nite")

    assert status == 2
    assert "outage-night" in text


def test_a_broken_scenario_file_is_told_with_place_and_cure(tmp_path: Path) -> None:
    path = tmp_path / "night.yaml"
    path.write_text("name: night\ntitle: {en: a, zh: b}\nstory: {en: a, zh: b}\ntrafic: {}\n", "utf-8")
    status, text = call("drill", str(path))

    assert status == 2
    assert "Did you mean `traffic`?" in text


def test_a_result_that_could_not_be_written_is_told_before_the_drill(tmp_path: Path) -> None:
    status, text = call("drill", "outage-night", "--json", str(tmp_path / "nowhere" / "result.json"))

    assert status == 2
    assert "nowhere" in text


def test_a_kill_after_the_end_of_the_traffic_would_test_nothing_and_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    path.write_text("name: late\ntitle: {en: a, zh: b}\nstory: {en: a, zh: b}\nservice_kills: [{at_s: 999}]\n", "utf-8")
    status, text = call("drill", str(path), "--payments", "10")

    assert status == 2
    assert "service_kills[0].at_s" in text


def test_serving_without_a_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    status, text = call("serve", "--config", str(tmp_path / "payswitch.toml"))

    assert status == 2
    assert "payswitch sandbox" in text


def test_serving_a_configuration_with_a_mistake_says_where(tmp_path: Path) -> None:
    path = tmp_path / "payswitch.toml"
    path.write_text("[service]\nport = 'eighty'\n", "utf-8")
    status, text = call("serve", "--config", str(path))

    assert status == 2
    assert "port" in text


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, text = call("sandbox", "--data", str(tmp_path / "sandbox"), "--port", str(port))

    assert status == 3
    assert str(port) in text
    assert "--port" in text
    assert not (tmp_path / "sandbox").exists()


def test_a_sandbox_folder_with_broken_keys_is_told(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text("{", "utf-8")
    status, text = call("sandbox", "--data", str(tmp_path), "--port", "18765")

    assert status == 2
    assert "Delete" in text
