"""签约 from the customer's first form to giving the card back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.domain.customer import Customer
from payswitch.domain.errors import ErrorKind, PaySwitchError
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import Payment
from payswitch.domain.shop import Shop
from payswitch.entry.worker import Worker
from payswitch.kit.secrets import Secret
from payswitch.services.checkout import agreements
from payswitch.services.checkout.held_cards import HELD_MS, MOST_HELD, HeldCards
from payswitch.services.payments.payments import _new_payment
from tests.sandbox.support import until
from tests.services.bank_street import BAD_CARD, CARD, MOBILE, RIGHT_CODE, SECRETS, BankStreet, application, move_in
from tests.services.fake_channel import BUSY, MAINTENANCE, NOT_SENT, SILENT
from tests.services.harness import SHOP, Night, command

S = AgreementState
CODE, WRONG = Secret(RIGHT_CODE), Secret("314159")
OTHER_SHOP = Shop(shop_id="shop-2", merchant_id="m-1", name="书店")


@pytest.fixture
def street(tonight: Night) -> BankStreet:
    return move_in(tonight)


async def apply(night: Night, **changes: object) -> Agreement:
    return (await agreements.apply(night.ctx, SHOP, application(**changes)))[0]


async def sign(night: Night, **changes: object) -> Agreement:
    applied = await apply(night, **changes)
    return await agreements.confirm(night.ctx, SHOP, applied.agreement_id, CODE)


async def refused(night: Night, agreement_id: str, code: Secret = WRONG) -> ErrorKind:
    with pytest.raises(PaySwitchError) as caught:
        await agreements.confirm(night.ctx, SHOP, agreement_id, code)
    return caught.value.kind


def later(night: Night, seconds: float) -> None:
    night.clock.advance(seconds=seconds)


async def test_a_card_is_signed_up_and_given_back(tonight: Night, street: BankStreet) -> None:
    applied, new = await agreements.apply(tonight.ctx, SHOP, application())
    assert (new, applied.state, applied.channel_id, applied.card_tail) == (True, S.APPLIED, "icbc-first", "9876")
    assert street.first.applied[0].card_no == Secret(CARD)

    signed = await agreements.confirm(tonight.ctx, SHOP, applied.agreement_id, CODE)
    assert (signed.state, signed.agreement_no, signed.handle) == (S.ACTIVE, "secret-agreement-icbc-first", "")
    assert list(await agreements.of_customer(tonight.ctx, SHOP, "c-77")) == [signed]
    assert len(tonight.ctx.held_cards) == 0, "its particulars are gone"

    ended = await agreements.end(tonight.ctx, SHOP, applied.agreement_id)
    assert (ended.state, ended.agreement_no) == (S.ENDED, "")
    assert street.first.ended == ["secret-agreement-icbc-first"]
    assert await agreements.end(tonight.ctx, SHOP, applied.agreement_id) == ended, "twice is once"
    assert len(street.first.ended) == 1


async def test_a_signed_card_is_not_signed_up_twice(tonight: Night, street: BankStreet) -> None:
    signed = await sign(tonight)
    assert await agreements.apply(tonight.ctx, SHOP, application()) == (signed, False)
    assert await agreements.confirm(tonight.ctx, SHOP, signed.agreement_id, WRONG) == signed, "nothing is asked again"
    assert len(street.first.applied) == 1
    later(tonight, 61)
    other = await apply(tonight, card_no=Secret(CARD[:-4] + "1234"))
    assert other.agreement_id != signed.agreement_id


async def test_a_signed_card_whose_channel_is_gone_is_signed_up_elsewhere(tonight: Night, street: BankStreet) -> None:
    await sign(tonight)
    street.set_channel("icbc-first", enabled=False)
    later(tonight, 61)
    assert (await apply(tonight)).channel_id == "icbc-second"


async def test_pressing_the_button_twice_is_one_application(tonight: Night, street: BankStreet) -> None:
    first, second = await asyncio.gather(apply(tonight), apply(tonight))
    assert first == second
    assert len(street.first.applied) == 1


@pytest.mark.parametrize("trouble", [BUSY, MAINTENANCE, NOT_SENT, SILENT, Outcome(kind=OutcomeKind.REFUSED_CONFIG)])
async def test_a_channel_in_trouble_is_passed_over(tonight: Night, street: BankStreet, trouble: Outcome) -> None:
    """Nothing moves while signing up, so even silence harms nobody."""
    street.first.apply_script.append(trouble)
    applied = await apply(tonight)
    assert applied.channel_id == "icbc-second"
    signed = await agreements.confirm(tonight.ctx, SHOP, applied.agreement_id, CODE)
    assert signed.agreement_no == "secret-agreement-icbc-second"


async def test_nobody_reaches_the_bank(tonight: Night, street: BankStreet) -> None:
    street.first.apply_script.append(MAINTENANCE)
    street.second.apply_script.append(SILENT)
    with pytest.raises(PaySwitchError, match="bank_unavailable"):
        await apply(tonight)
    assert (await apply(tonight)).state is S.APPLIED, "and a minute need not be waited: no SMS was sent"


async def test_the_banks_own_no_is_final(tonight: Night, street: BankStreet) -> None:
    street.first.apply_script.append(BAD_CARD)
    with pytest.raises(PaySwitchError, match="card_refused"):
        await apply(tonight)
    assert street.second.applied == [], "another channel reaches the same bank"


async def test_a_bank_that_nobody_reaches_is_told_with_those_that_are(tonight: Night, street: BankStreet) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await apply(tonight, bank="boc")
    assert caught.value.extra == {"banks": ["abc", "ccb", "icbc"]}
    assert (await apply(tonight, bank="ccb")).channel_id == "ccb-only"


async def test_five_wrong_codes_end_the_application(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    kinds = [(await refused(tonight, agreement_id)).code for _ in range(5)]
    assert kinds == ["consent_wrong"] * 4 + ["agreement_over"]
    assert (await refused(tonight, agreement_id, CODE)).code == "agreement_over", "also with the right code"
    assert len(street.first.codes) == 5
    assert (await agreements.get(tonight.ctx, SHOP, agreement_id)).state is S.ENDED


async def test_a_wrong_code_first_and_then_the_right_one(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    assert (await refused(tonight, agreement_id)).code == "consent_wrong"
    assert (await agreements.confirm(tonight.ctx, SHOP, agreement_id, CODE)).state is S.ACTIVE


async def test_a_lost_answer_is_asked_about_again(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    street.first.confirm_script.append(SILENT)
    assert (await refused(tonight, agreement_id, CODE)).code == "bank_unavailable"
    assert (await agreements.confirm(tonight.ctx, SHOP, agreement_id, CODE)).state is S.ACTIVE


async def test_the_bank_refuses_with_the_code(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    street.first.confirm_script.append(BAD_CARD)
    assert (await refused(tonight, agreement_id, CODE)).code == "card_refused"
    assert (await refused(tonight, agreement_id, CODE)).code == "agreement_over"


async def test_after_a_restart_the_customer_applies_again(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    tonight.ctx.held_cards = HeldCards()
    assert (await refused(tonight, agreement_id, CODE)).code == "agreement_over"
    stored = await agreements.get(tonight.ctx, SHOP, agreement_id)
    assert (stored.state, stored.handle) == (S.ENDED, "")
    assert (await sign(tonight)).state is S.ACTIVE


async def test_particulars_are_forgotten_after_ten_minutes_even_if_nobody_comes_back(
    tonight: Night, street: BankStreet
) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    assert len(tonight.ctx.held_cards) == 1
    later(tonight, HELD_MS / 1_000)
    tonight.ctx.held_cards.forget_old(tonight.clock.monotonic_ms())
    assert len(tonight.ctx.held_cards) == 0
    assert (await refused(tonight, agreement_id, CODE)).code == "agreement_over"


async def test_the_workers_round_forgets_them(tonight: Night, street: BankStreet) -> None:
    """In production nobody has to ask: the loop that sweeps payments does it."""
    await apply(tonight)
    later(tonight, HELD_MS / 1_000)
    worker = Worker(tonight.ctx)
    worker.start()
    await until(lambda: len(tonight.ctx.held_cards) == 0)
    await worker.stop()


async def test_an_sms_a_minute_and_no_more(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    for _ in range(2):
        with pytest.raises(PaySwitchError, match="too_soon"):
            await agreements.resend(tonight.ctx, SHOP, agreement_id)
    with pytest.raises(PaySwitchError, match="too_soon"):
        await apply(tonight, card_no=Secret(CARD[:-4] + "1234"))
    assert (await apply(tonight, mobile=Secret("13900139000"), customer_id="c-78")).state is S.APPLIED, "another phone"
    later(tonight, 60)
    again = await agreements.resend(tonight.ctx, SHOP, agreement_id)
    assert again.handle == "secret-handle-3"
    with pytest.raises(PaySwitchError, match="too_soon"):
        await agreements.resend(tonight.ctx, SHOP, agreement_id)


async def test_applying_anew_takes_the_place_of_what_was_never_confirmed(tonight: Night, street: BankStreet) -> None:
    first = await apply(tonight, name=Secret("错别字"))
    later(tonight, 61)
    second = await apply(tonight)
    states = {card.agreement_id: card.state for card in await agreements.of_customer(tonight.ctx, SHOP, "c-77")}
    assert states == {first.agreement_id: S.ENDED, second.agreement_id: S.APPLIED}
    assert len(tonight.ctx.held_cards) == 1


async def test_a_new_sms_brings_a_new_handle_and_no_new_tries(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    for _ in range(4):
        await refused(tonight, agreement_id)
    later(tonight, 61)
    await agreements.resend(tonight.ctx, SHOP, agreement_id)
    assert (await refused(tonight, agreement_id)).code == "agreement_over"


async def test_an_application_is_withdrawn_without_a_call(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await apply(tonight)).agreement_id
    assert (await agreements.end(tonight.ctx, SHOP, agreement_id)).state is S.ENDED
    assert street.first.ended == []
    assert (await refused(tonight, agreement_id, CODE)).code == "agreement_over"


async def test_a_card_is_ended_only_when_the_channel_says_so(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await sign(tonight)).agreement_id
    street.first.end_script.append(SILENT)
    with pytest.raises(PaySwitchError, match="bank_unavailable"):
        await agreements.end(tonight.ctx, SHOP, agreement_id)
    assert (await agreements.get(tonight.ctx, SHOP, agreement_id)).state is S.ACTIVE
    assert (await agreements.end(tonight.ctx, SHOP, agreement_id)).state is S.ENDED


async def test_a_card_at_a_forgotten_channel_is_told_plainly(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await sign(tonight)).agreement_id
    street.forget("icbc-first")
    with pytest.raises(PaySwitchError, match="icbc-first is not configured any more"):
        await agreements.end(tonight.ctx, SHOP, agreement_id)


async def test_another_shops_card_does_not_exist(tonight: Night, street: BankStreet) -> None:
    agreement_id = (await sign(tonight)).agreement_id
    for work in (
        agreements.get(tonight.ctx, OTHER_SHOP, agreement_id),
        agreements.confirm(tonight.ctx, OTHER_SHOP, agreement_id, CODE),
        agreements.resend(tonight.ctx, OTHER_SHOP, agreement_id),
        agreements.end(tonight.ctx, OTHER_SHOP, agreement_id),
    ):
        with pytest.raises(PaySwitchError, match="not_found"):
            await work
    assert list(await agreements.of_customer(tonight.ctx, OTHER_SHOP, "c-77")) == []
    assert agreements.customer_no(SHOP, "c-77") != agreements.customer_no(OTHER_SHOP, "c-77")


# --- which cards a payment may debit ---------------------------------------------------------------------------------


def payment(night: Night, **changes: object) -> Payment:
    customer = Customer(customer_id="c-77")
    return _new_payment(night.ctx, SHOP, command(**({"customer": customer} | changes)), "hash", night.clock.now_ms())


async def usable(night: Night, **changes: object) -> Mapping[str, str]:
    return await agreements.usable_agreements(night.ctx, payment(night, **changes))


async def test_a_customers_active_cards_are_usable_where_they_are_signed(tonight: Night, street: BankStreet) -> None:
    assert await usable(tonight) == {}
    await sign(tonight)
    later(tonight, 61)
    ccb = await sign(tonight, bank="ccb")
    later(tonight, 61)
    await apply(tonight, bank="abc")  # never confirmed
    both = {"icbc-first": "secret-agreement-icbc-first", "ccb-only": "secret-agreement-ccb-only"}
    assert await usable(tonight) == both
    assert await usable(tonight, agreement_id=ccb.agreement_id) == {"ccb-only": "secret-agreement-ccb-only"}
    assert await usable(tonight, customer=Customer(customer_id="c-78")) == {}
    assert await usable(tonight, customer=Customer()) == {}
    await agreements.end(tonight.ctx, SHOP, ccb.agreement_id)
    assert await usable(tonight) == {"icbc-first": "secret-agreement-icbc-first"}
    assert await usable(tonight, agreement_id=ccb.agreement_id) == {}, "and no other card takes its place"


async def test_nobody_pays_with_anothers_card(tonight: Night, street: BankStreet) -> None:
    card = await sign(tonight)
    assert await usable(tonight, agreement_id=card.agreement_id, customer=Customer(customer_id="c-78")) == {}
    theirs = replace(payment(tonight, agreement_id=card.agreement_id), shop_id="shop-2")
    assert await agreements.usable_agreements(tonight.ctx, theirs) == {}


async def test_nothing_is_read_for_a_merchant_without_such_a_channel(
    tonight: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError("a read on the hot path")

    monkeypatch.setattr(type(tonight.store), "agreements_of", never)
    monkeypatch.setattr(type(tonight.store), "agreement", never)
    assert await usable(tonight) == {}
    assert await usable(tonight, agreement_id="agr_1") == {}


def test_what_is_held_has_a_bound_and_prints_nothing(street: BankStreet) -> None:
    held = HeldCards()
    order = agreements._order(SHOP, application())
    for n in range(MOST_HELD + 5):
        held.hold(f"agr_{n}", order, 0.0)
    assert len(held) == MOST_HELD
    assert held.get("agr_0", 0.0) is None
    shown = repr(held.get("agr_9", 0.0)) + repr(order) + repr(application())
    assert not [secret for secret in (*SECRETS, MOBILE) if secret in shown]
