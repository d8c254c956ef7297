"""渠道测试: 0.01 yuan, paid for real through one channel, and returned by itself.

A test is an ordinary payment of a shop that only exists for tests of this channel: routing is given that one channel,
whatever its state, and the commit that makes the payment succeed holds its refund. So whatever is killed at any point
is finished by the sweeper, as with every other payment.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.channel import Capability, CapabilityTable, Channel, CredentialKind, Environment, Product
from payswitch.domain.errors import (
    CHANNELS_UNAVAILABLE,
    NO_CANDIDATE,
    NOT_FOUND,
    PAYER_REFUSED,
    WRONG_STATE,
    PaySwitchError,
)
from payswitch.domain.managed_channel import ChannelChange, ChannelState
from payswitch.domain.operator import Operator
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, PaymentState, RefundState
from payswitch.domain.shop import TEST_SHOP_PREFIX, Shop
from payswitch.services.attempts import results
from payswitch.services.channels.channel_commands import TestChannel
from payswitch.services.channels.channel_commits import channel_deed, wrong_state
from payswitch.services.channels.channels import desk_of, get_channel
from payswitch.services.channels.checkup import Finding, judge
from payswitch.services.commands import CreatePayment
from payswitch.services.context import Context
from payswitch.services.payments.payments import cancel_payment, create_payment, find_payment

TEST_FEN: Final = 1
EXPIRES_IN_S: Final = 600
"""Time to take out the phone and scan."""
SUBJECT: Final = "PaySwitch 渠道测试"

_BY_HAND: Final = (CredentialKind.QR, CredentialKind.REDIRECT, CredentialKind.FORM)
"""What a person can pay without a shop's app or a wallet's own browser; the first kind is preferred."""


class TestState(StrEnum):
    __test__ = False

    WAITING = "waiting"
    """The credential is shown; nobody has paid yet."""
    REFUNDING = "refunding"
    """Paid; the money is on its way back."""
    REFUNDED = "refunded"
    """Paid and returned: the channel works."""
    REFUND_FAILED = "refund_failed"
    """Paid, and the channel refuses to give it back: a person must look."""
    REFUSED = "refused"
    """The channel made no order; the finding says why."""
    UNPAID = "unpaid"
    """Nobody paid in time."""


class ChannelTest(msgspec.Struct, frozen=True, kw_only=True):
    """One test as it stands."""

    __test__ = False

    test_id: str
    channel_id: str
    state: TestState
    file: PaymentFile
    finding: Finding | None = None
    """What the channel's refusal means and how to mend it."""


async def begin_test(ctx: Context, operator: Operator, channel_id: str, command: TestChannel) -> ChannelTest:
    """Make an order of 0.01 yuan at this channel. Its credential is in the answer; a refusal of the channel is, too."""
    record = await get_channel(ctx, operator, channel_id)
    channel = record.channel
    if record.state is ChannelState.RETIRED:
        raise wrong_state(record.state, "test")
    capability = _capability(channel, ctx.directory.capabilities(channel.connector), command.product)
    test_id = ctx.ids.new("tst_", ctx.clock.now_ms())
    detail = {"test_id": test_id, "product": capability.product.value}
    trail = channel_deed(ctx, operator, channel, "test", after=detail)
    await desk_of(ctx).store.commit_channel(ChannelChange(trail=trail))
    shop = _test_shop(channel)
    order = CreatePayment(
        out_trade_no=test_id,
        amount_fen=TEST_FEN,
        subject=SUBJECT,
        products=(capability.product,),
        environment=_environment(capability),
        expires_in_s=min(max(EXPIRES_IN_S, capability.least_expiry_s), capability.most_expiry_s),
    )
    try:
        await create_payment(ctx, shop, order, None)
    except PaySwitchError as error:
        if error.kind not in (CHANNELS_UNAVAILABLE, PAYER_REFUSED):
            raise
        await _give_up(ctx, shop, test_id)
    return await _test_of(ctx, channel, test_id)


