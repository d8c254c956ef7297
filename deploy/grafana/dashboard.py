"""Writes the Grafana dashboard from a short list of panels: `python -m deploy.grafana.dashboard`.

Titles are Chinese first, English second; a panel's description says what it counts. `tests/deploy` checks that the file
is up to date and that every metric in it exists.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "dashboards" / "payswitch.json"
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH = 24
"""Columns of Grafana's grid."""
LANE = 'channel=~"$channel"'


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture: its queries by their legend."""

    title: str
    queries: dict[str, str]
    sort: str = "timeseries"
    unit: str = "short"
    width: int = 8
    height: int = 7
    description: str = ""
    steps: tuple[tuple[float | None, str], ...] = ((None, "green"),)
    """Colours from these values on."""
    most: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def _stat(title: str, query: str, unit: str, *steps: tuple[float | None, str], description: str = "") -> Panel:
    return Panel(
        title=title, queries={"": query}, sort="stat", unit=unit, width=3, height=4, description=description,
        steps=steps or ((None, "green"),),
    )  # fmt: skip


ALARM = ((None, "green"), (1, "red"))
RATIO = ((None, "red"), (0.95, "orange"), (0.98, "green"))


def _quantile(share: float, metric: str, by: str = "le", where: str = "") -> str:
    selector = f"{{{where}}}" if where else ""
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{selector}[$__rate_interval])))"


ROWS: tuple[tuple[str, tuple[Panel, ...]], ...] = (
    (
        "现在 · Now",
        (
            _stat(
                "支付成功率 · Paid",
                "sum(increase(payswitch_payments_succeeded_total[15m])) / ("
                "sum(increase(payswitch_payments_succeeded_total[15m])) + "
                "sum(increase(payswitch_payments_closed_total[15m])))",
                "percentunit", (None, "red"), (0.8, "orange"), (0.88, "green"),
                description="近 15 分钟已结束的支付单中成功的比例；顾客自己放弃的也在分母里。 "
                "Of the payments that ended in 15 minutes; customers who walked away count.",
            ),
            _stat(
                "出具凭证率 · Credentials",
                'sum(increase(payswitch_payments_created_total{credential="shown"}[15m])) / '
                'sum(increase(payswitch_payments_created_total{credential!="later"}[15m]))',
                "percentunit", *RATIO, description="近 15 分钟。 15 minutes.",
            ),
            _stat("挽回 · Saved", "sum(increase(payswitch_payments_saved_fen_total[24h])) / 100", "currencyCNY",
                  description="近 24 小时因切换而挽回的金额。 Saved by switching in 24 hours."),
            _stat("存疑金额 · In doubt", "max(payswitch_in_doubt_fen) / 100", "currencyCNY", *ALARM),
            _stat(
                "待退重复支付 · Surplus",
                'sum(max by (state) (payswitch_refunds_unfinished{kind="surplus"})) or vector(0)', "short", *ALARM,
            ),
            _stat(
                "待人工退款 · Abnormal",
                'sum(max by (kind) (payswitch_refunds_unfinished{state="abnormal"})) or vector(0)', "short", *ALARM,
            ),
            _stat("通知积压 · Events waiting", "max(payswitch_events_oldest_undelivered_age_seconds)", "s",
                  (None, "green"), (60, "orange"), (600, "red")),
            _stat("审计 · Audit", "max(payswitch_audit_violations)", "short", *ALARM),
        ),
    ),
    (
        "支付 · Payments",
        (
            Panel(
                title="每秒支付单 · Payments per second", unit="reqps",
                queries={
                    "新建 created": "sum(rate(payswitch_payments_created_total[$__rate_interval]))",
                    "成功 paid": "sum(rate(payswitch_payments_succeeded_total[$__rate_interval]))",
                    "关闭 closed": "sum(rate(payswitch_payments_closed_total[$__rate_interval]))",
                    "无渠道 no channel": "sum(rate(payswitch_payments_without_candidate_total[$__rate_interval]))",
                },
            ),
            Panel(
                title="出具凭证耗时 · Time to a credential", unit="s",
                queries={f"p{share:g}": _quantile(share / 100, "payswitch_credential_duration_seconds")
                         for share in (50, 95, 99)},
                steps=((None, "green"), (0.5, "red")), description="含重试与切换；目标 0.5 秒内。 Switches included.",
            ),
            Panel(
                title="自动切换 · Switches", unit="short",
                queries={"{{from_channel}} → {{to_channel}}":
                         "sum by (from_channel, to_channel) (increase(payswitch_switches_total[$__rate_interval]))"},
                extra={"stacked": True},
            ),
        ),
    ),
    (
        "渠道 · Channels",
        (
            Panel(
                title="熔断状态 · Breakers", sort="state-timeline", width=12,
                queries={"{{channel}} {{product}}":
                         f'max by (channel, product) (payswitch_breaker_state{{{LANE},state="open"}}) * 3 '
                         f'or max by (channel, product) (payswitch_breaker_state{{{LANE},state="probing"}}) * 2'},
                description="3 熔断，2 探测，0 正常。 3 open, 2 probing, 0 in use.",
                steps=((None, "green"), (2, "orange"), (3, "red")),
            ),
            Panel(
                title="下单结果 · Create calls", unit="reqps", width=12, extra={"stacked": True},
                queries={"{{channel}} {{outcome}}": "sum by (channel, outcome) (rate(payswitch_channel_calls_total{"
                         f'{LANE},call="create"}}[$__rate_interval]))'},
            ),
            Panel(
                title="应答耗时 p95 · Answer time", unit="s",
                queries={"{{channel}}": _quantile(0.95, "payswitch_channel_call_duration_seconds", "le, channel",
                                                  f'{LANE},call="create"')},
                steps=((None, "green"), (0.25, "red")),
            ),
            Panel(
                title="成功率估计 · Estimate", unit="percentunit", most=1,
                queries={"{{channel}} {{product}}":
                         f"avg by (channel, product) (payswitch_channel_success_estimate_ratio{{{LANE}}})"},
            ),
            Panel(
                title="流量占比 · Traffic share", unit="percentunit", most=1, extra={"stacked": True},
                queries={"{{channel}} {{product}}":
                         f"avg by (channel, product) (payswitch_channel_traffic_share_ratio{{{LANE}}})"},
            ),
            Panel(
                title="今日额度 · Daily cap used", unit="percentunit", most=1,
                queries={"{{channel}}": f"max by (channel) (payswitch_channel_received_today_fen{{{LANE}}} / "
                         "payswitch_channel_daily_cap_fen)"},
            ),
            Panel(
                title="证书剩余 · Certificates", unit="s",
                queries={"{{channel}}": "min by (channel) (payswitch_channel_certificate_expiry_timestamp_seconds{"
                         f"{LANE}}}) - time()"},
                steps=((None, "red"), (14 * 86_400, "green")),
            ),
            Panel(
                title="对冲 · Hedges", unit="short",
                queries={
                    "发起 begun": "sum(increase(payswitch_hedges_total[$__rate_interval]))",
                    "胜出 won": "sum(increase(payswitch_hedges_won_total[$__rate_interval]))",
                    "预算不足 denied": "sum(increase(payswitch_hedges_denied_total[$__rate_interval]))",
                },
            ),
        ),
    ),
    (
        "资金与通知 · Money and events",
        (
            Panel(
                title="未完成 · Unfinished", unit="short",
                queries={
                    "支付单 {{state}}": "max by (state) (payswitch_payments_unfinished)",
                    "退款 {{kind}} {{state}}": "max by (kind, state) (payswitch_refunds_unfinished)",
                    "差异 {{kind}}": "max by (kind) (payswitch_breaks_open)",
                },
            ),
            Panel(
                title="渠道通知 · Notifications", unit="reqps",
                queries={"{{result}}": "sum by (result) (rate(payswitch_notifications_total[$__rate_interval]))"},
            ),
            Panel(
                title="商户通知 · Deliveries", unit="reqps",
                queries={"{{result}}": "sum by (result) (rate(payswitch_event_deliveries_total[$__rate_interval]))"},
            ),
            Panel(
                title="商户通知延迟 · Event delay", unit="s",
                queries={f"p{share:g}": _quantile(share / 100, "payswitch_event_delay_seconds") for share in (50, 95)},
            ),
            Panel(
                title="退款用时 p95 · Refund time", unit="s",
                queries={"{{kind}}": _quantile(0.95, "payswitch_refund_duration_seconds", "le, kind")},
            ),
            Panel(
                title="重复支付 · Surplus", unit="currencyCNY",
                queries={"元 yuan": "sum(increase(payswitch_surplus_fen_total[$__rate_interval])) / 100"},
            ),
        ),
    ),
    (
        "机器 · Machinery",
        (
            Panel(
                title="落盘耗时 · Commit", unit="s", width=6,
                queries={f"p{share:g}": _quantile(share / 100, "payswitch_storage_commit_duration_seconds")
                         for share in (50, 99)},
            ),
            Panel(
                title="合并提交 · Units per commit", width=6,
                queries={"{{instance}}": "rate(payswitch_storage_commit_units_sum[$__rate_interval]) / "
                         "rate(payswitch_storage_commit_units_count[$__rate_interval])"},
            ),
            Panel(
                title="决策耗时 p99 · Decision", unit="s", width=6,
                queries={"p99": _quantile(0.99, "payswitch_decision_duration_seconds")},
            ),
            Panel(
                title="补单积压 · Due work", width=6,
                queries={"{{kind}}": "max by (kind) (payswitch_sweeper_due)"},
            ),
            Panel(
                title="CPU", unit="percentunit", width=12,
                queries={"{{instance}}": 'rate(process_cpu_seconds_total{job="payswitch"}[$__rate_interval])'},
            ),
            Panel(
                title="内存 · Memory", unit="bytes", width=12,
                queries={"{{instance}}": 'process_resident_memory_bytes{job="payswitch"}'},
            ),
        ),
    ),
)  # fmt: skip


def dashboard() -> dict[str, Any]:
    """The whole document, as Grafana's provisioning reads it."""
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in ROWS:
        panels.append(
            {"type": "row", "id": len(panels) + 1, "title": title, "collapsed": False, "panels": [],
             "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}}
        )  # fmt: skip
        y += 1
        x = height = 0
        for panel in row:
            if x + panel.width > WIDTH:
                x, y = 0, y + height
            panels.append(_panel(panel, len(panels) + 1, x, y))
            x, height = x + panel.width, panel.height
        y += height
    return {
        "uid": "payswitch",
        "title": "PaySwitch",
        "tags": ["payswitch"],
        "timezone": "Asia/Shanghai",
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "15s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_source_variable(), _channel_variable()]},
        "panels": panels,
    }


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    stacked = bool(panel.extra.get("stacked"))
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": [{"value": at, "color": colour} for at, colour in panel.steps]},
    }
    if panel.most is not None:
        defaults["max"] = panel.most
    if panel.sort == "timeseries":
        defaults["custom"] = {
            "fillOpacity": 25 if stacked else 8,
            "showPoints": "never",
            "stacking": {"mode": "normal" if stacked else "none"},
            "thresholdsStyle": {"mode": "line" if len(panel.steps) > 1 else "off"},
        }
    else:
        defaults["color"] = {"mode": "thresholds"}
    return {
        "type": panel.sort,
        "id": number,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + n), "datasource": SOURCE, "expr": expression, "legendFormat": legend,
             "instant": panel.sort == "stat"}
            for n, (legend, expression) in enumerate(panel.queries.items())
        ],
    }  # fmt: skip


def _source_variable() -> dict[str, Any]:
    return {"name": "source", "label": "数据源 · Source", "type": "datasource", "query": "prometheus"}


def _channel_variable() -> dict[str, Any]:
    query = "label_values(payswitch_channel_enabled, channel)"
    return {
        "name": "channel",
        "label": "渠道 · Channel",
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": "channels"},
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def text() -> str:
    return json.dumps(dashboard(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
