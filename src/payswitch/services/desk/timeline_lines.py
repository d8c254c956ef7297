"""The sentences of a payment's timeline: what was asked, decided, and heard from the channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from payswitch.domain.channel import Environment
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import (
    Attempt,
    AttemptState,
    CloseReason,
    HeardBy,
    Payment,
    PaymentState,
)
from payswitch.kit.clock import beijing_time
from payswitch.services.decisions.explaining import DecisionStory
from payswitch.services.desk.timeline import Line, Moment, MomentKind, Records, Tone, yuan
from payswitch.services.desk.timeline_money import (
    deed_moment,
    event_moments,
    incident_moment,
    ledger_moment,
    refund_moments,
)

_ORDER: Final = {kind: place for place, kind in enumerate(MomentKind)}

_HEARD: Final[Mapping[HeardBy, Line]] = {
    HeardBy.NOTIFY: ("渠道通知", "the channel told us"),
    HeardBy.QUERY: ("主动查单得知", "learned by asking the channel"),
    HeardBy.ANSWER: ("扣款应答", "the debit's own answer"),
    HeardBy.BILL: ("对账单补单", "learned from the daily bill"),
}

_KINDS_ZH: Final[Mapping[OutcomeKind, str]] = {
    OutcomeKind.ACCEPTED: "已受理",
    OutcomeKind.PENDING: "处理中",
    OutcomeKind.PAID: "已支付",
    OutcomeKind.CLOSED: "已关单",
    OutcomeKind.NOT_FOUND: "查无此单",
    OutcomeKind.NOT_SENT: "请求未能发出",
    OutcomeKind.REFUSED_CHANNEL: "渠道拒绝",
    OutcomeKind.REFUSED_LIMIT: "超出限额",
    OutcomeKind.REFUSED_PAYER: "付款方被拒",
    OutcomeKind.REFUSED_RISK: "风控拒绝",
    OutcomeKind.REFUSED_CONFIG: "配置错误",
    OutcomeKind.REFUSED_ORDER: "单号已失效",
    OutcomeKind.DUPLICATE: "单号重复",
    OutcomeKind.UNKNOWN: "结果未知",
    OutcomeKind.UNTRUSTED: "应答不可信",
}

_PLACES_ZH: Final[Mapping[Environment, str]] = {
    Environment.WECHAT: "微信内",
    Environment.WECHAT_MINI: "微信小程序",
    Environment.ALIPAY: "支付宝内",
    Environment.UNIONPAY: "云闪付内",
    Environment.MOBILE: "手机浏览器",
    Environment.DESKTOP: "电脑",
    Environment.APP: "商户 APP",
    Environment.COUNTER: "线下收银",
    Environment.RESTRICTED: "其他 APP 内",
}


def timeline(records: Records) -> list[Moment]:
    """All moments, oldest first; what happened in one millisecond stands in the order of causes."""
    file = records.file
    found = [_request(file.payment), *_payment(file.payment)]
    found += [_decision(story) for story in records.stories]
    for attempt in file.attempts:
        found += _attempt(attempt)
    for refund in file.refunds:
        found += refund_moments(refund, file.attempt(refund.attempt_id).channel_id)
    found += [ledger_moment(transfer) for transfer in records.transfers]
    found += [incident_moment(incident) for incident in records.incidents]
    for event in records.events:
        found += event_moments(event)
    found += [deed_moment(entry) for entry in records.deeds]
    return sorted(found, key=lambda moment: (moment.at_ms, _ORDER[moment.kind]))


def _request(payment: Payment) -> Moment:
    zh, en = yuan(payment.amount_fen)
    place_zh = "，等待收银台" if payment.environment is None else f"，环境：{_PLACES_ZH[payment.environment]}"
    place_en = (
        ", waits for its checkout" if payment.environment is None else f", environment {payment.environment.value}"
    )
    until = beijing_time(payment.expires_at_ms)
    return Moment(
        at_ms=payment.created_at_ms,
        kind=MomentKind.REQUEST,
        said=(
            f"店铺 {payment.shop_id} 下单 {payment.out_trade_no}，{zh}{place_zh}，有效期至 {until}",
            f"shop {payment.shop_id} asks for {en}, order {payment.out_trade_no}{place_en}, valid until {until}",
        ),
        amount_fen=payment.amount_fen,
    )


def _payment(payment: Payment) -> Iterator[Moment]:
    if payment.succeeded_at_ms is not None:
        late = (
            ("（已过有效期，按店铺约定接受）", " (after its expiry, as the shop wishes)") if payment.late else ("", "")
        )
        yield Moment(
            at_ms=payment.succeeded_at_ms,
            kind=MomentKind.PAYMENT,
            tone=Tone.GOOD,
            said=(f"支付成功{late[0]}", f"paid{late[1]}"),
            attempt_id=payment.winner_attempt_id,
            amount_fen=payment.amount_fen,
            took_ms=payment.succeeded_at_ms - payment.created_at_ms,
        )
    if payment.closed_at_ms is not None and payment.state is PaymentState.CLOSED:
        cancelled = payment.close_reason is CloseReason.CANCELLED
        yield Moment(
            at_ms=payment.closed_at_ms,
            kind=MomentKind.PAYMENT,
            said=("已关单：被取消", "closed: cancelled") if cancelled else ("已关单：超过有效期", "closed: expired"),
        )


def _decision(story: DecisionStory) -> Moment:
    lines = tuple(line for line in story.lines)
    said = lines[0] if lines else ("路由决策", "routing decision")
    replay = (story.replay.said_zh, story.replay.said)
    return Moment(
        at_ms=story.at_ms,
        kind=MomentKind.DECISION,
        said=(f"路由：{said[0]}", f"route: {said[1]}"),
        details=(*lines[1:], (f"策略 {story.policy_version}", f"policy {story.policy_version}"), replay),
        decision_id=story.decision_id,
    )


def _attempt(attempt: Attempt) -> Iterator[Moment]:
    where = f"{attempt.channel_id} / {attempt.product.value}"

    def moment(at_ms: int, kind: MomentKind, said: Line, tone: Tone = Tone.PLAIN) -> Moment:
        attempt_id, channel_id = attempt.attempt_id, attempt.channel_id
        return Moment(at_ms=at_ms, kind=kind, said=said, tone=tone, attempt_id=attempt_id, channel_id=channel_id)

    yield moment(
        attempt.created_at_ms,
        MomentKind.ATTEMPT,
        _begun(attempt, where),
    )
    if attempt.answered_at_ms is not None:
        said, tone = _answer(attempt)
        code = attempt.outcome.code if attempt.outcome else ""
        begun_ms = attempt.debit_at_ms or attempt.created_at_ms
        took_ms = max(0, attempt.answered_at_ms - begun_ms)
        yield replace(moment(attempt.answered_at_ms, MomentKind.ANSWER, said, tone), code=code, took_ms=took_ms)
    if attempt.exposed_at_ms is not None:
        said = f"{where} 的支付凭证已出示给顾客", f"the customer sees the credential of {where}"
        yield moment(attempt.exposed_at_ms, MomentKind.EXPOSED, said)
    if attempt.debit_at_ms is not None:
        said = f"向 {where} 发出扣款", f"the debit is sent to {where}"
        yield replace(moment(attempt.debit_at_ms, MomentKind.DEBIT, said), amount_fen=attempt.amount_fen)
    if attempt.reverse_at_ms is not None:
        said = f"向 {where} 发出冲正", f"the reversal is sent to {where}"
        yield moment(attempt.reverse_at_ms, MomentKind.REVERSE, said, Tone.WARN)
    if attempt.finished_at_ms is not None and not _ended_at_birth(attempt):
        said, tone = _end(attempt)
        since_ms = attempt.exposed_at_ms or attempt.debit_at_ms or attempt.created_at_ms
        took_ms = max(0, attempt.finished_at_ms - since_ms)
        paid_fen = attempt.amount_fen if attempt.state is AttemptState.SUCCEEDED else None
        result = moment(attempt.finished_at_ms, MomentKind.RESULT, said, tone)
        yield replace(result, amount_fen=paid_fen, took_ms=took_ms)


def _begun(attempt: Attempt, where: str) -> Line:
    number = attempt.channel_order_no
    if attempt.shadow:
        return (
            f"影子探测：{where}，单号 {number}，不向任何人出示",
            f"shadow probe at {where}, number {number}, shown to nobody",
        )
    hedge = ("（对冲）", " (a hedge)") if attempt.hedge_of else ("", "")
    return (
        f"第 {attempt.ordinal} 次尝试{hedge[0]}：{where}，单号 {number}",
        f"attempt {attempt.ordinal}{hedge[1]} at {where}, number {number}",
    )


def _ended_at_birth(attempt: Attempt) -> bool:
    """A shadow probe is discarded before it is sent: that is no news of it, only money would be."""
    return attempt.shadow and attempt.state is AttemptState.DISCARDED


def _answer(attempt: Attempt) -> tuple[Line, Tone]:
    outcome = attempt.outcome
    if outcome is None:
        return (f"{attempt.channel_id} 已应答", f"{attempt.channel_id} answered"), Tone.PLAIN
    said = " ".join(part for part in (outcome.code, outcome.message) if part)
    words_zh, words = f"{_KINDS_ZH[outcome.kind]} {said}".strip(), f"{outcome.kind.value} {said}".strip()
    refused = outcome.kind.value.startswith("refused") or outcome.kind.value in ("not_sent", "unknown")
    tone = Tone.BAD if outcome.kind.value == "untrusted" else Tone.WARN if refused else Tone.PLAIN
    return (f"{attempt.channel_id} 应答：{words_zh}", f"{attempt.channel_id} answers: {words}"), tone


_ENDED: Final[Mapping[AttemptState, tuple[Line, Tone]]] = {
    AttemptState.SUCCEEDED: (("支付成功", "paid"), Tone.GOOD),
    AttemptState.FAILED: (("失败，未收款", "failed, no money taken"), Tone.WARN),
    AttemptState.DISCARDED: (("未出示即放弃", "given up before it was shown"), Tone.PLAIN),
    AttemptState.CLOSED: (("未支付，已关单", "not paid, closed"), Tone.PLAIN),
}


def _end(attempt: Attempt) -> tuple[Line, Tone]:
    (zh, en), tone = _ENDED.get(attempt.state, ((attempt.state.value, attempt.state.value), Tone.PLAIN))
    if attempt.surplus:
        zh, en, tone = "重复支付，自动原路退回", "surplus: paid beside the winner, goes back by itself", Tone.BAD
    heard = _HEARD.get(attempt.heard_by) if attempt.heard_by is not None else None
    if heard is not None:
        zh, en = f"{zh}（{heard[0]}）", f"{en} ({heard[1]})"
    number = f"，渠道流水号 {attempt.transaction_id}" if attempt.transaction_id else ""
    number_en = f", transaction {attempt.transaction_id}" if attempt.transaction_id else ""
    return (f"{attempt.channel_id}：{zh}{number}", f"{attempt.channel_id}: {en}{number_en}"), tone
