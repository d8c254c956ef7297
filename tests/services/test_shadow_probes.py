"""影子探测: while a customer pays elsewhere, an order is made at a suspect channel to see whether it is back. Nobody is
ever shown it, nobody waits for it, and it is closed whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from payswitch.domain.changes import Changes
from payswitch.domain.channel import Closing, Consent, Method, Product
from payswitch.domain.losses import Cause, cause_of
from payswitch.domain.operator import Operator
from payswitch.domain.outcome import OutcomeKind
from payswitch.domain.payment import Attempt, AttemptState, CloseReason, PaymentFile, PaymentState
from payswitch.entry.api.views import CredentialView, file_view
from payswitch.routing.policy import Hedging
from payswitch.routing.request import CallObservation, ChannelBook, RoutePlan, RouteRequest
from payswitch.services.attempts import sweeper
from payswitch.services.commands import SwitchPayment
from payswitch.services.decisions import explaining
from payswitch.services.decisions.recalling import observations_of
from payswitch.services.desk.timeline import records_of
from payswitch.services.desk.timeline_lines import timeline
from payswitch.services.live.live_board import LiveBoard
from payswitch.services.payments import payments, switching
from payswitch.services.reports.attempt_facts import facts_of_payment
from tests.services.fake_channel import BUSY, PAYER_NO, RISK_NO, SILENT
from tests.services.harness import SHOP, Night

LIN = Operator(operator_id="op-lin", name="林", merchant_ids=frozenset({"m-1"}))


class Died(BaseException):
    """kill -9."""


@pytest.fixture
def asked(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> list[RouteRequest]:
    """WeChat's first account is suspected: whoever pays for the first time is sent to the second one, and it is probed.
    Gives what routing was asked."""
    plan, asked = tonight.ctx.router.plan, list[RouteRequest]()

    def with_shadow(request: RouteRequest, book: ChannelBook, *, now_ms: int, salt: str) -> RoutePlan:
        asked.append(request)
        made = plan(request, book, now_ms=now_ms, salt=salt)
        suspects = [one for one in made.candidates if one.channel_id == "wechat-main"]
        if request.failed or not suspects:
            return made
        healthy = [one for one in made.candidates if one not in suspects]
        healthy.sort(key=lambda one: one.method is not Method.WECHAT)
        return msgspec.structs.replace(made, candidates=tuple(healthy), shadow=suspects[0])

    monkeypatch.setattr(tonight.ctx.router, "plan", with_shadow)
    return asked


@pytest.fixture
def committed(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> list[Changes]:
    """What was committed, in order."""
    commit, seen = tonight.store.commit, list[Changes]()

    async def noted(changes: Changes) -> None:
        await commit(changes)
        seen.append(changes)

    monkeypatch.setattr(tonight.store, "commit", noted)
    return seen


def ration(tonight: Night, least_per_minute: int) -> None:
    policy = tonight.ctx.router.policy
    hedging = Hedging(share=0.0, least_per_minute=least_per_minute)
    tonight.ctx.router.replace_policy(msgspec.structs.replace(policy, hedging=hedging))


def shadow_of(file: PaymentFile) -> Attempt:
    (shadow,) = [attempt for attempt in file.attempts if attempt.shadow]
    return shadow


async def later(tonight: Night, file: PaymentFile) -> PaymentFile:
    """The call that nobody waited for has ended; some seconds pass, in which the sweeper works."""
    await tonight.ctx.losers.finished()
    await tonight.wait(5)
    return await tonight.file(file.payment.payment_id)


@pytest.mark.usefixtures("asked")
async def test_the_customer_has_their_code_at_once_though_the_suspect_is_silent(tonight: Night) -> None:
    tonight.channel("wechat-main").silent = True
    before_ms = tonight.clock.now_ms()
    answer = await tonight.order()
    assert tonight.clock.now_ms() == before_ms
    shown = answer.file.attempt(answer.attempt_id or "")
    assert (shown.channel_id, shown.ordinal, shown.state) == ("wechat-backup", 1, AttemptState.EXPOSED)
    shadow = shadow_of(answer.file)
    assert (shadow.channel_id, shadow.ordinal, shadow.state) == ("wechat-main", 0, AttemptState.DISCARDED)
    assert shadow.exposed_at_ms is None
    assert shadow.credential is None
    assert shadow.due_at_ms is not None, "closed even if this process never hears of it again"
    assert "switched" not in tonight.feed.kinds()
    assert "hedged" not in tonight.feed.kinds()


@pytest.mark.usefixtures("asked")
async def test_both_numbers_are_on_disk_in_one_commit_before_a_byte_is_sent(
    tonight: Night, committed: list[Changes]
) -> None:
    answer = await tonight.order()
    assert [len(changes.insert_attempts) for changes in committed] == [2, 0], "made, then shown: as without a probe"
    assert {a.channel_id for a in committed[0].insert_attempts} == {"wechat-main", "wechat-backup"}
    assert [decision.payment_id for decision in committed[0].insert_decisions] == [answer.file.payment.payment_id]


@pytest.mark.usefixtures("asked")
async def test_a_quick_suspect_stands_in_nobodys_way(tonight: Night, committed: list[Changes]) -> None:
    """It answers long before the customer's channel does. Noting that would meet the commit that shows the code."""
    tonight.channel("wechat-backup").latency_ms = 100
    answer = await tonight.order()
    assert len(committed) == 2
    file = await later(tonight, answer.file)
    shadow = shadow_of(file)
    assert shadow.answered_at_ms == shadow.created_at_ms, "when it answered, not when it was noted"
    assert file.attempt(answer.attempt_id or "").state is AttemptState.EXPOSED


