"""Every metric there is: name, sort, labels and meaning. What is exposed, `docs/reference/metrics.md` and the checks of
`deploy/` are all made from this list.

Names follow Prometheus' conventions: base units last (`_seconds`; money in `_fen`, the unit of everything here),
`_total` for what only grows since the process began. Labels are ids of channels and products and words of closed
lists: their number is bounded by the configuration. Ids of payments, shops' numbers and customers never are labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Sort = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One family of time series."""

    name: str
    """Without the `_total` of a counter: the library adds it."""
    sort: Sort
    meaning: str
    meaning_zh: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Of a histogram: upper ends, in the unit of the name."""

    @property
    def exposed_name(self) -> str:
        """As it stands on the page of a scrape, and in a query."""
        return f"{self.name}_total" if self.sort == "counter" else self.name

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names of its time series."""
        if self.sort != "histogram":
            return (self.exposed_name,)
        return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))


_LANE: Final = ("channel", "product")
_CALL_S: Final = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Of channels' answers: close together around the soft limit (at most 0.25) and the customer's half second."""
_SHOWN_S: Final = (0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
_SWITCH_S: Final = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0, 2.5)
_DECISION_S: Final = (0.000025, 0.00005, 0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.005, 0.05, 0.3)
"""The mission's limit for a choice, 0.3 s, is the last one."""
_COMMIT_S: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_UNITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
_TOLD_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 1_800.0, 3_600.0, 86_400.0)
_REFUND_S: Final = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 3_600.0, 86_400.0, 259_200.0)

# --- payments -------------------------------------------------------------------------------------------------------

PAYMENTS_CREATED: Final = Metric(
    name="payswitch_payments_created",
    sort="counter",
    labels=("credential",),
    meaning="Payments created. `credential`: `shown` with something to pay with, `none` though channels were asked, "
    "`later` when the checkout page asks first.",
    meaning_zh="新建支付单数。credential：shown 已出示凭证，none 渠道均未给出凭证，later 由收银台稍后发起。",
)
PAYMENTS_WITHOUT_CANDIDATE: Final = Metric(
    name="payswitch_payments_without_candidate",
    sort="counter",
    meaning="Orders refused because no channel was eligible; nothing was created for them.",
    meaning_zh="因无可用渠道而拒绝的下单请求数（未生成支付单）。",
)
PAYMENTS_CREATED_FEN: Final = Metric(
    name="payswitch_payments_created_fen",
    sort="counter",
    meaning="Money of the payments created, in fen.",
    meaning_zh="新建支付单金额合计，单位分。",
)
PAYMENTS_SUCCEEDED: Final = Metric(
    name="payswitch_payments_succeeded",
    sort="counter",
    meaning="Payments paid, each once.",
    meaning_zh="支付成功的支付单数，每单计一次。",
)
PAYMENTS_SUCCEEDED_FEN: Final = Metric(
    name="payswitch_payments_succeeded_fen",
    sort="counter",
    meaning="Money received by payments, surplus not included, in fen.",
    meaning_zh="支付成功金额合计（不含重复支付），单位分。",
)
PAYMENTS_CLOSED: Final = Metric(
    name="payswitch_payments_closed",
    sort="counter",
    meaning="Payments closed unpaid: expired or cancelled.",
    meaning_zh="未支付而关闭的支付单数（过期或取消）。",
)
PAYMENTS_SAVED: Final = Metric(
    name="payswitch_payments_saved",
    sort="counter",
    meaning="Paid although a channel had failed or been silent before: saved by switching.",
    meaning_zh="因自动切换而挽回的支付单数。",
)
PAYMENTS_SAVED_FEN: Final = Metric(
    name="payswitch_payments_saved_fen",
    sort="counter",
    meaning="Their money, in fen.",
    meaning_zh="因自动切换而挽回的金额，单位分。",
)
PAYMENTS_UNFINISHED: Final = Metric(
    name="payswitch_payments_unfinished",
    sort="gauge",
    labels=("state",),
    meaning="Payments neither paid nor closed, by state, now.",
    meaning_zh="当前未结束的支付单数，按状态。",
)
PAYMENTS_OLDEST_AGE: Final = Metric(
    name="payswitch_payments_oldest_unfinished_age_seconds",
    sort="gauge",
    meaning="Age of the oldest unfinished payment; must stay below the longest expiry and ten minutes.",
    meaning_zh="最久未结束支付单的存续时间；应小于最长有效期加十分钟。",
)

