"""Setting up an account: everything that is wrong is named at once, with the way to mend it, and never with the key."""

from __future__ import annotations

import msgspec
import pytest
from tests.connectors.huifu.world import BASE, CHANNEL, FakeHuifu, account, key, open_client, private_pem, public_pem

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.huifu import CONNECTOR
from payswitch.connectors.huifu.account import PRODUCTION, read_account
from payswitch.domain.channel import Product


def problems(table: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as caught:
        open_client(table, FakeHuifu())
    return caught.value.problems


def test_a_complete_account_opens() -> None:
    assert open_client(account(), FakeHuifu()) is not None


def test_keys_may_come_as_the_console_shows_them() -> None:
    """One line of base64, without armour."""

    def bare(pem: str) -> str:
        return "".join(line for line in pem.splitlines() if not line.startswith("-"))

    table = account(merchant_private_key=bare(private_pem("merchant")), huifu_public_key=bare(public_pem("huifu")))
    read = read_account("huifu-main", table, products=frozenset())
    assert read.huifu_key.pem == public_pem("huifu")
    assert read.signing_key.public_pem == public_pem("merchant")


def test_the_production_address_is_the_default() -> None:
    table = account()
    del table["base_url"]
    assert read_account("huifu-main", table, products=frozenset()).base_url == PRODUCTION
    assert read_account("huifu-main", account(base_url=BASE + "/"), products=frozenset()).base_url == BASE


@pytest.mark.parametrize("missing", ["sys_id", "product_id", "huifu_id", "merchant_private_key", "huifu_public_key"])
def test_a_missing_key_is_named(missing: str) -> None:
    (problem,) = problems(account(**{missing: " "}))
    assert problem.startswith(f"{missing} is missing / 缺少 {missing}")


def test_all_problems_come_together() -> None:
    found = problems({"base_url": "ftp://x", "sys_idd": "1", "merchant_private_key": "no", "huifu_public_key": "no"})
    named = " ".join(found)
    for name in ("base_url", "sys_idd", "sys_id", "product_id", "huifu_id", "merchant_private_key", "wx_appid"):
        assert name in named


def test_the_merchants_own_public_key_in_the_wrong_place_is_recognised() -> None:
    (problem,) = problems(account(huifu_public_key=public_pem("merchant")))
    assert "huifu_public_key" in problem
    assert "汇付公钥" in problem


@pytest.mark.parametrize(
    "url", ["huifu.example", "https://", "https://h.example/?x=1", "https://u:p@h.example", "h ttp://x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    (problem,) = problems(account(base_url=url))
    assert problem.startswith("base_url")


@pytest.mark.parametrize(("name", "product"), [("wx_appid", "wechat_jsapi"), ("wx_mini_appid", "wechat_mini")])
def test_a_wechat_product_needs_its_appid_before_the_first_customer(name: str, product: str) -> None:
    (problem,) = problems(account(**{name: ""}))
    assert name in problem
    assert product in problem
    without = msgspec.structs.replace(CHANNEL, products=frozenset({Product.ECNY_QR}))
    assert open_client(account(**{name: ""}), FakeHuifu(), without) is not None


def test_a_key_of_another_kind_is_named() -> None:
    (problem,) = problems(account(huifu_public_key="MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 87 + "="))
    assert problem.startswith("huifu_public_key")


def test_the_connector_introduces_itself() -> None:
    assert CONNECTOR.name == "huifu"
    assert "数字人民币" in CONNECTOR.title_zh
    assert key("merchant").key_size == 2048
