"""What the policy's figures mean, for the console's form and for editors of YAML: the schema carries these words.

Triggers and split have sentences of their own in the console; of the triggers only what those do not name stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec


class Words(msgspec.Struct, frozen=True):
    """The same in both languages."""

    en: str
    zh: str


class Meaning(msgspec.Struct, frozen=True):
    """One figure."""

    title: Words
    what: Words
    """What more or less of it does."""
    unit: Words


_SECONDS = Words("s", "秒")
_CALLS = Words("outcomes", "次结果")
_SHARE = Words("0 to 1", "0 到 1")
_TIMES = Words("times", "次")
_FEN = Words("fen", "分")
_MS = Words("ms", "毫秒")

SCORING: Final[Mapping[str, Meaning]] = {
    "margin_bp": Meaning(
        Words("Margin", "毛利率"),
        Words(
            "What the shop earns on a sale. The higher it is, the more success outweighs fees.",
            "店铺每笔销售的毛利。越高，成功率相对手续费越重要。",
        ),
        Words("basis points (100 = 1 %)", "万分之一（100 即 1%）"),
    ),
    "lost_order_fen": Meaning(
        Words("Cost of a lost order", "丢单代价"),
        Words(
            "What a lost order costs beside the margin: goodwill. It makes small payments count, too.",
            "丢一单在毛利之外的损失（顾客的耐心），让小额支付也受重视。",
        ),
        _FEN,
    ),
    "latency_fen_per_s": Meaning(
        Words("Cost of waiting", "等待代价"),
        Words(
            "What a second of the customer's waiting costs: more of it favours quick channels.",
            "顾客每多等 1 秒的代价：越高越偏向应答快的渠道。",
        ),
        Words("fen per second", "分/秒"),
    ),
    "same_upstream_fen": Meaning(
        Words("Cost of the same upstream again", "再走同一上游的代价"),
        Words(
            "Taken off a channel whose failure domain has just failed in this payment: what switching away is worth.",
            "本笔支付中刚失败过的故障域再试一次要扣的分：越高越倾向换上游。",
        ),
        _FEN,
    ),
    "time_constant_s": Meaning(
        Words("Memory", "记忆时长"),
        Words(
            "After this time an outcome weighs 37 %. Shorter follows changes faster and is less certain.",
            "一次结果过这么久后权重降为 37%。越短越跟得上变化，也越不确定。",
        ),
        _SECONDS,
    ),
    "prior_calls": Meaning(
        Words("Weight of the prior", "先验权重"),
        Words(
            "All channels together weigh like so many outcomes in the estimate of each; of completion more where "
            "the channels are as you list them, fewer where they are not.",
            "估计一个渠道时，全部渠道的共同水平相当于这么多次结果。付款成功率的权重随渠道表现与您的排序是否相符而增减。",
        ),
        _CALLS,
    ),
    "creation_prior": Meaning(
        Words("First guess: creation", "初始下单成功率"),
        Words("Where the estimate starts when nothing was ever recorded.", "还没有任何记录时，下单成功率的起点。"),
        _SHARE,
    ),
    "completion_prior": Meaning(
        Words("First guess: completion", "初始付款成功率"),
        Words("The same of customers who pay what they are shown.", "还没有任何记录时，出示后付款成功率的起点。"),
        _SHARE,
    ),
    "order_slope": Meaning(
        Words("Worth of your order", "排序的分量"),
        Words(
            "How much the order of your channels says before outcomes do. With 0.4 the first of five is taken for 92 % "
            "and the last for 82 %, until outcomes say otherwise. 0: all start alike.",
            "有结果之前，渠道的先后说明多少：0.4 时五个渠道的首位按 92%、末位按 82% 起步，很快由实际结果修正。"
            "0：一视同仁。",
        ),
        Words("log odds", "对数几率"),
    ),
    "segment_time_constant_s": Meaning(
        Words("Memory of segments", "细分记忆时长"),
        Words(
            "The same for one bank, amount band or kind of device: they are met less often.",
            "对单个银行、金额段、设备的记忆时长：样本更少，忘得更慢。",
        ),
        _SECONDS,
    ),
    "segment_prior_calls": Meaning(
        Words("Weight of the channel in a segment", "细分先验权重"),
        Words(
            "The channel as a whole weighs like so many of the segment's own outcomes (told for a success of 92 %).",
            "估计细分时，渠道整体水平相当于这么多次该细分的结果（按 92% 的成功率）。",
        ),
        _CALLS,
    ),
}

SOFT_LIMIT: Final[Mapping[str, Meaning]] = {
    "min_ms": Meaning(
        Words("At least", "最短"),
        Words("No channel is given up on sooner.", "再快的渠道也至少等这么久。"),
        _MS,
    ),
    "max_ms": Meaning(
        Words("At most", "最长"),
        Words(
            "Also used before there is data. The whole choice has 500 ms.",
            "没有数据时也用它。整个选择共 500 毫秒。",
        ),
        _MS,
    ),
    "sds": Meaning(
        Words("Patience", "宽容度"),
        Words(
            "How many standard deviations beyond the usual latency a call may take. Less: more hedges.",
            "超过平时延迟多少个标准差才算太慢。越小，对冲越多。",
        ),
        Words("standard deviations", "个标准差"),
    ),
    "min_samples": Meaning(
        Words("Calls needed", "所需样本"),
        Words("Fewer recent calls: the longest limit holds.", "近期调用少于此数时，按最长时限等待。"),
        Words("calls", "次调用"),
    ),
    "time_constant_s": Meaning(
        Words("Memory", "记忆时长"),
        Words("After this time a latency weighs 37 %.", "一次延迟过这么久后权重降为 37%。"),
        _SECONDS,
    ),
}

HEDGING: Final[Mapping[str, Meaning]] = {
    "share": Meaning(
        Words("Share", "占比上限"),
        Words(
            "At most this part of the last minute's other create calls is hedged.",
            "每分钟的对冲最多占其他下单调用的这一比例。",
        ),
        _SHARE,
    ),
    "least_per_minute": Meaning(
        Words("In any case", "每分钟保底"),
        Words(
            "So many hedges a minute are allowed however few calls there are. This and the share 0: never hedged.",
            "调用再少，每分钟也允许这么多次对冲。与占比同为 0 则从不对冲。",
        ),
        Words("a minute", "次/分钟"),
    ),
}

LEARNED_CAPS: Final[Mapping[str, Meaning]] = {
    "hold_s": Meaning(
        Words("Hold", "保持时间"),
        Words(
            "After a refusal for the amount, such amounts go elsewhere for so long; then the bar rises by steps.",
            "因金额被拒后，该金额及以上先走其他渠道这么久，再逐步放宽。",
        ),
        _SECONDS,
    ),
    "ordinary_refusals": Meaning(
        Words("Refusals that end the day", "判定额度用尽"),
        Words(
            "So many in a row at amounts that passed before: the day's allowance is used up, out until midnight.",
            "曾经通过的金额连续被拒这么多次，即认为当日额度用尽，午夜前不再走。",
        ),
        _TIMES,
    ),
}

TRIGGERS: Final[Mapping[str, Meaning]] = {
    "last_calls": Meaning(
        Words("Calls judged beside the window", "另按最近次数判断"),
        Words(
            "The error rate is also judged over the last so many calls of the window, so that much traffic does not "
            "dilute it. At least `min_calls`.",
            "错误率也按窗口内最近这么多次调用判断，避免大流量稀释。不小于 min_calls。",
        ),
        Words("calls", "次调用"),
    ),
    "probe_expiry_s": Meaning(
        Words("Lost probes", "探测无回音"),
        Words("A probe that nobody reports frees its place after this.", "探测过这么久仍无结果，则让出名额。"),
        _SECONDS,
    ),
}

MEANINGS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    "Scoring": SCORING,
    "SoftLimit": SOFT_LIMIT,
    "Hedging": HEDGING,
    "LearnedCaps": LEARNED_CAPS,
    "Triggers": TRIGGERS,
}
"""By the schema's name of the part, then by field."""
