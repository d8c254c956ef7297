"""The page hands over the customer's token: what is none never leaves, and a refusal never quotes it."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.applepay.world import debit_order, payment_data, shop_with_apple_pay, text, token

from payswitch.domain.outcome import OutcomeKind

HEADER = payment_data()["header"]
RSA_HEADER = {name: value for name, value in HEADER.items() if name != "ephemeralPublicKey"} | {"wrappedKey": text(256)}


def with_header(**changes: Any) -> dict[str, Any]:
    return payment_data(header={name: value for name, value in (HEADER | changes).items() if value is not None})


def cut(source: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key != name}


MALFORMED = {
    "empty": "",
    "no JSON": "tok_123",
    "a list": "[]",
    "a text": '"token"',
    "deeply nested": "[" * 20_000,
    "too long": json.dumps(token(payment_data(data=text(8_000), signature=text(12_000)))),
    "only the data": payment_data(),
    "no paymentData": cut(token(), "paymentData"),
    "no paymentMethod": cut(token(), "paymentMethod"),
    "no transactionIdentifier": cut(token(), "transactionIdentifier"),
    "a strange identifier": token(transactionIdentifier="x&respCode=00"),
    "version of the future": token(payment_data(version="EC_v2")),
    "no version": token(cut(payment_data(), "version")),
    "no data": token(cut(payment_data(), "data")),
    "empty data": token(payment_data(data="")),
    "data is no base64": token(payment_data(data="%%%%")),
    "data in another alphabet": token(payment_data(data="____")),
    "data with line ends": token(payment_data(data=text(60) + "\n")),
    "data is a number": token(payment_data(data=7)),
    "no signature": token(cut(payment_data(), "signature")),
    "empty signature": token(payment_data(signature="")),
    "no header": token(cut(payment_data(), "header")),
    "header is a text": token(payment_data(header="x")),
    "no publicKeyHash": token(with_header(publicKeyHash=None)),
    "a short publicKeyHash": token(with_header(publicKeyHash=text(20))),
    "no transactionId": token(with_header(transactionId=None)),
    "transactionId is not hexadecimal": token(with_header(transactionId="z" * 64)),
    "applicationData is not hexadecimal": token(with_header(applicationData="hello")),
    "no key": token(with_header(ephemeralPublicKey=None)),
    "a tiny key": token(with_header(ephemeralPublicKey=text(8))),
    "both keys": token(with_header(wrappedKey=text(256))),
    "EC with RSA's key": token(payment_data(header=RSA_HEADER)),
    "RSA with EC's key": token(payment_data(version="RSA_v1")),
    "an unknown field in paymentData": token(payment_data(pan="6226")),
    "an unknown field in the header": token(with_header(evil="1")),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_token_of_apples_is_never_sent(name: str) -> None:
    client, world = shop_with_apple_pay()
    fact = await client.debit(debit_order(MALFORMED[name]), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.REFUSED_PAYER, "token_malformed")
    assert not fact.outcome.transient
    assert not world.calls
    for part in (HEADER["publicKeyHash"], text(60)[:24], "tok_123", "x&respCode", "evil"):
        assert part not in repr(fact)


@pytest.mark.parametrize("network", ["Visa", "MasterCard", "", "unionpay"])
async def test_a_card_that_the_acquirer_does_not_take_is_the_customers_matter(network: str) -> None:
    client, world = shop_with_apple_pay()
    fact = await client.debit(debit_order(token(paymentMethod={"network": network})), 500)
    assert (fact.outcome.kind, fact.outcome.code) == (OutcomeKind.REFUSED_PAYER, "token_network")
    assert not world.calls


async def test_other_networks_can_be_configured() -> None:
    client, world = shop_with_apple_pay(networks="chinaUnionPay, visa")
    world.succeeds()
    fact = await client.debit(debit_order(token(paymentMethod={"network": "Visa"})), 500)
    assert fact.outcome.kind is OutcomeKind.PENDING


@pytest.mark.parametrize(
    "data",
    [
        payment_data(),
        with_header(applicationData="ab" * 32),
        payment_data(version="RSA_v1", header=RSA_HEADER),
    ],
    ids=["EC_v1", "EC_v1 with application data", "RSA_v1"],
)
async def test_the_acquirer_gets_exactly_what_apple_wrote(data: dict[str, Any]) -> None:
    client, world = shop_with_apple_pay()
    world.succeeds()
    await client.debit(debit_order(token(data)), 500)
    assert json.loads(base64.b64decode(world.sent["applePayToken"], validate=True)) == data


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["version", "data", "signature", "header"]


def could_be_apples(field: str, value: object) -> bool:
    """Only the acquirer can open `data` and check `signature`: any base64 may be what Apple wrote, "0000" too."""
    if field not in ("data", "signature") or not isinstance(value, str) or not value:
        return False
    try:
        return bool(base64.b64decode(value.encode("ascii"), validate=True))
    except ValueError:
        return False


@settings(max_examples=150, deadline=None)
@given(
    consent=st.text(max_size=60)
    | JSONS.map(json.dumps)
    | st.tuples(st.sampled_from(FIELDS), JSONS)
    .filter(lambda pair: not could_be_apples(*pair))
    .map(lambda pair: json.dumps(token(payment_data(**{pair[0]: pair[1]}))))
)
def test_whatever_the_page_sends_nothing_is_raised_and_nothing_leaves(consent: str) -> None:
    client, world = shop_with_apple_pay()
    fact = asyncio.run(client.debit(debit_order(consent), 400))
    assert fact.outcome.kind is OutcomeKind.REFUSED_PAYER
    assert not world.calls


@pytest.mark.parametrize("field", ["data", "signature"])
async def test_what_only_the_acquirer_can_open_is_left_to_the_acquirer(field: str) -> None:
    """A few bytes of base64 are no ciphertext of Apple's, but who holds no key cannot know."""
    client, world = shop_with_apple_pay()
    world.succeeds()
    await client.debit(debit_order(token(payment_data(**{field: "0000"}))), 500)
    assert json.loads(base64.b64decode(world.sent["applePayToken"], validate=True))[field] == "0000"
