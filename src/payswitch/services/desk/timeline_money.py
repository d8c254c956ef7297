"""The sentences of a payment's timeline: money that goes back, the ledger, incidents, what the shop was told, and what
operators did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from payswitch.domain.events import DeliveryState, Event
from payswitch.domain.ledger import Transfer, TransferKind
from payswitch.domain.payment import Incident, Refund, RefundKind, RefundState
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.services.desk.timeline import Line, Moment, MomentKind, Tone, yuan
from payswitch.services.refunds.refund_troubles import ADVICE

_LEDGER: Final[Mapping[TransferKind, Line]] = {
    TransferKind.RECEIVED: ("收款入账", "received"),
    TransferKind.SURPLUS: ("重复支付入账，待退", "surplus received, to go back"),
    TransferKind.SURPLUS_ACCEPTED: ("重复支付转为有效", "surplus accepted after all"),
    TransferKind.FEE: ("渠道手续费（按配置）", "the channel's fee, as configured"),
    TransferKind.FEE_BILLED: ("渠道手续费（按账单更正）", "the channel's fee, corrected by the bill"),
    TransferKind.REFUND_ASKED: ("退款占用", "set aside for a refund"),
    TransferKind.REFUND_OVERPAID: (
        "退款超出收款的部分，客户应还",
        "refunded beyond what was paid: the customer owes it",
    ),
    TransferKind.REFUND_DROPPED: ("退款失败，款项归还店铺", "refund refused: back to the shop"),
    TransferKind.REFUND_RELIEVED: ("退款失败，冲减客户应还", "refund refused: the customer owes that much less"),
    TransferKind.REFUND_REVIVED: ("已放弃的退款后来成功", "a refund that was given up went through"),
    TransferKind.REFUND_PAID: ("退款已付", "refund paid"),
    TransferKind.REFUND_SETTLED: ("线下结清", "settled by hand"),
    TransferKind.REFUND_PAID_TWICE: ("线下结清后渠道又退款", "the channel paid it back as well"),
}


def refund_moments(refund: Refund, channel_id: str) -> Iterator[Moment]:
    zh, en = yuan(refund.amount_fen)
    surplus = refund.kind is RefundKind.SURPLUS
    number = refund.shop_refund_no or refund.out_refund_no
    why = f"：{refund.reason}" if refund.reason and not surplus else ""
    asked = "重复支付自动退款" if surplus else "申请退款"
    asked_en = "surplus refund" if surplus else "refund asked for"

    def moment(at_ms: int, said: Line, tone: Tone = Tone.PLAIN, took_ms: int | None = None) -> Moment:
        return Moment(
            at_ms=at_ms,
            kind=MomentKind.REFUND,
            said=said,
            tone=tone,
            refund_id=refund.refund_id,
            attempt_id=refund.attempt_id,
            channel_id=channel_id,
            amount_fen=refund.amount_fen,
            took_ms=took_ms,
            code=refund.outcome.code if refund.outcome else "",
        )

    yield moment(refund.created_at_ms, (f"{asked} {zh}，单号 {number}{why}", f"{asked_en}: {en}, number {number}{why}"))
    if refund.finished_at_ms is None:
        if refund.trouble is not None:
            advice = ADVICE[refund.trouble]
            yield moment(
                refund.created_at_ms,
                (f"退款未完成：{advice.zh}", f"the refund is not through: {advice.en}"),
                Tone.BAD if refund.state is RefundState.ABNORMAL else Tone.WARN,
            )
        return
    took_ms = refund.finished_at_ms - refund.created_at_ms
    yield moment(refund.finished_at_ms, *_refund_end(refund, zh, en), took_ms=took_ms)


def _refund_end(refund: Refund, zh: str, en: str) -> tuple[Line, Tone]:
    if refund.state is RefundState.FAILED:
        code = f"（{refund.outcome.code}）" if refund.outcome and refund.outcome.code else ""
        return (f"退款失败 {zh}{code}", f"the refund of {en} failed{code}"), Tone.BAD
    if refund.settled_by is not None:
        note = refund.settled_note or ""
        return (
            f"{refund.settled_by} 线下结清 {zh}：{note}",
            f"{refund.settled_by} settled {en} by hand: {note}",
        ), Tone.WARN
    return (f"退款成功 {zh}", f"refunded {en}"), Tone.GOOD


def ledger_moment(transfer: Transfer) -> Moment:
    zh, en = _LEDGER[transfer.kind]
    way = f"{transfer.debit} ← {transfer.credit}"
    return Moment(
        at_ms=transfer.at_ms,
        kind=MomentKind.LEDGER,
        said=(f"账本：{zh}（{way}）", f"ledger: {en} ({way})"),
        attempt_id=transfer.attempt_id,
        refund_id=transfer.refund_id,
        channel_id=transfer.channel_id,
        amount_fen=transfer.amount_fen,
    )


def incident_moment(incident: Incident) -> Moment:
    zh, slash, en = incident.detail.partition(" / ")
    return Moment(
        at_ms=incident.at_ms,
        kind=MomentKind.INCIDENT,
        tone=Tone.BAD,
        said=(f"异常 {incident.kind}：{zh}", f"incident {incident.kind}: {en if slash else zh}"),
        incident_id=incident.incident_id,
        attempt_id=incident.attempt_id,
        channel_id=incident.channel_id,
    )


def event_moments(event: Event) -> Iterator[Moment]:
    def moment(at_ms: int, said: Line, tone: Tone = Tone.PLAIN, took_ms: int | None = None) -> Moment:
        return Moment(
            at_ms=at_ms, kind=MomentKind.EVENT, said=said, tone=tone, event_id=event.event_id, took_ms=took_ms
        )

    name = event.type.value
    if event.url is None:
        yield moment(
            event.created_at_ms, (f"商户通知 {name} 已保存（店铺无回调地址）", f"event {name} kept: no callback")
        )
        return
    yield moment(event.created_at_ms, (f"商户通知 {name} 待投递", f"event {name} written down"))
    if event.delivered_at_ms is not None and event.state is DeliveryState.DELIVERED:
        took_ms = event.delivered_at_ms - event.created_at_ms
        said = f"商户通知 {name} 已送达（第 {event.tries} 次）", f"event {name} delivered at try {event.tries}"
        yield moment(event.delivered_at_ms, said, Tone.GOOD, took_ms)
    elif event.state is DeliveryState.DEAD:
        said = f"商户通知 {name} 三天未送达：{event.last_error}", f"event {name} is dead: {event.last_error}"
        yield moment(event.created_at_ms, said, Tone.BAD)
    elif event.tries:
        said = (
            f"商户通知 {name} 投递失败 {event.tries} 次，将重试：{event.last_error}",
            f"event {name} failed {event.tries} times, is tried again: {event.last_error}",
        )
        yield moment(event.created_at_ms, said, Tone.WARN)


_DEEDS: Final[Mapping[str, Line]] = {
    "query": ("立即查单", "asked the channels"),
    "close": ("关单", "closed it"),
    "refund": ("申请退款", "asked for a refund"),
    "retry": ("立即重试退款", "tried the refund again"),
    "redirect": ("改退至其他银行卡", "sent the refund to another card"),
    "settle": ("线下结清退款", "settled the refund by hand"),
    "resend": ("重发商户通知", "sent the event again"),
    "take_evidence": ("下载证据包", "took the evidence"),
}


def deed_moment(entry: TrailEntry) -> Moment:
    zh, en = _DEEDS.get(entry.action, (entry.action, entry.action))
    note = (f"：{entry.note}", f": {entry.note}") if entry.note else ("", "")
    return Moment(
        at_ms=entry.at_ms,
        kind=MomentKind.OPERATOR,
        said=(f"{entry.operator_id} {zh}{note[0]}", f"{entry.operator_id} {en}{note[1]}"),
        refund_id=entry.object_id if entry.kind is TrailKind.REFUND else None,
        event_id=entry.object_id if entry.kind is TrailKind.EVENT else None,
    )
