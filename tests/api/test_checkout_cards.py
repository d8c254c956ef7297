"""What the page's card steps say when something cannot be right, and whose cards they are."""

from __future__ import annotations

import json

import pytest

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.entry.checkout.card_forms import new_card
from tests.api.support import Evening
from tests.api.test_checkout import link, the_payment

CARD = {
    "bank": "icbc",
    "card_no": "6222020000000000000",
    "id_no": "11010119900101000x",
    "name": "张三",
    "mobile": "13800000000",
}


async def a_card(tonight: Evening, customer_id: str, **changes: object) -> str:
    agreement = Agreement(
        agreement_id=f"agr-{customer_id}",
        merchant_id="m-1",
        shop_id="shop-1",
        customer_id=customer_id,
        channel_id="bank",
        channel_version=1,
        bank="icbc",
        card_tail="0009",
        state=AgreementState.ACTIVE,
        agreement_no="AG1",
        created_at_ms=1,
        **changes,  # type: ignore[arg-type]
    )
    await tonight.night.store.save_agreement(agreement)
    return agreement.agreement_id


@pytest.mark.parametrize(
    "wrong",
    [{"card_no": "12"}, {"mobile": "23800000000"}, {"id_no": "<script>"}, {"name": ""}, {"bank": "ICBC!"}],
)
async def test_a_mistyped_card_is_said_and_never_repeated(tonight: Evening, wrong: dict[str, str]) -> None:
    path = await link(tonight)
    heard = await tonight.browser().submit(f"{path}/cards", **{**CARD, **wrong})
    assert json.loads(heard.body)["notice"]["code"] == "invalid_request"
    assert all(value not in heard.text for value in wrong.values() if value)


async def test_a_bank_that_no_channel_reaches(tonight: Evening) -> None:
    heard = await tonight.browser().submit(f"{await link(tonight)}/cards", **CARD)
    assert json.loads(heard.body)["notice"] == {"code": "bank_not_offered", "method": "quickpay"}


async def test_nobody_pays_with_somebody_elses_card(tonight: Evening) -> None:
    stranger = await a_card(tonight, "li")
    path = await link(tonight, customer={"customer_id": "wang"})
    pressed = await tonight.browser().submit(f"{path}/start", method="quickpay", agreement_id=stranger)
    confirmed = await tonight.browser().submit(f"{path}/cards/confirm", agreement_id=stranger, sms_code="123456")
    assert pressed.status == 404
    assert json.loads(confirmed.body)["notice"]["code"] == "trouble"
    assert (await the_payment(tonight))["attempts"] == []


def test_a_cards_particulars_are_secrets_from_the_form_on() -> None:
    card = new_card({**CARD, "is_credit": "1", "valid_until": "1230", "cvv2": "123"})
    shown = repr(card)
    assert all(value not in shown for value in ("6222020000000000000", "11010119900101000", "13800000000", "123"))
    assert card.id_no.reveal() == "11010119900101000X"


async def test_without_a_code_nothing_is_confirmed(tonight: Evening) -> None:
    path = await link(tonight)
    heard = await tonight.browser().send(
        "POST", f"{path}/confirm", b"sms_code=12", headers={"accept": "application/json"}
    )
    assert heard.json["notice"]["code"] == "invalid_request"
    assert heard.json["phase"] == "choose"
