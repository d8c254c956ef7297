"""An operator runs a drill and reads its result, by script and by eye."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.scenarios.support import COMMAND, processes_of

NIGHT = """
name: short-night
title: {en: A short night, zh: 短夜}
story: {en: WeChat is busy for a while., zh: 微信忙了一会儿。}
single: wechat-main
traffic: {per_second: 15, minimum_s: 6, expires_in_s: 30}
shoppers:
  # Everybody can and will pay in the end, so that nothing has to be waited for.
  environments: {mobile: 1, desktop: 1, wechat: 1}
  wallets: {both: 1}
  no_money: 0
  one_wallet_empty: 0
  leaves: 0
  changes_mind: 0.15
  pays_old_code: 1
  patience_s: [30, 40]
  think_s: [0.2, 0.6]
faults:
  - {account: wechat-main, kind: error_code, operations: [create], code: SYSTEM_ERROR, status: 500, from: 0.3, to: 0.6}
  - {account: alipay-main, kind: hang, operations: [create], from: 0.4, to: 0.7}
  - {account: "*", kind: notify_lost, share: 0.1}
  - {account: "*", kind: notify_duplicate, share: 0.1}
  - {account: "*", kind: notify_forged, share: 0.1}
notify_time_scale: 0.05
settle_s: 40
"""


@pytest.mark.slow
def test_a_drill_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_text(NIGHT, "utf-8")
    kept, result_file = tmp_path / "kept", tmp_path / "result.json"
    done = subprocess.run(
        [*COMMAND, "drill", "night.yaml", "--payments", "80", "--keep", str(kept), "--json", str(result_file)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(result_file.read_text("utf-8"))
    assert result["scenario"] == "short-night"
    assert result["seed"] == 1
    for run in (result["single"], result["switching"]):
        assert run["payments"] == run["payable"] == 80
        assert run["books_equal"] is True
        assert run["events_lost"] == run["nonterminal"] == run["surplus_unrefunded"] == 0
        assert run["payable_success_rate"] == 1.0
    assert result["switching"]["switches"] > 0
    assert result["switching"]["surplus"] > 0, "no old code was paid: the double payments were not tried"
    assert result["single"]["attempts_per_payment"] > 1.0
    assert "三账一致" in done.stdout
    assert (kept / "switching" / "visits.jsonl").read_bytes().count(b"\n") == 80
    assert processes_of(tmp_path) == []
