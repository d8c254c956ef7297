"""退款处理: what operators see of refunds that are not through, and how they push one on.

A refund of another merchant does not exist for an operator.
"""

from __future__ import annotations

import msgspec

from payswitch.domain.channel_client import RefundRedirector
from payswitch.domain.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    REDIRECT_REFUSED,
    REFUND_EXCEEDS_PAID,
    REFUND_STATE,
    PaySwitchError,
)
from payswitch.domain.events import EventType
from payswitch.domain.exchange import PayeeCard
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import SETTLED_BY_HAND, Attempt, PaymentFile, Refund, RefundState, RefundTrouble
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.domain.transitions import REFUND, RefundEvent, advance
from payswitch.services.attempts.asking import client_of
from payswitch.services.commands import RedirectRefund, SettleRefund
from payswitch.services.context import Context
from payswitch.services.payments.announcements import announce
from payswitch.services.payments.draft import Draft, change
from payswitch.services.people.trail import deed, record
from payswitch.services.refunds.refunding import ask_refund, push_refund, redirect, spoken_for_fen, tell_feed


class OpenRefund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund as an operator sees it."""

    refund: Refund
    attempt: Attempt
    out_trade_no: str
    may_retry: bool
    may_settle: bool
    redirect_banks: frozenset[str]
    """Banks whose debit cards it can be sent to instead; none: it cannot."""


async def list_open(ctx: Context, operator: Operator, *, limit: int) -> list[OpenRefund]:
    """Refunds of the operator's merchants that are not through yet, those that need a person first, then the oldest."""
    found: list[Refund] = []
    for merchant_id in sorted(operator.merchant_ids):
        found += await ctx.store.open_refunds(merchant_id, limit)
    found.sort(key=lambda refund: (refund.state is not RefundState.ABNORMAL, refund.created_at_ms))
    seen = []
    for refund in found[:limit]:
        file = await ctx.store.payment_file(refund.payment_id)
        if file is not None:
            seen.append(_seen(ctx, file, refund.refund_id))
    return seen


async def get_one(ctx: Context, operator: Operator, refund_id: str) -> OpenRefund:
    """One refund, whatever its state."""
    return _seen(ctx, await _file_of(ctx, operator, refund_id), refund_id)


async def retry_refund(ctx: Context, operator: Operator, refund_id: str) -> OpenRefund:
    """Send (or ask about) it now instead of at its next turn: same number, the way the money came.

    For an operator who has topped up the account or named another card in the channel's console. Raises `refund_state`
    for one that has ended: a refused number pays nothing back any more, a new refund has a number of its own.
    """
    file = await _file_of(ctx, operator, refund_id)
    refund = _refund(file, refund_id)
    if refund.state in REFUND.terminal:
        raise _wrong_state(refund, "it has ended; refund again under a new number", "已结束，请以新退款单号重新退款")
    await record(ctx, _deed(ctx, operator, "retry", file, refund_id))
    return _seen(ctx, await push_refund(ctx, file, refund_id), refund_id)


async def redirect_refund(ctx: Context, operator: Operator, refund_id: str, command: RedirectRefund) -> OpenRefund:
    """The card that paid is void: the refund goes to another debit card of the customer's, under the same number.

    Only where the channel can (WeChat) and has said that this is what stands in the way. Raises `refund_state` where
    not, `redirect_refused` when the channel did not take it; the refund then stays as it was, and trying again is safe.
    """
    file = await _file_of(ctx, operator, refund_id)
    refund = _refund(file, refund_id)
    banks = _redirect_banks(ctx, file, refund)
    if not banks:
        raise _wrong_state(refund, "it cannot be sent to another card", "不能改退至其他银行卡")
    if command.bank not in banks:
        listed = ", ".join(sorted(banks))
        raise PaySwitchError(
            INVALID_REQUEST,
            f"the channel takes debit cards of {listed}",
            f"渠道仅支持以下银行的借记卡：{listed}",
            errors=[{"field": "bank", "message": f"one of / 可选: {listed}"}],
        )
    await record(ctx, _deed(ctx, operator, "redirect", file, refund_id, after={"bank": command.bank}))
    card = PayeeCard(bank=command.bank, card_no=command.card_no, name=command.name)
    file, outcome = await redirect(ctx, file, refund_id, card)
    if outcome.kind not in (OutcomeKind.PAID, OutcomeKind.PENDING):
        raise PaySwitchError(
            REDIRECT_REFUSED,
            f"{outcome.code} {outcome.message}; look at the refund, mend the card, and send it again",
            f"{outcome.code} {outcome.message}；请核对银行卡后重试",
            extra={"refund_id": refund_id, "channel_code": outcome.code},
        )
    return _seen(ctx, file, refund_id)


def _redirect_banks(ctx: Context, file: PaymentFile, refund: Refund) -> frozenset[str]:
    """Whose cards this refund can be sent to; none when it cannot, or when nothing is wrong with its own way."""
    client = client_of(ctx, file.attempt(refund.attempt_id))
    void = refund.state is RefundState.ABNORMAL and refund.trouble is RefundTrouble.PAYEE_VOID
    if not void or refund.channel_refund_id is None or not isinstance(client, RefundRedirector):
        return frozenset()
    return client.redirect_banks


