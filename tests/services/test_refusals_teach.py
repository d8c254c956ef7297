"""What a refusal teaches reaches the next payment: limits by amount, risk control by customer."""

from __future__ import annotations

from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Customer
from tests.services.harness import Night

LIMIT = Outcome(kind=OutcomeKind.REFUSED_LIMIT, code="RULELIMIT")
RISK = Outcome(kind=OutcomeKind.REFUSED_RISK, code="RISK")


def asked(night: Night, channel_id: str) -> int:
    return sum(what == "create" for what, _ in night.channel(channel_id).calls)


async def test_an_amount_over_the_limit_is_asked_for_once_and_then_elsewhere(tonight: Night) -> None:
    tonight.channel("wechat-main").script.append(LIMIT)
    await tonight.order("order-1")
    await tonight.order("order-2")
    assert asked(tonight, "wechat-main") == 1
    small = await tonight.order("order-3", amount_fen=12_899)
    assert small.file.attempts[0].channel_id == "wechat-main"


async def test_a_customer_whom_risk_control_refused_is_not_sent_over_another_account(tonight: Night) -> None:
    ann = Customer(customer_id="ann")
    tonight.channel("wechat-main").script.append(RISK)
    first = await tonight.order("order-1", customer=ann)
    again = await tonight.order("order-2", customer=ann)
    assert first.file.attempts[-1].channel_id == again.file.attempts[0].channel_id == "alipay-main"
    assert asked(tonight, "wechat-backup") == 0
    bob = await tonight.order("order-3", customer=Customer(customer_id="bob"))
    assert bob.file.attempts[0].channel_id == "wechat-main"
