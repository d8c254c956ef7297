"""The whole service with what an operator says about metrics in `payswitch.toml`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from payswitch.app import App, build
from payswitch.kit.addresses import own_address
from payswitch.settings import Settings, SettingsError
from payswitch.settings.service import ServiceSettings
from tests.api.support import Web

QUIET = Settings(service=ServiceSettings(), shops=(), channels=())


@asynccontextmanager
async def serving(folder: Path, **service: object) -> AsyncIterator[App]:
    settings = msgspec.structs.replace(QUIET, service=msgspec.structs.replace(QUIET.service, **service), folder=folder)
    app = build(settings)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def test_without_a_word_this_machine_may_scrape(tmp_path: Path) -> None:
    async with serving(tmp_path) as app:
        heard = await Web(app.asgi).get("/metrics")

    assert heard.status == 200
    assert 'payswitch_build_info{database="sqlite",version=' in heard.text


async def test_switched_off_there_is_no_such_address_and_nobody_listens(tmp_path: Path) -> None:
    async with serving(tmp_path, metrics=False) as app:
        assert (await Web(app.asgi).get("/metrics")).status == 404
        assert app.store.commits.hear is None


async def test_an_address_of_its_own_takes_it_off_the_services_port(tmp_path: Path, unused_tcp_port: int) -> None:
    async with serving(tmp_path, metrics_address=f"127.0.0.1:{unused_tcp_port}") as app:
        assert (await Web(app.asgi).get("/metrics")).status == 404
        async with (
            aiohttp.ClientSession() as prometheus,
            prometheus.get(f"http://127.0.0.1:{unused_tcp_port}/metrics") as answer,
        ):
            assert answer.status == 200
            assert "payswitch_storage_up 1.0" in await answer.text()

        with pytest.raises(SettingsError, match="metrics_address: cannot be listened on"):
            await build(msgspec.structs.replace(app.settings, folder=tmp_path / "other")).telemetry.open()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("metrics.internal:9464", ("metrics.internal", 9464)),
        ("127.0.0.1", None),
        (":9464", None),
        ("127.0.0.1:0", None),
        ("127.0.0.1:99999", None),
        ("http://127.0.0.1:9464", None),
        ("user@127.0.0.1:9464", None),
        ("127.0.0.1:9464/metrics", None),
        ("", None),
    ],
)
def test_what_is_an_address_to_listen_on(text: str, address: tuple[str, int] | None) -> None:
    assert own_address(text) == address
