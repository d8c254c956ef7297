"""What the admin API shows on the live board. Every number says its window; how each is counted stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.managed_channel import ChannelOrigin, ChannelState
from payswitch.entry.api.admin.channels.disabling_views import (
    DisablingView,
    OnlyForView,
    disabling_view,
    only_for_view,
)
from payswitch.entry.api.admin.channels.quality_views import (
    ChannelQualityView,
    RateView,
    quality_view,
    rate_view,
    tenths,
)
from payswitch.kit.clock import iso_or_none, iso_utc
from payswitch.routing.policy import Policy
from payswitch.routing.reasons import explain
from payswitch.services.channels.quality import rate
from payswitch.services.live.live_board import Moment
from payswitch.services.live.live_figures import Times
from payswitch.services.live.live_lane import LaneTraffic
from payswitch.services.live.live_now import Heap, LiveChannel, LiveNow, OpenItems, Window


class TimesView(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took, right to 5 %. Counted by this process since its start."""

    count: int
    p50_ms: float | None
    p95_ms: float | None


class WindowView(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of time. Payments are counted when they begin (`created`), and when they end (all others)."""

    window: str
    """`15m`, `1h`, or `today`: since midnight in Beijing."""
    since: str
    created: int
    created_fen: int
    paid: int
    paid_fen: int
    lost: int
    """Closed without money."""
    lost_fen: int
    lost_by_customer: int
    """Of these: shown and not paid, refused on the customer's side or by risk control, cancelled."""
    of_all: RateView
    """Paid, of all that ended."""
    of_payable: RateView
    """Paid, of those that ended and were not lost by the customer."""
    credential: TimesView
    """From the shop's request (or the customer's choice) to the credential on its way to the customer."""
    switch: TimesView
    """From a channel's failure to the credential of the next channel."""
    switches: int
    hedges: int
    """Orders begun on a second channel beside a silent one."""
    saved: int
    """Paid after a switch."""
    saved_fen: int
    surplus: int
    """重复支付: payments that arrived beside the one that counts; they go back by themselves."""
    surplus_fen: int


class MinutesView(msgspec.Struct, frozen=True, kw_only=True):
    """The last hour minute by minute, the oldest first, the running minute last."""

    created: list[int]
    paid: list[int]
    switches: list[int]


class TrafficView(msgspec.Struct, frozen=True, kw_only=True):
    """What went through one product of one channel in the last minute."""

    product: Product
    exposed: int
    """Credentials shown."""
    paid: int
    share: float | None
    """Of all credentials shown in that minute."""
    wanted_share: float | None
    """What the policy's split gave it: the mean chance to be first. The difference was moved by failures and hedges."""
    trend: list[int]
    """Credentials shown in each 5 seconds of 10 minutes, the oldest first; empty when there were never any."""


class LiveChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of the board; its products one by one in `quality.lines` and `traffic`."""

    channel_id: str
    name: str
    health: str
    """The worst of its products' breakers: `healthy`, `degraded`, `probing`, `open`."""
    creates: RateView
    """Create calls of the last ten minutes, all products together."""
    p95_ms: float | None
    """Of its slowest product, in the last ten minutes."""
    exposed: int
    share: float | None
    wanted_share: float | None
    trend: list[int]
    """The last four as in `traffic`, all products together."""
    origin: ChannelOrigin
    state: ChannelState
    tier: int
    fee_bp: int
    upstream: str
    disabled: DisablingView | None
    only_for: OnlyForView
    quality: ChannelQualityView
    traffic: list[TrafficView]
    """In the order of the quality's lines."""


class MomentView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened: `switched`, `hedged`, `breaker`, `surplus`, `untrusted`."""

    kind: str
    at: str
    payment_id: str
    channel_id: str
    """Of a switch or hedge: the channel that failed or was silent."""
    to_channel: str
    product: str
    before: str
    after: str
    code: str
    reason: str
    reason_zh: str
    took_ms: float | None
    """How long the switch took, or how long the silent channel was waited for."""
    amount_fen: int | None


class HeapView(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is not where it belongs, just now."""

    count: int
    amount_fen: int
    oldest: str | None


class OpenItemsView(msgspec.Struct, frozen=True, kw_only=True):
    """What is open in the books just now."""

    in_doubt: HeapView
    """存疑资金: debits that were sent and that the channel has not answered for."""
    surplus: HeapView
    """重复支付 that is not back yet."""
    alerts: int
    """Not resolved."""


class SplitView(msgspec.Struct, frozen=True, kw_only=True):
    """分流: what one merchant's policy wants, in per cent."""

    merchant_id: str
    policy_version: str
    mode: str
    best: int
    warm: int
    explore: int


class LiveView(msgspec.Struct, frozen=True, kw_only=True):
    """The live board."""

    at: str
    started_at: str
    """Of this process: it knows how long answers took since then."""
    windows: list[WindowView]
    minutes: MinutesView
    open_items: OpenItemsView | None
    """null: nobody keeps alerts here."""
    channels: list[LiveChannelView]
    moments: list[MomentView]
    """Newest first."""
    splits: list[SplitView]


def live_view(now: LiveNow) -> LiveView:
    lanes = [one for channel in now.channels for one in channel.traffic]
    exposed, wanted = sum(one.exposed for one in lanes), sum(one.wanted for one in lanes)
    return LiveView(
        at=iso_utc(now.now_ms),
        started_at=iso_utc(now.started_ms),
        windows=[_window(one) for one in now.windows],
        minutes=MinutesView(
            created=[one.created for one in now.minutes],
            paid=[one.paid for one in now.minutes],
            switches=[one.switches for one in now.minutes],
        ),
        open_items=None if now.open_items is None else _open_items(now.open_items),
        channels=[_channel(one, now.now_ms, exposed, wanted) for one in now.channels],
        moments=[_moment(one) for one in now.moments],
        splits=[_split(merchant_id, policy) for merchant_id, policy in now.policies],
    )


def _window(window: Window) -> WindowView:
    counts = window.stretch.counts
    return WindowView(
        window=window.name,
        since=iso_utc(window.since_ms),
        created=counts.created,
        created_fen=counts.created_fen,
        paid=counts.paid,
        paid_fen=counts.paid_fen,
        lost=counts.lost,
        lost_fen=counts.lost_fen,
        lost_by_customer=counts.lost_by_customer,
        of_all=rate_view(rate(counts.paid, counts.ended)),
        of_payable=rate_view(rate(counts.paid, counts.payable)),
        credential=_times(window.stretch.credential),
        switch=_times(window.stretch.switch),
        switches=counts.switches,
        hedges=counts.hedges,
        saved=counts.saved,
        saved_fen=counts.saved_fen,
        surplus=counts.surplus,
        surplus_fen=counts.surplus_fen,
    )


def _open_items(items: OpenItems) -> OpenItemsView:
    return OpenItemsView(in_doubt=_heap(items.in_doubt), surplus=_heap(items.surplus), alerts=len(items.alerts))


def _heap(heap: Heap) -> HeapView:
    oldest = iso_or_none(heap.oldest_ms)
    return HeapView(count=heap.count, amount_fen=heap.amount_fen, oldest=oldest)


def _times(times: Times) -> TimesView:
    return TimesView(count=times.count, p50_ms=tenths(times.percentile(0.5)), p95_ms=tenths(times.percentile(0.95)))


_WORST_FIRST = ("open", "probing", "degraded", "healthy")


def _channel(one: LiveChannel, now_ms: int, exposed: int, wanted: float) -> LiveChannelView:
    channel, lines = one.record.channel, one.quality.lines
    whole = _together(one.traffic)
    states = {line.state for line in lines}
    return LiveChannelView(
        channel_id=channel.channel_id,
        name=channel.name,
        health=next((state for state in _WORST_FIRST if state in states), "healthy"),
        creates=rate_view(rate(sum(line.creates.good for line in lines), sum(line.creates.of for line in lines))),
        p95_ms=tenths(max((line.p95_ms for line in lines if line.p95_ms is not None), default=None)),
        exposed=whole.exposed,
        share=_part(whole.exposed, exposed),
        wanted_share=_part(whole.wanted, wanted),
        trend=whole.trend,
        origin=one.record.origin,
        state=one.record.state,
        tier=channel.tier,
        fee_bp=channel.fee_bp,
        upstream=channel.upstream,
        disabled=disabling_view(one.record),
        only_for=only_for_view(one.only_for),
        quality=quality_view(one.quality, now_ms),
        traffic=[
            _traffic(line.product, traffic, exposed, wanted)
            for line, traffic in zip(one.quality.lines, one.traffic, strict=True)
        ],
    )


def _traffic(product: Product, traffic: LaneTraffic, exposed: int, wanted: float) -> TrafficView:
    return TrafficView(
        product=product,
        exposed=traffic.exposed,
        paid=traffic.paid,
        share=_part(traffic.exposed, exposed),
        wanted_share=_part(traffic.wanted, wanted),
        trend=traffic.trend,
    )


def _together(lanes: Sequence[LaneTraffic]) -> LaneTraffic:
    return LaneTraffic(
        wanted=sum(one.wanted for one in lanes),
        exposed=sum(one.exposed for one in lanes),
        paid=sum(one.paid for one in lanes),
        trend=[sum(slot) for slot in zip(*(one.trend for one in lanes if one.trend), strict=True)],
    )


def _part(of: float, everything: float) -> float | None:
    return round(of / everything, 4) if everything else None


def _moment(moment: Moment) -> MomentView:
    reason_zh, reason = reason_texts(_text(moment, "reason"))
    took, amount = moment.get("switch_ms", moment.get("waited_ms")), moment.get("amount_fen")
    return MomentView(
        kind=_text(moment, "kind"),
        at=iso_utc(int(str(moment["at_ms"]))),
        payment_id=_text(moment, "payment_id"),
        channel_id=_text(moment, "channel_id") or _text(moment, "from_channel"),
        to_channel=_text(moment, "to_channel"),
        product=_text(moment, "product"),
        before=_text(moment, "before"),
        after=_text(moment, "after"),
        code=_text(moment, "code"),
        reason=reason,
        reason_zh=reason_zh,
        took_ms=round(took, 1) if isinstance(took, int | float) else None,
        amount_fen=amount if isinstance(amount, int) else None,
    )


def reason_texts(code: str) -> tuple[str, str]:
    """A reason in Chinese and English; the code itself where nobody described it."""
    try:
        return explain(code) if code else ("", "")
    except KeyError:
        return code, code


def _text(moment: Mapping[str, object], name: str) -> str:
    return str(moment.get(name) or "")


def _split(merchant_id: str, policy: Policy) -> SplitView:
    split = policy.split
    return SplitView(
        merchant_id=merchant_id,
        policy_version=policy.version,
        mode=split.mode.value,
        best=split.best,
        warm=split.warm,
        explore=split.explore,
    )
