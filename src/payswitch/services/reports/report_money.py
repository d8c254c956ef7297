"""周报·费用与成因: fees and what cheaper routing would have cost, lost payments by cause, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from payswitch.domain.analysis import ChoiceCell, LossCell, Received
from payswitch.domain.channel import Channel
from payswitch.domain.losses import CAUSE_TEXTS, Cause
from payswitch.domain.report import CheaperRouting, Expiring, FeeLine, Loss
from payswitch.kit.durations import DAY_MS
from payswitch.routing.block_estimates import gain_of
from payswitch.routing.judging import Judge, Reward
from payswitch.routing.redrawing import always, channel_of
from payswitch.services.ports import ChannelDirectory

SOON_MS: Final = 45 * DAY_MS
"""Certificates that end within this stand in the report: renewing one can take weeks."""


def losses_of(cells: Sequence[LossCell]) -> tuple[Loss, ...]:
    """By cause, the most frequent first; cells are by channel."""
    by_cause: dict[str, list[LossCell]] = {}
    for cell in cells:
        by_cause.setdefault(cell.cause, []).append(cell)
    found = [_loss(Cause(cause), of) for cause, of in by_cause.items()]
    return tuple(sorted(found, key=lambda one: (-one.payments, one.cause)))


def _loss(cause: Cause, cells: Sequence[LossCell]) -> Loss:
    said = CAUSE_TEXTS[cause]
    worst = max(cells, key=lambda cell: (cell.payments, cell.key))
    return Loss(
        cause=cause.value,
        fixer=said.fixer.value,
        title=said.title,
        title_zh=said.title_zh,
        advice=said.advice,
        advice_zh=said.advice_zh,
        payments=sum(cell.payments for cell in cells),
        amount_fen=sum(cell.amount_fen for cell in cells),
        code=worst.code,
        where=worst.key,
    )


def fee_lines(received: Sequence[Received], channels: Iterable[Channel]) -> tuple[FeeLine, ...]:
    """By channel, the most expensive first."""
    rates = {channel.channel_id: channel.fee_bp for channel in channels}
    found = [
        FeeLine(
            channel_id=one.channel_id,
            received_fen=one.amount_fen,
            fee_fen=one.fee_fen,
            fee_bp=rates.get(one.channel_id, 0),
        )
        for one in received
    ]
    return tuple(sorted(found, key=lambda one: (-one.fee_fen, one.channel_id)))


def cheaper_routing(cells: Sequence[ChoiceCell], fees_bp: Mapping[str, int]) -> CheaperRouting | None:
    """Had the cheapest of those that had a chance always been first: fees against payments. None: nothing is known."""
    if not cells:
        return None

    def cheapest(choices: Sequence[str], chances: Sequence[float]) -> int | None:
        eligible = [n for n, chance in enumerate(chances) if chance > 0]
        if len(eligible) < 2:
            return None
        return min(eligible, key=lambda n: (fees_bp.get(channel_of(choices[n]), 0), -chances[n], n))

    judge, redraw = Judge(cells), always(cheapest)
    paid = judge.judge(redraw, reward=Reward.PAID)
    payments, fees = paid.gain, gain_of(judge.judge(redraw, reward=Reward.FEES).blocks)
    low, high = payments.interval(0.95)
    fees_low, fees_high = fees.interval(0.95)
    return CheaperRouting(
        fees_saved_fen=-fees.total,
        fees_saved_low_fen=-fees_high,
        fees_saved_high_fen=-fees_low,
        payments=payments.total,
        payments_low=low,
        payments_high=high,
        orders_fen=gain_of(judge.judge(redraw, reward=Reward.FEN).blocks).total,
        support=paid.support,
        reliable=paid.is_reliable,
    )


def expiring_of(directory: ChannelDirectory, channels: Iterable[Channel], now_ms: int) -> tuple[Expiring, ...]:
    """Certificates of the merchant's channels that end soon or have ended, the earliest first."""
    found = [
        Expiring(channel_id=channel.channel_id, what=one.key, ends_at_ms=one.ends_at_ms)
        for channel in channels
        for one in directory.certificates(channel.channel_id)
        if one.ends_at_ms < now_ms + SOON_MS
    ]
    return tuple(sorted(found, key=lambda one: (one.ends_at_ms, one.channel_id)))