# --- routing and channels -------------------------------------------------------------------------------------------

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
    labels=_LANE,
    buckets=_SHOWN_S,
    meaning="From the request (or the customer's switch) until a credential could be shown, retries and switches "
    "included; by the channel that gave it.",
    meaning_zh="从收到请求（或顾客换方式）到可出示凭证的时间，含重试与切换，按出具凭证的渠道。",
)
CHANNEL_CALLS: Final = Metric(
    name="payswitch_channel_calls",
    sort="counter",
    labels=(*_LANE, "call", "outcome"),
    meaning="Calls to channels by what was asked (`create`, `debit`, `resend`, `query`, `close`, `reverse`, `refund`, "
    "`query_refund`, `redirect_refund`) and by outcome class. Probes are not traffic and not counted.",
    meaning_zh="对渠道的调用次数，按调用类型与结果类别；探测不计。",
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
    labels=(*_LANE, "state"),
    meaning="1 for the state the breaker is in, 0 for the others.",
    meaning_zh="熔断器当前状态为 1，其余为 0。",
)
BREAKER_MOVES: Final = Metric(
    name="payswitch_breaker_moves",
    sort="counter",
    labels=(*_LANE, "state"),
    meaning="Moves of a breaker into a state.",
    meaning_zh="熔断器转入各状态的次数。",
)
SUCCESS_ESTIMATE: Final = Metric(
    name="payswitch_channel_success_estimate_ratio",
    sort="gauge",
    labels=_LANE,
    meaning="The brain's estimate that a payment sent here now is created and paid, 0 to 1.",
    meaning_zh="对该渠道当前成功率的估计，0 至 1。",
)
UP_PROBABILITY: Final = Metric(
    name="payswitch_channel_up_ratio",
    sort="gauge",
    labels=_LANE,
    meaning="Probability that it is in no trouble just now, 0 to 1.",
    meaning_zh="该渠道当前无故障的概率，0 至 1。",
)
TRAFFIC_SHARE: Final = Metric(
    name="payswitch_channel_traffic_share_ratio",
    sort="gauge",
    labels=_LANE,
    meaning="Its share of all create calls in the triggers' window, 0 to 1.",
    meaning_zh="触发窗口内的下单流量占比，0 至 1。",
)
SOFT_LIMIT: Final = Metric(
    name="payswitch_channel_soft_limit_seconds",
    sort="gauge",
    labels=_LANE,
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

# --- money that needs somebody --------------------------------------------------------------------------------------

NOTIFICATIONS: Final = Metric(
    name="payswitch_notifications",
    sort="counter",
    labels=("channel", "result"),
    meaning="Channels' notifications: `applied`, `refused` (not ours, wrong amount, not stored: the channel repeats "
    "it) or `untrusted` (signature).",
    meaning_zh="渠道异步通知：applied 已入账，refused 未接受（将重发），untrusted 验签失败。",
)
ATTEMPTS_UNFINISHED: Final = Metric(
    name="payswitch_attempts_unfinished",
    sort="gauge",
    labels=("state",),
    meaning="Attempts whose channel will still be asked, by state, now.",
    meaning_zh="当前仍需查询渠道的支付尝试数，按状态。",
)
IN_DOUBT: Final = Metric(
    name="payswitch_in_doubt_attempts",
    sort="gauge",
    meaning="Debits that nobody knows the end of, now.",
    meaning_zh="结果未知的扣款笔数。",
)
IN_DOUBT_FEN: Final = Metric(
    name="payswitch_in_doubt_fen",
    sort="gauge",
    meaning="Money in doubt: of those debits, in fen.",
    meaning_zh="结果未知的金额，单位分。",
)
IN_DOUBT_AGE: Final = Metric(
    name="payswitch_in_doubt_oldest_age_seconds",
    sort="gauge",
    meaning="Age of the oldest of them.",
    meaning_zh="最久的未知扣款已持续时间。",
)
SURPLUS: Final = Metric(
    name="payswitch_surplus",
    sort="counter",
    meaning="Successes that must not be kept (paid twice, or too late).",
    meaning_zh="重复支付笔数。",
)
SURPLUS_FEN: Final = Metric(
    name="payswitch_surplus_fen",
    sort="counter",
    meaning="Their money, in fen.",
    meaning_zh="重复支付金额，单位分。",
)
REFUNDS_UNFINISHED: Final = Metric(
    name="payswitch_refunds_unfinished",
    sort="gauge",
    labels=("kind", "state"),
    meaning='Refunds not at the customer\'s yet; `kind="surplus"`: money that the switch gives back by itself; '
    '`state="abnormal"`: a person must act.',
    meaning_zh="未完成退款数；kind=surplus 为重复支付自动退款，state=abnormal 需人工处理。",
)
REFUNDS_UNFINISHED_FEN: Final = Metric(
    name="payswitch_refunds_unfinished_fen",
    sort="gauge",
    labels=("kind", "state"),
    meaning="Their money, in fen.",
    meaning_zh="未完成退款金额，单位分。",
)
REFUNDS_OLDEST_AGE: Final = Metric(
    name="payswitch_refunds_oldest_unfinished_age_seconds",
    sort="gauge",
    labels=("kind",),
    meaning="Age of the oldest unfinished refund of this kind.",
    meaning_zh="最久未完成退款的存续时间。",
)
REFUNDS_ENDED: Final = Metric(
    name="payswitch_refunds_ended",
    sort="counter",
    labels=("kind", "state"),
    meaning="Refunds that ended, `succeeded` or `failed`.",
    meaning_zh="已结束的退款数。",
)
REFUND_DURATION: Final = Metric(
    name="payswitch_refund_duration_seconds",
    sort="histogram",
    labels=("kind",),
    buckets=_REFUND_S,
    meaning="From the making of a refund to its success.",
    meaning_zh="退款从发起到成功的时间。",
)
BREAKS_OPEN: Final = Metric(
    name="payswitch_breaks_open",
    sort="gauge",
    labels=("kind",),
    meaning="Findings of reconciliations that nobody has settled yet.",
    meaning_zh="未处理的对账差异数。",
)
AUDIT_LAST: Final = Metric(
    name="payswitch_audit_last_timestamp_seconds",
    sort="gauge",
    meaning="When the books were last audited, as Unix time.",
    meaning_zh="最近一次审计时间（Unix 秒）。",
)
AUDIT_VIOLATIONS: Final = Metric(
    name="payswitch_audit_violations",
    sort="gauge",
    meaning="Invariants that did not hold in the last audit; must be 0.",
    meaning_zh="最近一次审计不成立的不变量数，必须为 0。",
)

# --- the shop hears of it -------------------------------------------------------------------------------------------

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

# --- the machinery --------------------------------------------------------------------------------------------------

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

METRICS: Final = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
"""All of them, in the order above."""
