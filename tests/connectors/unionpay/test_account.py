"""The operator configures an account: mistakes are named at start, all of them, in both languages."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from tests.connectors.unionpay.authority import certificate, key, merchants, pem, private_pem
from tests.connectors.unionpay.world import NOW_MS, FakeUnionPay, account, check, open_client, order

from payswitch.connectors.contract import AccountProblem, Connector
from payswitch.connectors.unionpay import CONNECTOR
from payswitch.connectors.unionpay.account import read_account
from payswitch.domain.bill import BillSource
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.kit.clock import ManualClock

CHINESE = re.compile("[一-鿿]")
SECRET = re.compile(r"MII[A-Za-z0-9+/]{20}")
PASSWORD = "correct horse battery"


def problems_of(table: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as caught:
        open_client(table, FakeUnionPay())
    for problem in caught.value.problems:
        assert CHINESE.search(problem), f"not in Chinese: {problem}"
        assert re.search("[a-z]{3}", problem), f"not in English: {problem}"
        assert not SECRET.search(problem)
        assert PASSWORD not in problem
    assert "unionpay-main" in str(caught.value)
    return caught.value.problems


def without(table: dict[str, str], *keys: str) -> dict[str, str]:
    return {name: value for name, value in table.items() if name not in keys}


def pfx_account(password: str = PASSWORD, **changes: str) -> dict[str, str]:
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    data = pkcs12.serialize_key_and_certificates(b"merchant", key("merchant"), merchants(), None, encryption)
    table = without(account(), "sign_certificate", "sign_private_key")
    return table | {"sign_pfx_base64": base64.encodebytes(data).decode(), "sign_pfx_password": password} | changes


def test_the_connector_keeps_its_contract() -> None:
    connector: Connector = CONNECTOR
    assert (connector.name, connector.title_en, connector.title_zh) == ("unionpay", "UnionPay", "银联云闪付")
    client: ChannelClient = open_client(account(), FakeUnionPay())
    assert isinstance(client, BillSource)


@pytest.mark.parametrize("password", [PASSWORD, ""])
async def test_the_pfx_file_that_cfca_delivers_works_as_it_is(password: str) -> None:
    client = open_client(pfx_account(password), FakeUnionPay())
    credential = (await client.create(order(Product.UNIONPAY_WAP), 500)).credential
    assert credential is not None
    assert credential.params["certId"] == "69629715588"
    check("merchant", credential.params)


async def test_the_serial_number_is_written_in_decimal() -> None:
    serial = 0x1D11_39CB_DE00_FFEE_1234_5678_9ABC_DEF0
    client = open_client(account(sign_certificate=pem(merchants(serial=serial))), FakeUnionPay())
    credential = (await client.create(order(Product.UNIONPAY_WAP), 500)).credential
    assert credential is not None
    assert credential.params["certId"] == str(serial)


@pytest.mark.parametrize(
    "changes",
    [
        {"sign_pfx_password": "wrong"},
        {"sign_pfx_password": ""},
        {"sign_pfx_base64": "not base64"},
        {"sign_pfx_base64": "AAAA"},
    ],
)
def test_an_unreadable_pfx_is_named(changes: dict[str, str]) -> None:
    problems = problems_of(pfx_account(**changes))
    assert len(problems) == 1
    assert problems[0].startswith("sign_pfx_base64")


def test_a_pfx_without_a_certificate_or_with_another_kind_of_key_is_named() -> None:
    bare = pkcs12.serialize_key_and_certificates(b"m", key("merchant"), None, None, NoEncryption())
    only = pkcs12.serialize_key_and_certificates(b"m", None, merchants(), None, NoEncryption())
    for data in (bare, only):
        problems = problems_of(pfx_account(sign_pfx_base64=base64.b64encode(data).decode(), sign_pfx_password=""))
        assert problems[0].startswith("sign_pfx_base64")


def test_a_password_without_its_file_is_named() -> None:
    assert problems_of(without(pfx_account(), "sign_pfx_base64"))[0].startswith("sign_pfx_base64 is missing")


def test_two_kinds_of_key_at_once_are_refused() -> None:
    assert problems_of(account(**pfx_account()))[0].startswith("give either")


def test_everything_that_is_missing_is_named_at_once() -> None:
    problems = problems_of({})
    named = [problem.split()[0] for problem in problems]
    assert named == ["mer_id", "sign_certificate", "sign_private_key", "root_certificates", "term_id"]


def test_only_payment_codes_need_a_cash_desk() -> None:
    read = read_account("unionpay-main", without(account(), "term_id"), clock=ManualClock(NOW_MS))
    assert read.term_id == ""


@pytest.mark.parametrize("value", ["4900", "490000021", "49-00002", "终端号终端号终端"])
def test_a_cash_desks_number_of_another_form_is_named(value: str) -> None:
    (problem,) = problems_of(account(term_id=value))
    assert problem.startswith("term_id")


@pytest.mark.parametrize(("value", "undoes"), [("", False), ("refund", False), ("undo", True)])
def test_how_money_goes_back_on_the_same_day_is_the_contracts_matter(value: str, undoes: bool) -> None:
    table = account(same_day_refund=value)
    assert read_account("unionpay-main", table, clock=ManualClock(NOW_MS)).undoes_same_day is undoes


def test_an_unheard_of_way_of_refunding_is_named() -> None:
    (problem,) = problems_of(account(same_day_refund="void"))
    assert problem.startswith("same_day_refund")


@pytest.mark.parametrize("value", ["not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_an_unreadable_key_is_named(value: str) -> None:
    problems = problems_of(account(sign_private_key=value))
    assert len(problems) == 1
    assert problems[0].startswith("sign_private_key")


@pytest.mark.parametrize("name", ["sign_certificate", "root_certificates"])
@pytest.mark.parametrize("value", ["not a certificate", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"])
def test_an_unreadable_certificate_is_named(name: str, value: str) -> None:
    problems = problems_of(account(**{name: value}))
    assert len(problems) == 1
    assert name in problems[0] or "证书" in problems[0]


def test_a_certificate_that_does_not_fit_the_private_key_is_named() -> None:
    assert "does not belong" in problems_of(account(sign_private_key=private_pem("stranger")))[0]


def test_a_key_of_another_kind_is_named() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert "RSA" in problems_of(account(sign_private_key=elliptic.decode()))[0]
    assert "RSA" in problems_of(account(sign_certificate=pem(certificate("merchant", "middle", elliptic=True))))[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gateway", "gateway.95516.com"),
        ("gateway", "ftp://gateway.95516.com"),
        ("gateway", "https://gateway.95516.com/?a=1"),
        ("gateway", "https://gateway.95516.com/gateway/api/"),
        ("file_gateway", "filedownload.95516.com"),
        ("accept_expired_certificates", "yes"),
        ("check_sign_cert_cn", "1"),
        ("app_mode", "02"),
        ("root_certificate", "a misprint"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    problems = problems_of(account(**{name: value}))
    assert len(problems) == 1
    assert problems[0].startswith(name)


@pytest.mark.parametrize(
    ("gateway", "used"),
    [("", "https://gateway.95516.com"), ("https://gateway.test.95516.com/", "https://gateway.test.95516.com")],
)
async def test_unionpays_own_addresses_need_little_configuration(gateway: str, used: str) -> None:
    client = open_client(without(account(gateway=gateway), "file_gateway"), FakeUnionPay())
    credential = (await client.create(order(Product.UNIONPAY_WAP), 500)).credential
    assert credential is not None
    assert credential.content == f"{used}/gateway/api/frontTransReq.do"
