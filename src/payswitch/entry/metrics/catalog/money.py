"""Of money that needs somebody: in doubt, surplus, refunds, differences, the audit."""

from __future__ import annotations

from typing import Final

from payswitch.entry.metrics.catalog.metric import Metric

_REFUND_S: Final = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 3_600.0, 86_400.0, 259_200.0)

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
