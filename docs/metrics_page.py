"""The page of all metrics, from the list that the service itself exposes."""

from __future__ import annotations

from docs.page import HEADER
from payswitch.entry.metrics.catalog import METRICS
from payswitch.entry.metrics.catalog.metric import Metric

INTRODUCTION = """\
# Metrics (监控指标)

`GET /metrics` speaks Prometheus' text and OpenMetrics. Who may read it:

| `[service]` in `payswitch.toml` | where | who |
|---|---|---|
| nothing | on the service's own port | this machine; not through a proxy |
| `metrics_token_sha256 = "<SHA-256 of a token>"` | the same | also whoever sends `Authorization: Bearer <token>` |
| `metrics_address = "10.0.0.5:9464"` | there instead | whoever can reach it; with a token set, whoever bears it |
| `metrics = false` | nowhere | nobody; nothing is counted |

Every field can be set by `PAYSWITCH_METRICS`, `PAYSWITCH_METRICS_ADDRESS`, ... too. Ready-made scrape configuration,
alert rules and a Grafana dashboard: [deploy/](../../deploy/README.md).

- Counters and histograms are of this process since its start; sum them over nodes. What is read from storage
  (everything *unfinished*, *open*, *oldest*, *last*) is the same on every node of one database: take `max`.
- Labels are ids of channels and products and words of closed lists, never ids of payments, shops' numbers or customers.
- Money is in fen (分), time in seconds.
- Cost while a payment is created: see [the measurement](#what-it-costs).
"""

COSTS = """
## What it costs

`python -m bench.telemetry_cost`, CPU time on two shared cores, Python 3.11; the sides are measured in turns:

| | without | with metrics |
|---|---|---|
| the feed alone: all news of one payment until it is shown | 3.6 us (the live board) | 6.2 us |
| a whole service: one payment created | 1,476 us | 1,470 us; median of the rounds' ratios 1.001 : 1 |

A scrape holds the event loop while the page is written, 14 ms for 20 channels with two products each (2,000 series),
and reads storage once, on a thread. Every 15 seconds is a good interval.
"""

PROCESS = """
Beside these the usual ones of every Python process: `process_resident_memory_bytes`, `process_cpu_seconds_total`,
`process_open_fds`, `process_start_time_seconds`, `python_gc_*`.
"""


def metrics_page() -> str:
    """Every metric with its labels and meaning, in both languages."""
    lines = [HEADER.format(source="src/payswitch/entry/metrics/catalog/") + INTRODUCTION]
    lines += ["| metric | labels | meaning |", "|---|---|---|", *map(_row, METRICS)]
    return "\n".join([*lines, PROCESS + COSTS])


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    ends = f"<br>buckets: {', '.join(f'{end:g}' for end in metric.buckets)}" if metric.buckets else ""
    return f"| `{metric.exposed_name}` | {metric.sort}<br>{labels} | {metric.meaning}<br>{metric.meaning_zh}{ends} |"
