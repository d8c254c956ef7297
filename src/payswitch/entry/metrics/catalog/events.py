"""Of what shops hear: deliveries of events."""

from __future__ import annotations

from typing import Final

from payswitch.entry.metrics.catalog.metric import Metric

_TOLD_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 1_800.0, 3_600.0, 86_400.0)

EVENT_DELIVERIES: Final = Metric(
    name="payswitch_event_deliveries",
    sort="counter",
    labels=("result",),
    meaning="Tries to deliver an event to its shop: `delivered`, `failed` (tried again later) or `dead` (given up "
    "after three days).",
    meaning_zh="商户通知投递次数：delivered 已送达，failed 稍后重试，dead 三天后放弃。",
)
EVENT_DELAY: Final = Metric(
    name="payswitch_event_delay_seconds",
    sort="histogram",
    buckets=_TOLD_S,
    meaning="From what happened until its shop had the event.",
    meaning_zh="从事件发生到商户收到通知的时间。",
)
EVENTS_UNDELIVERED: Final = Metric(
    name="payswitch_events_undelivered",
    sort="gauge",
    meaning="Events in the outbox, now; dead ones not included.",
    meaning_zh="待投递的商户通知数（不含已放弃）。",
)
EVENTS_OLDEST_AGE: Final = Metric(
    name="payswitch_events_oldest_undelivered_age_seconds",
    sort="gauge",
    meaning="Age of the oldest of them.",
    meaning_zh="最久未投递通知的存续时间。",
)
