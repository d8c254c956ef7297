"""The rules about payments: each looks at the picture and says what is wrong, of which merchant, since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from payswitch.alerting.catalog import CATALOG, Settings
from payswitch.alerting.view import LaneView, OpenMoney, View
from payswitch.domain.alert import AlertRule, Facts, Finding, Severity
from payswitch.kit.durations import HOUR_MS, MINUTE_MS

OPEN_STATES: Final = ("open", "probing")
BY_CHANCE: Final = 0.001
"""A share above its threshold is believed when chance alone would show it less than once in a thousand looks."""

Rule = Callable[[View, Settings], Iterator[Finding]]


def finding(
    rule: AlertRule, merchant_id: str, subject: str, since_ms: int, facts: Facts, severity: Severity | None = None
) -> Finding:
    return Finding(
        rule=rule,
        merchant_id=merchant_id,
        subject=subject,
        severity=severity or CATALOG[rule].severity,
        since_ms=since_ms,
        facts=facts,
    )


@lru_cache(maxsize=4_096)
def chance_of(failed: int, total: int, rate: float) -> float:
    """How likely at least so many failures are if each happens with this rate: the tail of the binomial."""
    term = (1 - rate) ** total
    below = 0.0
    for k in range(failed):
        below += term
        term *= (total - k) / (k + 1) * rate / (1 - rate)
    return max(0.0, 1 - below)


def success_low(view: View, settings: Settings) -> Iterator[Finding]:
    for shop in view.shops:
        seen = shop.paid + shop.ours
        below = settings.value(shop.merchant_id, AlertRule.SUCCESS_LOW, "below")
        if seen < settings.value(shop.merchant_id, AlertRule.SUCCESS_LOW, "payments"):
            continue
        if shop.paid / seen < below and chance_of(shop.ours, seen, 1 - below) < 0.05:
            facts: Facts = {
                "shop": shop.name,
                "rate": shop.paid / seen,
                "below": below,
                "paid": shop.paid,
                "failed": shop.ours,
                "risk_fen": shop.ours_fen,
                "minutes": (view.now_ms - shop.window_from_ms) // MINUTE_MS,
            }
            yield finding(AlertRule.SUCCESS_LOW, shop.merchant_id, shop.shop_id, shop.window_from_ms, facts)


def success_fallen(view: View, settings: Settings) -> Iterator[Finding]:
    for shop in view.shops:
        if shop.fallen:
            facts: Facts = {
                "shop": shop.name,
                "chart": shop.fallen,
                "usual": shop.usual,
                "rate": shop.recent,
                "failed": shop.failed,
                "risk_fen": shop.failed_fen,
            }
            yield finding(AlertRule.SUCCESS_FALLEN, shop.merchant_id, shop.shop_id, shop.fallen_since_ms, facts)


def no_traffic(view: View, settings: Settings) -> Iterator[Finding]:
    for shop in view.shops:
        quiet_ms = view.now_ms - shop.last_created_ms
        expected = settings.value(shop.merchant_id, AlertRule.NO_TRAFFIC, "expected")
        least_ms = settings.value(shop.merchant_id, AlertRule.NO_TRAFFIC, "minutes") * MINUTE_MS
        if shop.last_created_ms and quiet_ms >= least_ms and shop.expected >= expected:
            facts: Facts = {"shop": shop.name, "minutes": quiet_ms // MINUTE_MS, "expected": round(shop.expected)}
            yield finding(AlertRule.NO_TRAFFIC, shop.merchant_id, shop.shop_id, shop.last_created_ms, facts)


def channel_failing(view: View, settings: Settings) -> Iterator[Finding]:
    for lane in view.lanes:
        judged = lane.good + lane.bad
        above = settings.value(lane.merchant_id, AlertRule.CHANNEL_FAILING, "above")
        if judged < settings.value(lane.merchant_id, AlertRule.CHANNEL_FAILING, "calls"):
            continue
        lately = lane.lately_good + lane.lately_bad
        goes_on = lately > 0 and lane.lately_bad / lately > above
        if goes_on and lane.bad / judged > above and chance_of(lane.bad, judged, above) < BY_CHANCE:
            facts: Facts = {**_of_lane(view, lane), "rate": lane.bad / judged, "above": above, "calls": judged}
            yield finding(AlertRule.CHANNEL_FAILING, lane.merchant_id, lane.subject, view.now_ms, facts)


def breaker_open(view: View, settings: Settings) -> Iterator[Finding]:
    for lane in view.lanes:
        if lane.state in OPEN_STATES:
            facts: Facts = {**_of_lane(view, lane), "reason_zh": lane.reason[0], "reason_en": lane.reason[1]}
            yield finding(AlertRule.BREAKER_OPEN, lane.merchant_id, lane.subject, lane.state_since_ms, facts)


def slow(view: View, settings: Settings) -> Iterator[Finding]:
    for lane in view.lanes:
        above = settings.value(lane.merchant_id, AlertRule.SLOW, "p95_ms")
        enough = lane.calls >= settings.value(lane.merchant_id, AlertRule.SLOW, "calls")
        goes_on = lane.lately_p95_ms is not None and lane.lately_p95_ms > above
        if enough and goes_on and lane.p95_ms is not None and lane.p95_ms > above:
            facts: Facts = {**_of_lane(view, lane), "p95_ms": round(lane.p95_ms), "above_ms": round(above)}
            yield finding(AlertRule.SLOW, lane.merchant_id, lane.subject, view.now_ms, facts)


def money_unknown(view: View, settings: Settings) -> Iterator[Finding]:
    for merchant_id in dict.fromkeys(one.merchant_id for one in view.money):
        doubtful = [one for one in view.money if one.merchant_id == merchant_id and one.unknown]
        amount_fen = sum(one.unknown_fen for one in doubtful)
        if not doubtful or amount_fen < settings.value(merchant_id, AlertRule.MONEY_UNKNOWN, "amount_fen"):
            continue
        since_ms = min(one.unknown_since_ms for one in doubtful)
        if view.now_ms - since_ms >= settings.value(merchant_id, AlertRule.MONEY_UNKNOWN, "seconds") * 1_000:
            facts: Facts = {
                "count": sum(one.unknown for one in doubtful),
                "risk_fen": amount_fen,
                "channels": ", ".join(sorted({one.name for one in doubtful})),
            }
            yield finding(AlertRule.MONEY_UNKNOWN, merchant_id, "debits", since_ms, facts)


def channel_refused(view: View, settings: Settings) -> Iterator[Finding]:
    for trouble in view.refused:
        hours = settings.value(trouble.merchant_id, AlertRule.CHANNEL_REFUSED, "hours")
        if view.now_ms - trouble.since_ms < hours * HOUR_MS:
            facts: Facts = {"channel": trouble.name, "detail": trouble.detail}
            yield finding(AlertRule.CHANNEL_REFUSED, trouble.merchant_id, trouble.subject, trouble.since_ms, facts)


def _of_lane(view: View, lane: LaneView) -> dict[str, str | int | float]:
    """What every message about a channel's product says."""
    shown = next((one for one in view.money if _same(one, lane)), None)
    return {
        "channel": lane.name,
        "product": lane.product,
        "error": lane.error,
        "open": shown.shown + shown.unknown if shown else 0,
        "risk_fen": shown.shown_fen + shown.unknown_fen if shown else 0,
        "moved": lane.moved,
        "saved": lane.saved,
        "saved_fen": lane.saved_fen,
    }


def _same(money: OpenMoney, lane: LaneView) -> bool:
    return (money.channel_id, money.product) == (lane.channel_id, lane.product)


PAYMENT_RULES: Final[Mapping[AlertRule, Rule]] = {
    AlertRule.BREAKER_OPEN: breaker_open,
    AlertRule.CHANNEL_FAILING: channel_failing,
    AlertRule.SLOW: slow,
    AlertRule.SUCCESS_LOW: success_low,
    AlertRule.SUCCESS_FALLEN: success_fallen,
    AlertRule.NO_TRAFFIC: no_traffic,
    AlertRule.MONEY_UNKNOWN: money_unknown,
    AlertRule.CHANNEL_REFUSED: channel_refused,
}
LANE_RULES: Final = frozenset({AlertRule.BREAKER_OPEN, AlertRule.CHANNEL_FAILING, AlertRule.SLOW})
"""What each node sees for itself; everything else is read from storage by the one that tells people."""
