"""An operator writes `payswitch.toml`: what works, and what the service says before it starts with a mistake in it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from payswitch.domain.channel import Product
from payswitch.services.timings import Timings
from payswitch.settings import Settings, SettingsError, load
from payswitch.settings.service import ServiceSettings

API_KEY = "sk_live_8f1c5a"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdefghijklmn").decode()
KEY_TEXT = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n"

SERVICE = "[service]\nport = 9000\n"
SHOP = f"""
[[shops]]
shop_id = "tea"
merchant_id = "m-1"
name = "云水茶铺"
webhook_secret = "{SECRET}"
api_key_sha256 = "{hashlib.sha256(API_KEY.encode()).hexdigest()}"
"""
CHANNEL = """
[[channels]]
channel_id = "wechat-main"
merchant_id = "m-1"
connector = "wechatpay"
name = "微信支付·主"
products = ["wechat_native"]
upstream = "wechat"
[channels.account]
mchid = "1600000000"
api_v3_key = "0123456789abcdef0123456789abcdef"
"""
WHOLE = SERVICE + SHOP + CHANNEL


def written(folder: Path, text: str) -> Path:
    path = folder / "payswitch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str = WHOLE, environ: Mapping[str, str] | None = None) -> Settings:
    return load(written(folder, text), environ or {})


def problems(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """What is told about a configuration that cannot be used."""
    with pytest.raises(SettingsError) as refused:
        loaded(folder, text, environ)
    assert str(folder / "payswitch.toml") in str(refused.value), "which file"
    return refused.value.problems


# --- what works ----------------------------------------------------------------------------------------------------


def test_a_whole_configuration(tmp_path: Path) -> None:
    settings = loaded(tmp_path)

    assert settings.service.port == 9_000
    assert settings.public_url == "http://127.0.0.1:9000"
    assert [shop.shop().name for shop in settings.shops] == ["云水茶铺"]
    assert settings.channels[0].channel().products == {Product.WECHAT_NATIVE}
    assert settings.channels[0].account["mchid"] == "1600000000"
    assert settings.timings == Timings()


def test_caps_and_shops_of_a_channel(tmp_path: Path) -> None:
    own = 'upstream = "wechat"\ndaily_cap_fen = 5\nmonthly_cap_fen = 9\nshops = ["tea"]'
    own += "\nrefund_days = 30\nrefund_parts = 2"
    channel = loaded(tmp_path, WHOLE.replace('upstream = "wechat"', own)).channels[0].channel()
    assert (channel.daily_cap_fen, channel.monthly_cap_fen, channel.shops) == (5, 9, {"tea"})
    assert (channel.refund_days, channel.refund_parts) == (30, 2)


def test_a_shop_that_still_wants_an_order_whose_money_comes_late(tmp_path: Path) -> None:
    assert loaded(tmp_path).shops[0].shop().accept_late_s is None
    wish = WHOLE.replace('name = "云水茶铺"', 'name = "云水茶铺"\naccept_late_s = 600')
    assert loaded(tmp_path, wish).shops[0].shop().accept_late_s == 600


def test_a_channel_for_a_shop_that_the_merchant_does_not_have_would_take_nothing(tmp_path: Path) -> None:
    text = WHOLE.replace('upstream = "wechat"', 'upstream = "wechat"\nshops = ["tea", "cofee"]')
    (problem,) = problems(tmp_path, text)
    assert problem == "channels[wechat-main].shops: cofee is no shop of m-1 / 不是该商户的店铺"


def test_relative_paths_start_where_the_configuration_stands(tmp_path: Path) -> None:
    settings = loaded(tmp_path, WHOLE.replace("port = 9000", 'database = "data/pay.sqlite"\npolicy = "night.yaml"'))

    assert settings.database == str(tmp_path / "data" / "pay.sqlite")
    assert settings.policy_path == tmp_path / "night.yaml"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    settings = loaded(tmp_path, WHOLE.replace("port = 9000", 'database = "/var/lib/payswitch/pay.sqlite"'))

    assert settings.database == "/var/lib/payswitch/pay.sqlite"
    assert settings.policy_path is None


def test_an_address_of_postgresql_is_taken_as_it_is_and_its_password_is_not_shown(tmp_path: Path) -> None:
    address = "postgresql://shop:s3cret@db/shop"
    settings = loaded(tmp_path, WHOLE.replace("port = 9000", "database_pool = 4"), {"PAYSWITCH_DATABASE": address})

    assert settings.database == address
    assert (settings.service.database_pool, settings.service.database_timeout_ms) == (4, 10_000)
    assert "s3cret" not in repr(settings)


def test_what_is_no_database_is_told_with_its_place(tmp_path: Path) -> None:
    text = WHOLE.replace("port = 9000", 'database = "mysql://shop:s3cret@db/shop"\ndatabase_pool = 1')

    found = problems(tmp_path, text)

    assert [problem.partition(":")[0] for problem in found] == ["service.database_pool"]
    (problem,) = problems(tmp_path, text.replace("database_pool = 1", ""))
    assert problem.startswith("service.database: mysql: is no database that PaySwitch knows")
    assert "s3cret" not in problem


@pytest.mark.parametrize(("host", "url"), [("shop.example", "http://shop.example:9000"), ("::1", "http://[::1]:9000")])
def test_the_public_address_follows_from_host_and_port(tmp_path: Path, host: str, url: str) -> None:
    assert loaded(tmp_path, environ={"PAYSWITCH_HOST": host}).public_url == url


def test_a_public_address_has_no_slash_at_its_end(tmp_path: Path) -> None:
    text = WHOLE.replace("port = 9000", 'public_url = "https://pay.shop.example/"')

    assert loaded(tmp_path, text).public_url == "https://pay.shop.example"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = {
        "PAYSWITCH_PORT": "9001",
        "PAYSWITCH_HOST": "10.0.0.7",
        "PAYSWITCH_LOG_LEVEL": "debug",
        "PAYSWITCH_ALLOW_PRIVATE_NETWORKS": "true",
        "PAYSWITCH_PUBLIC_URL": "https://pay.shop.example",
        "PAYSWITCH_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
        "PATH": "/usr/bin",
    }

    assert loaded(tmp_path, environ=environ).service == ServiceSettings(
        port=9_001,
        host="10.0.0.7",
        log_level="debug",
        allow_private_networks=True,
        public_url="https://pay.shop.example",
        trusted_proxies=("127.0.0.1", "10.0.0.0/8"),
    )


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("False", False), ("true", True)])
def test_yes_and_no_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    settings = loaded(tmp_path, environ={"PAYSWITCH_ALLOW_PRIVATE_NETWORKS": text})

    assert settings.service.allow_private_networks is value


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert loaded(tmp_path, environ={"PAYSWITCH_PORT": "", "PAYSWITCH_PUBLIC_URL": " "}).service.port == 9_000


def test_the_environment_alone_is_enough_for_the_service(tmp_path: Path) -> None:
    assert loaded(tmp_path, SHOP + CHANNEL, {"PAYSWITCH_PORT": "80"}).service.port == 80


def test_keys_may_stand_in_files_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "merchant.pem").write_text(KEY_TEXT)

    settings = loaded(tmp_path, WHOLE + 'merchant_private_key_file = "keys/merchant.pem"\n')

    assert settings.channels[0].account["merchant_private_key"] == KEY_TEXT
    assert "merchant_private_key_file" not in settings.channels[0].account


def test_two_secrets_while_one_is_being_changed(tmp_path: Path) -> None:
    other = "whsec_" + base64.b64encode(b"n" * 32).decode()

    settings = loaded(tmp_path, WHOLE.replace(SECRET, f"{SECRET} {other}"))

    assert [secret.reveal() for secret in settings.shops[0].secrets()] == [SECRET, other]


def test_printing_settings_shows_no_secret(tmp_path: Path) -> None:
    printed = repr(loaded(tmp_path))

    assert SECRET not in printed
    assert "0123456789abcdef" not in printed
    assert "tea" in printed
    assert "wechat-main" in printed


# --- mistakes ------------------------------------------------------------------------------------------------------

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


# --- secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f'webhook_secret = "{SECRET}"', f'webhook_secret = ["{SECRET}"]'),
        (f'webhook_secret = "{SECRET}"', f'webhook_secert = "{SECRET}"'),
        (f'webhook_secret = "{SECRET}"', f'webhook_secret = "{SECRET.replace("whsec_", "whsek_")}"'),
        ('api_v3_key = "0123456789abcdef0123456789abcdef"', 'api_v3_key = ["0123456789abcdef0123456789abcdef"]'),
        (hashlib.sha256(API_KEY.encode()).hexdigest(), API_KEY),
        ("port = 9000", f'port = "{API_KEY}"'),
    ],
)
def test_no_message_repeats_a_secret(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in WHOLE

    told = "\n".join(problems(tmp_path, WHOLE.replace(right, wrong)))

    assert SECRET[6:] not in told
    assert "0123456789abcdef" not in told
    assert API_KEY not in told


@pytest.mark.parametrize("key", [KEY_TEXT, "MIIEvQIBADANBgkq" * 100])
def test_a_key_where_a_file_name_belongs_is_not_repeated(tmp_path: Path, key: str) -> None:
    """The careless paste: the key itself behind `..._file`."""
    found = problems(tmp_path, WHOLE + f"merchant_private_key_file = '''{key}'''\n")

    assert len(found) == 1
    assert "account.merchant_private_key_file: must be the name of a file" in found[0]
    assert "MIIEvQ" not in found[0]


def test_a_key_file_that_is_not_there(tmp_path: Path) -> None:
    found = problems(tmp_path, WHOLE + 'merchant_private_key_file = "keys/gone.pem"\n')

    assert found == [
        "channels[wechat-main].account.merchant_private_key_file: cannot read "
        f"{tmp_path / 'keys' / 'gone.pem'} / 无法读取: No such file or directory"
    ]


def test_a_key_file_that_is_not_pem_but_der(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(b"\x30\x82\x04\xbe\xff\xfe")

    found = problems(tmp_path, WHOLE + 'merchant_private_key_file = "key.der"\n')

    assert len(found) == 1
    assert "PEM is needed" in found[0]


def test_a_key_and_a_key_file_together_are_a_question(tmp_path: Path) -> None:
    found = problems(tmp_path, WHOLE + 'api_v3_key_file = "key.txt"\n')

    assert len(found) == 1
    assert "give either this or api_v3_key" in found[0]


# --- operators and the master key ----------------------------------------------------------------------------------

OPERATOR = f"""
[[operators]]
operator_id = "op-lin"
name = "林"
merchant_ids = ["m-1"]
api_key_sha256 = "{hashlib.sha256(b"key-of-the-operator").hexdigest()}"
"""
MASTER_KEY = "psmk_" + "A" * 43


def test_operators_have_keys_and_merchants(tmp_path: Path) -> None:
    [operator] = loaded(tmp_path, WHOLE + OPERATOR).operators

    assert operator.operator().manages("m-1")
    assert not operator.operator().manages("m-2")


def test_with_operators_the_file_need_not_declare_a_channel(tmp_path: Path) -> None:
    assert loaded(tmp_path, SERVICE + SHOP + OPERATOR).channels == ()


def test_what_is_wrong_with_operators_is_told_at_once(tmp_path: Path) -> None:
    shops_key = hashlib.sha256(API_KEY.encode()).hexdigest()
    wrong = f"""
