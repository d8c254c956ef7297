"""The shop's page asks for a merchant session over HTTP, and hands the customer's token over as it is."""

from __future__ import annotations

import json

import pytest

from payswitch.domain.payment import PaymentState
from tests.api.support import Evening, order
from tests.services.test_apple_pay_sessions import SESSION, AppleChannel, add

ASK = {
    "validation_url": "https://cn-apple-pay-gateway.apple.com/paymentservices/startSession",
    "domain": "pay.shop.example",
}
TOKEN = {
    "paymentData": {"version": "EC_v1", "data": "AAAA", "signature": "AAAA", "header": {}},
    "paymentMethod": {"displayName": "招商银行 ••1234", "network": "ChinaUnionPay"},
    "transactionIdentifier": "AB",
}


@pytest.fixture
def apple(tonight: Evening) -> AppleChannel:
    channel = AppleChannel("apple-pay", tonight.night)
    add(tonight.night, "apple-pay", channel)
    return channel


async def open_payment(tonight: Evening, **changes: object) -> str:
    heard = await tonight.shop.post("/v1/payments", order(environment=None) | changes)
    assert heard.status == 201, heard.text
    return f"/v1/payments/{heard.json['payment_id']}"


async def test_apples_bytes_reach_the_page_unchanged_and_are_never_kept(tonight: Evening, apple: AppleChannel) -> None:
    heard = await tonight.shop.post(f"{await open_payment(tonight)}/apple-pay-session", ASK)
    assert (heard.status, heard.body) == (200, SESSION)
    assert heard.headers["content-type"].startswith("application/json")
    assert heard.headers["cache-control"] == "no-store"
    assert apple.asked == [(ASK["validation_url"], ASK["domain"])]


async def test_from_the_session_to_the_money(tonight: Evening, apple: AppleChannel) -> None:
    path = await open_payment(tonight)
    assert (await tonight.shop.post(f"{path}/apple-pay-session", ASK)).status == 200
    token = json.dumps(TOKEN, ensure_ascii=False)
    heard = await tonight.shop.post(f"{path}/confirm", {"apple_pay_token": token, "environment": "mobile"})
    assert (heard.status, heard.json["state"]) == (200, PaymentState.SUCCEEDED)
    assert apple.seen_consents == [token], "a bank's Chinese name is part of a token"
    assert "AAAA" not in heard.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"validation_url": "not a url"}, "validation_url"),
        ({"validation_url": "https://" + "a" * 600}, "validation_url"),
        ({"validation_url": 7}, "validation_url"),
        ({"domain": "https://pay.shop.example"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"merchant": "x"}, "merchant"),
    ],
)
async def test_a_request_that_makes_no_sense_is_told_by_its_field(
    tonight: Evening, apple: AppleChannel, changes: dict[str, object], field: str
) -> None:
    heard = await tonight.shop.post(f"{await open_payment(tonight)}/apple-pay-session", ASK | changes)
    assert (heard.status, heard.json["code"], heard.fields) == (400, "invalid_request", [field])
    assert not apple.asked


async def test_another_shops_payment_is_not_found(tonight: Evening, apple: AppleChannel) -> None:
    path = await open_payment(tonight)
    heard = await tonight.other_shop.post(f"{path}/apple-pay-session", ASK)
    assert (heard.status, heard.json["code"]) == (404, "not_found")
    assert not apple.asked


async def test_without_a_key_nothing_is_asked(tonight: Evening, apple: AppleChannel) -> None:
    heard = await tonight.browser().post(f"{await open_payment(tonight)}/apple-pay-session", ASK)
    assert heard.status == 401
    assert not apple.asked
