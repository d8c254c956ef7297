"""An account is read once; everything that is wrong with it is told at once, in both languages, without a secret."""

from __future__ import annotations

import msgspec
import pytest
from tests.connectors.quickpay.world import (
    CHANNEL,
    FakeAllinpay,
    md5_account,
    open_client,
    private_pem,
    public_pem,
    rsa_account,
)

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.quickpay.account import PRODUCTION, read_account
from payswitch.connectors.quickpay.banks import BANKS, Bank, bank_of_code
from payswitch.domain.channel import Product


def problems(account: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as caught:
        read_account("quickpay-icbc", account)
    return caught.value.problems


def test_what_is_not_said_has_a_default() -> None:
    account = rsa_account()
    del account["base_url"]
    ready = read_account("q", account)
    assert ready.base_url == PRODUCTION == "https://vsp.allinpay.com/apiweb"
    assert (ready.signatures.name, ready.trade_path, ready.expiry_field) == ("RSA", "unitorder", "expiretime")
    assert ready.ecny_paytype == ""
    assert set(ready.banks) == set(Bank)


def test_an_empty_account_names_everything_that_is_missing() -> None:
    told = problems({})
    assert [text.split(" ")[0] for text in told] == ["cusid", "appid", "merchant_private_key", "allinpay_public_key"]
    assert all("缺少" in text for text in told)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "https://vsp.allinpay.com/apiweb?x=1"}, "base_url"),
        ({"cusid": "../../etc"}, "cusid"),
        ({"appid": "a b"}, "appid"),
        ({"sign_type": "SM2"}, "SM2"),
        ({"sign_type": "sha256"}, "sign_type"),
        ({"sign_type": "MD5"}, "md5_key"),
        ({"merchant_private_key": "not a key"}, "merchant_private_key"),
        ({"allinpay_public_key": "not a key"}, "allinpay_public_key"),
        ({"allinpay_public_key": public_pem("merchant")}, "own public key"),
        ({"trade_path": "trade"}, "trade_path"),
        ({"expiry_field": "ttl"}, "expiry_field"),
        ({"trxstatus_classes": "0000=cust"}, "begin with 3"),
        ({"trxstatus_classes": "2008=cust"}, "begin with 3"),
        ({"trxstatus_classes": "3045=paid-surely"}, "trxstatus_classes"),
        ({"trxstatus_classes": "3045=good"}, "class is one of"),
        ({"bank": "icbcc"}, "icbc"),
        ({"bank_limits": "icbc=5000"}, "bank_limits"),
        ({"bank_limits": "spdb=5000/5000"}, "bank_limits"),
        ({"cus_id": "1"}, "cusid"),
    ],
)
def test_every_mistake_is_named(changes: dict[str, str], word: str) -> None:
    [told] = problems(rsa_account(**changes))
    assert word in told


def test_mistakes_are_told_together() -> None:
    assert len(problems({"cusid": "!", "sign_type": "x", "bank": "y", "colour": "z"})) == 5


def test_keys_may_be_bare_base64_as_the_console_shows_them() -> None:
    own = "".join(line for line in private_pem("merchant").splitlines() if not line.startswith("-"))
    theirs = "".join(line for line in public_pem("allinpay").splitlines() if not line.startswith("-"))
    read_account("q", rsa_account(merchant_private_key=own, allinpay_public_key=theirs))


def test_a_banks_own_channel_and_its_contracts_limits() -> None:
    ready = read_account("q", md5_account(bank="cmb", bank_limits="cmb=2000000/5000000,icbc=1/1"))
    assert list(ready.banks) == [Bank.CMB]
    assert ready.banks[Bank.CMB].single_limit_fen == 2_000_000
    assert ready.banks[Bank.CMB].daily_limit_fen == 5_000_000


def test_banks_are_told_by_their_codes() -> None:
    assert {bank_of_code(terms.code) for terms in BANKS.values()} == set(Bank)
    assert bank_of_code("01020001") is Bank.ICBC
    assert bank_of_code("09999999") is None
    assert bank_of_code("") is None
    assert all(terms.name_zh and terms.name_en for terms in BANKS.values())


def test_e_cny_needs_its_paytype() -> None:
    channel = msgspec.structs.replace(CHANNEL, products=frozenset({Product.ECNY_QR}))
    with pytest.raises(AccountProblem, match="ecny_paytype"):
        open_client(rsa_account(), FakeAllinpay(), channel)
    open_client(rsa_account(ecny_paytype="S01"), FakeAllinpay(), channel)