async def settle_refund(ctx: Context, operator: Operator, refund_id: str, command: SettleRefund) -> OpenRefund:
    """The money was given back another way (bank transfer, the channel's console): no more tries, the shop hears
    refund.succeeded, and the note says how.

    The channel is asked first: when it has paid back, that is what counts, and nothing is settled by hand. Only for a
    refund that needs a person (abnormal) or was refused: one that the channel works on would be paid twice.
    """
    file = await _file_of(ctx, operator, refund_id)
    refund = _refund(file, refund_id)
    if refund.state is RefundState.SUCCEEDED:
        raise _wrong_state(refund, "the money is back already", "款项已退回")
    file = await ask_refund(ctx, file, refund_id)
    if _refund(file, refund_id).state is RefundState.SUCCEEDED:
        return _seen(ctx, file, refund_id)
    now_ms = ctx.clock.now_ms()

    def decide(draft: Draft) -> bool:
        before = draft.refund(refund_id)
        if before.state is RefundState.SUCCEEDED:
            return False
        if before.state not in (RefundState.ABNORMAL, RefundState.FAILED):
            raise _wrong_state(
                before,
                "the channel may still pay it back; settle it once it is abnormal or failed",
                "渠道仍可能退款成功；请在异常或失败后再线下结清",
            )
        _settle(ctx, draft, before, operator, command.note, now_ms)
        was: dict[str, object] = {"state": before.state.value}
        now: dict[str, object] = {"state": RefundState.SUCCEEDED.value}
        draft.trail.append(_deed(ctx, operator, "settle", file, refund_id, before=was, after=now, note=command.note))
        return True

    file, settled = await change(ctx, file.payment.payment_id, decide, known=file)
    if settled:
        tell_feed(ctx, _refund(file, refund_id))
    return _seen(ctx, file, refund_id)


def _settle(ctx: Context, draft: Draft, refund: Refund, operator: Operator, note: str, now_ms: int) -> None:
    attempt = draft.attempt(refund.attempt_id)
    spoken_for = spoken_for_fen(draft, attempt.attempt_id)
    if refund.state is RefundState.FAILED:
        # Its amount was free again since it failed; another refund may have taken it.
        spoken_for += refund.amount_fen
        if spoken_for > attempt.amount_fen:
            left = attempt.amount_fen - spoken_for + refund.amount_fen
            raise PaySwitchError(
                REFUND_EXCEEDS_PAID,
                f"{left} fen are left to refund; other refunds have taken its place",
                f"剩余可退金额为 {left} 分，其他退款已占用",
                extra={"refundable_fen": left},
            )
    settled = draft.set_refund(
        refund.refund_id,
        state=advance(REFUND, refund.state, RefundEvent.SUCCEED),
        outcome=Outcome(kind=OutcomeKind.PAID, code=SETTLED_BY_HAND),
        trouble=None,
        settled_by=operator.operator_id,
        settled_note=note,
        finished_at_ms=now_ms,
        due_at_ms=None,
    )
    attempt = draft.set_attempt(attempt.attempt_id, refunded_fen=spoken_for)
    announce(ctx, draft, EventType.REFUND_SUCCEEDED, now_ms, attempt=attempt, refund=settled)


def _deed(
    ctx: Context,
    operator: Operator,
    action: str,
    file: PaymentFile,
    refund_id: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    note: str = "",
) -> TrailEntry:
    merchant_id = file.payment.merchant_id
    more = {"payment_id": file.payment.payment_id, **(after or {})}
    return deed(ctx, operator, action, TrailKind.REFUND, refund_id, merchant_id, before=before, after=more, note=note)


async def _file_of(ctx: Context, operator: Operator, refund_id: str) -> PaymentFile:
    """The payment of a refund that this operator may touch. Raises `not_found` for any other."""
    refund = await ctx.store.refund(refund_id)
    file = None if refund is None else await ctx.store.payment_file(refund.payment_id)
    if file is None or not operator.manages(file.payment.merchant_id):
        raise PaySwitchError(
            NOT_FOUND,
            f"there is no refund {refund_id} of a merchant that you manage",
            f"没有由您管理的退款单 {refund_id}",
        )
    return file


def _refund(file: PaymentFile, refund_id: str) -> Refund:
    return next(refund for refund in file.refunds if refund.refund_id == refund_id)


def _seen(ctx: Context, file: PaymentFile, refund_id: str) -> OpenRefund:
    refund = _refund(file, refund_id)
    return OpenRefund(
        refund=refund,
        attempt=file.attempt(refund.attempt_id),
        out_trade_no=file.payment.out_trade_no,
        may_retry=refund.state not in REFUND.terminal,
        may_settle=refund.state in (RefundState.ABNORMAL, RefundState.FAILED),
        redirect_banks=_redirect_banks(ctx, file, refund),
    )


def _wrong_state(refund: Refund, detail: str, detail_zh: str) -> PaySwitchError:
    return PaySwitchError(
        REFUND_STATE,
        f"the refund is {refund.state.value}: {detail}",
        f"退款单状态为 {refund.state.value}：{detail_zh}",
        extra={"refund_id": refund.refund_id, "state": refund.state.value},
    )
