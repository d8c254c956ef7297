"""The operator writes a configuration. Whatever is wrong with it is said at once, all of it, in both languages."""

from __future__ import annotations

import pytest
from tests.connectors.wechatpay.conftest import CHANNEL, OpenClient
from tests.connectors.wechatpay.fake_wechat import (
    API_V3_KEY,
    NEW_SERIAL,
    OLD_SERIAL,
    FakeWechat,
    account,
    certificate_pem,
    private_pem,
    renewed_platform_signer,
)
from tests.connectors.wechatpay.orders import order

from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.keys import read_account
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind


def problems_of(table: dict[str, str]) -> list[str]:
    with pytest.raises(AccountProblem) as raised:
        read_account("wechat-main", table)
    assert str(raised.value).startswith("channel wechat-main: ")
    return raised.value.problems


@pytest.mark.parametrize("mode", ["public_key", "certificate", "both"])
def test_the_three_key_modes(open_client: OpenClient, mode: str) -> None:
    assert CONNECTOR.name == "wechatpay"
    assert "1900000001" in repr(open_client(mode))


def test_an_empty_account_lists_everything_that_is_missing() -> None:
    problems = problems_of({})
    for name in ("appid", "mchid", "merchant_serial_no", "merchant_private_key", "api_v3_key"):
        assert f"{name}: is missing / 缺失" in problems
    assert any(problem.startswith("wechatpay_public_key_id: give ") for problem in problems)
    assert len(problems) == 6


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("appid", "wx 88"),
        ("mchid", "19000000O1"),
        ("merchant_serial_no", "my certificate"),
        ("merchant_private_key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        ("merchant_private_key", "c2VjcmV0LXRoYXQtbXVzdC1ub3QtYmUtcXVvdGVk"),
        ("api_v3_key", "31-characters-are-not-enough..."),
        ("api_v3_key", "密" * 32),
        ("base_url", "api.mch.weixin.qq.com"),
        ("base_url", "https://api.mch.weixin.qq.com/v3"),
        ("base_url", "ftp://api.mch.weixin.qq.com"),
        ("backup_base_url", "https://?host"),
        ("backup_base_url", "https://api2.mch.weixin.qq.com:port"),
        ("backup_base_url", "https://[api2"),
        ("wechatpay_public_key_id", "0119000000012026010100000000000001"),
        ("wechatpay_public_key", "no key"),
        ("platform_certificates", "no certificate"),
        ("api_v3key", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_one_thing_is_wrong(key: str, value: str) -> None:
    (problem,) = problems_of({**account("both"), key: value})
    assert problem.startswith(f"{key}: ")
    english, _, chinese = problem.partition(" / ")
    assert english.isascii()
    assert not chinese.isascii()
    assert value not in problem


@pytest.mark.parametrize("missing", ["wechatpay_public_key_id", "wechatpay_public_key"])
def test_half_of_the_public_key_pair(missing: str) -> None:
    table = account()
    del table[missing]
    (problem,) = problems_of(table)
    assert problem.startswith(f"{missing}: is missing")


def test_production_is_the_default(wechat: FakeWechat) -> None:
    table = account()
    del table["base_url"]
    opened = read_account("wechat-main", {**table, "backup_base_url": "https://api2.mch.weixin.qq.com/"})
    assert opened.base_url == "https://api.mch.weixin.qq.com"
    assert opened.backup_base_url == "https://api2.mch.weixin.qq.com"


async def test_several_certificates_in_one_text(open_client: OpenClient, wechat: FakeWechat) -> None:
    both = certificate_pem("platform-old", OLD_SERIAL) + certificate_pem("platform-new", NEW_SERIAL)
    client = open_client("certificate", platform_certificates=both)
    wechat.signer = renewed_platform_signer()
    wechat.will_answer(200, {"code_url": "weixin://x"})
    assert (await client.create(order(Product.WECHAT_NATIVE), 400)).outcome.kind is OutcomeKind.ACCEPTED
    assert [request.target for request in wechat.requests] == ["/v3/pay/transactions/native"]


def test_no_secret_is_ever_shown(open_client: OpenClient) -> None:
    """Canary: neither problems nor objects show any part of a key."""
    secrets = [API_V3_KEY, *private_pem("merchant").split("\n")[1:-2]]
    bad = {**account("both"), "mchid": "x", "merchant_private_key": private_pem("merchant")[:-400]}
    shown = [str(problems_of(bad)), str(problems_of({**bad, "api_v3_key": API_V3_KEY + "!"}))]
    client = open_client("both")
    opened = read_account(CHANNEL.channel_id, account("both"))
    for thing in (client, opened, opened.signing_key, opened.key_ring, opened.api_v3_key, CONNECTOR):
        shown += [repr(thing), str(thing), f"{thing}"]
    for secret in secrets:
        assert all(secret not in text for text in shown)
