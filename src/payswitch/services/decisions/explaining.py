"""决策说明: why a payment went where it went, one sentence a line, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, Decision, PaymentFile
from payswitch.domain.shop import Shop
from payswitch.routing.reasons import explain, explain_fact
from payswitch.routing.request import Candidate, Exclusion, RoutePlan
from payswitch.services.context import Context
from payswitch.services.decisions.decision_replay import UNREADABLE, Replay, replay
from payswitch.services.decisions.recorded_facts import plan_of
from payswitch.services.payments import payments

Line = tuple[str, str]
"""One sentence: Chinese, English."""

_UNREADABLE: Final[Line] = ("决策由其他版本记录，无法解读", "recorded by another version, which this one cannot read")

_ENDS: Final[dict[AttemptState, Line]] = {
    AttemptState.CREATED: ("尚未发出", "not sent yet"),
    AttemptState.SUBMITTED: ("已发出，等待应答", "sent, waiting for the answer"),
    AttemptState.READY: ("渠道已受理，尚未出示", "accepted by the channel, not shown yet"),
    AttemptState.EXPOSED: ("凭证已出示，等待支付", "its credential is shown, waiting for the customer"),
    AttemptState.CLOSING: ("正在关单", "being closed"),
    AttemptState.UNKNOWN: ("扣款结果未知，正在查询", "whether it was debited is not known, being asked"),
    AttemptState.SUCCEEDED: ("支付成功", "paid"),
    AttemptState.FAILED: ("失败", "failed"),
    AttemptState.DISCARDED: ("未出示即放弃", "given up before it was shown"),
    AttemptState.CLOSED: ("未支付，已关单", "not paid, closed"),
}


class DecisionStory(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, told."""

    decision_id: str
    at_ms: int
    policy_version: str
    lines: tuple[Line, ...]
    replay: Replay


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All decisions of one payment, oldest first."""

    file: PaymentFile
    stories: tuple[DecisionStory, ...]


async def explain_for_shop(ctx: Context, shop: Shop, payment_id: str) -> Explanation:
    """Of a payment of this shop. Raises `not_found` for any other."""
    return await _explain(ctx, await payments.get_payment(ctx, shop, payment_id))


async def explain_for_operator(ctx: Context, operator: Operator, payment_id: str) -> Explanation:
    """Of a payment of a merchant whom this operator manages. Raises `not_found` for any other."""
    file = await ctx.store.payment_file(payment_id)
    if file is None or not operator.manages(file.payment.merchant_id):
        raise PaySwitchError(
            NOT_FOUND, f"there is no payment {payment_id} of your merchants", f"您管理的商户没有支付单 {payment_id}"
        )
    return await _explain(ctx, file)


async def _explain(ctx: Context, file: PaymentFile) -> Explanation:
    decisions = await ctx.store.decisions(file.payment.payment_id)
    return Explanation(file=file, stories=tuple([await _story(ctx, one, file) for one in decisions]))


async def _story(ctx: Context, decision: Decision, file: PaymentFile) -> DecisionStory:
    plan = plan_of(decision)
    attempts = [attempt for attempt in file.attempts if attempt.decision_id == decision.decision_id]
    return DecisionStory(
        decision_id=decision.decision_id,
        at_ms=decision.at_ms,
        policy_version=decision.policy_version,
        lines=(_UNREADABLE, *_endings(attempts)) if plan is None else tuple(_lines(plan, attempts)),
        replay=UNREADABLE if plan is None else await replay(ctx, decision, plan, file.payment),
    )


def plan_lines(plan: RoutePlan) -> tuple[Line, ...]:
    """Why a payment goes where this plan says: the first, each other one, each excluded one, the rules."""
    return tuple(_lines(plan, ()))


def _lines(plan: RoutePlan, attempts: Sequence[Attempt]) -> Iterator[Line]:
    if plan.candidates:
        yield _first(plan.candidates[0])
    else:
        yield "没有可用渠道", "no channel was eligible"
    for place, candidate in enumerate(plan.candidates[1:], 2):
        yield _later(place, candidate, plan.candidates[0])
    for exclusion in plan.excluded:
        yield _excluded(exclusion)
    for name, fact in plan.facts.items():
        yield explain_fact(name, fact.origin, fact.value)
    if plan.rules_fired:
        names = ", ".join(plan.rules_fired)
        yield f"触发的规则：{names}", f"rules that fired: {names}"
    yield from _endings(attempts)


def _first(candidate: Candidate) -> Line:
    name = _name(candidate)
    zh, en = _reasons(candidate)
    chance, success, worth = f"{candidate.propensity:.0%}", f"{candidate.estimate:.1%}", _yuan(candidate.score)
    return (
        f"首选 {name}，预计成功率 {success}，预计收益 {worth} 元，选中概率 {chance}：{zh}",
        f"first {name}, estimated success {success}, worth {worth} yuan, chosen with probability {chance}: {en}",
    )


def _yuan(fen: float) -> str:
    """A score as people read money; a score is expected money, so parts of a fen mean nothing."""
    return f"{fen / 100:.2f}"


def _later(place: int, candidate: Candidate, first: Candidate) -> Line:
    name, worth = _name(candidate), _yuan(candidate.score)
    zh, en = _reasons(candidate)
    compared_zh, compared_en = "", ""
    if candidate.score < first.score:
        compared_zh = f"，低于首选的 {_yuan(first.score)} 元"
        compared_en = f", less than the first one's {_yuan(first.score)}"
    return (
        f"第 {place} 位 {name}，预计成功率 {candidate.estimate:.1%}，预计收益 {worth} 元{compared_zh}，"
        f"选为首选的概率 {candidate.propensity:.0%}：{zh}",
        f"place {place} {name}, estimated success {candidate.estimate:.1%}, worth {worth} yuan"
        f"{compared_en}, first with probability {candidate.propensity:.0%}: {en}",
    )


def _excluded(exclusion: Exclusion) -> Line:
    zh, en = _said(exclusion.reason)
    name = f"{exclusion.channel_id} / {exclusion.product}"
    return f"未选 {name}：{zh}", f"not {name}: {en}"


def _endings(attempts: Sequence[Attempt]) -> Iterator[Line]:
    ordinals = {attempt.attempt_id: attempt.ordinal for attempt in attempts}
    for attempt in attempts:
        yield _probed(attempt) if attempt.shadow else _ended(attempt, ordinals.get(attempt.hedge_of or ""))


def _probed(attempt: Attempt) -> Line:
    """A shadow probe: no try of the customer's, and told apart from those."""
    zh, en = _probe_end(attempt)
    name = f"{attempt.channel_id} / {attempt.product}"
    return f"影子探测 {name}：{zh}，未向任何人出示", f"shadow probe at {name}: {en}, shown to nobody"