[[operators]]
operator_id = "a b"
name = "吴"
merchant_ids = []
api_key_sha256 = "{shops_key}"
"""
    found = "\n".join(problems(tmp_path, WHOLE + OPERATOR + OPERATOR + wrong))

    for expected in (
        "op-lin is configured twice",
        "one stands twice",
        "operator_id",
        "at least one merchant",
        "a shop's",
    ):
        assert expected in found


def test_the_master_key_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text(f"# 2026\n{MASTER_KEY}\n", encoding="utf-8")
    by_file = loaded(tmp_path, WHOLE.replace("port = 9000", 'port = 9000\nmaster_key_file = "master.key"'))
    by_environment = loaded(tmp_path, environ={"PAYSWITCH_MASTER_KEY": MASTER_KEY})

    assert by_file.key_ring is not None
    assert by_environment.key_ring is not None
    assert by_file.key_ring.key_ids == by_environment.key_ring.key_ids
    assert loaded(tmp_path).key_ring is None
    assert "AAAA" not in repr(by_file)


def test_a_wrong_master_key_is_told_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("psmk_short", encoding="utf-8")
    in_file = WHOLE.replace("port = 9000", 'port = 9000\nmaster_key_file = "master.key"')

    assert "service.master_key_file" in problems(tmp_path, in_file)[0]
    assert "short" not in problems(tmp_path, in_file)[0]
    assert "PAYSWITCH_MASTER_KEY: must be psmk_" in problems(tmp_path, WHOLE, {"PAYSWITCH_MASTER_KEY": "nonsense"})[0]
    assert "not both" in problems(tmp_path, in_file, {"PAYSWITCH_MASTER_KEY": MASTER_KEY})[0]


def test_a_channel_has_maintenance_windows_of_its_own(tmp_path: Path) -> None:
    window = '[[channels.maintenance]]\nstart = "23:30"\nend = "00:10"\n'
    [channel] = loaded(tmp_path, WHOLE + window).channels
    assert channel.channel().maintenance[0].start == "23:30"

    assert "channels[wechat-main].maintenance[0]" in problems(tmp_path, WHOLE + window.replace("23:30", "25:99"))[0]
    assert "maintenance: must be a list" in problems(tmp_path, WHOLE + window.replace("start", "begin"))[0]