@pytest.mark.usefixtures("asked")
async def test_its_order_is_closed_in_the_background(tonight: Night) -> None:
    suspect = tonight.channel("wechat-main")
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    shadow = shadow_of(await tonight.file(answer.file.payment.payment_id))
    assert suspect.orders[shadow.channel_order_no].state == "open"
    assert shadow.due_at_ms == tonight.clock.now_ms(), "at once, now that there is something to close"
    file = await later(tonight, answer.file)
    assert suspect.orders[shadow.channel_order_no].state == "closed"
    assert [name for name, _ in suspect.calls] == ["create", "close", "query"]
    assert shadow_of(file).due_at_ms is None
    assert shadow_of(file).credential is None


@pytest.mark.usefixtures("asked")
async def test_a_suspect_that_refuses_is_asked_once_and_has_nothing_to_close(tonight: Night) -> None:
    suspect = tonight.channel("wechat-main")
    suspect.script.append(BUSY)
    file = await later(tonight, (await tonight.order()).file)
    assert [name for name, _ in suspect.calls] == ["create"], "busy is no reason to ask a second time"
    assert shadow_of(file).outcome == BUSY
    assert shadow_of(file).due_at_ms is None


@pytest.mark.usefixtures("asked")
async def test_the_brain_hears_its_answer_like_that_of_any_call(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[CallObservation] = []
    monkeypatch.setattr(tonight.ctx.router, "observe_call", lambda one: heard.append(one) or [])
    tonight.channel("wechat-main").latency_ms = 80
    answer = await tonight.order()
    tonight.clock.advance(ms=80)
    file = await later(tonight, answer.file)
    assert [(one.channel_id, one.outcome.kind, one.latency_ms) for one in heard] == [
        ("wechat-backup", OutcomeKind.ACCEPTED, 0),
        ("wechat-main", OutcomeKind.ACCEPTED, 80),
    ]
    calls = [(facts["channel_id"], facts["call"]) for kind, facts in tonight.feed.told if kind == "create_answered"]
    assert calls == [("wechat-backup", "create"), ("wechat-main", "shadow")]
    shadow = shadow_of(file)
    (again,) = observations_of(shadow, tonight.ctx.segments.of(shadow))
    assert isinstance(again, CallObservation), "told anew after a restart; never as something that was shown"
    assert again.latency_ms == 80


@pytest.mark.usefixtures("asked")
async def test_silence_to_the_end_of_the_round_is_heard_as_a_timeout(tonight: Night) -> None:
    tonight.channel("wechat-main").silent = True
    answer = await tonight.order()
    tonight.clock.advance(ms=470)
    await tonight.ctx.losers.finished()
    shadow = shadow_of(await tonight.file(answer.file.payment.payment_id))
    assert shadow.outcome == SILENT
    assert (shadow.answered_at_ms or 0) - shadow.created_at_ms == 470, "the half second less what the reply needs"
    told = [facts for kind, facts in tonight.feed.told if kind == "create_answered"]
    assert told[-1]["outcome"] == "unknown"
    tonight.channel("wechat-main").silent = False


@pytest.mark.usefixtures("asked")
async def test_the_process_dies_right_after_the_commit_and_the_sweeper_sees_to_it(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = tonight.store.commit

    async def then_dies(changes: Changes) -> None:
        await commit(changes)
        raise Died

    monkeypatch.setattr(tonight.store, "commit", then_dies)
    with pytest.raises(Died):
        await tonight.order()
    monkeypatch.setattr(tonight.store, "commit", commit)
    suspect = tonight.channel("wechat-main")
    assert suspect.calls == []

    await tonight.wait(5)
    found = await payments.find_payment(tonight.ctx, SHOP, "order-1")
    assert found is not None
    shadow = shadow_of(found)
    assert [name for name, _ in suspect.calls] == ["close", "query"]
    assert shadow.due_at_ms is None, "the channel knows of no such order"
    again = await tonight.order()
    assert again.attempt_id is not None, "the shop's retry goes on"
    assert [attempt.ordinal for attempt in again.file.attempts] == [0, 1, 2], "and probes nothing a second time"


@pytest.mark.usefixtures("asked")
async def test_the_process_dies_before_the_answer_and_the_order_is_closed_all_the_same(tonight: Night) -> None:
    async def kill() -> None:
        raise Died

    suspect = tonight.channel("wechat-main")
    suspect.before_answer.append(kill)
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    shadow = shadow_of(await tonight.file(answer.file.payment.payment_id))
    assert suspect.orders[shadow.channel_order_no].state == "open"
    assert shadow.answered_at_ms is None, "nobody lived to note it"

    tonight.clock.advance(seconds=4)
    await sweeper.sweep(tonight.another_node())
    assert suspect.orders[shadow.channel_order_no].state == "closed"


@pytest.mark.usefixtures("asked")
async def test_none_is_sent_when_the_budget_is_spent(tonight: Night) -> None:
    ration(tonight, least_per_minute=1)
    probed = [any(a.shadow for a in (await tonight.order(f"order-{n}")).file.attempts) for n in range(3)]
    assert probed == [True, False, False]
    usage = tonight.ctx.router.hedge_usage("m-1", tonight.clock.monotonic_ms())
    assert (usage.creates, usage.hedges) == (3, 1), "paid for like a hedge; no create that would widen the budget"
    assert "hedge_denied" not in tonight.feed.kinds(), "no customer went without anything"
    await tonight.ctx.losers.finished()


@pytest.mark.parametrize("no", [SILENT, PAYER_NO, RISK_NO], ids=["silent", "payer", "risk"])
async def test_later_rounds_do_not_take_the_suspect_for_a_channel_that_failed_this_customer(
    tonight: Night, asked: list[RouteRequest], no: Any
) -> None:
    tonight.channel("wechat-main").script.append(no)
    file = await later(tonight, (await tonight.order()).file)
    assert shadow_of(file).outcome == no
    answer = await switching.switch_payment(tonight.ctx, file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert asked[-1].failed == {("wechat-backup", Product.WECHAT_NATIVE)}, "only what the customer was shown"
    assert asked[-1].refused_methods == frozenset()
    assert [attempt.ordinal for attempt in answer.file.for_customer] == [1, 2]
    assert sum(attempt.shadow for attempt in answer.file.attempts) == 1, "a payment is probed with once"


async def test_a_refused_probe_alone_leaves_every_method_open(tonight: Night, asked: list[RouteRequest]) -> None:
    """The customer's own attempt failed as well: it counts, the probe does not."""
    tonight.channel("wechat-main").script.append(PAYER_NO)
    tonight.channel("wechat-backup").script.append(RISK_NO)
    answer = await tonight.order()
    file = await later(tonight, answer.file)
    await switching.switch_payment(tonight.ctx, file.payment.payment_id, SwitchPayment(), shop=SHOP)
    assert asked[-1].failed_upstreams == {"wechat", "alipay"}
    assert ("wechat-main", Product.WECHAT_NATIVE) not in asked[-1].failed
    assert asked[-1].refused_methods == {Method.WECHAT}


@pytest.mark.usefixtures("asked")
async def test_money_for_it_makes_the_payment_succeed(tonight: Night) -> None:
    """Nobody was shown it, so this cannot happen; if it does, the money counts."""
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    shadow = shadow_of(answer.file)
    await tonight.pays(shadow)
    file = await later(tonight, answer.file)
    assert file.payment.state is PaymentState.SUCCEEDED
    assert file.payment.winner_attempt_id == shadow.attempt_id
    assert shadow_of(file).exposed_at_ms is None
    assert file.attempt(answer.attempt_id or "").state is AttemptState.CLOSED
    incidents = [incident.kind for incident in await tonight.store.list_incidents(limit=10)]
    assert incidents == ["success_of_dead_attempt"]
    facts = facts_of_payment(file, await tonight.store.decisions(file.payment.payment_id), {})
    assert [(fact.channel_id, fact.first, fact.won) for fact in facts] == [
        ("wechat-backup", True, False),
        ("wechat-main", False, True),
    ], "money that came is in the figures"


@pytest.mark.usefixtures("asked")
async def test_money_for_it_beside_the_customers_own_goes_back(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    await tonight.pays(answer.file.attempt(answer.attempt_id or ""))
    shadow = shadow_of(answer.file)
    await tonight.pays(shadow, notified=False)
    file = await later(tonight, answer.file)
    suspect = tonight.channel("wechat-main")
    assert shadow_of(file).surplus, "found by the query that follows its close"
    assert suspect.returned_fen() == suspect.received_fen() == 12_900
    assert (await tonight.store.audit(now_ms=tonight.clock.now_ms())).clean


@pytest.mark.usefixtures("asked")
async def test_the_shop_cancels_while_it_is_out(tonight: Night) -> None:
    suspect = tonight.channel("wechat-main")
    suspect.latency_ms = 200
    answer = await tonight.order()
    closed = await payments.cancel_payment(tonight.ctx, SHOP, answer.file.payment.payment_id)
    assert closed.payment.state is PaymentState.CLOSED, "what nobody can pay keeps nobody waiting"
    assert closed.payment.close_reason is CloseReason.CANCELLED
    tonight.clock.advance(ms=200)
    file = await later(tonight, answer.file)
    assert suspect.orders[shadow_of(file).channel_order_no].state == "closed"
    assert (await tonight.store.audit(now_ms=tonight.clock.now_ms())).clean


@pytest.mark.usefixtures("asked")
async def test_what_it_was_told_is_no_reason_why_a_payment_was_lost(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(PAYER_NO)
    answer = await tonight.order(expires_in_s=60)
    await tonight.ctx.losers.finished()
    await tonight.wait(90, step_s=5)
    file = await tonight.file(answer.file.payment.payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert cause_of(file) is Cause.NOT_PAID
    (fact,) = facts_of_payment(file, await tonight.store.decisions(file.payment.payment_id), {})
    assert (fact.channel_id, fact.first, fact.exposed, fact.switched_from) == ("wechat-backup", True, True, "")


@pytest.mark.usefixtures("asked")
async def test_the_operator_reads_of_it_as_what_it_is(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(BUSY)
    file = await later(tonight, (await tonight.order()).file)
    name = "wechat-main / wechat_native"
    (story,) = (await explaining.explain_for_operator(tonight.ctx, LIN, file.payment.payment_id)).stories
    assert (
        f"影子探测 {name}：失败（refused_channel SYSTEM_ERROR），未向任何人出示",
        f"shadow probe at {name}: failed (refused_channel SYSTEM_ERROR), shown to nobody",
    ) in story.lines
    assert not any("attempt 0" in english or "attempt 2" in english for _, english in story.lines)
    moments = timeline(await records_of(tonight.ctx, LIN, file.payment.payment_id))
    said = [moment.said[1] for moment in moments if moment.attempt_id == shadow_of(file).attempt_id]
    assert said == [
        f"shadow probe at {name}, number {shadow_of(file).channel_order_no}, shown to nobody",
        "wechat-main answers: refused_channel SYSTEM_ERROR 系统繁忙",
    ]


@pytest.mark.usefixtures("asked")
async def test_the_shops_program_sees_one_credential_and_the_customers_attempts_first(tonight: Night) -> None:
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    view = file_view(answer.file, "https://pay.example", tonight.clock.now_ms(), settled_by=lambda _: 0)
    assert isinstance(view.credential, CredentialView)
    assert view.credential.channel_id == "wechat-backup"
    assert isinstance(view.attempts, list)
    assert [(one.ordinal, one.channel_id, one.shadow) for one in view.attempts] == [
        (1, "wechat-backup", False),
        (0, "wechat-main", True),
    ]


@pytest.mark.usefixtures("asked")
async def test_the_live_page_counts_a_call_of_its_channel_and_nothing_else(tonight: Night) -> None:
    board = LiveBoard(clock=tonight.clock)
    tonight.ctx.feed = board
    answer = await tonight.order()
    await tonight.ctx.losers.finished()
    await tonight.pays(answer.file.attempt(answer.attempt_id or ""))
    totals = board.totals
    assert (totals.paid, totals.saved, totals.switches, totals.hedges, totals.hedges_won) == (1, 0, 0, 0, 0)
    lane = board.lane("wechat-main", "wechat_native")
    assert lane is not None
    now_ms = tonight.clock.now_ms()
    assert (lane.counts(now_ms).calls, lane.traffic(now_ms).exposed, lane.traffic(now_ms).wanted) == (1, 0, 0.0)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("state", "surplus", "outcome", "said"),
    [
        (AttemptState.DISCARDED, False, None, "no answer yet"),
        (AttemptState.DISCARDED, False, "accepted", "ok"),
        (AttemptState.SUCCEEDED, False, "accepted", "paid"),
        (AttemptState.SUCCEEDED, True, "accepted", "paid, goes back by itself"),
    ],
)
async def test_each_end_of_a_probe_in_words(
    tonight: Night, state: AttemptState, surplus: bool, outcome: str | None, said: str
) -> None:
    file = await later(tonight, (await tonight.order()).file)
    shadow = shadow_of(file)
    told = msgspec.structs.replace(shadow, state=state, surplus=surplus, outcome=shadow.outcome if outcome else None)
    assert explaining._probed(told)[1] == f"shadow probe at wechat-main / wechat_native: {said}, shown to nobody"


def forgotten(tonight: Night) -> None:
    tonight.directory.forget("wechat-main")


def taking_money_by_itself(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, push=False, consent=Consent.SMS_CODE)


def never_closed(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, closing=Closing.NO)


def signed_here(tonight: Night) -> None:
    tonight.directory.teach(Product.WECHAT_NATIVE, server_created=False)


@pytest.mark.parametrize("happens", [forgotten, taking_money_by_itself, never_closed, signed_here])
async def test_nothing_is_sent_to_a_channel_that_somebody_has_changed_since_the_plan(
    tonight: Night, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Night], None]
) -> None:
    plan = tonight.ctx.router.plan

    def with_shadow(request: RouteRequest, book: ChannelBook, *, now_ms: int, salt: str) -> RoutePlan:
        made = plan(request, book, now_ms=now_ms, salt=salt)
        at = {candidate.channel_id: candidate for candidate in made.candidates}
        happens(tonight)
        return msgspec.structs.replace(made, candidates=(at["alipay-main"],), shadow=at["wechat-main"])

    monkeypatch.setattr(tonight.ctx.router, "plan", with_shadow)
    answer = await tonight.order()
    assert answer.attempt_id is not None
    assert [attempt.channel_id for attempt in answer.file.attempts] == ["alipay-main"]
    assert tonight.channel("wechat-main").calls == []


@pytest.mark.usefixtures("asked")
async def test_nothing_is_made_beside_a_call_that_may_take_the_money(tonight: Night) -> None:
    push = dict(tonight.directory.capabilities("wechatpay"))
    tonight.directory.teach(Product.WECHAT_NATIVE, push=False, consent=Consent.SMS_CODE)
    tonight.directory.tables["other"] = push
    tonight.directory.change("wechat-main", connector="other")
    answer = await tonight.order(products=(Product.WECHAT_NATIVE,))
    assert [attempt.channel_id for attempt in answer.file.attempts] == ["wechat-backup"]