def _probe_end(attempt: Attempt) -> Line:
    outcome = attempt.outcome
    if attempt.state is AttemptState.SUCCEEDED:
        return ("收到款项，自动退款", "paid, goes back by itself") if attempt.surplus else _ENDS[attempt.state]
    if outcome is None:
        return "尚无应答", "no answer yet"
    if outcome.kind is OutcomeKind.ACCEPTED:
        return "正常", "ok"
    word = f"{outcome.kind} {outcome.code}".strip()
    return f"失败（{word}）", f"failed ({word})"


def _ended(attempt: Attempt, beside: int | None) -> Line:
    """`beside`: the ordinal of the silent attempt that this one was begun beside."""
    zh, en = _ENDS[attempt.state]
    if beside is not None:
        zh = f"对冲，第 {beside} 次尝试到软时限仍未应答；{zh}"
        en = f"a hedge, begun beside attempt {beside}, which was silent past its soft limit; {en}"
    if attempt.surplus:
        zh, en = f"{zh}（重复支付，自动退款）", f"{en} (surplus, goes back by itself)"
    outcome = attempt.outcome
    told = attempt.state in (AttemptState.FAILED, AttemptState.DISCARDED, AttemptState.UNKNOWN)
    if told and outcome is not None and outcome.kind is not OutcomeKind.ACCEPTED:
        word = f"{outcome.kind} {outcome.code}".strip()
        zh, en = f"{zh}（{word}）", f"{en} ({word})"
    name = f"{attempt.channel_id} / {attempt.product}"
    return f"第 {attempt.ordinal} 次尝试 {name}：{zh}", f"attempt {attempt.ordinal} at {name}: {en}"


def _name(candidate: Candidate) -> str:
    return f"{candidate.channel_id} / {candidate.product}"


def _reasons(candidate: Candidate) -> Line:
    said = [_said(code) for code in candidate.reasons]
    return "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)


def _said(code: str) -> Line:
    """A code that only another version of PaySwitch can put into words is shown as it is."""
    try:
        return explain(code)
    except KeyError:
        return code, code
