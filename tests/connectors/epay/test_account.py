"""An operator configures an account; whatever is wrong is named at once, in both languages, without a secret."""

from __future__ import annotations

import pytest
from tests.connectors.epay.world import KEY, FakeEpay, account, open_client, public_pem

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.epay import CONNECTOR
from payswitch.connectors.epay.account import read_account
from payswitch.domain.channel import Closing


def problems_of(table: dict[str, str]) -> str:
    with pytest.raises(AccountProblem) as caught:
        open_client(table, FakeEpay("1"))
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_good_account_opens(version: str) -> None:
    open_client(account(version), FakeEpay(version))


def test_everything_wrong_is_named_together() -> None:
    text = problems_of({"version": "3", "create": "magic", "colour": "red", "partial_refunds": "maybe"})
    for name in ("base_url", "pid", "key", "version", "create", "colour", "partial_refunds"):
        assert name in text
    assert "缺少" in text


@pytest.mark.parametrize(
    "base_url",
    [
        "pay.example",
        "ftp://pay.example",
        "https://",
        "https://pay.example/submit.php",
        "https://pay.example/?a=b",
        "https://u@pay.example",
        "https://pay.example:0",
        "https://pay.example:99999",
        "https://支付.example",
    ],
)
def test_an_address_that_is_none(base_url: str) -> None:
    assert "base_url must be" in problems_of(account(base_url=base_url))


def test_a_trailing_slash_and_a_folder_are_fine() -> None:
    assert read_account("x", account(base_url="https://pay.example/epay/")).base_url == "https://pay.example/epay"


@pytest.mark.parametrize("version", ["1", "2"])
def test_plain_http_must_be_asked_for(version: str) -> None:
    table = account(version, base_url="http://pay.example")
    assert "allow_plain_http" in problems_of(table)
    open_client(table | {"allow_plain_http": "true"}, FakeEpay(version))


def test_keys_of_version_2_are_checked() -> None:
    assert "merchant_private_key" in problems_of(account("2", merchant_private_key="not a key"))
    text = problems_of(account("2", platform_public_key=public_pem("merchant")))
    assert "platform_public_key 填成了商户公钥" in text
    bare = "".join(public_pem("platform").splitlines()[1:-1])
    open_client(account("2", platform_public_key=bare), FakeEpay("2"))


def test_no_problem_quotes_a_secret() -> None:
    assert KEY not in problems_of(account(base_url="ftp://x", colour=KEY))
    assert KEY not in repr(read_account("x", account()))


def test_nothing_is_promised_that_the_weaker_version_cannot_keep() -> None:
    assert {capability.closing for capability in CONNECTOR.capabilities.values()} == {Closing.NO}
    assert all(capability.push for capability in CONNECTOR.capabilities.values())
