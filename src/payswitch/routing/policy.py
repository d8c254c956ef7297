"""策略: the routing policy as a typed document.

`policy_loading.py` reads one from YAML or JSON data and says what is wrong.

Every figure has its unit in its name or its docstring. The defaults are the mission's figures (2 of the last 3, 5 %,
70/20/10, the four customer profiles) and, for the rest, the routing study's. Fields: `docs/reference/routing.md`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.channel import Environment, Method, Product
from payswitch.domain.customer import AgeBand


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the policy: an unknown field is a mistake, never ignored."""


class Tier(_Document, frozen=True, kw_only=True):
    """优先级: a step of preference. Lower ranks are asked first."""

    name: str
    rank: int
    """1 is first. A channel stands in the tier whose rank is its own configured `tier` ..."""
    channels: tuple[str, ...] = ()
    """... unless one tier names it here ..."""
    tags: tuple[str, ...] = ()
    """... or names one of its tags here. Naming a channel beats naming its tag."""


class Target(_Document, frozen=True, kw_only=True):
    """Which candidates an action means. All given fields must match; within a field any one does."""

    methods: tuple[Method, ...] = ()
    products: tuple[Product, ...] = ()
    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Condition(_Document, frozen=True, kw_only=True):
    """When a rule fires: all given conditions hold. A fact that nobody knows fulfils no condition about it."""

    min_fen: int | None = None
    """Amount at least this."""
    max_fen: int | None = None
    """Amount at most this."""
    customer_new: bool | None = None
    min_age: int | None = None
    max_age: int | None = None
    """A customer of whom only the age band is known is in the range when all of the band is."""
    age_bands: tuple[AgeBand, ...] = ()
    devices: tuple[str, ...] = ()
    """Any of these; compared without regard to case."""
    risks: tuple[str, ...] = ()
    environments: tuple[Environment, ...] = ()
    from_hour: int | None = None
    """Beijing hour, 0..23, inclusive."""
    to_hour: int | None = None
    """Beijing hour, 1..24, exclusive. Smaller than `from_hour`: the range goes past midnight."""
    weekdays: tuple[int, ...] = ()
    """1 Monday .. 7 Sunday, of the Beijing day."""
    from_date: str | None = None
    """Beijing date `YYYY-MM-DD`, inclusive. Either end may be left open."""
    to_date: str | None = None
    """Inclusive too: a sale "until 11 November" ends with that day."""
    banks: tuple[str, ...] = ()
    """Short names (`icbc`) of the bank behind the payment, where it is known: of the signed card."""
    shops: tuple[str, ...] = ()
    goods_tags: tuple[str, ...] = ()
    metadata: dict[str, str | tuple[str, ...]] = {}
    """Key -> the wanted value, or any of several."""


class RuleSplit(_Document, frozen=True, kw_only=True):
    """A rule's own split: what is left out is 0. Sum 100. What is safe (`safe_within`) stays the policy's word."""

    best: int = 0
    warm: int = 0
    explore: int = 0


class Action(_Document, frozen=True, kw_only=True):
    """What a rule does to the candidates. At least one."""

    prefer: Target | None = None
    """Put these first; the others stay for failover. No such candidate: no effect."""
    avoid: Target | None = None
    """Put these last."""
    only: Target | None = None
    """Exclude everything else, also for failover: the payment rather fails than goes elsewhere."""
    pin: Target | None = None
    """Always these first, without warm or exploring share; the others stay for failover."""
    tier: str | None = None
    """Put the channels of this tier first."""
    split: RuleSplit | None = None
    """Split these payments so, instead of as the policy's `split` says. Of several fired rules the first counts."""


class Rule(_Document, frozen=True, kw_only=True):
    """规则: one line of the customer profile (画像). Evaluated in order; an earlier one outweighs all later."""

    name: str
    when: Condition
    then: Action


