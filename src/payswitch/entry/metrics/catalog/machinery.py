"""Of the machinery: the sweeper, the commits, storage."""

from __future__ import annotations

from typing import Final

from payswitch.entry.metrics.catalog.metric import Metric

_COMMIT_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_UNITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)

SWEEPER_DUE: Final = Metric(
    name="payswitch_sweeper_due",
    sort="gauge",
    labels=("kind",),
    meaning="Work whose time has come and that is not done, by what it is: `payment`, `attempt`, `refund`.",
    meaning_zh="到期未处理的补单任务数。",
)
SWEEPER_OLDEST_AGE: Final = Metric(
    name="payswitch_sweeper_oldest_due_age_seconds",
    sort="gauge",
    meaning="How long the oldest of it has been due.",
    meaning_zh="最久的到期任务已等待时间。",
)
COMMIT_DURATION: Final = Metric(
    name="payswitch_storage_commit_duration_seconds",
    sort="histogram",
    buckets=_COMMIT_S,
    meaning="Time of one transaction of payments until it was on disk.",
    meaning_zh="一次支付事务落盘耗时。",
)
COMMIT_UNITS: Final = Metric(
    name="payswitch_storage_commit_units",
    sort="histogram",
    buckets=_UNITS,
    meaning="Units of work that shared one transaction (group commit).",
    meaning_zh="一次事务合并提交的工作单元数。",
)
STORAGE_UP: Final = Metric(
    name="payswitch_storage_up",
    sort="gauge",
    meaning="Whether storage answered this scrape; while it is 0 what is read from it is missing.",
    meaning_zh="本次采集时存储是否可读；为 0 时不输出存储类指标。",
)
BUILD_INFO: Final = Metric(
    name="payswitch_build_info",
    sort="gauge",
    labels=("version", "database"),
    meaning="1; its labels say what runs.",
    meaning_zh="恒为 1，标签为版本与数据库类型。",
)
