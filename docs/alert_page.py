"""The page of the alert rules, from their catalogue."""

from __future__ import annotations

from docs.page import HEADER
from payswitch.alerting.catalog import CATALOG, RuleInfo, Threshold


def alert_rules_page() -> str:
    """Every rule with what it looks at and its defaults."""
    lines = [
        HEADER.format(source="src/payswitch/alerting/catalog.py") + "# Alert rules 告警规则\n",
        "All are on by default. How they are told: [alerts.md](alerts.md).",
    ]
    for rule, info in CATALOG.items():
        lines += ["", f"## `{rule.value}` {info.zh}: {info.en}", "", _about(info)]
        if info.thresholds:
            lines += ["", "| threshold | | default | from | to |", "|---|---|---|---|---|"]
            lines += [_row(name, one) for name, one in info.thresholds.items()]
    return "\n".join([*lines, ""])


def _about(info: RuleInfo) -> str:
    calm = f"; over after {info.calm_s} s of calm" if info.calm_s else ""
    return f"{info.about_en} {info.about_zh}\n\nGroup `{info.family.value}`, {info.severity.value}{calm}."


def _row(name: str, one: Threshold) -> str:
    return f"| `{name}` | {one.zh}, {one.en} | {one.default:g} {one.unit} | {one.least:g} | {one.most:g} |"
