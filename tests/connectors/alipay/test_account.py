"""The operator configures an account: mistakes are named at start, all of them, in both languages."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.connectors.alipay.authority import (
    app_certificate,
    certificate_account,
    elliptic_root,
    intermediate,
    pem,
    second_root,
    sm2_root_pem,
)
from tests.connectors.alipay.world import (
    ORDER_NO,
    FakeAlipay,
    key,
    open_client,
    order_ref,
    private_pem,
    public_key_account,
    public_pem,
)

from payswitch.connectors.alipay import CONNECTOR
from payswitch.connectors.contract import AccountProblem, Connector

CHINESE = re.compile("[一-鿿]")
SECRET = re.compile(r"MII[A-Za-z0-9+/]{20}")


def problems_of(account: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as caught:
        open_client(account, FakeAlipay())
    for problem in caught.value.problems:
        assert CHINESE.search(problem), f"not in Chinese: {problem}"
        assert re.search("[a-z]{3}", problem), f"not in English: {problem}"
        assert not SECRET.search(problem)
    assert "alipay-main" in str(caught.value)
    return caught.value.problems


def without(account: dict[str, str], *keys: str) -> dict[str, str]:
    return {name: value for name, value in account.items() if name not in keys}


def test_the_connector_keeps_its_contract() -> None:
    connector: Connector = CONNECTOR
    assert (connector.name, connector.title_en, connector.title_zh) == ("alipay", "Alipay", "支付宝")


def bare(pem_text: str) -> str:
    return "".join(line for line in pem_text.splitlines() if not line.startswith("-"))


async def test_keys_work_as_alipays_console_shows_them() -> None:
    """Bare base64 without armour, PKCS#8 or PKCS#1."""
    pkcs1 = key("app").private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    for private in (bare(private_pem("app")), bare(pkcs1.decode()), pkcs1.decode()):
        alipay = FakeAlipay()
        account = public_key_account(app_private_key=private, alipay_public_key=bare(public_pem("alipay")))
        client = open_client(account, alipay)
        alipay.succeeds(out_trade_no=ORDER_NO, trade_status="WAIT_BUYER_PAY")
        assert (await client.query(order_ref(), 500)).outcome.code == "WAIT_BUYER_PAY"


async def test_the_production_gateway_needs_no_configuration() -> None:
    client = open_client(without(public_key_account(), "gateway"), FakeAlipay())
    assert client._account.gateway == "https://openapi.alipay.com/gateway.do"  # type: ignore[attr-defined]


def test_everything_that_is_missing_is_named_at_once() -> None:
    problems = problems_of({})
    assert [problem.split()[0] for problem in problems] == ["app_id", "app_private_key", "alipay_public_key"]


def test_an_incomplete_certificate_mode_names_what_is_missing() -> None:
    problems = problems_of(without(certificate_account(), "alipay_certificate", "alipay_root_certificate"))
    assert [problem.split()[0] for problem in problems] == ["alipay_certificate", "alipay_root_certificate"]


@pytest.mark.parametrize("value", ["not a key", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
@pytest.mark.parametrize("name", ["app_private_key", "alipay_public_key"])
def test_an_unreadable_key_is_named(name: str, value: str) -> None:
    problems = problems_of(public_key_account(**{name: value}))
    assert len(problems) == 1
    assert problems[0].startswith(name)


@pytest.mark.parametrize("name", ["app_certificate", "alipay_certificate", "alipay_root_certificate"])
def test_an_unreadable_certificate_is_named(name: str) -> None:
    problems = problems_of(certificate_account(**{name: "not a certificate"}))
    assert len(problems) == 1
    assert problems[0].startswith(name)


@pytest.mark.parametrize("certificate", [pem(elliptic_root()), sm2_root_pem()])
def test_a_certificate_of_another_kind_of_key_is_named(certificate: str) -> None:
    problems = problems_of(certificate_account(alipay_certificate=certificate))
    assert any(problem.startswith("alipay_certificate") for problem in problems)


def test_an_elliptic_private_key_is_named() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert "RSA" in problems_of(public_key_account(app_private_key=elliptic.decode()))[0]


def test_the_applications_own_public_key_is_not_alipays() -> None:
    assert "应用公钥" in problems_of(public_key_account(alipay_public_key=public_pem("app")))[0]


def test_a_certificate_that_does_not_fit_the_private_key_is_named() -> None:
    assert "app_private_key" in problems_of(certificate_account(app_private_key=private_pem("stranger")))[0]


def test_a_certificate_from_elsewhere_is_named() -> None:
    account = certificate_account(alipay_root_certificate=pem(second_root()))
    assert problems_of(account)[0].startswith("alipay_certificate was not issued")
    # Without the intermediate there is no chain either.
    alone = certificate_account()["alipay_certificate"].split("-----END CERTIFICATE-----")[0]
    account = certificate_account(alipay_certificate=alone + "-----END CERTIFICATE-----\n")
    assert problems_of(account)[0].startswith("alipay_certificate was not issued")


def test_a_root_file_without_an_rsa_root_is_named() -> None:
    account = certificate_account(alipay_root_certificate=pem(elliptic_root()))
    assert any("no RSA root" in problem for problem in problems_of(account))


def test_two_modes_at_once_are_refused() -> None:
    account = certificate_account(alipay_public_key=public_pem("alipay"))
    assert problems_of(account)[0].startswith("give either")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gateway", "openapi.alipay.com"),
        ("gateway", "ftp://openapi.alipay.com/gateway.do"),
        ("gateway", "https://openapi.alipay.com/gateway.do?charset=utf-8"),
        ("hb_fq_seller_percent", "50"),
        ("precreate_product_code", "SOMETHING"),
        ("alipay_pubic_key", "a misprint"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    problems = problems_of(public_key_account(**{name: value}))
    assert len(problems) == 1
    assert problems[0].startswith(name)


def test_the_intermediate_may_stand_in_the_root_file() -> None:
    account = certificate_account()
    account["alipay_certificate"] = account["alipay_certificate"].split("-----END CERTIFICATE-----")[0] + (
        "-----END CERTIFICATE-----\n"
    )
    account["alipay_root_certificate"] += "\n" + pem(intermediate())
    open_client(account, FakeAlipay())


def test_a_certificate_of_the_application_is_no_public_key_of_alipays() -> None:
    problems = problems_of(public_key_account(alipay_public_key=pem(app_certificate())))
    assert "应用公钥" in problems[0]