class Triggers(_Document, frozen=True, kw_only=True):
    """实时触发: when a breaker opens, and how it finds back. Per channel and product."""

    timeouts: int = 2
    """Calls without a usable answer (timed out, connection failed, 5xx) ..."""
    of_calls: int = 3
    """... among the last so many calls: opens. The mission's 2 of 3."""
    timeouts_within_s: float = 120.0
    """Only calls this recent: two timeouts an hour apart on a quiet channel are no outage."""
    consecutive_errors: int = 3
    """So many bad answers of any kind in a row: opens. A total outage ends here whatever its error code."""
    our_side_refusals: int = 2
    """So many refusals for configuration or signature in a row: opens for `open_max_s`, until a person mends it."""
    error_rate: float = 0.05
    """The mission's 5 %."""
    window_s: float = 60.0
    """The short window of the error rate."""
    last_calls: int = 60
    """The rate is also judged over the last so many calls of the window, so that much traffic does not dilute it."""
    min_calls: int = 20
    """Fewer calls say nothing about a rate."""
    guard_z: float = 3.09
    """Open only if the lower confidence bound (Wilson, so many standard deviations: 3.09 = 99.9 %) is over the rate."""
    codes: tuple[str, ...] = ()
    """Further channel codes that open at once, beside those which the connector lists (系统繁忙, 通道维护)."""
    open_base_s: float = 2.0
    """How long a breaker stays open before its first probe ..."""
    open_max_s: float = 30.0
    """... doubled after each failed probe up to this. Half a minute keeps recovery within 60 s of the channel's."""
    flap_s: float = 120.0
    """Opened again within this time after closing: the back-off goes on where it was."""
    probe_gap_s: float = 1.0
    """At most one probe in this time, and never two in flight."""
    probe_expiry_s: float = 5.0
    """A probe that nobody reports frees its place after this."""
    probe_share: float = 0.25
    """At most this part of a merchant's first attempts are probes, however many channels are ill."""
    probe_successes: int = 2
    """So many good probes in a row close the breaker."""
    ordinary_trips_per_day: float = 0.25
    """The two counting triggers open only where chance alone would set them off less often than this, by the line's own
    record. Where it would do so more often they only put the channel behind the others until its next good answer. A
    very large number: they always open."""
    slow_factor: float = 3.0
    """The latency of the last few calls is so many times the usual one: weak signs ..."""
    slow_from_ms: float = 200.0
    """... if it is at least this long."""
    never_paid: float = 0.95
    """Opens when this probable: what is shown to customers is never paid."""


class SplitMode(StrEnum):
    """Who decides the shares."""

    FIXED = "fixed"
    """The percentages."""
    LEARNED = "learned"
    """The estimates: each safe channel is first as often as it may be as good as the best."""


class Split(_Document, frozen=True, kw_only=True):
    """分流: percentages of first attempts. Whole numbers, sum 100."""

    best: int = 70
    warm: int = 20
    """The next best, on another upstream if there is one, kept warm."""
    explore: int = 10
    """The rest, so that we would notice if one of them became better. Healthy push channels only."""
    safe_within: float = 0.10
    """Warm and explore only go to channels whose creation estimate is at most this far under the best one's, and whose
    whole estimate is too, or so uncertain that they may be as good."""
    mode: SplitMode = SplitMode.FIXED

    @property
    def leaves_it_to_estimates(self) -> bool:
        """No channel has a share by itself: who is first is for the estimates to say, payment by payment."""
        return self.mode is SplitMode.LEARNED or self.best == 100


