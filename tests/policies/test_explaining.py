"""Why a payment went where it went, and what came of it, in words that a shop can read."""

from __future__ import annotations

import re

import msgspec
import pytest
from msgspec.structs import replace

from payswitch.domain.channel import Product
from payswitch.domain.customer import AgeBand, Customer
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import AttemptState, Decision
from payswitch.routing.request import Exclusion, RoutePlan, RouteRequest
from payswitch.services.decisions import explaining
from payswitch.services.decisions.explaining import Explanation, explain_for_operator, explain_for_shop
from tests.policies.support import ALIPAY_FIRST, BOOKS, LIN, WU, in_force
from tests.services.fake_channel import MAINTENANCE
from tests.services.harness import SHOP, Night


def english(found: Explanation) -> list[str]:
    return [line for story in found.stories for _, line in story.lines]


async def test_one_sentence_a_line_from_the_choice_to_the_end(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    tonight.directory.change("wechat-backup", max_fen=100)
    made = await tonight.order()
    await tonight.pays(made.file.attempts[0])

    found = await explain_for_shop(tonight.ctx, SHOP, made.file.payment.payment_id)

    story = found.stories[0]
    assert story.policy_version == "m-1@1"
    said = english(found)
    assert said[0].startswith("first alipay-main / alipay_precreate, estimated success")
    assert "chosen with probability 100%: tier backup; put first by the rule `alipay-first`" in said[0]
    assert re.search(r"worth \d+\.\d\d yuan, ", said[0])
    assert re.search(r"预计收益 \d+\.\d\d 元，", story.lines[0][0])
    assert said[1].startswith("place 2 wechat-main / wechat_native")
    assert said[2:] == [
        "not wechat-backup / wechat_native: the amount is above the maximum",
        "rules that fired: alipay-first",
        "attempt 1 at alipay-main / alipay_precreate: paid",
    ]
    assert story.lines[-1][0] == "第 1 次尝试 alipay-main / alipay_precreate：支付成功"
    assert "规则「alipay-first」使其靠前" in story.lines[0][0]


async def test_what_was_taken_for_true_of_the_customer_is_told_with_its_origin(tonight: Night) -> None:
    rule = {"name": "newcomers", "when": {"customer_new": True}, "then": {"prefer": {"methods": ["alipay"]}}}
    await in_force(tonight, {"rules": [rule]})
    told = await tonight.order(customer=Customer(is_new=True))
    found = await explain_for_shop(tonight.ctx, SHOP, told.file.payment.payment_id)
    assert "new or returning: new (told by the shop)" in english(found)
    assert "rules that fired: newcomers" in english(found)

    await tonight.pays(told.file.attempts[0])
    nobody = await tonight.order(out_trade_no="A-2", customer=Customer())
    found = await explain_for_shop(tonight.ctx, SHOP, nobody.file.payment.payment_id)
    assert "new or returning: not known" in english(found)
    assert "新老客户：未知" in [line for line, _ in found.stories[0].lines]


async def test_a_switch_is_told_with_what_the_first_channel_said(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(MAINTENANCE)
    made = await tonight.order()
    said = english(await explain_for_operator(tonight.ctx, LIN, made.file.payment.payment_id))
    ends = [line for line in said if line.startswith("attempt")]
    assert "failed (refused_channel MAINTENANCE)" in ends[0] or "given up" in ends[0], ends
    assert "its credential is shown" in ends[1]


async def test_a_decision_is_made_again_from_what_is_recorded(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    made = await tonight.order(customer=Customer(openid="o-secret-1", buyer_id="2088-secret", is_new=True))
    payment_id = made.file.payment.payment_id

    replay = (await explain_for_shop(tonight.ctx, SHOP, payment_id)).stories[0].replay
    assert (replay.rules, replay.candidates, replay.first) == (True, True, True)
    assert "not recorded" in replay.said

    tonight.directory.take_out("wechat-backup")
    replay = (await explain_for_shop(tonight.ctx, SHOP, payment_id)).stories[0].replay
    assert (replay.rules, replay.candidates) == (True, False)
    assert "settings have changed" in replay.said


async def test_the_recorded_facts_name_no_customer(tonight: Night) -> None:
    customer = Customer(
        customer_id="c-secret", openid="o-secret", buyer_id="b-secret", client_ip="203.0.113.77", age=24
    )
    made = await tonight.order(customer=customer)
    decision = (await tonight.store.decisions(made.file.payment.payment_id))[0]
    assert decision.facts is not None
    assert not any(word in bytes(decision.facts) for word in (b"secret", b"203.0.113"))
    facts = msgspec.json.decode(decision.facts, type=RouteRequest)
    assert facts.customer == Customer(openid="known", buyer_id="known", age=24, age_band=AgeBand.FROM_18)


async def test_what_an_older_version_recorded_is_explained_without_a_replay(tonight: Night) -> None:
    made = await tonight.order()
    payment_id = made.file.payment.payment_id
    new = (await tonight.store.decisions(payment_id))[0]

    async def as_before(payment_id: str) -> list[Decision]:
        plan = msgspec.json.decode(new.plan)
        plan["excluded"] = [{"channel_id": "x", "product": "wechat_h5", "reason": "said_by_a_later_version:7"}]
        return [replace(new, facts=None, plan=msgspec.Raw(msgspec.json.encode(plan)))]

    tonight.ctx.store = Older(tonight.ctx.store, as_before)  # type: ignore[assignment]
    story = (await explain_for_shop(tonight.ctx, SHOP, payment_id)).stories[0]
    assert "cannot be replayed" in story.replay.said
    assert (
        "未选 x / wechat_h5：said_by_a_later_version:7",
        "not x / wechat_h5: said_by_a_later_version:7",
    ) in story.lines


async def test_a_plan_that_cannot_be_read_hides_nothing_else(tonight: Night) -> None:
    made = await tonight.order()
    payment_id = made.file.payment.payment_id
    new = (await tonight.store.decisions(payment_id))[0]

    async def of_the_future(payment_id: str) -> list[Decision]:
        return [replace(new, plan=msgspec.Raw(b'{"policy": 2}'))]

    tonight.ctx.store = Older(tonight.ctx.store, of_the_future)  # type: ignore[assignment]
    story = (await explain_for_shop(tonight.ctx, SHOP, payment_id)).stories[0]
    assert [english for _, english in story.lines] == [
        "recorded by another version, which this one cannot read",
        "attempt 1 at wechat-main / wechat_native: its credential is shown, waiting for the customer",
    ]
    assert story.replay.rules is None


def test_every_end_of_an_attempt_has_its_words() -> None:
    assert set(explaining._ENDS) == set(AttemptState)


def test_when_no_channel_was_eligible_it_says_so() -> None:
    plan = RoutePlan(
        policy_version="p",
        salt="s",
        candidates=(),
        excluded=(Exclusion(channel_id="w", product=Product.WECHAT_NATIVE, reason="maintenance"),),
    )
    assert [english for _, english in explaining._lines(plan, ())] == [
        "no channel was eligible",
        "not w / wechat_native: planned maintenance is on",
    ]


class Older:
    """The store of an older version."""

    def __init__(self, store: object, decisions: object) -> None:
        self._store, self.decisions = store, decisions

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


async def test_nobody_else_is_told(tonight: Night) -> None:
    payment_id = (await tonight.order()).file.payment.payment_id
    for ask in (
        explain_for_shop(tonight.ctx, BOOKS, payment_id),
        explain_for_operator(tonight.ctx, WU, payment_id),
        explain_for_operator(tonight.ctx, LIN, "pay_nothing"),
    ):
        with pytest.raises(PaySwitchError) as refused:
            await ask
        assert refused.value.kind.code == "not_found"
