"""What a refusal teaches reaches the next payment: limits by amount, risk control by customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from payswitch.domain.customer import Customer
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from tests.services.debit_channel import counter
from tests.services.harness import Night

CODE = "134567890123456789"
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


async def test_a_debit_that_risk_control_refused_is_not_tried_at_the_other_till_account(tmp_path: Path) -> None:
    """The customer comes back to the counter with a new code, and a new order: still not over the second account."""
    async with counter(tmp_path) as shop:
        shop.main.debit_script.append(RISK)
        for number in ("order-1", "order-2"):
            with pytest.raises(PaySwitchError):
                await shop.night.order(
                    number, environment=None, payment_code=CODE, customer=Customer(customer_id="ann")
                )
        assert shop.main.seen_consents == [CODE]
        assert shop.backup.seen_consents == []
        await shop.night.order("order-3", environment=None, payment_code=CODE, customer=Customer(customer_id="bob"))
        assert shop.main.seen_consents == [CODE, CODE]
