"""Of payments: how many, what became of them, how long the unfinished ones have waited."""

from __future__ import annotations

from typing import Final

from payswitch.entry.metrics.catalog.metric import Metric

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
