"""The service as it is run: behind a proxy, and on a database that cannot be used."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from payswitch.app import StartProblem
from payswitch.kit.clock import ManualClock
from payswitch.serving import server_options, take_database
from payswitch.settings import SettingsError
from payswitch.settings.service import ServiceSettings
from payswitch.storage.databases import make_store
from payswitch.storage.sqlite import SqliteStore
from tests.api.server import heard_until_closed, hello, serving

ASK = b"GET / HTTP/1.1\r\nhost: pay.example\r\nx-forwarded-for: %b\r\nconnection: close\r\n\r\n"
CUSTOMER = "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (("127.0.0.1",), CUSTOMER, CUSTOMER),
        (("127.0.0.0/8",), CUSTOMER, CUSTOMER),
        (("127.0.0.1",), f"198.51.100.66, {CUSTOMER}", CUSTOMER),
        (("10.0.0.1",), CUSTOMER, "127.0.0.1"),
        ((), CUSTOMER, "127.0.0.1"),
    ],
    ids=["our proxy", "a network of ours", "a customer who lies", "somebody else's proxy", "no proxy"],
)
async def test_the_customers_address_comes_from_proxies_that_are_ours(
    monkeypatch: pytest.MonkeyPatch, proxies: tuple[str, ...], forwarded: str, seen: str
) -> None:
    """WeChat's H5 page opens only for the address that was named to it."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own variable must not count

    async with serving(hello, **server_options(ServiceSettings(trusted_proxies=proxies))) as port:
        heard = await heard_until_closed(port, ASK % forwarded.encode())

    assert heard.endswith(f"hello {seen}".encode())


def service_on(path: Path) -> Any:
    store = SqliteStore(path, clock=ManualClock())
    return SimpleNamespace(store=store, load_managed_channels=store.look_at_channels)


async def test_a_second_service_on_one_database_is_told_so_before_it_serves(tmp_path: Path) -> None:
    first, second = (service_on(tmp_path / "payswitch.sqlite") for _ in range(2))
    await take_database(first)

    with pytest.raises(StartProblem) as refused:
        await take_database(second)

    assert len(refused.value.problems) == 1
    assert str(tmp_path / "payswitch.sqlite") in refused.value.problems[0]
    assert "另一个服务" in refused.value.problems[0]
    await first.store.aclose()


async def test_a_file_that_is_no_database_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"this is no database at all" * 100)

    with pytest.raises(SettingsError, match=r"photo\.jpg: .*not a database"):
        await take_database(service_on(tmp_path / "photo.jpg"))


async def test_a_database_server_that_does_not_answer_is_told_without_its_password() -> None:
    store = make_store("postgresql://shop:s3cret@127.0.0.1:1/shop", clock=ManualClock())

    with pytest.raises(StartProblem) as refused:
        await take_database(SimpleNamespace(store=store, load_managed_channels=store.look_at_channels))

    (problem,) = refused.value.problems
    assert problem.startswith("postgresql://shop:***@127.0.0.1:1/shop: no PostgreSQL server answers there")
    assert "s3cret" not in str(refused.value)
