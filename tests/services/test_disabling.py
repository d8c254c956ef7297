"""停用: an owner takes a sick channel out at night, whatever file it stands in, and brings it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from payswitch.domain.channel import Method
from payswitch.domain.errors import CHANNEL_STATE, DECLARED_IN_FILE, NOT_FOUND, PaySwitchError
from payswitch.domain.managed_channel import ChannelEvent, ChannelRecord, ChannelState
from payswitch.domain.operator import Operator
from payswitch.domain.payment import Attempt, AttemptState, PaymentState
from payswitch.domain.shop import Shop
from payswitch.domain.trail import TrailEntry
from payswitch.routing.reasons import explain
from payswitch.services.channels import channels
from payswitch.services.channels.channel_changes import move_channel
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.channel_disabling import put_in_force
from payswitch.services.channels.channel_probing import probe_channel
from payswitch.services.channels.channel_watch import watch_channels
from payswitch.services.channels.only_channels import OnlyFor, only_for
from payswitch.services.commands import CreateRefund
from payswitch.services.payments.payments import cancel_payment
from payswitch.services.refunds.refunds import create_refund
from tests.services.channel_desk import LIN, a_desk
from tests.services.harness import SHOP, Night, night


@pytest.fixture
async def tonight(tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path) as found:
        found.ctx.desk = a_desk(found)
        yield found


async def move(
    tonight: Night,
    event: ChannelEvent,
    channel_id: str = "wechat-main",
    *,
    by: Operator = LIN,
    reason: str = "渠道故障",
) -> ChannelRecord:
    return await move_channel(tonight.ctx, by, channel_id, event, reason)


async def disable(tonight: Night, channel_id: str = "wechat-main", **how: str) -> ChannelRecord:
    return await move(tonight, ChannelEvent.DISABLE, channel_id, **how)


async def enable(tonight: Night, channel_id: str = "wechat-main") -> ChannelRecord:
    return await move(tonight, ChannelEvent.ENABLE, channel_id, reason="渠道已恢复")


async def sold(tonight: Night, number: str) -> Attempt:
    """What the customer is shown."""
    return (await tonight.order(number)).file.attempts[-1]


async def trail(tonight: Night, channel_id: str = "wechat-main") -> list[TrailEntry]:
    return list(await tonight.store.trail("m-1", kind="channel", object_id=channel_id, limit=20))


def desk_of(tonight: Night) -> ChannelDesk:
    assert tonight.ctx.desk is not None
    return tonight.ctx.desk


async def test_the_next_payment_goes_elsewhere_and_the_decision_says_why(tonight: Night) -> None:
    assert (await sold(tonight, "before")).channel_id == "wechat-main"

    record = await disable(tonight)
    assert record.state is ChannelState.DISABLED
    assert record.disabled is not None
    assert (record.disabled.operator_id, record.disabled.reason) == ("lin", "渠道故障")
    assert record.disabled.at_ms == tonight.clock.now_ms()

    moved = await sold(tonight, "meanwhile")
    assert moved.channel_id == "wechat-backup"
    (decision,) = await tonight.store.decisions(moved.payment_id)
    excluded = msgspec.json.decode(decision.plan)["excluded"]
    assert {one["channel_id"]: one["reason"] for one in excluded} == {"wechat-main": "disabled"}
    assert explain("disabled") == ("渠道已停用", "the channel is disabled")

    back = await enable(tonight)
    assert (back.state, back.disabled) == (ChannelState.ENABLED, None)
    assert (await sold(tonight, "after")).channel_id == "wechat-main"


async def test_the_trail_says_who_did_it_and_why_and_a_second_press_is_no_second_deed(tonight: Night) -> None:
    await disable(tonight)
    first = await tonight.store.disabled_channels()
    await disable(tonight, reason="再按一次")
    assert await tonight.store.disabled_channels() == first
    await enable(tonight)
    await enable(tonight)

    entries = await trail(tonight)

    assert [(one.action, one.operator_id, one.note) for one in entries] == [
        ("enable", "lin", "渠道已恢复"),
        ("disable", "lin", "渠道故障"),
    ]
    assert (entries[1].before, entries[1].after) == ({"state": "enabled"}, {"state": "disabled"})


async def test_money_under_way_arrives_is_asked_about_closed_and_refunded(tonight: Night) -> None:
    """No new attempts, and nothing else changes."""
    noticed, unheard, unwanted = [await sold(tonight, f"order-{n}") for n in range(3)]
    channel = tonight.channel("wechat-main")
    await disable(tonight)
    created = [call for call in channel.calls if call[0] == "create"]

    await tonight.pays(noticed)
    await tonight.pays(unheard, notified=False)
    await tonight.wait(tonight.ctx.timings.query_gaps_s[0] + 1)
    await cancel_payment(tonight.ctx, SHOP, unwanted.payment_id)
    refund = CreateRefund(amount_fen=2_900, refund_no="back-1", reason="不想要了")
    await create_refund(tonight.ctx, SHOP, noticed.payment_id, refund)
    await tonight.wait(5)

    states = [(await tonight.file(one.payment_id)).payment.state for one in (noticed, unheard, unwanted)]
    assert states == [PaymentState.SUCCEEDED, PaymentState.SUCCEEDED, PaymentState.CLOSED]
    assert channel.orders[unwanted.channel_order_no].state == "closed"
    assert channel.orders[noticed.channel_order_no].refunds == {
        (await tonight.file(noticed.payment_id)).refunds[0].out_refund_no: 2_900
    }
    assert [call for call in channel.calls if call[0] == "create"] == created


async def test_a_customer_who_comes_back_gets_another_channel_and_keeps_one_payment(tonight: Night) -> None:
    """Their code still works: the money of the disabled channel is money all the same."""
    shown = await sold(tonight, "order-1")
    await disable(tonight)

    again = (await tonight.order("order-1")).file
    await tonight.pays(shown)

    file = await tonight.file(shown.payment_id)
    assert again.payment.payment_id == shown.payment_id
    assert (file.payment.state, file.attempt(shown.attempt_id).state) == (
        PaymentState.SUCCEEDED,
        AttemptState.SUCCEEDED,
    )


async def test_it_is_not_probed_while_it_is_out(tonight: Night) -> None:
    await disable(tonight)
    for _ in range(80):
        tonight.clock.advance(seconds=5)
        await watch_channels(tonight.ctx)

    asked = {one for one, client in tonight.directory.clients.items() for name, _ in client.calls if name == "query"}
    assert asked == {"wechat-backup", "alipay-main"}
    with pytest.raises(PaySwitchError) as refused:
        await probe_channel(tonight.ctx, LIN, "wechat-main")
    assert refused.value.kind is CHANNEL_STATE


async def test_after_a_restart_it_is_still_out(tonight: Night) -> None:
    await disable(tonight)
    restarted = await a_new_start(tonight)

    assert restarted.disabled.keys() == {"wechat-main"}
    assert (await sold(tonight, "order-1")).channel_id == "wechat-backup"
    assert (await enable(tonight)).state is ChannelState.ENABLED
    assert (await sold(tonight, "order-2")).channel_id == "wechat-main"


async def a_new_start(tonight: Night) -> ChannelDesk:
    """The file is read anew, then what operators have said."""
    if tonight.directory.channel("wechat-main") is not None:
        tonight.directory.change("wechat-main", enabled=True)
    desk = tonight.ctx.desk = a_desk(tonight)
    put_in_force(tonight.directory, desk, await tonight.store.disabled_channels())
    return desk


async def test_a_channel_that_left_the_file_does_no_harm_and_is_out_when_it_comes_back(tonight: Night) -> None:
    await disable(tonight)
    channel = tonight.directory.channel("wechat-main")
    assert channel is not None
    tonight.directory.take_out("wechat-main")

    await a_new_start(tonight)
    assert [one.channel.channel_id for one in await channels.list_channels(tonight.ctx, LIN)] == [
        "alipay-main",
        "wechat-backup",
    ]
    with pytest.raises(PaySwitchError) as refused:
        await enable(tonight)
    assert refused.value.kind is NOT_FOUND

    tonight.directory.add(replace(channel, enabled=True), tonight.channel("wechat-main"))
    await a_new_start(tonight)
    assert (await channels.get_channel(tonight.ctx, LIN, "wechat-main")).state is ChannelState.DISABLED


async def test_what_the_file_itself_disables_only_the_file_enables(tonight: Night) -> None:
    tonight.directory.change("wechat-main", enabled=False)

    record = await disable(tonight)
    assert (record.state, record.disabled, record.disabled_in_file) == (ChannelState.DISABLED, None, True)
    assert await trail(tonight) == [], "nothing was done"
    with pytest.raises(PaySwitchError) as refused:
        await enable(tonight)

    assert refused.value.kind is DECLARED_IN_FILE
    assert "enabled = false" in (refused.value.detail or "")
    assert (await sold(tonight, "order-1")).channel_id == "wechat-backup"


async def test_the_last_channel_may_be_disabled_and_everybody_is_told(tonight: Night) -> None:
    books = Shop(shop_id="shop-2", merchant_id="m-1", name="书店")
    elsewhere = Shop(shop_id="shop-3", merchant_id="m-2", name="别家")
    await tonight.store.save_shop(books, [])
    await tonight.store.save_shop(elsewhere, [])
    tonight.directory.change("alipay-main", shops=frozenset({books.shop_id}))
    assert await alone(tonight, "wechat-main") == OnlyFor(), "the other WeChat account stands in for it"
    assert await alone(tonight, "alipay-main") == OnlyFor(methods=(Method.ALIPAY,))

    await disable(tonight, "wechat-backup")
    assert await alone(tonight, "wechat-main") == OnlyFor(shops=(SHOP,), methods=(Method.WECHAT,))
    await disable(tonight)

    assert (await trail(tonight))[0].after == {"state": "disabled", "shops_without_channel": '["shop-1"]'}
    assert (await trail(tonight, "wechat-backup"))[0].after == {"state": "disabled"}
    assert await alone(tonight, "wechat-main") == OnlyFor(shops=(SHOP,), methods=(Method.WECHAT,)), "still missed"
    with pytest.raises(PaySwitchError):
        await tonight.order("order-1")


async def alone(tonight: Night, channel_id: str) -> OnlyFor:
    channel = tonight.directory.channel(channel_id)
    assert channel is not None
    return (await only_for(tonight.ctx, [channel]))[channel_id]


async def test_another_merchants_channel_does_not_exist(tonight: Night) -> None:
    stranger = replace(LIN, operator_id="wu", merchant_ids=frozenset({"m-2"}))
    for event in ChannelEvent:
        with pytest.raises(PaySwitchError) as refused:
            await move(tonight, event, by=stranger)
        assert refused.value.kind is NOT_FOUND

    assert await tonight.store.disabled_channels() == []
    assert desk_of(tonight).disabled == {}
