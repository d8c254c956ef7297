"""A folder for service and sandbox: made once, kept, readable by its owner only, and understood by `serve`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from payswitch import settings
from payswitch.domain.channel import Method
from payswitch.drill.station import Station, prepare, write_config
from payswitch.kit.secrets import fingerprint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("station") / "new"


@pytest.fixture(scope="module")
def station(folder: Path) -> Station:
    return prepare(folder, "http://127.0.0.1:8090")


def test_the_service_understands_the_configuration(station: Station) -> None:
    path = write_config(station, service_url="http://127.0.0.1:8088", notify_url="http://127.0.0.1:9/events")
    told = settings.load(path, {})

    assert told.service.port == 8088
    assert told.public_url == "http://127.0.0.1:8088"
    assert [channel.channel_id for channel in told.channels] == station.channel_ids
    assert told.shops[0].key_fingerprints() == [fingerprint(station.api_key)]
    assert told.shops[0].notify_url == "http://127.0.0.1:9/events"
    for channel, account in zip(told.channels, station.world.accounts, strict=True):
        assert {k: v.strip() for k, v in channel.account.items()} == {
            k: v.strip() for k, v in account.connector_account().items()
        }


def test_a_run_with_one_channel_configures_one_channel(station: Station) -> None:
    path = write_config(station, service_url="http://127.0.0.1:8088", notify_url=None, channels=("alipay-main",))

    assert [channel.channel_id for channel in settings.load(path, {}).channels] == ["alipay-main"]
    assert Method.WECHAT not in station.methods(("alipay-main",))
    assert station.methods(("wechat-main",)) == {Method.WECHAT}


def test_the_second_start_keeps_keys_and_secrets_and_takes_a_new_address(folder: Path, station: Station) -> None:
    again = prepare(folder, "http://127.0.0.1:8999")

    assert again.api_key == station.api_key
    assert again.webhook_secret == station.webhook_secret
    assert again.world.base_url == "http://127.0.0.1:8999"
    assert [account.keys for account in again.world.accounts] == [account.keys for account in station.world.accounts]


def test_the_port_for_client_certificates_stays_as_long_as_the_address_does(folder: Path) -> None:
    first = prepare(folder, "http://127.0.0.1:8998").world.base_url_tls

    assert first.startswith("https://127.0.0.1:")
    assert prepare(folder, "http://127.0.0.1:8998").world.base_url_tls == first


def test_nobody_else_can_read_the_secrets(folder: Path, station: Station) -> None:
    write_config(station, service_url="http://127.0.0.1:8088", notify_url=None)

    for name in ("sandbox.json", "payswitch.toml", "shop-api-key.txt", "shop-webhook-secret.txt"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert station.api_key not in repr(station)
    assert station.webhook_secret not in repr(station)


def test_a_configuration_that_a_person_changed_is_kept_beside_the_new_one(station: Station) -> None:
    path = write_config(station, service_url="http://127.0.0.1:8088", notify_url=None)
    path.write_text("# mine\n", "utf-8")
    write_config(station, service_url="http://127.0.0.1:8088", notify_url=None)

    assert path.with_name("payswitch.toml.bak").read_text("utf-8") == "# mine\n"