class Scoring(_Document, frozen=True, kw_only=True):
    """The worth of a candidate in fen: success x (lost order + amount x (margin - fee)) - latency - switching."""

    margin_bp: int = 1_000
    """What the shop earns on a sale, in basis points of the amount (1,000 = 10 %)."""
    lost_order_fen: int = 100
    """What a lost order costs beside the margin (the customer's goodwill), so that small payments count too."""
    latency_fen_per_s: float = 2.0
    """What a second of the customer's waiting costs."""
    same_upstream_fen: float = 20.0
    """What it costs to try the failure domain that has just failed once more."""
    time_constant_s: float = 1_800.0
    """How fast old outcomes are forgotten: after this time they weigh 37 % (study: 30 min)."""
    prior_calls: float = 10.0
    """The prior weighs like so many outcomes; that of completion like more of them where the channels turn out to be as
    the operator lists them, like fewer where they do not (`operator_order.py`)."""
    creation_prior: float = 0.97
    """Where everything starts after a restart; then all channels together are the prior of each."""
    completion_prior: float = 0.88
    order_slope: float = 0.4
    """How much the operator's order is taken to say before outcomes do: log odds of completion per standard deviation
    of the places. 0: nothing, until outcomes say otherwise."""
    segment_time_constant_s: float = 7_200.0
    """How fast outcomes of a bank, an amount band or a kind of device are forgotten: they are fewer, so more slowly."""
    segment_prior_calls: float = 100.0
    """The channel as a whole weighs like so many outcomes of the segment's own, at a rate of 92 %; like more of them
    where a rate is nearer to 0 or 1 and single outcomes say less, like fewer where it is nearer to a half."""


class SoftLimit(_Document, frozen=True, kw_only=True):
    """软时限: how long to wait for a create answer before going on, from the channel's own recent latencies."""

    min_ms: int = 120
    max_ms: int = 250
    """Also used before there is data."""
    sds: float = 3.0
    """exp(mean + this x standard deviation) of the logarithm of the latency."""
    min_samples: float = 10.0
    time_constant_s: float = 600.0


class Hedging(_Document, frozen=True, kw_only=True):
    """对冲: an order at the next channel beside one that is silent past its soft limit, or a shadow probe. 0 and 0:
    never."""

    share: float = 0.05
    """Hedges of the last minute: at most this part of the merchant's other create calls in it (the mission's 5 %),"""
    least_per_minute: int = 5
    """but so many in any case: one slow call at a shop with a payment a minute is worth a second one."""


class LearnedCaps(_Document, frozen=True, kw_only=True):
    """限额学习: how long a "limit" refusal keeps payments of that amount and above away. Per channel and product."""

    hold_s: float = 1_800.0
    """So long, then the bar doubles three times, each for as long again. Refused again after that: twice as long."""
    ordinary_refusals: int = 3
    """So many in a row, at amounts that passed before: the day's allowance is used up, out until midnight."""


class Maintenance(_Document, frozen=True, kw_only=True):
    """计划维护: a window in which a channel is not asked. Beijing time."""

    channel: str
    start: str | int
    """`HH:MM` (every day) or `YYYY-MM-DD HH:MM` (once)."""
    end: str | int
    """Same form as `start`, exclusive. A daily window may go past midnight."""
    product: Product | None = None
    """Only this product; all of the channel when absent."""


DEFAULT_TIERS: Final = (
    Tier(name="best", rank=1),
    Tier(name="backup", rank=2),
    Tier(name="bank", rank=3, tags=("bank",)),
)
"""First: highest success at a reasonable fee. Second: backup mainstream. Third: bank direct."""


class Policy(_Document, frozen=True, kw_only=True):
    """The whole document. `version` names it in every recorded decision."""

    version: str
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    triggers: Triggers = Triggers()
    split: Split = Split()
    rules: tuple[Rule, ...] = ()
    scoring: Scoring = Scoring()
    soft_limit: SoftLimit = SoftLimit()
    hedging: Hedging = Hedging()
    learned_caps: LearnedCaps = LearnedCaps()
    maintenance: tuple[Maintenance, ...] = ()
    on_request: tuple[Method, ...] = (
        Method.HUABEI,
        Method.QUICKPAY,
        Method.ECNY,
        Method.APPLE_PAY,
        Method.HUAWEI_PAY,
        Method.MI_PAY,
        Method.SAMSUNG_PAY,
        Method.VIVO_PAY,
    )
    """Methods that come last unless the payment names them or a rule prefers them: a customer who did not ask for
    instalments must not be led into credit by the split, nor shown a code that only one handset or app can pay."""
