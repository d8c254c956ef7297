"""An operator's mistakes in `payswitch.toml`: told before the service starts, all at once, by their places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.configuration import API_KEY, CHANNEL, SECRET, SHOP, WHOLE, problems

from payswitch.settings import SettingsError, load

MISTAKES: Mapping[str, tuple[str, str, str]] = {
    # what happened: what stood in the file, what stands there now, what is told
    "a misspelt setting": ("port = 9000", "prot = 9000", "service.prot: is not known here; did you mean port?"),
    "a misspelt table": ("[service]", "[servise]", "servise: is not known here; did you mean service?"),
    "one bracket too few": (SHOP, SHOP.replace("[[shops]]", "[shops]"), "shops: write it in double brackets"),
    "a port as text": ("port = 9000", 'port = "9000"', "service.port: must be a whole number from 1 to 65535"),
    "a port out of range": ("port = 9000", "port = 99999", "service.port: must be a whole number from 1 to 65535"),
    "yes instead of true": (
        "port = 9000",
        'allow_private_networks = "yes"',
        "service.allow_private_networks: must be true or false",
    ),
    "an unknown log level": ("port = 9000", 'log_level = "loud"', "service.log_level: must be one of debug, info,"),
    "an address without a scheme": ("port = 9000", 'public_url = "pay.example"', "service.public_url: must be an http"),
    "an address with a query": ("port = 9000", 'public_url = "https://x.example/?a"', "service.public_url: must be an"),
    "every address and no name": ("port = 9000", 'host = "0.0.0.0"', "service.public_url: say where channels"),
    "a proxy by name": ("port = 9000", 'trusted_proxies = ["nginx"]', "service.trusted_proxies: must be IP addresses"),
    "metrics at a URL": (
        "port = 9000",
        'metrics_address = "http://127.0.0.1:9464"',
        "service.metrics_address: must be `host:port`",
    ),
    "a token in clear": ("port = 9000", 'metrics_token_sha256 = "s3cret"', "service.metrics_token_sha256: 64 hex"),
    "no name for the shop": ('name = "云水茶铺"\n', "", "shops[tea].name: is missing"),
    "a shop id with blanks": ('"tea"', '"tea shop"', "shops[tea shop].shop_id: must be 1 to 64 of"),
    "an API key in clear": (
        hashlib.sha256(API_KEY.encode()).hexdigest(),
        API_KEY,
        "shops[tea].api_key_sha256: 64 hexadecimal characters",
    ),
    "an API key of other letters": (
        hashlib.sha256(API_KEY.encode()).hexdigest(),
        "z" * 64,
        "shops[tea].api_key_sha256: 64 hexadecimal characters",
    ),
    "no webhook secret": (SECRET, "", "shops[tea].webhook_secret: must be whsec_"),
    "a webhook secret without its name": (SECRET, SECRET[6:], "shops[tea].webhook_secret: must be whsec_"),
    "a webhook secret that is short": (SECRET, "whsec_c2hvcnQ=", "shops[tea].webhook_secret: must be whsec_"),
    "a webhook secret that is unreadable": (SECRET, "whsec_密钥", "shops[tea].webhook_secret: must be whsec_"),
    "a callback by FTP": (
        'name = "云水茶铺"',
        'name = "x"\nnotify_url = "ftp://shop.example/"',
        "shops[tea].notify_url: must be an http(s) address",
    ),
    "money accepted a week late": (
        'name = "云水茶铺"',
        'name = "x"\naccept_late_s = 604800',
        "shops[tea].accept_late_s: must be a whole number",
    ),
    "a merchant without channels": ('merchant_id = "m-1"\nname', 'merchant_id = "m-2"\nname', "shops[tea].merchant_id"),
    "a channel that would break its own address": (
        '"wechat-main"',
        '"wechat/main"',
        "channels[wechat/main].channel_id: must be 1 to 64 of",
    ),
    "an unknown product": ('"wechat_native"', '"wechat_naive"', "channels[wechat-main].products: must be a list, each"),
    "no product": ('"wechat_native"', "", "channels[wechat-main].products: name at least one"),
    "a fee above the amount": ("[channels.account]", "fee_bp = 10001\n[channels.account]", "fee_bp: must be a whole"),
    "a minimum above the maximum": (
        "[channels.account]",
        "min_fen = 100\nmax_fen = 99\n[channels.account]",
        "channels[wechat-main].max_fen: must not be below min_fen",
    ),
    "a maximum of nothing": (
        "[channels.account]",
        "max_fen = 0\n[channels.account]",
        "channels[wechat-main].max_fen: must be a whole number, at least 1",
    ),
    "a number in the account": (
        '"1600000000"',
        "1600000000",
        "channels[wechat-main].account: must be a table of texts",
    ),
    "the same channel twice": (CHANNEL, CHANNEL + CHANNEL, "channels: wechat-main is configured twice"),
    "the same shop twice": (SHOP, SHOP + SHOP, "shops: tea is configured twice"),
    "one key for two shops": (SHOP, SHOP + SHOP.replace("tea", "book"), "shops: an API key opens one shop only"),
    "a misspelt timing": (SHOP, SHOP + "[timings]\nlaunch_deadine_ms = 5\n", "did you mean launch_deadline_ms?"),
    "a wait below zero": (SHOP, SHOP + "[timings]\nquery_timeout_ms = -1\n", "timings.query_timeout_ms: must not be"),
    "an evening that is stretched": (
        SHOP,
        SHOP + "[timings]\nsqueeze = 0.5\n",
        "timings.squeeze: must be a number, at",
    ),
    "probes before they are due": (SHOP, SHOP + "[timings]\nprobe_idle_s = -5\n", "timings.probe_idle_s: must be a"),
    "an empty schedule": (SHOP, SHOP + "[timings]\nquery_gaps_s = []\n", "timings.query_gaps_s: must not be empty"),
    "a wait in words": (
        SHOP,
        SHOP + '[timings]\nquery_timeout_ms = "3 s"\n',
        "timings.query_timeout_ms: must be a whole number",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_by_its_place_in_both_languages(tmp_path: Path, case: str) -> None:
    right, wrong, told = MISTAKES[case]
    assert right in WHOLE

    found = problems(tmp_path, WHOLE.replace(right, wrong))

    assert any(told in problem for problem in found), found
    assert all(re.search(r" / .*[\u4e00-\u9fff]", problem) for problem in found), found


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = (
        WHOLE.replace("port = 9000", 'port = "x"\ncolour = "red"')
        .replace('name = "云水茶铺"\n', "")
        .replace('upstream = "wechat"\n', "fee_bp = -1\n")
    )

    found = problems(tmp_path, text + 'merchant_private_key_file = "gone.pem"\n', {"PAYSWITCH_LOG_LEVEL": "loud"})

    assert [problem.partition(":")[0] for problem in found] == [
        "service.colour",
        "service.port",
        "PAYSWITCH_LOG_LEVEL",
        "shops[tea].name",
        "channels[wechat-main].upstream",
        "channels[wechat-main].fee_bp",
    ]


def test_what_is_wrong_with_readable_tables_is_told_at_once_too(tmp_path: Path) -> None:
    text = WHOLE.replace("port = 9000", 'public_url = "x"').replace(SECRET, "").replace('"wechat_native"', "")

    found = problems(tmp_path, text + 'merchant_private_key_file = "gone.pem"\n')

    assert [problem.partition(":")[0] for problem in found] == [
        "service.public_url",
        "shops[tea].webhook_secret",
        "channels[wechat-main].products",
        "channels[wechat-main].account.merchant_private_key_file",
    ]


def test_an_empty_file_says_what_is_needed(tmp_path: Path) -> None:
    found = problems(tmp_path, "")

    assert [problem.partition(":")[0] for problem in found] == ["shops", "channels"]


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PAYSWITCH_PORT", "abc"),
        ("PAYSWITCH_PORT", "9000.5"),
        ("PAYSWITCH_PORT", "true"),
        ("PAYSWITCH_PORT", "0"),
        ("PAYSWITCH_ALLOW_PRIVATE_NETWORKS", "maybe"),
        ("PAYSWITCH_LOG_LEVEL", "everybody"),
    ],
)
def test_a_wrong_variable_is_told_by_its_own_name(tmp_path: Path, variable: str, text: str) -> None:
    found = problems(tmp_path, WHOLE, {variable: text})

    assert len(found) == 1
    assert found[0].startswith(f"{variable}: must be ")


@pytest.mark.parametrize("text", ["port = = 1", "[service\n", "[service]\nport = 1\nport = 2\n"])
def test_a_file_that_is_no_toml(tmp_path: Path, text: str) -> None:
    assert "不是合法的 TOML" in problems(tmp_path, text)[0]


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "payswitch.toml"
    path.write_bytes("name = '茶铺'".encode("gbk"))

    with pytest.raises(SettingsError, match="不是合法的 TOML"):
        load(path, {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="文件不存在"):
        load(tmp_path / "payswitch.toml", {})


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="无法读取"):
        load(tmp_path, {})
