"""A shop against its own past: two charts over payments that could have been paid, and what they are made from.

What the payer decided (balance, password, cancelled) is in neither. The first chart counts payments that a channel (or
we) stood in the way of: they hardly ever happen, so that two or three close together mean trouble. The second counts
everything that stayed unpaid, customers who walked away among it: it also sees codes that nobody can pay, and takes
longer, because a shop's customers walk away every day.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from payswitch.alerting.chart import Design, State, design, run
from payswitch.domain.alert import ShopTally

RISE: Final = 0.18
"""What both charts are made to see: the failing share up by so much, as when 98 % become 80 %. More is seen sooner."""
LEAST_OURS: Final = 0.0005
"""A shop whose payments never failed may fail one in two thousand: PaySwitch's own measured night had 99.95 %."""
LEAST_UNPAID: Final = 0.005
MOST_UNPAID: Final = 0.75
PRIOR_PAYMENTS: Final = 200
"""Until a shop has a past, it is taken for one with the least rate of failures, as after so many payments."""
LEAST_PAST: Final = 300
"""Payments before the second chart begins: how many of its customers walk away is a shop's own matter."""
OUTAGE_FAILURES: Final = 3
OUTAGE_SHARE: Final = 0.05
SHARE: Final = 3
"""Each chart's false alarms are at least three times as far apart as what was asked for: together less than one."""
LEAST_BETWEEN: Final = 3_000
MOST_BETWEEN: Final = 3_000_000
"""Payments between false alarms that a chart is made for: beyond that a chart only gets slower."""
MONTH_DAYS: Final = 30


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What a shop's last weeks say about an ordinary payment of it."""

    judged: int
    """Payments that were not the payer's own matter."""
    ours: int
    unpaid: int
    """Among them: ours and silent."""
    per_month: int
    """Payments a month."""

    @staticmethod
    def of(hours: Iterable[ShopTally], days: float) -> Past:
        """From hours that cover so many days. An hour of an outage says nothing about what is usual."""
        judged = ours = unpaid = 0
        for hour in hours:
            seen = hour.paid + hour.ours + hour.silent
            if hour.ours >= OUTAGE_FAILURES and hour.ours > OUTAGE_SHARE * seen:
                continue
            judged += seen
            ours += hour.ours
            unpaid += hour.ours + hour.silent
        return Past(judged=judged, ours=ours, unpaid=unpaid, per_month=round(judged / max(days, 1.0) * MONTH_DAYS))


class Charts(msgspec.Struct, frozen=True):
    """Both charts of one shop; the second is None as long as its past is too short."""

    ours: Design
    unpaid: Design | None


class Charted(msgspec.Struct, frozen=True):
    """Where they stand. What is kept between two rounds, and over a restart."""

    ours: State = State()
    unpaid: State = State()

    @property
    def alarm(self) -> bool:
        return self.ours.alarm or self.unpaid.alarm

    @property
    def since_ms(self) -> int:
        return min(state.since_ms for state in (self.ours, self.unpaid) if state.alarm)


def charts_of(past: Past, months_between: float = 1.0) -> Charts:
    """Made from what is usual for this shop, so that a false alarm comes less than once in `months_between` months."""
    wanted = past.per_month * SHARE * months_between
    between = _rounded(min(max(wanted, LEAST_BETWEEN), MOST_BETWEEN))
    ours = _rate(past.ours, past.judged, LEAST_OURS)
    unpaid = min(_rate(past.unpaid, past.judged, LEAST_UNPAID), MOST_UNPAID)
    return Charts(
        ours=design(ours, ours + RISE, between),
        unpaid=design(unpaid, unpaid + RISE, between) if past.judged >= LEAST_PAST else None,
    )


def chart(charts: Charts, state: Charted, minutes: Iterable[ShopTally]) -> Charted:
    """Go through minutes of payments, oldest first."""
    for minute in minutes:
        clean = minute.paid + minute.silent
        ours = run(charts.ours, state.ours, ok=clean, failed=minute.ours, at_ms=minute.at_ms)
        unpaid = State()
        if charts.unpaid is not None:
            missing = minute.ours + minute.silent
            unpaid = run(charts.unpaid, state.unpaid, ok=minute.paid, failed=missing, at_ms=minute.at_ms)
        state = Charted(ours, unpaid)
    return state


def _rate(failed: int, judged: int, least: float) -> float:
    """A share of failures that the true one is hardly above: the observed one and one standard error, rounded so that
    charts are made anew seldom."""
    mean = (failed + least * PRIOR_PAYMENTS) / (judged + PRIOR_PAYMENTS)
    error = (mean * (1 - mean) / (judged + PRIOR_PAYMENTS)) ** 0.5
    rate = mean + (error if judged > PRIOR_PAYMENTS else 0.0)
    return max(least, _rounded_rate(rate))


def _rounded(number: float) -> int:
    """To two digits."""
    return int(float(f"{number:.1e}"))


def _rounded_rate(rate: float) -> float:
    return float(f"{rate:.2g}")
