"""Of routing and channels: decisions, calls, switches, hedges, breakers, caps, certificates."""

from __future__ import annotations

from typing import Final

from payswitch.entry.metrics.catalog.metric import LANE, Metric

_CALL_S: Final = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Of channels' answers: close together around the soft limit (at most 0.25) and the customer's half second."""
_SHOWN_S: Final = (0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
_SWITCH_S: Final = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0, 2.5)
_DECISION_S: Final = (0.000025, 0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.005, 0.05, 0.3)
"""The mission's limit for a choice, 0.3 s, is the last one."""

DECISION_DURATION: Final = Metric(
    name="payswitch_decision_duration_seconds",
    sort="histogram",
    buckets=_DECISION_S,
    meaning="Time that a routing decision took.",
    meaning_zh="单次路由决策耗时。",
)
CREDENTIAL_DURATION: Final = Metric(
    name="payswitch_credential_duration_seconds",
    sort="histogram",
    labels=LANE,
    buckets=_SHOWN_S,
    meaning="From the request (or the customer's switch) until a credential could be shown, retries and switches "
    "included; by the channel that gave it.",
    meaning_zh="从收到请求（或顾客换方式）到可出示凭证的时间，含重试与切换，按出具凭证的渠道。",
)
CHANNEL_CALLS: Final = Metric(
    name="payswitch_channel_calls",
    sort="counter",
    labels=(*LANE, "call", "outcome"),
    meaning="Calls to channels by what was asked (`create`, `shadow`: a shadow probe's create, `debit`, `resend`, "
    "`query`, `close`, `reverse`, `refund`, `query_refund`, `redirect_refund`) and by outcome class. Other probes are "
    "not traffic and not counted.",
    meaning_zh="对渠道的调用次数，按调用类型（`shadow` 为影子探测的下单）与结果类别；其他探测不计。",
)
CHANNEL_CALL_DURATION: Final = Metric(
    name="payswitch_channel_call_duration_seconds",
    sort="histogram",
    labels=("channel", "call"),
    buckets=_CALL_S,
    meaning="How long the channel took to answer, or was waited for.",
    meaning_zh="渠道应答（或等待）耗时。",
)
SWITCHES: Final = Metric(
    name="payswitch_switches",
    sort="counter",
    labels=("from_channel", "to_channel"),
    meaning="Payments moved to another channel before the customer saw anything.",
    meaning_zh="顾客无感知地切换渠道的次数。",
)
SWITCH_DURATION: Final = Metric(
    name="payswitch_switch_duration_seconds",
    sort="histogram",
    buckets=_SWITCH_S,
    meaning="From the failure (or the soft limit) until the other channel's credential could be shown.",
    meaning_zh="从首个渠道失败（或软超时）到另一渠道凭证可出示的时间。",
)
HEDGES: Final = Metric(
    name="payswitch_hedges",
    sort="counter",
    meaning="Orders begun beside a silent one.",
    meaning_zh="对冲下单次数。",
)
HEDGES_WON: Final = Metric(
    name="payswitch_hedges_won",
    sort="counter",
    meaning="Hedges whose credential was shown.",
    meaning_zh="对冲胜出次数。",
)
HEDGES_DENIED: Final = Metric(
    name="payswitch_hedges_denied",
    sort="counter",
    meaning="Silent calls that got no hedge because the budget was spent.",
    meaning_zh="因预算用尽而未对冲的次数。",
)
BREAKER_STATE: Final = Metric(
    name="payswitch_breaker_state",
    sort="gauge",
    labels=(*LANE, "state"),
    meaning="1 for the state the breaker is in, 0 for the others.",
    meaning_zh="熔断器当前状态为 1，其余为 0。",
)
BREAKER_MOVES: Final = Metric(
    name="payswitch_breaker_moves",
    sort="counter",
    labels=(*LANE, "state"),
    meaning="Moves of a breaker into a state.",
    meaning_zh="熔断器转入各状态的次数。",
)
SUCCESS_ESTIMATE: Final = Metric(
    name="payswitch_channel_success_estimate_ratio",
    sort="gauge",
    labels=LANE,
    meaning="The brain's estimate that a payment sent here now is created and paid, 0 to 1.",
    meaning_zh="对该渠道当前成功率的估计，0 至 1。",
)
UP_PROBABILITY: Final = Metric(
    name="payswitch_channel_up_ratio",
    sort="gauge",
    labels=LANE,
    meaning="Probability that it is in no trouble just now, 0 to 1.",
    meaning_zh="该渠道当前无故障的概率，0 至 1。",
)
TRAFFIC_SHARE: Final = Metric(
    name="payswitch_channel_traffic_share_ratio",
    sort="gauge",
    labels=LANE,
    meaning="Its share of all create calls in the triggers' window, 0 to 1.",
    meaning_zh="触发窗口内的下单流量占比，0 至 1。",
)
SOFT_LIMIT: Final = Metric(
    name="payswitch_channel_soft_limit_seconds",
    sort="gauge",
    labels=LANE,
    meaning="Silent for longer, it is hedged.",
    meaning_zh="软超时：超过即对冲。",
)
CHANNEL_ENABLED: Final = Metric(
    name="payswitch_channel_enabled",
    sort="gauge",
    labels=("channel",),
    meaning="1 while the channel takes new payments as far as its operator is concerned.",
    meaning_zh="渠道是否启用。",
)
RECEIVED_TODAY: Final = Metric(
    name="payswitch_channel_received_today_fen",
    sort="gauge",
    labels=("channel",),
    meaning="Money received since midnight in Beijing, in fen.",
    meaning_zh="今日（北京时间）已收金额，单位分。",
)
DAILY_CAP: Final = Metric(
    name="payswitch_channel_daily_cap_fen",
    sort="gauge",
    labels=("channel",),
    meaning="What its contract allows a day, in fen; only channels that have a cap.",
    meaning_zh="日限额，单位分；仅列出有限额的渠道。",
)
CERTIFICATE_EXPIRY: Final = Metric(
    name="payswitch_channel_certificate_expiry_timestamp_seconds",
    sort="gauge",
    labels=("channel",),
    meaning="When the first of the certificates in use ends, as Unix time.",
    meaning_zh="在用证书中最早的到期时间（Unix 秒）。",
)
