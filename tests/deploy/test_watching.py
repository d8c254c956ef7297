"""The files under `deploy/`: they ask only for metrics that exist, and Prometheus' own tool accepts them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy.grafana import dashboard

from payswitch.entry.metrics.catalog import METRICS
from payswitch.settings import load
from tests.unit.configuration import CHANNEL, SHOP

DEPLOY = Path(dashboard.__file__).parent.parent
RULES = DEPLOY / "prometheus" / "payswitch.rules.yml"
KNOWN = {name for metric in METRICS for name in metric.series_names}
LABELS = {name: {*metric.labels, "le"} for metric in METRICS for name in metric.series_names}
EVERYBODYS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
NAME = re.compile(r"\b(payswitch[a-z_]*(?::[a-z0-9_:]+)?|process_[a-z_]+|up)\b")
SELECTED = re.compile(r"\b(payswitch_[a-z_]+)\{([^}]*)\}")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def recorded() -> set[str]:
    return {rule["record"] for rule in rules() if "record" in rule}


def names_in(expression: str) -> set[str]:
    """Names of series; not what stands in quotes, braces or as a word of the language."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}', "", expression)
    return {name for name in NAME.findall(bare) if name not in ("payswitch",)}


def expressions() -> list[Any]:
    found = [pytest.param(rule["expr"], id=rule.get("alert") or rule["record"]) for rule in rules()]
    for panel in dashboard.dashboard()["panels"]:
        found += [pytest.param(target["expr"], id=panel["title"]) for target in panel.get("targets", ())]
    return found


@pytest.mark.parametrize("expression", expressions())
def test_every_metric_that_is_asked_for_exists_with_its_labels(expression: str) -> None:
    assert names_in(expression), "an expression without a metric says nothing"
    assert names_in(expression) <= KNOWN | EVERYBODYS | recorded()
    for name, selector in SELECTED.findall(expression):
        labels = set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)", selector))
        assert labels <= LABELS[name], f"{name} has no label {labels - LABELS[name]}"


def test_a_name_that_does_not_exist_would_be_found() -> None:
    """The test above can fail: it sees names inside functions, divisions and after comparisons."""
    assert names_in('sum(rate(payswitch_paid_total{channel="a"}[5m])) / up > payswitch_x:y:z') == {
        "payswitch_paid_total",
        "up",
        "payswitch_x:y:z",
    }


def test_every_alert_says_what_and_what_to_do_in_both_languages() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert len(alerts) >= 15
    for alert in alerts:
        assert alert["labels"]["severity"] in ("critical", "warning", "info"), alert["alert"]
        for text in alert["annotations"].values():
            english, chinese = text.split(" / ", 1)
            assert english.isascii(), alert["alert"]
            assert re.search("[一-鿿]", chinese), alert["alert"]


def test_the_dashboard_is_the_one_that_is_written() -> None:
    assert dashboard.FILE.read_text(encoding="utf-8") == dashboard.text(), "run python -m deploy.grafana.dashboard"


def test_the_dashboard_fits_grafanas_grid() -> None:
    panels = dashboard.dashboard()["panels"]
    places = [panel["gridPos"] for panel in panels]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for number, one in enumerate(places):
        assert one["x"] + one["w"] <= dashboard.WIDTH
        for other in places[:number]:
            apart = (
                one["x"] >= other["x"] + other["w"]
                or other["x"] >= one["x"] + one["w"]
                or one["y"] >= other["y"] + other["h"]
                or other["y"] >= one["y"] + one["h"]
            )
            assert apart, (one, other)


def test_other_files_are_readable() -> None:
    for path in DEPLOY.rglob("*.yml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
    for path in DEPLOY.rglob("*.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["uid"] == "payswitch"


def test_the_lines_for_payswitch_toml_are_known_to_it(tmp_path: Path) -> None:
    lines = (DEPLOY / "payswitch.metrics.toml").read_text(encoding="utf-8")
    (tmp_path / "payswitch.toml").write_text(lines + SHOP + CHANNEL, encoding="utf-8")

    assert load(tmp_path / "payswitch.toml", {}).service.metrics_address == "127.0.0.1:9464"


@pytest.mark.parametrize(
    "arguments",
    [("check", "config", "prometheus.yml"), ("test", "rules", "payswitch.rules.test.yml")],
    ids=["config and rules", "rules' own tests"],
)
def test_prometheus_own_tool_accepts_them(arguments: tuple[str, ...]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here (Debian: apt-get install prometheus); the other checks were made all the same")
    done = subprocess.run([promtool, *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
