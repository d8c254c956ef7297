"""An operator writes `payswitch.toml`: what works, and what the service says before it starts with a mistake in it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from tests.unit.configuration import CHANNEL, KEY_TEXT, SECRET, SHOP, WHOLE, loaded, problems

from payswitch.domain.channel import Product
from payswitch.services.timings import Timings
from payswitch.settings.service import ServiceSettings


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


def test_a_channel_has_maintenance_windows_of_its_own(tmp_path: Path) -> None:
    window = '[[channels.maintenance]]\nstart = "23:30"\nend = "00:10"\n'
    [channel] = loaded(tmp_path, WHOLE + window).channels
    assert channel.channel().maintenance[0].start == "23:30"

    assert "channels[wechat-main].maintenance[0]" in problems(tmp_path, WHOLE + window.replace("23:30", "25:99"))[0]
    assert "maintenance: must be a list" in problems(tmp_path, WHOLE + window.replace("start", "begin"))[0]
