"""The operator configures Apple Pay: mistakes are named at start, all of them, in both languages, and never a key."""

from __future__ import annotations

import re

import pytest
from tests.connectors.applepay.world import DOMAIN, MERCHANT, FakeWorld, account, identity, open_client
from tests.connectors.unionpay.authority import private_pem

from payswitch.connectors.applepay import CONNECTOR
from payswitch.connectors.contract import AccountProblem, Connector
from payswitch.domain.channel import Closing, Consent, CredentialKind, Environment, Method, Product
from payswitch.domain.channel_client import ApplePayDesk, ChannelClient, DebitClient

CHINESE = re.compile("[一-鿿]")
SECRET = re.compile(r"MII[A-Za-z0-9+/]{20}")


def problems_of(table: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as caught:
        open_client(table, FakeWorld())
    for problem in caught.value.problems:
        assert CHINESE.search(problem), f"not in Chinese: {problem}"
        assert re.search("[a-z]{3}", problem), f"not in English: {problem}"
        assert not SECRET.search(problem)
    return caught.value.problems


def test_the_connector_keeps_its_contract() -> None:
    connector: Connector = CONNECTOR
    assert (connector.name, connector.title_zh) == ("applepay", "Apple Pay 网页支付")
    client: ChannelClient = open_client(account(), FakeWorld())
    assert isinstance(client, DebitClient)
    assert isinstance(client, ApplePayDesk)


def test_what_the_product_can_do() -> None:
    (capability,) = CONNECTOR.capabilities.values()
    assert (capability.product, capability.method) == (Product.APPLEPAY_WEB, Method.APPLE_PAY)
    assert not capability.push
    assert capability.upfront
    assert capability.consent is Consent.APPLE_PAY_TOKEN
    assert capability.environments == {Environment.MOBILE, Environment.DESKTOP}
    assert (capability.closing, capability.credential) == (Closing.NO, CredentialKind.NONE)


def test_an_empty_account_is_told_everything_at_once() -> None:
    told = " ".join(problems_of({}))
    for key in ("mer_id", "sign_certificate", "root_certificates", "merchant_identifier", "display_name", "domains"):
        assert f"{key} is missing" in told
    assert "merchant_certificate is missing" in told
    assert "merchant_private_key is missing" in told


def test_an_expired_identity_is_named_with_its_date() -> None:
    (problem,) = problems_of(account(merchant_certificate=identity(days=(-800, -1))))
    assert "merchant_certificate expired on 2026-11-10" in problem
    assert "过期" in problem


def test_an_identity_of_tomorrow_is_named() -> None:
    (problem,) = problems_of(account(merchant_certificate=identity(days=(1, 700))))
    assert "not valid yet" in problem


def test_an_identity_that_is_no_certificate_is_named() -> None:
    (problem,) = problems_of(account(merchant_certificate="-----BEGIN CERTIFICATE-----\nAAAA\n"))
    assert problem.startswith("merchant_certificate")


def test_a_key_of_another_certificate_is_named() -> None:
    (problem,) = problems_of(account(merchant_private_key=private_pem("stranger")))
    assert "does not belong to the certificate" in problem


def test_an_identity_of_another_merchant_is_named() -> None:
    (problem,) = problems_of(account(merchant_certificate=identity(uid="merchant.com.other.shop")))
    assert "another merchant identifier's" in problem


def test_an_identity_that_names_nobody_is_left_to_apple() -> None:
    assert open_client(account(merchant_certificate=identity(uid="")), FakeWorld())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domains", "https://pay.shop.example"),
        ("domains", "pay.shop.example/checkout"),
        ("domains", "localhost"),
        ("display_name", "很" * 65),
        ("apple_region", "moon"),
        ("base_url_tls", "http://127.0.0.1:8443"),
        ("base_url_tls", "https://127.0.0.1:8443/path"),
        ("base_url_tls", "https://user@127.0.0.1"),
        ("token_field", "apple pay"),
        ("biz_type", "1"),
        ("txn_type", "x1"),
        ("txn_sub_type", "123"),
        ("gateway", "ftp://acquirer.example"),
        ("merchant_identifer", "a typo"),
    ],
)
def test_each_wrong_value_is_named_by_its_key(key: str, value: str) -> None:
    (problem,) = problems_of(account(**{key: value}))
    assert key in problem


async def test_domains_may_stand_in_any_case_and_with_any_blanks() -> None:
    client = open_client(account(domains=f" {DOMAIN.upper()} ,\nwww.shop.example "), FakeWorld())
    url = "https://apple-pay-gateway.apple.com/paymentservices/paymentSession"
    assert (await client.merchant_session(url, DOMAIN, 500)).session
    assert (await client.merchant_session(url, "WWW.shop.example", 500)).session


def test_the_client_says_little_of_itself() -> None:
    client = open_client(account(), FakeWorld())
    assert repr(client) == "ApplePayClient(mer_id='777290058167151')"
    assert MERCHANT not in repr(client)
