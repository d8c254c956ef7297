"""失败分析: why payments fail, who can do something about it, where they fail, and what switching saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from payswitch.domain.analysis import By, LossCell, RateCell, Scope, SwitchCell, Totals
from payswitch.domain.operator import Operator
from payswitch.domain.report import Loss, Rate
from payswitch.kit.clock import beijing_date, beijing_midnight_ms
from payswitch.kit.durations import DAY_MS
from payswitch.services.context import Context
from payswitch.services.reports.report_money import losses_of
from payswitch.services.reports.report_rates import rate_of
from payswitch.services.reports.reports import analytics_of, merchants_of

MOST_GROUPS: Final = 60


class LossGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One channel, product, bank, amount band or hour: how often first attempts there were paid, and what was lost."""

    key: str
    rate: Rate
    lost: int
    lost_fen: int
    causes: dict[str, int]


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """What the failures page shows. The window: payments created from `from_ms` up to `to_ms`."""

    from_ms: int
    to_ms: int
    fresh_ms: int
    """When the figures were last written; 0: never yet."""
    totals: Totals
    success: Rate
    payable: Rate
    losses: tuple[Loss, ...]
    by: By
    groups: tuple[LossGroup, ...]
    """The most lost first; hours in their order."""
    switches: tuple[SwitchCell, ...]
    names: dict[str, str]


async def failures_of(
    ctx: Context, operator: Operator, *, merchant_id: str | None, shop_id: str | None, days: int, by: By
) -> Failures:
    """Today and the days before it, Beijing. Raises `not_found` for a merchant that is not the operator's."""
    lake = analytics_of(ctx).lake
    merchants = merchants_of(operator, merchant_id)
    now_ms = ctx.clock.now_ms()
    from_ms = beijing_midnight_ms(beijing_date(now_ms)) - (days - 1) * DAY_MS
    scope = Scope(merchant_ids=merchants, from_ms=from_ms, to_ms=now_ms, shop_id=shop_id)
    found = await lake.of_days(scope, by)
    totals = found.totals
    return Failures(
        from_ms=from_ms,
        to_ms=now_ms,
        fresh_ms=(await lake.state()).written_ms,
        totals=totals,
        success=rate_of(totals.paid, totals.ended),
        payable=rate_of(totals.paid, totals.payable),
        losses=losses_of(found.losses),
        by=by,
        groups=_groups(by, found.losses_by, found.rates),
        switches=tuple(found.switches),
        names={c.channel_id: c.name for m in merchants for c in ctx.directory.channels(m)},
    )


def _groups(by: By, losses: Sequence[LossCell], rates: Sequence[RateCell]) -> tuple[LossGroup, ...]:
    of_key: dict[str, list[LossCell]] = {cell.key[0]: [] for cell in rates}
    for cell in losses:
        of_key.setdefault(cell.key, []).append(cell)
    tried = {cell.key[0]: cell for cell in rates}
    found = []
    for key, cells in of_key.items():
        rate = tried.get(key)
        found.append(
            LossGroup(
                key=key,
                rate=rate_of(0, 0) if rate is None else rate_of(rate.paid, rate.tried),
                lost=sum(cell.payments for cell in cells),
                lost_fen=sum(cell.amount_fen for cell in cells),
                causes={cell.cause: cell.payments for cell in cells},
            )
        )
    if by is By.HOUR:
        return tuple(sorted(found, key=lambda one: int(one.key)))
    return tuple(sorted(found, key=lambda one: (-one.lost, one.key))[:MOST_GROUPS])
