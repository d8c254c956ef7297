"""快捷支付: applied for without a debit, confirmed with the bank's SMS code: only the confirmation takes the money."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payswitch.domain.channel import CredentialKind, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import AttemptState, PaymentState
from payswitch.services.commands import ConfirmPayment, PaymentAnswer
from payswitch.services.payments import confirming, payments
from tests.services.debit_channel import MAINTENANCE, NOT_ENOUGH, SMS_CODE, WRONG_SMS, Counter, counter
from tests.services.fake_channel import NOT_SENT
from tests.services.harness import SHOP


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter(tmp_path) as wired:
        yield wired


async def begin(shop: Counter, **changes: object) -> PaymentAnswer:
    return await shop.night.order(**{"methods": (Method.QUICKPAY,), **changes})


async def confirm(shop: Counter, payment_id: str, code: str = SMS_CODE) -> PaymentAnswer:
    return await confirming.confirm_payment(shop.ctx, SHOP, payment_id, ConfirmPayment(sms_code=code))


async def test_the_bank_sends_a_code_and_the_code_debits(shop: Counter) -> None:
    answer = await begin(shop)
    shown = answer.file.attempt(answer.attempt_id or "")
    assert shown.credential is not None
    assert shown.credential.kind is CredentialKind.SMS
    assert shop.kept_fen() == 0
    done = await confirm(shop, shown.payment_id)
    assert done.file.payment.state is PaymentState.SUCCEEDED
    assert (shop.bank.seen_consents, shop.bank.seen_handles) == ([SMS_CODE], ["handle-1"])


async def test_a_mistyped_code_debits_nothing_and_may_be_typed_again(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    shop.bank.debit_script.append(WRONG_SMS)
    with pytest.raises(PaySwitchError) as caught:
        await confirm(shop, payment_id, "000000")
    assert caught.value.kind.code == "consent_wrong"
    file = await shop.night.file(payment_id)
    assert (file.attempts[0].state, file.attempts[0].debit_at_ms) == (AttemptState.EXPOSED, None)
    assert (await confirm(shop, payment_id)).file.payment.state is PaymentState.SUCCEEDED
    assert len((await shop.night.file(payment_id)).attempts) == 1


async def test_a_confirmation_that_never_left_may_be_sent_again(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    shop.bank.debit_script.extend([NOT_SENT, NOT_SENT])
    with pytest.raises(PaySwitchError) as caught:
        await confirm(shop, payment_id)
    assert caught.value.kind.code == "channels_unavailable"
    assert (await confirm(shop, payment_id)).file.payment.state is PaymentState.SUCCEEDED


async def test_two_presses_of_confirm_are_one_debit(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    await asyncio.gather(confirm(shop, payment_id), confirm(shop, payment_id))
    await confirm(shop, payment_id)
    assert shop.bank.count("debit") == 1


async def test_two_devices_with_different_codes_are_one_debit(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    shop.bank.silent = True
    await asyncio.gather(confirm(shop, payment_id, "111111"), confirm(shop, payment_id, "222222"))
    assert shop.bank.count("debit") == 1, "while the first is unknown the second sends nothing"


async def test_a_lost_confirmation_is_asked_about_and_found(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    shop.bank.silent = shop.bank.debits_when_silent = True
    answer = await confirm(shop, payment_id)
    assert answer.file.attempts[0].state is AttemptState.UNKNOWN
    shop.bank.silent = False
    await shop.night.wait(10)
    assert (await shop.night.file(payment_id)).payment.state is PaymentState.SUCCEEDED
    assert shop.kept_fen() == 12_900


async def test_a_bank_that_goes_into_maintenance_at_the_last_step_is_switched_away_from(shop: Counter) -> None:
    """Nothing was taken, provably: the customer gets a QR code instead, in the same answer."""
    first = await shop.night.order(methods=(Method.QUICKPAY, Method.ALIPAY))
    payment_id = first.file.payment.payment_id
    assert first.file.attempts[0].channel_id == "bank-icbc", "of the first tier"
    shop.bank.debit_script.append(MAINTENANCE)
    answer = await confirm(shop, payment_id)
    shown = answer.file.attempt(answer.attempt_id or "")
    assert shown.credential is not None
    assert shown.credential.kind is CredentialKind.QR
    assert answer.file.attempts[0].state is AttemptState.FAILED


async def test_the_bank_says_the_balance_is_short(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    shop.bank.debit_script.append(NOT_ENOUGH)
    with pytest.raises(PaySwitchError) as caught:
        await confirm(shop, payment_id)
    assert caught.value.kind.code == "payer_refused"
    assert (await shop.night.file(payment_id)).attempts[0].state is AttemptState.FAILED


async def test_a_code_that_is_never_typed_lapses_with_the_payment(shop: Counter) -> None:
    payment_id = (await begin(shop, expires_in_s=60)).file.payment.payment_id
    await shop.night.wait(75)
    file = await shop.night.file(payment_id)
    assert file.payment.state is PaymentState.CLOSED
    assert file.attempts[0].state is AttemptState.CLOSED
    assert await shop.night.store.list_incidents(limit=5) == []


async def test_another_code_is_sent_at_most_once_a_minute(shop: Counter) -> None:
    """The one that came with the order counts."""
    payment_id = (await begin(shop)).file.payment.payment_id
    for _ in range(2):
        with pytest.raises(PaySwitchError) as caught:
            await confirming.resend_sms(shop.ctx, SHOP, payment_id)
        assert caught.value.kind.code == "too_soon"
        shop.night.clock.advance(seconds=61)
        await confirming.resend_sms(shop.ctx, SHOP, payment_id)
    await confirm(shop, payment_id)
    assert shop.bank.seen_handles == ["handle-3"], "the newest SMS's own note goes back"


async def test_a_contract_that_debits_when_applied_for_is_not_taken_for_a_refusal(shop: Counter) -> None:
    """No SMS, the money is on its way already: asking is all that is done."""
    shop.bank.script.append(Outcome(kind=OutcomeKind.PENDING, code="2000"))
    answer = await shop.night.order(methods=(Method.QUICKPAY, Method.ALIPAY))
    attempt = answer.file.attempts[0]
    assert (len(answer.file.attempts), attempt.state) == (1, AttemptState.UNKNOWN)
    assert attempt.channel_id == "bank-icbc"


async def test_a_code_for_a_payment_that_waits_for_none_is_told(shop: Counter) -> None:
    shown = await shop.night.order(methods=(Method.WECHAT,))
    with pytest.raises(PaySwitchError) as caught:
        await confirm(shop, shown.file.payment.payment_id)
    assert caught.value.kind.code == "wrong_state"


async def test_cancelling_before_the_code_is_typed_leaves_nothing_to_debit(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    await payments.cancel_payment(shop.ctx, SHOP, payment_id)
    with pytest.raises(PaySwitchError):
        await confirm(shop, payment_id)
    assert shop.bank.count("debit") == 0
    assert (await shop.night.file(payment_id)).payment.state is PaymentState.CLOSED


async def test_exactly_one_consent_is_asked_for(shop: Counter) -> None:
    payment_id = (await begin(shop)).file.payment.payment_id
    for command in (ConfirmPayment(), ConfirmPayment(sms_code="1234", payment_code="134567890123456789")):
        with pytest.raises(PaySwitchError) as caught:
            await confirming.confirm_payment(shop.ctx, SHOP, payment_id, command)
        assert caught.value.kind.code == "consent_unusable"
