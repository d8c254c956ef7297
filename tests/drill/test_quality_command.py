"""`payswitch channels quality` on a terminal: one table, and below it what to do."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from payswitch.entry.api.admin.examples import ANSWERS
from payswitch.entry.cli.app import app
from payswitch.entry.cli.quality_command import show

CHANNEL = ANSWERS["ChannelQualityView"]["usual"]["value"]


def printed(*channels: dict[str, object], width: int = 220) -> str:
    console = Console(file=StringIO(), width=width, highlight=False)
    show(console, list(channels))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_rates_come_with_what_they_rest_on() -> None:
    text = printed(CHANNEL)
    assert "99.0% [98%–100%] n=409" in text
    assert "88/162" in text
    assert "¥188,000.00" in text
    assert "23 天 d" in text
    assert "证书剩余 23 天" in text


def test_a_narrow_terminal_gets_the_rates_without_their_intervals_and_no_torn_lines() -> None:
    table = printed(CHANNEL, width=80).partition("下单、耗时")[0]
    assert "99.0% n=409" in table
    assert len(table.splitlines()) == 2 + len(CHANNEL["lines"])
    local = {**CHANNEL["lines"][0], "server_created": False, "completions": {"share": None}}
    assert len(printed({**CHANNEL, "lines": [local]}, width=80).partition("下单、耗时")[0].splitlines()) == 3


def test_a_sick_channel_says_why_and_what_to_do() -> None:
    line = {**CHANNEL["lines"][0], "state": "open", "reason": "busy", "reason_zh": "渠道自报繁忙或维护"}
    probe = {**CHANNEL["probe"], "severity": "problem", "what": "cannot be reached", "fix": "check the base URL"}
    text = printed({**CHANNEL, "lines": [line], "probe": probe, "certificates": []})
    assert "熔断 open" in text
    assert "渠道自报繁忙或维护 / busy" in text
    assert "→ check the base URL" in text


def test_what_is_signed_here_has_no_rate_of_creates() -> None:
    line = {**CHANNEL["lines"][0], "server_created": False, "completions": {"share": None}}
    assert "本地签名 local" in printed({**CHANNEL, "lines": [line], "probe": None})


def test_without_a_key_it_says_where_to_put_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAYSWITCH_OPERATOR_KEY", raising=False)
    ended = CliRunner().invoke(app, ["channels", "quality"])
    assert ended.exit_code == 2
    assert "PAYSWITCH_OPERATOR_KEY" in ended.output


def test_nobody_listens_there(tmp_path: Path) -> None:
    key = tmp_path / "key.txt"
    key.write_text("canary-operator-key")
    ended = CliRunner().invoke(app, ["channels", "quality", "--url", "http://127.0.0.1:9", "--key-file", str(key)])
    assert ended.exit_code == 3
    assert "127.0.0.1:9" in ended.output
    assert "canary" not in ended.output