async def _give_up(ctx: Context, shop: Shop, test_id: str) -> None:
    """A test that was refused is over: nothing of it is tried again."""
    file = await find_payment(ctx, shop, test_id)
    try:
        if file is not None:
            await cancel_payment(ctx, shop, file.payment.payment_id)
    except PaySwitchError as error:
        if error.kind is not WRONG_STATE:
            raise


async def get_test(ctx: Context, operator: Operator, channel_id: str, test_id: str) -> ChannelTest:
    """How a test stands. While it waits for its payment the channel is asked."""
    record = await get_channel(ctx, operator, channel_id)
    return await _test_of(ctx, record.channel, test_id)


async def _test_of(ctx: Context, channel: Channel, test_id: str) -> ChannelTest:
    file = await find_payment(ctx, _test_shop(channel), test_id)
    if file is None:
        raise PaySwitchError(NOT_FOUND, f"there is no test {test_id} of this channel", "该渠道没有此测试")
    file = await results.check_payment(ctx, file)
    state = state_of(file)
    finding = _refusal(channel, file) if state is TestState.REFUSED else None
    return ChannelTest(test_id=test_id, channel_id=channel.channel_id, state=state, file=file, finding=finding)


def _test_shop(channel: Channel) -> Shop:
    return Shop(
        shop_id=TEST_SHOP_PREFIX + channel.channel_id, merchant_id=channel.merchant_id, name="渠道测试", notify_url=None
    )


def _capability(channel: Channel, capabilities: CapabilityTable, wanted: Product | None) -> Capability:
    """The product to test. Raises `no_candidate` when none of the channel's can be paid by a person at a screen."""
    signed = {product: capabilities[product] for product in channel.products if product in capabilities}
    if wanted is not None:
        if wanted not in signed:
            raise _cannot(f"{wanted.value} is not a product of this channel", f"该渠道没有产品 {wanted.value}")
        if not signed[wanted].push:
            raise _cannot(
                f"{wanted.value} takes the money in the call itself: it cannot be tested by scanning",
                f"{wanted.value} 为直接扣款产品，无法扫码测试",
            )
        return signed[wanted]
    by_hand = [one for one in signed.values() if _payable_by_hand(one)]
    if not by_hand:
        raise _cannot(
            "no product of this channel can be paid by scanning a code or opening a link; name the one to test",
            "该渠道没有可扫码或打开链接支付的产品，请指定要测试的产品",
        )
    return min(by_hand, key=lambda one: (_BY_HAND.index(one.credential), one.product))


def _payable_by_hand(capability: Capability) -> bool:
    needs_more = capability.needs_openid or capability.needs_buyer_id or capability.needs_agreement
    affordable = capability.min_fen <= TEST_FEN
    return capability.push and affordable and not needs_more and capability.credential in _BY_HAND


def _cannot(english: str, chinese: str) -> PaySwitchError:
    errors = [{"field": "product", "message": f"{english} / {chinese}"}]
    return PaySwitchError(NO_CANDIDATE, english, chinese, errors=errors)


def _environment(capability: Capability) -> Environment:
    for environment in (Environment.DESKTOP, Environment.MOBILE):
        if environment in capability.environments:
            return environment
    return min(capability.environments)


def state_of(file: PaymentFile) -> TestState:
    """Where a test stands, from the payment alone."""
    if file.payment.state is PaymentState.SUCCEEDED:
        states = {refund.state for refund in file.refunds}
        if RefundState.SUCCEEDED in states:
            return TestState.REFUNDED
        return TestState.REFUND_FAILED if states == {RefundState.FAILED} else TestState.REFUNDING
    if not any(attempt.exposed_at_ms is not None for attempt in file.attempts):
        return TestState.REFUSED
    live = any(attempt.state is AttemptState.EXPOSED for attempt in file.attempts)
    return TestState.WAITING if live else TestState.UNPAID


def _refusal(channel: Channel, file: PaymentFile) -> Finding | None:
    answered: list[Attempt] = [attempt for attempt in file.for_customer if attempt.outcome is not None]
    outcome = answered[-1].outcome if answered else None
    return None if outcome is None else judge(channel.channel_id, outcome, 0.0)
