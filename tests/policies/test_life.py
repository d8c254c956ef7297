"""The life of a policy: drafted, put in force, superseded, taken back; for a merchant and, on top, for a shop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.policy_record import PolicyState
from payswitch.routing.policy import Policy, Split
from payswitch.routing.policy_book import PolicyBook
from payswitch.routing.policy_default import default_policy
from payswitch.services.policies import policies
from payswitch.services.policies.policy_commands import CheckPolicy, DraftPolicy
from payswitch.services.policies.policy_desk import PolicyDesk, owners
from payswitch.services.policies.policy_installing import restore_policies
from tests.policies.support import (
    ALIPAY_FIRST,
    BEST_ONLY,
    BOOKS,
    LIN,
    WU,
    activate,
    back,
    draft,
    goes_to,
    in_force,
    problems,
)
from tests.services.harness import Night, night


async def test_a_draft_decides_nothing_and_an_active_policy_does_at_once(tonight: Night) -> None:
    made = await draft(tonight, ALIPAY_FIRST)
    assert (made.version.name, made.state, made.revision) == ("m-1@1", PolicyState.DRAFT, 0)
    assert await goes_to(tonight, "before") == ("wechat-main", "test")

    active = await activate(tonight, made)

    assert (active.state, active.revision) == (PolicyState.ACTIVE, 1)
    assert [(entry.operator_id, entry.note) for entry in active.activations] == [("op-lin", "上线")]
    assert await goes_to(tonight, "after") == ("alipay-main", "m-1@1")


async def test_the_next_version_supersedes_and_rolling_back_goes_the_same_way_home(tonight: Night) -> None:
    first, second = await in_force(tonight, ALIPAY_FIRST), await in_force(tonight, BEST_ONLY)
    states = {record.version.name: record.state for record in await policies.list_policies(tonight.ctx, LIN)}
    assert states == {"m-1@1": PolicyState.SUPERSEDED, "m-1@2": PolicyState.ACTIVE}
    assert await goes_to(tonight, "on-2") == ("wechat-main", "m-1@2")

    done = await back(tonight, second.revision)
    assert (done.activation.number, done.activation.revision) == (first.version.number, 3)
    assert await goes_to(tonight, "on-1-again") == ("alipay-main", "m-1@1")
    done = await back(tonight, 3)
    assert (done.activation.number, done.activation.policy_version) == (0, "test")
    assert await goes_to(tonight, "on-the-configured") == ("wechat-main", "test")

    with pytest.raises(PaySwitchError, match="nothing earlier"):
        await back(tonight, 4)
    await back(tonight, 4, to=2)
    assert (await goes_to(tonight, "named"))[1] == "m-1@2"


async def test_only_what_was_in_force_can_be_gone_back_to(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    await draft(tonight, BEST_ONLY)
    with pytest.raises(PaySwitchError, match="never in force"):
        await back(tonight, 1, to=2)


async def test_a_shop_holds_only_what_differs_and_inherits_the_rest(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    await in_force(tonight, {"without_rules": ["alipay-first"]}, "shop-2")

    assert await goes_to(tonight, "tea") == ("alipay-main", "m-1@1")
    assert await goes_to(tonight, "book", BOOKS) == ("wechat-main", "m-1@1+shop-2@1")

    wechat_only = {"name": "wechat-only", "when": {}, "then": {"only": {"methods": ["wechat"]}}}
    await in_force(tonight, {**ALIPAY_FIRST, "rules": [*ALIPAY_FIRST["rules"], wechat_only]})
    assert await goes_to(tonight, "tea-2") == ("wechat-main", "m-1@2")
    assert await goes_to(tonight, "book-2", BOOKS) == ("wechat-main", "m-1@2+shop-2@1")
    desk = tonight.ctx.policy_desk
    assert desk is not None
    assert [rule.name for rule in desk.book.policy_for("m-1", "shop-2").rules] == ["wechat-only"]


async def test_every_name_in_a_decision_leads_to_the_document_that_decided(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    await in_force(tonight, {"split": {"best": 50, "warm": 50}}, "shop-2")
    for shop_policy in ("m-1@1", "m-1@1+shop-2@1"):
        stored = await tonight.store.resolved_policy(shop_policy)
        assert stored is not None
        policy = msgspec.json.decode(stored.document, type=Policy)
        assert policy.version == shop_policy
    assert (policy.split.best, policy.split.explore, policy.rules[0].name) == (50, 0, "alipay-first")


async def test_a_merchants_new_policy_must_leave_its_shops_whole(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    await in_force(tonight, {"without_rules": ["alipay-first"]}, "shop-2")

    with pytest.raises(PaySwitchError) as refused:
        await draft(tonight, BEST_ONLY)

    assert list(problems(refused.value)) == ["m-1/shop-2@1: without_rules[0]"]


async def test_two_operators_do_not_overwrite_each_other(tonight: Night) -> None:
    made = [await draft(tonight, document) for document in (ALIPAY_FIRST, BEST_ONLY, BEST_ONLY)]

    heard = await asyncio.gather(*(activate(tonight, record, 0) for record in made), return_exceptions=True)

    refused = [error for error in heard if isinstance(error, PaySwitchError)]
    assert [(error.kind.code, error.extra) for error in refused] == [("revision_conflict", {"revision": 1})] * 2
    with pytest.raises(PaySwitchError, match="Somebody else"):
        await back(tonight, 0)


async def test_the_same_version_is_not_put_in_force_twice(tonight: Night) -> None:
    active = await in_force(tonight, ALIPAY_FIRST)
    with pytest.raises(PaySwitchError, match="in force already"):
        await activate(tonight, active)


async def test_a_channel_that_has_gone_stops_an_activation_but_never_a_roll_back(tonight: Night) -> None:
    named = {"rules": [{"name": "r", "when": {}, "then": {"avoid": {"channels": ["wechat-backup"]}}}]}
    first = await in_force(tonight, named)
    later = await draft(tonight, named)
    await in_force(tonight, BEST_ONLY)
    tonight.directory.take_out("wechat-backup")

    with pytest.raises(PaySwitchError) as refused:
        await activate(tonight, later, 2)
    assert "unknown channel" in problems(refused.value)["rules[0].then.avoid.channels"]
    assert (await back(tonight, 2)).activation.number == first.version.number


async def test_all_mistakes_are_told_at_once_and_nothing_is_written(tonight: Night) -> None:
    document = {
        "split": {"best": 90},
        "triger": {},
        "tiers": [{"name": "best", "rank": 1, "tags": ["bnak"]}],
        "rules": [{"name": "r", "when": {"shops": ["shop-9"], "min_fen": 2, "max_fen": 1}, "then": {"tier": "best"}}],
    }
    for ask in (
        policies.draft_policy(tonight.ctx, LIN, DraftPolicy(merchant_id="m-1", document=document)),
        policies.check_policy(tonight.ctx, LIN, CheckPolicy(merchant_id="m-1", document=document)),
    ):
        with pytest.raises(PaySwitchError) as refused:
            await ask
        found = problems(refused.value)
        assert set(found) == {"triger", "split", "tiers[0].tags", "rules[0].when.min_fen", "rules[0].when.shops"}
        assert all(" / " in message for message in found.values())
    assert await policies.list_policies(tonight.ctx, LIN) == []
    await policies.check_policy(tonight.ctx, LIN, CheckPolicy(merchant_id="m-1", document=BEST_ONLY))
    assert await policies.list_policies(tonight.ctx, LIN) == []


async def test_to_another_merchants_operator_a_policy_does_not_exist(tonight: Night) -> None:
    made = await draft(tonight, BEST_ONLY)
    wanted = DraftPolicy(merchant_id="m-1", document=BEST_ONLY)
    for ask in (
        policies.get_policy(tonight.ctx, WU, made.version.policy_id),
        policies.diff_policy(tonight.ctx, WU, made.version.policy_id),
        policies.draft_policy(tonight.ctx, WU, wanted),
    ):
        with pytest.raises(PaySwitchError) as refused:
            await ask
        assert refused.value.kind.code == "not_found"
    assert await policies.list_policies(tonight.ctx, WU) == []


async def test_what_a_version_changes_is_told_per_field_and_rule(tonight: Night) -> None:
    await in_force(tonight, ALIPAY_FIRST)
    changed = {
        "split": {"best": 90, "warm": 10, "explore": 0},
        "rules": [
            {"name": "alipay-first", "when": {"min_fen": 100}, "then": {"prefer": {"methods": ["alipay"]}}},
        ],
    }
    made = await draft(tonight, changed)

    before, after, found = await policies.diff_policy(tonight.ctx, LIN, made.version.policy_id)

    assert (before.version, after.version) == ("m-1@1", "m-1@2")
    assert {one.place: (one.before, one.after) for one in found} == {
        "split.best": ("100", "90"),
        "split.warm": ("0", "10"),
        "rules.alipay-first.when.min_fen": (None, "100"),
    }


async def test_a_restart_finds_what_was_in_force(tmp_path: Path) -> None:
    async with night(tmp_path) as tonight:
        await tonight.store.save_shop(BOOKS, [])
        await in_force(tonight, ALIPAY_FIRST)
        await in_force(tonight, {"split": {"best": 80, "warm": 20}}, "shop-2")
    async with night(tmp_path) as tonight:
        desk = tonight.ctx.policy_desk
        assert desk is not None
        await restore_policies(desk, ["m-1"], tonight.clock.now_ms())
        assert await goes_to(tonight, "tea") == ("alipay-main", "m-1@1")
        assert await goes_to(tonight, "book", BOOKS) == ("alipay-main", "m-1@1+shop-2@1")
        assert desk.book.policy_for("m-1", "shop-2").split == Split(best=80, warm=20, explore=0)
        assert desk.book.policy_for("m-2", "").version == "test"


async def test_a_configured_policy_that_changes_under_the_same_name_gets_one_of_its_own(tonight: Night) -> None:
    first = default_policy()
    for changed, name in ((first, "default-1"), (replace(first, on_request=()), "default-1~"), (first, "default-1")):
        desk = PolicyDesk(store=tonight.store, book=PolicyBook(changed, merchant_of=owners(tonight.directory)))
        await restore_policies(desk, [], tonight.clock.now_ms())
        assert desk.base.version.startswith(name)
        stored = await tonight.store.resolved_policy(desk.base.version)
        assert stored is not None
        assert msgspec.json.decode(stored.document, type=Policy).on_request == changed.on_request
    assert desk.base.version == "default-1"
